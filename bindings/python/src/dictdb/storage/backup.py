"""Backups of a database in a directory, made by the library beside all work."""

import os
import pathlib
import weakref
from collections.abc import Callable
from typing import Any, Final

from dictdb import _engine as engine
from dictdb._codec import loads
from dictdb._engine import NULL, ffi, lib, string
from dictdb.exceptions import DictDBError
from dictdb.obs.logging import logger
from dictdb.storage.database import DictDB
from dictdb.storage.job import Job

Failure = Callable[[Exception, int], None]

_managers: Final["weakref.WeakValueDictionary[int, BackupManager]"] = weakref.WeakValueDictionary()


@ffi.def_extern(name="dictdb_py_backup_failed")  # type: ignore[untyped-decorator]
def _failed(context: Any, status: int, message: Any, detail: Any, failures: int) -> None:
    manager = _managers.get(int(ffi.cast("intptr_t", context)))
    if manager is not None:
        manager._tell(engine.exception(status, string(message).decode(), loads(string(detail))), failures)


class BackupManager:
    """Makes backups of a database: full ones, or what has changed since the last (`incremental`), by itself or when told.

    Each file is of one instant of the whole database, no write waits for it, and it is there as a whole or not at all. A manager has
    its directory for itself. A context manager: it starts, and at the end stops.

    `backup_interval`: seconds between backups that it makes by itself; 0: only when a change is told. `file_format`: of full backups:
    `"json"`, or `"dictdb"` (for `"pickle"`, too). `min_backup_interval`: seconds between the last backup and one for which
    `notify_change` was called. `on_backup_failure`: is called with the exception and the number of failures in a row, in the
    thread that tried. `max_deltas_before_full`: deltas before the next full backup. `keep`: how many full backups are kept, with their
    deltas; None: all.
    """

    def __init__(
        self,
        db: DictDB,
        backup_dir: str | pathlib.Path,
        backup_interval: float = 300,
        file_format: str = "json",
        min_backup_interval: float = 5.0,
        on_backup_failure: Failure | None = None,
        incremental: bool = False,
        max_deltas_before_full: int = 10,
        *,
        keep: int | None = None,
    ) -> None:
        if not isinstance(db, DictDB):
            raise TypeError(f"a DictDB is backed up, got {type(db).__name__}")
        name = str(file_format).lower()
        if name not in ("json", "pickle", "dictdb"):
            raise ValueError(f"backups are written as 'json' or 'dictdb', not as {file_format!r}")
        self.db = db
        self.backup_dir = pathlib.Path(backup_dir)
        self.backup_interval = backup_interval
        self.file_format = file_format
        self.min_backup_interval = min_backup_interval
        self.incremental = incremental
        self.max_deltas_before_full = max_deltas_before_full
        self._on_failure = on_backup_failure
        os.makedirs(self.backup_dir, exist_ok=True)
        directory = engine.path_of(self.backup_dir)
        options = engine.options_of(
            {
                "interval_ms": max(0, int(backup_interval * 1000)),
                "min_interval_ms": max(0, int(min_backup_interval * 1000)),
                "incremental": bool(incremental),
                "max_deltas": max(1, max_deltas_before_full),
                "keep": keep,
                "format": "json" if name == "json" else "dictdb",
            }
        )
        context = ffi.cast("void *", id(self))
        self._handle = engine.handle(
            lib.dictdb_backup_new,
            "backup",
            lib.dictdb_backup_free,
            db._handle,
            directory,
            len(directory),
            *options,
            lib.dictdb_py_on_backup_failure,
            context,
            NULL,
        )
        _managers[id(self)] = self

    def _tell(self, error: Exception, failures: int) -> None:
        logger.error(f"backup failed ({failures} in a row): {error}", component="BackupManager", failures=failures)
        if self._on_failure is not None:
            self._on_failure(error, failures)

    def start(self) -> None:
        """Begins to make backups in a thread of the library. May be called again."""
        engine.call(lib.dictdb_backup_start, self._handle)
        logger.info("backups begin", component="BackupManager", directory=str(self.backup_dir))

    def stop(self) -> None:
        """Ends that, and waits for a backup that is being made. May be called again, and be followed by `start`."""
        engine.call(lib.dictdb_backup_stop, self._handle)

    def backup_now(self) -> None:
        """Makes the backup whose turn it is: a full one, or a delta if the manager is incremental.

        As with DictDB, a failure is told to the callback and the log, and is no exception here.
        """
        self._make(lib.dictdb_backup_now)

    def backup_full(self) -> None:
        """Makes a full backup. Failures: as for `backup_now`."""
        self._make(lib.dictdb_backup_full)

    def backup_delta(self) -> None:
        """Makes a delta, or nothing if nothing has changed; a full backup if there is none yet. Failures: as for `backup_now`."""
        self._make(lib.dictdb_backup_delta)

    def _make(self, function: Callable[..., int]) -> None:
        try:
            facts = engine.facts(lambda *outputs: function(self._handle, outputs[0], NULL, outputs[1]))
        except (OSError, MemoryError, DictDBError) as error:
            if self.consecutive_failures == 0:
                raise error
            return
        logger.info("backup made", component="BackupManager", **facts)

    def start_backup(self, kind: str = "now") -> Job:
        """Makes a backup, `"now"` (whose turn it is), `"full"` or `"delta"`, in a thread of the library. See `Job`."""
        functions = {"now": lib.dictdb_backup_now, "full": lib.dictdb_backup_full, "delta": lib.dictdb_backup_delta}
        if kind not in functions:
            raise ValueError(f"a backup is 'now', 'full' or 'delta', got {kind!r}")
        return Job(engine.handle(functions[kind], "job", lib.dictdb_job_free, self._handle, NULL))

    def notify_change(self) -> None:
        """Says that something has changed that should be backed up soon. Returns at once."""
        engine.call(lib.dictdb_backup_notify_change, self._handle)

    def statistics(self) -> dict[str, Any]:
        """What it has done, as dictdb.h tells at `dictdb_backup_statistics`."""
        found: dict[str, Any] = engine.facts(lib.dictdb_backup_statistics, self._handle)
        return found

    @property
    def consecutive_failures(self) -> int:
        """How many backups in a row have failed."""
        return int(self.statistics()["consecutive_failures"])

    @property
    def deltas_since_full(self) -> int:
        """How many deltas there are since the last full backup."""
        return int(self.statistics()["deltas_since_full"] or 0)

    def close(self) -> None:
        """Stops, and frees the handle. May be called again."""
        ffi.release(self._handle)

    def __enter__(self) -> "BackupManager":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def restore(directory: str | pathlib.Path, *, until: float | None = None, partial: bool = False) -> tuple[DictDB, dict[str, Any]]:
    """Restores a database from the backups of a directory, deltas too; the database and the facts.

    `until`: seconds since 1970: no later state. `partial`: if files are missing or damaged, the newest state that can be had. Errors:
    `UnavailableError` (no backup, or none so old), `FileFormatError` (damaged, or a file is missing), OSError.
    """
    place = engine.path_of(directory)
    options = engine.options_of({"until": until, "partial": partial})
    made = ffi.new("dictdb_db **")

    def work(*outputs: Any) -> int:
        return int(lib.dictdb_backup_restore(place, len(place), *options, made, outputs[0], NULL, outputs[1]))

    facts = engine.facts(work)
    return DictDB._of(ffi.gc(made[0], lib.dictdb_db_free)), facts


def start_restore(directory: str | pathlib.Path, *, until: float | None = None, partial: bool = False) -> Job:
    """As `restore`, in a thread of the library: `job.database()` and `job.result()` give what it gives."""
    place = engine.path_of(directory)
    options = engine.options_of({"until": until, "partial": partial})
    return Job(engine.handle(lib.dictdb_backup_restore, "job", lib.dictdb_job_free, place, len(place), *options, NULL, NULL))


def verify(directory: str | pathlib.Path) -> dict[str, Any]:
    """Looks at the backups of a directory without loading them: `is_sound`, `newest`, and `files` with what is wrong with each."""
    place = engine.path_of(directory)
    facts: dict[str, Any] = engine.facts(lambda *outputs: lib.dictdb_backup_verify(place, len(place), outputs[0], NULL, outputs[1]))
    return facts
