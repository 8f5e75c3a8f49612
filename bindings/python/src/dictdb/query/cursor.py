"""Cursors: the rows of a query a few at a time."""

from collections.abc import Iterator
from typing import Any

from dictdb import _engine as engine
from dictdb._codec import loads
from dictdb._engine import ffi, lib
from dictdb.core.types import Record
from dictdb.exceptions import RecordNotFoundError

BATCH_BYTES = 1 << 20


class Cursor(Iterator[Record]):
    """The rows of a query on a table as it was when the cursor was opened; writers do not wait for it, nor it for them.

    An iterator of records, and a context manager. It takes rows from the library a mebibyte at a time. Several threads may share
    the `batches` of one; iterate over it in one thread. It keeps a snapshot until it is closed or collected.
    """

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._rows: Iterator[Record] = iter(())

    def text(self, rows: int = 0, size: int = BATCH_BYTES, lines: bool = False) -> bytes:
        """The next rows as JSON text: an array, or with `lines` a line each. `b""` when there are no more.

        `rows`: how many at most; 0 for as many as `size`, in bytes, lets through. One is always taken.
        """
        form = lib.DICTDB_ROWS_LINES if lines else lib.DICTDB_ROWS_ARRAY
        slot = engine.take()
        buffer, error = ffi.addressof(slot, "text"), ffi.addressof(slot, "error")
        slot.status = lib.dictdb_cursor_next_batch(self._handle, rows, size, form, buffer, ffi.NULL, error)
        if slot.status:
            failed = engine.failure(slot)
            if isinstance(failed, RecordNotFoundError):
                return b""
            raise failed
        taken: bytes = engine.string(slot.text.data)
        engine.give(slot)
        return taken

    def batch(self, rows: int = 0, size: int = BATCH_BYTES) -> list[Record]:
        """The next rows, as `text` takes them; an empty list when there are no more."""
        taken: list[Record] = loads(self.text(rows, size) or b"[]")
        return taken

    def batches(self, rows: int = 0, size: int = BATCH_BYTES) -> Iterator[list[Record]]:
        """The rest of the rows in lists, as `batch` gives them."""
        while taken := self.batch(rows, size):
            yield taken

    def __iter__(self) -> "Cursor":
        return self

    def __next__(self) -> Record:
        for row in self._rows:
            return row
        self._rows = iter(self.batch())
        return next(self._rows)

    def close(self) -> None:
        """Ends it and lets its snapshot go; then it is a `ClosedError` to go on. May be called again."""
        self._rows = iter(())
        ffi.release(self._handle)

    def __enter__(self) -> "Cursor":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
