"""The library's own messages, in the log of the package."""

import atexit
from typing import Any, Final

from dictdb import _engine as engine
from dictdb._codec import loads
from dictdb._engine import NULL, ffi, lib, string
from dictdb.obs.logging import LOG, logger

_LEVELS: Final = {"error": lib.DICTDB_LOG_ERROR, "warning": lib.DICTDB_LOG_WARN, "info": lib.DICTDB_LOG_INFO, "debug": lib.DICTDB_LOG_DEBUG}


@ffi.def_extern(name="dictdb_py_log")  # type: ignore[untyped-decorator]
def _log(context: Any, level: int, message: Any, fields: Any) -> None:
    if not LOG.handlers:
        return
    tell = next(getattr(logger, name) for name, number in _LEVELS.items() if level <= number)
    tell(string(message).decode(), **{**loads(string(fields)), "component": "libdictdb"})


def log_library(level: str = "warning", debug_sample: int = 1) -> None:
    """Says which messages of the library itself go to the log, beside those of the package: up to `"error"`, `"warning"` (at first),
    `"info"` or `"debug"`, of which one in `debug_sample` is sent; `"none"` for none. For the whole process."""
    if level == "none":
        engine.call(lib.dictdb_log_set, lib.DICTDB_LOG_ERROR, 1, NULL, NULL, NULL)
        return
    if level not in _LEVELS:
        raise ValueError(f"a level is one of {', '.join(_LEVELS)} or none, got {level!r}")
    engine.call(lib.dictdb_log_set, _LEVELS[level], debug_sample, lib.dictdb_py_on_log, NULL, NULL)


log_library()
atexit.register(lib.dictdb_py_close_gate)
