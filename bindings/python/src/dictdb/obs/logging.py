"""The log: what the package does, and what the library finds wrong, through Python's logger `dictdb`.

Nothing is logged before `configure_logging` or `logger.add` says where to (or a handler was put on `logging.getLogger("dictdb")`).
"""

import itertools
import json as json_module
import logging
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TextIO

LOG: Final = logging.getLogger("dictdb")
LOG.setLevel(logging.DEBUG)
LOG.propagate = False

Sink = str | TextIO | Callable[[str], None]
Filter = Callable[[dict[str, Any]], bool]

_COLORS: Final = {"DEBUG": "36", "INFO": "32", "WARNING": "33", "ERROR": "31", "CRITICAL": "1;31"}


class Level:
    """A level as a filter sees it: `record["level"].name`."""

    __slots__ = ("name", "no")

    def __init__(self, name: str, no: int) -> None:
        self.name = name
        self.no = no


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    found: dict[str, Any] = getattr(record, "dictdb_fields", {})
    return found


class TextFormatter(logging.Formatter):
    """A line: time, level, fields, message. In color if the sink is a terminal."""

    def __init__(self, colored: bool = False) -> None:
        super().__init__()
        self.colored = colored

    def format(self, record: logging.LogRecord) -> str:
        """The line without its end."""
        time = datetime.fromtimestamp(record.created).isoformat(" ", "milliseconds")
        level = f"{record.levelname:<8}"
        if self.colored:
            level = f"\x1b[{_COLORS.get(record.levelname, '0')}m{level}\x1b[0m"
        fields = " ".join(f"{name}={value}" for name, value in _fields(record).items())
        return " | ".join(part for part in (time, level, fields, record.getMessage()) if part)


class JSONFormatter(logging.Formatter):
    """A line of JSON: time, level, message, and the fields as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line without its end."""
        content = {
            "time": datetime.fromtimestamp(record.created).isoformat(),
            "level": record.levelname,
            "message": record.getMessage(),
            "extra": _fields(record),
        }
        return json_module.dumps(content, default=str)


class CallableHandler(logging.Handler):
    """Hands each line, with its end, to a function."""

    def __init__(self, function: Callable[[str], None]) -> None:
        super().__init__()
        self.function = function

    def emit(self, record: logging.LogRecord) -> None:
        """Hands over one line."""
        try:
            self.function(self.format(record) + "\n")
        except Exception:
            self.handleError(record)


class SampleDebugFilter(logging.Filter):
    """Lets one in so many debug messages through, the first one first."""

    def __init__(self, every_n: int) -> None:
        super().__init__()
        if every_n < 1:
            raise ValueError(f"one in 1 or more debug messages can be let through, not one in {every_n}")
        self.every_n = every_n
        self.counter = itertools.count()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the message goes through."""
        return record.levelno > logging.DEBUG or next(self.counter) % self.every_n == 0


class _FunctionFilter(logging.Filter):
    def __init__(self, function: Filter) -> None:
        super().__init__()
        self.function = function

    def filter(self, record: logging.LogRecord) -> bool:
        return bool(
            self.function(
                {
                    "level": Level(record.levelname, record.levelno),
                    "message": record.getMessage(),
                    "extra": _fields(record),
                    "time": datetime.fromtimestamp(record.created),
                }
            )
        )


class BoundLogger:
    """A logger whose messages carry fields. Thread-safe."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    def bind(self, **kwargs: Any) -> "BoundLogger":
        """A logger with these fields, too."""
        return BoundLogger({**self._fields, **kwargs})

    def _log(self, level: int, msg: str, fields: dict[str, Any]) -> None:
        if LOG.handlers and LOG.isEnabledFor(level):
            record = LOG.makeRecord(LOG.name, level, "", 0, "%s", (msg,), None, extra={"dictdb_fields": {**self._fields, **fields}})
            LOG.handle(record)

    def debug(self, msg: str, **kwargs: Any) -> None:
        """Logs a message of level DEBUG, with fields."""
        self._log(logging.DEBUG, msg, kwargs)

    def info(self, msg: str, **kwargs: Any) -> None:
        """Logs a message of level INFO, with fields."""
        self._log(logging.INFO, msg, kwargs)

    def warning(self, msg: str, **kwargs: Any) -> None:
        """Logs a message of level WARNING, with fields."""
        self._log(logging.WARNING, msg, kwargs)

    def error(self, msg: str, **kwargs: Any) -> None:
        """Logs a message of level ERROR, with fields."""
        self._log(logging.ERROR, msg, kwargs)

    def critical(self, msg: str, **kwargs: Any) -> None:
        """Logs a message of level CRITICAL, with fields."""
        self._log(logging.CRITICAL, msg, kwargs)


class DictDBLogger(BoundLogger):
    """The logger of the package: `logger`."""

    def __init__(self) -> None:
        super().__init__({})
        self._lock = threading.Lock()
        self._ids = itertools.count(1)

    def add(
        self,
        sink: Sink,
        *,
        level: str = "DEBUG",
        format: str | None = None,
        serialize: bool = False,
        filter: Filter | None = None,
    ) -> int:
        """Sends messages to a file (its path), a stream such as `sys.stdout`, or a function that takes a line.

        `level`: the least level that is sent. `format` is ignored. `serialize`: lines of JSON. `filter`: a function of a message
        (a dict with `level`, `message`, `extra` and `time`) that tells whether it is sent. Gives a number for the sink.
        """
        handler: logging.Handler
        colored = False
        if isinstance(sink, str):
            handler = logging.FileHandler(sink, encoding="utf-8")
        elif hasattr(sink, "write"):
            handler = logging.StreamHandler(sink)
            colored = bool(getattr(sink, "isatty", lambda: False)())
        elif callable(sink):
            handler = CallableHandler(sink)
        else:
            raise TypeError(f"a sink is a path, a stream or a function, got {type(sink).__name__}")
        handler.setLevel(_level(level))
        handler.setFormatter(JSONFormatter() if serialize else TextFormatter(colored))
        if filter is not None:
            handler.addFilter(_FunctionFilter(filter))
        LOG.addHandler(handler)
        return next(self._ids)

    def remove(self) -> None:
        """Sends messages nowhere any more; files that they went to are closed."""
        with self._lock:
            for handler in list(LOG.handlers):
                LOG.removeHandler(handler)
                handler.close()


def _level(name: str) -> int:
    number = logging.getLevelNamesMapping().get(str(name).upper())
    return logging.DEBUG if number is None else number


logger: Final = DictDBLogger()
"""The logger of the package."""


def configure_logging(
    level: str = "INFO",
    console: bool = True,
    logfile: str | None = None,
    *,
    json: bool = False,
    sample_debug_every: int | None = None,
) -> None:
    """Says what is logged and where to, in place of all that was said before.

    `level`: DEBUG, INFO, WARNING, ERROR or CRITICAL: the least that is logged. `console`: to the standard output. `logfile`: to the
    end of that file, too. `json`: lines of JSON. `sample_debug_every`: one in so many debug messages.
    """
    sample = None if sample_debug_every is None else SampleDebugFilter(sample_debug_every)
    logger.remove()
    sinks: list[Sink] = []
    if console:
        sinks.append(sys.stdout)
    if logfile:
        sinks.append(str(logfile))
    for sink in sinks:
        logger.add(sink, level=level, serialize=json)
    if sample is not None:
        for handler in LOG.handlers:
            handler.addFilter(sample)
