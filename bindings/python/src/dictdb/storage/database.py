"""Databases."""

import asyncio
import pathlib
import tempfile
import threading
from collections.abc import Iterator, MutableMapping
from typing import Any

from dictdb import _engine as engine
from dictdb._codec import dumps
from dictdb._engine import NULL, ffi, lib
from dictdb.core.table import Schemas, Table, _type_option
from dictdb.exceptions import DuplicateTableError, TableNotFoundError
from dictdb.obs.logging import logger
from dictdb.query.cancel import CancelToken
from dictdb.storage import persist
from dictdb.storage.batch import Batch
from dictdb.storage.job import Job
from dictdb.storage.watch import Watch

Path = str | pathlib.Path


class Tables(MutableMapping[str, Table]):
    """The tables of a database by their names: `db.tables`. Setting one puts a table that stands alone into the database;
    deleting one drops it."""

    def __init__(self, db: "DictDB") -> None:
        self._db = db

    def __getitem__(self, name: str) -> Table:
        try:
            return self._db._table(name)
        except TableNotFoundError:
            raise KeyError(name) from None

    def __setitem__(self, name: str, table: Table) -> None:
        self._db._attach(name, table)

    def __delitem__(self, name: str) -> None:
        self[name]
        self._db.drop_table(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._db.list_tables())

    def __len__(self) -> int:
        return len(self._db.list_tables())

    def __contains__(self, name: object) -> bool:
        return name in self._db.list_tables()


