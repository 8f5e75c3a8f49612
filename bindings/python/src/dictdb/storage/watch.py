"""The changes of tables, in their order."""

from collections.abc import Iterator
from typing import Any

from dictdb import _engine as engine
from dictdb._codec import loads
from dictdb._engine import ffi, lib
from dictdb.exceptions import CancelledError, ClosedError


class Watch:
    """The changes of a table, or of all tables of a database, from the moment at which it was made.

    A change is a dict: `sequence`, `commit` (of the first change of the same call), `table`, `operation` (`"insert"`, `"update"`,
    `"delete"`, `"create"`, `"drop"`), `key`, `old_key` if it has changed, and `record`, the whole record after it. Each can be applied
    by itself: where one update passes keys on from record to record, these are told as deletes and inserts. Changes are kept up to
    a limit, then the oldest go: `UnavailableError` tells a reader who is too slow, who then takes `last()`, a snapshot, and
    goes on after that number. Thread-safe; a context manager; iterating waits for changes until the watch is closed.
    """

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self.seen = 0
        """The sequence number after which `poll` without `since` goes on."""

    def poll(self, since: int | None = None, max_changes: int = 0, timeout: float | None = 0) -> list[dict[str, Any]]:
        """The changes after a sequence number, at most so many (0: all); without one, after those that were polled last.

        `timeout`: seconds to wait if there are none; None waits for ever. Errors: `UnavailableError`, `CancelledError` (it was
        closed meanwhile), `ClosedError`.
        """
        after = self.seen if since is None else since
        slot = engine.take()
        slot.status = lib.dictdb_watch_poll(
            self._handle,
            after,
            max_changes,
            engine.milliseconds(timeout),
            ffi.addressof(slot, "text"),
            ffi.addressof(slot, "last"),
            ffi.addressof(slot, "error"),
        )
        if slot.status:
            raise engine.failure(slot)
        changes: list[dict[str, Any]] = loads(engine.string(slot.text.data))
        if since is None:
            self.seen = int(slot.last)
        engine.give(slot)
        return changes

    def last(self) -> int:
        """The number of the last change that anybody watched: where to go on after reading the tables anew."""
        return engine.number(lib.dictdb_watch_last, self._handle)

    def fileno(self) -> int:
        """A descriptor that is readable while there are changes that no poll has given: for `select` and event loops.

        Do not read or close it, and take it out of a loop before the watch is closed.
        """
        descriptor = ffi.new("int32_t *")
        engine.call(lib.dictdb_watch_fd, self._handle, descriptor)
        return int(descriptor[0])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        try:
            while True:
                yield from self.poll(timeout=None)
        except (CancelledError, ClosedError):
            return

    def close(self) -> None:
        """Ends it, and polls that wait. May be called again."""
        ffi.release(self._handle)

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
