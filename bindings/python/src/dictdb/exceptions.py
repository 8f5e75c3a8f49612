"""The errors of the package. All but those that Python has already (`OSError`, `MemoryError`) are a `DictDBError`."""

import builtins
import json
from typing import Any


class DictDBError(Exception):
    """The base of all errors of the package.

    `status` is the library's name of what went wrong (`"RECORD_NOT_FOUND"`), or None if the library was not asked. `detail`
    holds the facts as a dict: `key`, `field`, `index` and so on, as dictdb.h tells at `dictdb_error_detail`.
    """

    status: str | None = None
    detail: dict[str, Any] = {}  # noqa: RUF012 - never written to: an error that has facts has a dict of its own


class DuplicateKeyError(DictDBError):
    """The key is taken, or a value of a unique index is."""


class DuplicateTableError(DictDBError):
    """The database has a table of that name already."""


class RecordNotFoundError(DictDBError):
    """No record matches."""


class TableNotFoundError(DictDBError):
    """The database has no table of that name, or the table was dropped."""


class SchemaValidationError(DictDBError):
    """A record does not fit the schema of its table."""


class InvalidKeyError(DictDBError, ValueError):
    """A primary key is neither an int of 64 bits nor a str with something in it."""


class InvalidArgumentError(DictDBError, ValueError):
    """A name, an option or a parameter is not what the library takes."""


class ParseError(DictDBError, ValueError):
    """A text of the query language cannot be read; `detail` has `position`, `found` and `expected`."""


class FileFormatError(DictDBError, json.JSONDecodeError):
    """A file is damaged, or is none that the library can read."""

    def __init__(self, message: str, doc: str = "", pos: int = 0) -> None:
        json.JSONDecodeError.__init__(self, message, doc, pos)
        self.args = (message,)

    def __str__(self) -> str:
        return self.msg


class NumberRangeError(DictDBError, OverflowError):
    """An integer does not fit in 64 bits, or the result of a computation is no finite number."""


class TypeMismatchError(DictDBError, TypeError):
    """A computation met a value that it is not defined for, such as a text in a sum."""


class LimitError(DictDBError):
    """A limit that dictdb.h tells was exceeded."""


class IndexExistsError(DictDBError):
    """An index of another kind or uniqueness is on the same fields."""


class UnsupportedError(DictDBError):
    """The object cannot do that: a snapshot cannot be changed."""


class UnavailableError(DictDBError):
    """It cannot be had now: changes that a watch no longer keeps, a result of a job that runs."""


class CancelledError(DictDBError):
    """The call was stopped by its token, or its watch was closed; nothing has changed."""


class TimeoutError(DictDBError, builtins.TimeoutError):
    """The call took longer than its handle allows; nothing has changed."""


class ClosedError(DictDBError):
    """The object was closed."""


class ForkedError(DictDBError):
    """The process was forked after the library was used, and this is the child: it needs a database of its own."""


class InternalError(DictDBError):
    """A defect of the library. The database stays usable. Please report it."""