class DictDB:
    """A database: named tables in memory. A context manager that closes it.

    Any thread may use it at any time; the interpreter's lock is released while the library works. It lives until it is closed or
    collected. Errors that any method may raise: `ClosedError`, `ForkedError`, `MemoryError`.
    """

    def __init__(self) -> None:
        self._bind(engine.handle(lib.dictdb_db_new, "db", lib.dictdb_db_free, NULL, 0))
        logger.bind(component="DictDB").info("made an empty database")

    def _bind(self, handle: Any) -> None:
        self._handle = handle
        self._known: dict[str, Table] = {}
        self._lock = threading.RLock()

    @classmethod
    def _of(cls, handle: Any) -> "DictDB":
        """The database of a handle that the library has given."""
        db = cls.__new__(cls)
        db._bind(handle)
        return db

    @property
    def tables(self) -> Tables:
        """The tables by their names. `db.tables[name] = Table(name, schema=...)` puts one into the database."""
        return Tables(self)

    def create_table(self, table_name: str, primary_key: str = "id", *, schema: Schemas | None = None) -> None:
        """Creates a table. `schema`: as for `Table`. Errors: `DuplicateTableError`; ValueError for an empty name."""
        table = Table.__new__(Table)
        with self._lock:
            try:
                table._dictdb_create(self._handle, table_name, primary_key, schema)
            except DuplicateTableError:
                raise DuplicateTableError(f"there is a table '{table_name}' already") from None
            self._known[table_name] = table
        logger.bind(component="DictDB").info(f"created table '{table_name}'", op="CREATE_TABLE", table=table_name, pk=primary_key)

    def drop_table(self, table_name: str) -> None:
        """Drops a table and its records: `Table` objects of it raise `TableNotFoundError` from then on, which this does, too, if there
        is none of that name."""
        name = engine.named(table_name, "the name of a table")
        with self._lock:
            engine.call(lib.dictdb_db_drop_table, self._handle, name, len(name))
            self._known.pop(table_name, None)
        logger.bind(component="DictDB").info(f"dropped table '{table_name}'", op="DROP_TABLE", table=table_name)

    def get_table(self, table_name: str) -> Table:
        """A table: the same object each time. `TableNotFoundError` if there is none of that name."""
        return self._table(table_name)

    def _table(self, table_name: str) -> Table:
        known = self._known.get(table_name)
        if known is not None and known._dictdb_is_alive():
            return known
        name = engine.named(table_name, "the name of a table")
        with self._lock:
            handle = engine.handle(lib.dictdb_db_get_table, "table", lib.dictdb_table_free, self._handle, name, len(name))
            table = self._known[table_name] = Table._dictdb_of(handle)
            return table

    def _attach(self, name: str, table: Table) -> None:
        if not isinstance(table, Table):
            raise TypeError(f"db.tables takes tables, got {type(table).__name__}")
        with self._lock:
            if self._known.get(name) is table:
                return
            if table._dictdb_home is not None:
                raise ValueError(f"table '{table.table_name}' is in a database already: a table has one place")
            if name in self.tables:
                self.drop_table(name)
            table._dictdb_attach(self._handle, name)
            self._known[name] = table

    def list_tables(self) -> list[str]:
        """Names of the tables, in the order in which they were created."""
        names: list[str] = engine.facts(lib.dictdb_db_list_tables, self._handle)
        return names

    def copy(self) -> dict[str, dict[Any, dict[str, Any]]]:
        """All records of all tables by their names and keys, of one instant."""
        with self.snapshot() as snapshot:
            return {name: table.copy() for name, table in snapshot.tables.items()}

    def save(self, filename: Path, file_format: str) -> None:
        """Saves the database, as it is at this instant, to a file that is replaced as a whole.

        `file_format`: `"json"`, which DictDB reads, too; `"dictdb"`, the library's own, which has checksums, and is faster; `"pickle"`,
        for DictDB: slow, and not to be loaded from people whom you do not trust. Errors: OSError; ValueError for another format.
        """
        persist.save(self, filename, file_format)

    @classmethod
    def load(cls, filename: Path, file_format: str) -> "DictDB":
        """Loads a database from a file that `save` or DictDB has written; indexes too, if the file has them.

        Errors: OSError (`FileNotFoundError`), `FileFormatError` for a file that is damaged or no database, and what can be wrong with
        records: `DuplicateKeyError`, `SchemaValidationError` and so on; `pickle.UnpicklingError`.
        """
        loaded = persist.load(filename, file_format)
        if cls is not DictDB:
            loaded.__class__ = cls
        return loaded

    async def async_save(self, filename: Path, file_format: str) -> None:
        """As `save`, in another thread."""
        await asyncio.to_thread(self.save, filename, file_format)

    @classmethod
    async def async_load(cls, filename: Path, file_format: str) -> "DictDB":
        """As `load`, in another thread."""
        return await asyncio.to_thread(cls.load, filename, file_format)

    def import_csv(
        self,
        filepath: Path,
        table_name: str,
        *,
        primary_key: str = "id",
        delimiter: str = ",",
        has_header: bool = True,
        encoding: str = "utf-8",
        schema: Schemas | None = None,
        infer_types: bool = True,
        skip_validation: bool = False,
    ) -> int:
        """Makes a table of a CSV file; how many records it has. All or nothing: on an error there is no table.

        `schema`: cells are read as the types of their fields; without it each column gets the first of int, float and str that all its
        cells are (`infer_types`), or str. An empty cell is None, but for a str `""`. `has_header`: false if columns are to be called
        `col_0`, `col_1` and so on. `skip_validation` makes no difference. Errors: `DuplicateTableError`, OSError,
        `SchemaValidationError` and others, whose `detail` has `line` and `column`.
        """
        if str(encoding).lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig"):
            return self._import_csv(filepath, table_name, primary_key, delimiter, has_header, schema, infer_types)
        with tempfile.NamedTemporaryFile(suffix=".csv") as copy:
            with open(filepath, encoding=encoding, newline="") as source:
                for part in iter(lambda: source.read(1 << 20), ""):
                    copy.write(part.encode())
            copy.flush()
            return self._import_csv(copy.name, table_name, primary_key, delimiter, has_header, schema, infer_types)

    def _import_csv(
        self, filepath: Path, table_name: str, primary_key: str, delimiter: str, header: bool, schema: Schemas | None, infer: bool
    ) -> int:
        job = self.start_import_csv(
            filepath, table_name, primary_key=primary_key, delimiter=delimiter, has_header=header, schema=schema, infer_types=infer
        )
        try:
            return int(job.result()["records"])
        except DuplicateTableError:
            raise DuplicateTableError(f"there is a table '{table_name}' already") from None

    def start_import_csv(
        self,
        filepath: Path,
        table_name: str,
        *,
        primary_key: str = "id",
        delimiter: str = ",",
        has_header: bool = True,
        schema: Schemas | None = None,
        infer_types: bool = True,
    ) -> Job:
        """As `import_csv` of a file in UTF-8, in a thread of the library. See `Job`."""
        types = None if schema is None else {field: _type_option(given) for field, given in schema.items()}
        return self._import(
            lib.dictdb_db_import_csv,
            filepath,
            table_name,
            primary_key=primary_key,
            delimiter=delimiter,
            header=bool(has_header),
            schema=types,
            infer_types=bool(infer_types),
        )

    def import_jsonl(self, filepath: Path, table_name: str, *, primary_key: str = "id", schema: Schemas | None = None) -> int:
        """Makes a table of a file of JSON Lines; how many records it has. Errors: as for `import_csv`, and `FileFormatError`."""
        return int(self.start_import_jsonl(filepath, table_name, primary_key=primary_key, schema=schema).result()["records"])

    def start_import_jsonl(self, filepath: Path, table_name: str, *, primary_key: str = "id", schema: Schemas | None = None) -> Job:
        """As `import_jsonl`, in a thread of the library. See `Job`."""
        types = None if schema is None else {field: _type_option(given) for field, given in schema.items()}
        return self._import(lib.dictdb_db_import_jsonl, filepath, table_name, primary_key=primary_key, schema=types)

    def _import(self, function: Any, filepath: Path, table_name: str, **options: Any) -> Job:
        name, path = engine.named(table_name, "the name of a table"), engine.path_of(filepath)
        given = engine.options_of(options)
        return Job(engine.handle(function, "job", lib.dictdb_job_free, self._handle, name, len(name), path, len(path), *given, NULL))

    def start_save(self, filename: Path, file_format: str = "json") -> Job:
        """Saves as `save`, as `"json"` or `"dictdb"`, in a thread of the library. What is saved is the database as it is now."""
        path, options = engine.path_of(filename), engine.options_of({"format": file_format})
        return Job(engine.handle(lib.dictdb_db_save, "job", lib.dictdb_job_free, self._handle, path, len(path), *options))

    @staticmethod
    def start_load(filename: Path) -> Job:
        """Loads as `load`, `"json"` or `"dictdb"`, in a thread of the library; `job.database()` gives the database."""
        path = engine.path_of(filename)
        return Job(engine.handle(lib.dictdb_db_load, "job", lib.dictdb_job_free, path, len(path), NULL))

    def snapshot(self) -> "DictDB":
        """All tables as they are at one and the same instant, to be read whatever is written; a context manager.

        To change it is an `UnsupportedError`. See `Table.snapshot`.
        """
        return DictDB._of(engine.handle(lib.dictdb_db_snapshot, "db", lib.dictdb_db_free, self._handle))

    def limited(self, cancel: CancelToken | None = None, timeout: float | None = None) -> "DictDB":
        """The same database, but each call through this object and its tables can be stopped: see `Table.limited`."""
        token = NULL if cancel is None else cancel._handle
        limit = engine.milliseconds(timeout)
        return DictDB._of(engine.handle(lib.dictdb_db_limited, "db", lib.dictdb_db_free, self._handle, token, limit))

    def batch(self) -> Batch:
        """An empty batch of writes on any tables, to be done as one. See `Batch`."""
        return Batch()

    def run_batch(self, operations: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Does a list of operations as one, all or none, in one call; the result of each.

        `[{"insert": "users", "record": {...}}, {"update": "users", "key": 7, "set": "visits = visits + ?1", "params": [1]}, ...]`: dictdb.h
        tells at `dictdb_db_batch` what there is. An error has the number of its `operation` in `detail`.
        """
        given = dumps(operations)
        results: list[dict[str, Any]] = engine.facts(lib.dictdb_db_batch, self._handle, given, len(given))
        return results

    def watch(self, *, max_changes: int | None = None, max_bytes: int | None = None, records: bool = True) -> Watch:
        """Watches all tables from now on, those that are yet to be created included. See `Watch`."""
        options = engine.options_of({"max_changes": max_changes, "max_bytes": max_bytes, "records": records})
        return Watch(engine.handle(lib.dictdb_db_watch, "watch", lib.dictdb_watch_free, self._handle, *options))

    def close(self) -> None:
        """Frees the database and its tables: using them is a `ClosedError` from then on. May be called again."""
        with self._lock:
            for table in self._known.values():
                ffi.release(table._dictdb_handle)
            self._known.clear()
            ffi.release(self._handle)

    def __enter__(self) -> "DictDB":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        """What pickle keeps: the same as of DictDB's databases, so that either reads the other's."""
        return {"tables": dict(self.snapshot().tables.items())}

    def __setstate__(self, state: dict[str, Any]) -> None:
        DictDB.__init__(self)
        for name, table in state["tables"].items():
            self._attach(name, table)
