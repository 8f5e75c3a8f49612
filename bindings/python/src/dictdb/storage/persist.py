"""Files of databases, and deltas: what has changed since the last one."""

import json
import os
import pathlib
import pickle
import tempfile
import time
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from dictdb import _engine as engine
from dictdb._codec import dumps
from dictdb._engine import NULL, lib
from dictdb.obs.logging import logger

if TYPE_CHECKING:
    from dictdb.storage.database import DictDB

Path = str | pathlib.Path

_FORMATS: Final = ("json", "pickle", "dictdb")
_PICKLED: Final = {
    ("dictdb.storage.database", "DictDB"),
    ("dictdb.core.table", "Table"),
    *(("builtins", name) for name in ("int", "str", "float", "bool", "list", "dict")),
}


class _Unpickler(pickle.Unpickler):
    """Makes nothing but databases, tables, and the types of schemas."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _PICKLED:
            raise pickle.UnpicklingError(f"a database holds no {module}.{name}, but this file does: it is not loaded")
        return super().find_class(module, name)


def _inside(filename: Path, allowed_dir: pathlib.Path | None) -> str:
    path = os.fspath(filename)
    if allowed_dir is not None:
        directory = pathlib.Path(allowed_dir).resolve()
        if not pathlib.Path(path).resolve().is_relative_to(directory):
            raise ValueError(f"{path!r} is outside of {str(allowed_dir)!r}")
    return path


def _format(file_format: str) -> str:
    name = str(file_format).lower()
    if name not in _FORMATS:
        raise ValueError("Unsupported file_format. Please use 'json' or 'pickle'.")
    return name


def _replace(path: str, write: Any) -> None:
    """Writes a file beside its place, brings it to the disk, and puts it there."""
    descriptor, beside = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=os.path.dirname(os.path.abspath(path)))
    try:
        with open(descriptor, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


def save(db: "DictDB", filename: Path, file_format: str, allowed_dir: pathlib.Path | None = None) -> None:
    """Saves a database: see `DictDB.save`. `allowed_dir`: a path outside of it is a ValueError."""
    name = _format(file_format)
    path = _inside(filename, allowed_dir)
    if name == "pickle":
        _replace(path, lambda file: pickle.dump(db, file))
    else:
        place = engine.path_of(path)
        engine.call(lib.dictdb_db_save, db._handle, place, len(place), *engine.options_of({"format": name}), NULL)
    logger.bind(component="DictDB").info(f"saved to {path}", op="SAVE", format=name, path=path)


def load(filename: Path, file_format: str, allowed_dir: pathlib.Path | None = None) -> "DictDB":
    """Loads a database: see `DictDB.load`. `allowed_dir`: a path outside of it is a ValueError."""
    from dictdb.storage.database import DictDB  # noqa: PLC0415 - databases are saved and loaded by this module

    name = _format(file_format)
    path = _inside(filename, allowed_dir)
    if name == "pickle":
        with open(path, "rb") as file:
            db = _unpickled(file)
    else:
        place = engine.path_of(path)
        made = engine.ffi.new("dictdb_db **")
        engine.call(lib.dictdb_db_load, place, len(place), made, NULL)
        db = DictDB._of(engine.ffi.gc(made[0], lib.dictdb_db_free))
    logger.bind(component="DictDB").info(f"loaded {path}", op="LOAD", format=name, path=path)
    return db


def _unpickled(file: BinaryIO) -> "DictDB":
    from dictdb.storage.database import DictDB  # noqa: PLC0415 - as above

    db = _Unpickler(file).load()
    if not isinstance(db, DictDB):
        raise pickle.UnpicklingError(f"the file holds no database, but a {type(db).__name__}")
    return db


def has_changes(db: "DictDB") -> bool:
    """Whether a table has changed since its tracking was cleared: see `Table.has_changes`."""
    return any(table.has_changes() for table in db.tables.values())


def save_delta(db: "DictDB", filename: Path, allowed_dir: pathlib.Path | None = None, clear_tracking: bool = True) -> bool:
    """Writes what has changed since the tracking of the tables was cleared to a file that is replaced as a whole, as JSON.

    Whether there was anything. `clear_tracking`: clears the tracking when it is written. `BackupManager` tracks changes by itself,
    and needs none of this. For writes of other threads meanwhile use it.
    """
    path = _inside(filename, allowed_dir)
    changed = {name: table for name, table in db.tables.items() if table.has_changes()}
    if not changed:
        return False
    content = {
        "type": "delta",
        "timestamp": time.time(),
        "tables": {name: {"upserts": table.get_dirty_records(), "deletes": table.get_deleted_pks()} for name, table in changed.items()},
    }
    _replace(path, lambda file: file.write(dumps(content)))
    if clear_tracking:
        for table in changed.values():
            table.clear_dirty_tracking()
    return True


def apply_delta(db: "DictDB", filename: Path, allowed_dir: pathlib.Path | None = None) -> int:
    """Applies a delta of `BackupManager`, `save_delta` or DictDB, as one; how many records were written and deleted.

    Tables that the database does not have are passed over, and keys that are gone. ValueError if the file is no delta.
    """
    path = _inside(filename, allowed_dir)
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    if not isinstance(content, dict) or content.get("type") != "delta":
        raise ValueError(f"{path!r} is no delta: it has no member type that is 'delta'")
    operations: list[dict[str, Any]] = []
    for name, changes in content.get("tables", {}).items():
        if name not in db.tables:
            continue
        table = db.tables[name]
        operations += [{"upsert": name, "record": record} for record in changes.get("upserts", [])]
        deletes = changes.get("deletes", [])
        there = [key for key, record in zip(deletes, table.get_many(deletes), strict=True) if record is not None]
        operations += [{"delete": name, "key": key} for key in there]
    if operations:
        db.run_batch(operations)
    return len(operations)
