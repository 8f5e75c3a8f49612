"""Tokens that stop calls."""

from dictdb import _engine as engine
from dictdb._engine import ffi, lib


class CancelToken:
    """Stops calls that run through objects made with it: `users.limited(cancel=token)`. Any thread may set it, for any number of calls."""

    def __init__(self) -> None:
        self._handle = engine.handle(lib.dictdb_cancel_new, "cancel", lib.dictdb_cancel_free)

    def cancel(self) -> None:
        """Ends the calls that run with it, and those that begin later, with `CancelledError`, until it is reset."""
        engine.call(lib.dictdb_cancel_set, self._handle)

    def reset(self) -> None:
        """Takes that back, so that it can be used again."""
        engine.call(lib.dictdb_cancel_reset, self._handle)

    def is_set(self) -> bool:
        """Whether it was set."""
        flag = lib.dictdb_cancel_flag(self._handle)
        return bool(flag != ffi.NULL and flag[0] != 0)

    def close(self) -> None:
        """Frees it. Calls that run with it keep what they need. May be called again."""
        ffi.release(self._handle)

    def __enter__(self) -> "CancelToken":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
