"""The lock that DictDB's guide takes around several reads of a table."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class RWLock:
    """A reader-writer lock among those who take it; writers go first.

    The tables of this package need no lock: each call is atomic, and what must be read as of one instant is read from a snapshot.
    This one keeps programs that take `table._lock` running. It holds up who takes it, not calls without it.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._readers = 0
        self._writers_waiting = 0
        self._writing = False

    def acquire_read(self) -> None:
        """Waits until nobody writes or waits to, then reads."""
        with self._changed:
            self._changed.wait_for(lambda: not self._writing and not self._writers_waiting)
            self._readers += 1

    def release_read(self) -> None:
        """Ends a read."""
        with self._changed:
            self._readers -= 1
            self._changed.notify_all()

    def acquire_write(self) -> None:
        """Waits until nobody reads or writes, then writes."""
        with self._changed:
            self._writers_waiting += 1
            try:
                self._changed.wait_for(lambda: not self._writing and not self._readers)
                self._writing = True
            finally:
                self._writers_waiting -= 1

    def release_write(self) -> None:
        """Ends a write."""
        with self._changed:
            self._writing = False
            self._changed.notify_all()

    @contextmanager
    def read_lock(self) -> Iterator[None]:
        """Reads while the block runs."""
        self.acquire_read()
        try:
            yield
        finally:
            self.release_read()

    @contextmanager
    def write_lock(self) -> Iterator[None]:
        """Writes while the block runs."""
        self.acquire_write()
        try:
            yield
        finally:
            self.release_write()
