"""Long work in a thread of the library."""

import asyncio
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from dictdb import _engine as engine
from dictdb._engine import ffi, lib
from dictdb.exceptions import TimeoutError

if TYPE_CHECKING:
    from dictdb.storage.database import DictDB


class Job:
    """Work that goes on in a thread of the library: made by the methods that are called `start_...`. Thread-safe; may be awaited.

    Collecting or closing it does not stop the work; `cancel` does.
    """

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until it has ended, at most so many seconds; whether it has. Raises what the work failed with."""
        done = ffi.new("int32_t *")
        engine.call(lib.dictdb_job_wait, self._handle, engine.milliseconds(timeout), done)
        return bool(done[0])

    def result(self, timeout: float | None = None) -> dict[str, Any]:
        """Waits for it, and gives the facts of what it did: `records`, `bytes`, `duration_us` and so on. `TimeoutError` if it goes on."""
        if not self.wait(timeout):
            raise TimeoutError(f"the job has not ended within {timeout} seconds; it goes on")
        facts: dict[str, Any] = engine.facts(lib.dictdb_job_result, self._handle)
        return facts

    def database(self, timeout: float | None = None) -> "DictDB":
        """Waits for it, and gives the database that it has loaded or restored; `UnsupportedError` if it makes none."""
        from dictdb.storage.database import DictDB  # noqa: PLC0415 - databases know jobs

        if not self.wait(timeout):
            raise TimeoutError(f"the job has not ended within {timeout} seconds; it goes on")
        return DictDB._of(engine.handle(lib.dictdb_job_database, "db", lib.dictdb_db_free, self._handle))

    def progress(self) -> tuple[int, int]:
        """How many records are done, and how many there are in all as far as is known."""
        done, total = ffi.new("uint64_t *"), ffi.new("uint64_t *")
        engine.call(lib.dictdb_job_progress, self._handle, done, total)
        return int(done[0]), int(total[0])

    def cancel(self) -> None:
        """Stops the work: it ends soon with `CancelledError`, and leaves all as it was. Does not wait."""
        engine.call(lib.dictdb_job_cancel, self._handle)

    def __await__(self) -> Generator[Any, None, dict[str, Any]]:
        result: Callable[[], dict[str, Any]] = self.result
        return asyncio.to_thread(result).__await__()

    def close(self) -> None:
        """Frees the handle; the work goes on. May be called again."""
        ffi.release(self._handle)

    def __enter__(self) -> "Job":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
