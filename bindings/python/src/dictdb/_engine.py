"""Calls into libdictdb: slots for results, errors as exceptions, texts."""

import os
from collections.abc import Callable
from typing import Any, Final

from dictdb import _native
from dictdb import exceptions as errors
from dictdb._codec import dumps, loads

ffi: Final = _native.ffi
lib: Final = _native.lib
NULL: Final = ffi.NULL
ERROR: Final = ffi.typeof("dictdb_error **")
NUMBER: Final = ffi.typeof("uint64_t *")

string = ffi.string

spare: Final[list[Any]] = []
"""Slots that no call uses now: as many as there were calls at the same time. Its methods are atomic."""

give = spare.append
"""Gives a slot back for other calls."""


def take() -> Any:
    """A slot for one call: one that is spare, or a new one."""
    try:
        return spare.pop()
    except IndexError:
        return new_slot()


def new_slot() -> Any:
    """A slot of its own, freed with its last reference."""
    slot = lib.dictdb_py_slot_new()
    if slot == NULL:
        raise MemoryError("no memory for the result of a call")
    return ffi.gc(slot, lib.dictdb_py_slot_free)


_CLASSES: Final[dict[int, type[errors.DictDBError]]] = {
    lib.DICTDB_STATUS_RECORD_NOT_FOUND: errors.RecordNotFoundError,
    lib.DICTDB_STATUS_TABLE_NOT_FOUND: errors.TableNotFoundError,
    lib.DICTDB_STATUS_DUPLICATE_KEY: errors.DuplicateKeyError,
    lib.DICTDB_STATUS_DUPLICATE_TABLE: errors.DuplicateTableError,
    lib.DICTDB_STATUS_SCHEMA: errors.SchemaValidationError,
    lib.DICTDB_STATUS_INVALID_JSON: errors.FileFormatError,
    lib.DICTDB_STATUS_INVALID_UTF8: errors.InvalidArgumentError,
    lib.DICTDB_STATUS_INVALID_KEY: errors.InvalidKeyError,
    lib.DICTDB_STATUS_INVALID_ARGUMENT: errors.InvalidArgumentError,
    lib.DICTDB_STATUS_INVALID_HANDLE: errors.ClosedError,
    lib.DICTDB_STATUS_NUMBER_RANGE: errors.NumberRangeError,
    lib.DICTDB_STATUS_TYPE_MISMATCH: errors.TypeMismatchError,
    lib.DICTDB_STATUS_PARSE: errors.ParseError,
    lib.DICTDB_STATUS_LIMIT: errors.LimitError,
    lib.DICTDB_STATUS_INDEX_EXISTS: errors.IndexExistsError,
    lib.DICTDB_STATUS_CORRUPT: errors.FileFormatError,
    lib.DICTDB_STATUS_UNSUPPORTED: errors.UnsupportedError,
    lib.DICTDB_STATUS_CANCELLED: errors.CancelledError,
    lib.DICTDB_STATUS_TIMEOUT: errors.TimeoutError,
    lib.DICTDB_STATUS_UNAVAILABLE: errors.UnavailableError,
    lib.DICTDB_STATUS_FORKED: errors.ForkedError,
    lib.DICTDB_STATUS_INTERNAL: errors.InternalError,
}

_TYPE_NAMES: Final = {"null": "NoneType"}


def exception(status: int, message: str, detail: dict[str, Any]) -> Exception:
    """The exception for a failed call."""
    if status == lib.DICTDB_STATUS_OUT_OF_MEMORY:
        return MemoryError(message)
    if status == lib.DICTDB_STATUS_IO and "errno" in detail:
        return OSError(detail["errno"], os.strerror(detail["errno"]), detail.get("path"))
    if status == lib.DICTDB_STATUS_SCHEMA and "expected" in detail and "path" not in detail:
        message = _schema_message(detail)
    error = _CLASSES.get(status, errors.DictDBError)(message)
    error.status = string(lib.dictdb_status_name(status)).decode()
    error.detail = detail
    return error


def _schema_message(detail: dict[str, Any]) -> str:
    field, expected, actual = detail.get("field"), detail["expected"], detail.get("actual")
    place = f" (record {detail['index']})" if "index" in detail else ""
    if actual == "missing":
        return f"Missing field '{field}' as defined in schema.{place}"
    if expected == "no such field":
        return f"Field '{field}' is not defined in the schema.{place}"
    return f"Field '{field}' expects type '{expected}', got '{_TYPE_NAMES.get(str(actual), actual)}'.{place}"


def failure(slot: Any) -> Exception:
    """The exception for the call that the slot was used for. Gives the slot back."""
    error = _failure(slot.status, slot.error)
    slot.error = NULL
    give(slot)
    return error


def _failure(status: int, error: Any) -> Exception:
    if error == NULL:
        return exception(status, string(lib.dictdb_status_message(status)).decode(), {})
    message = string(lib.dictdb_error_message(error)).decode()
    detail = loads(string(lib.dictdb_error_detail(error)))
    lib.dictdb_error_free(error)
    return exception(status, message, detail)


def failed(status: int, error: int) -> Exception:
    """The exception for a call that was made in C, of its status and the address of its error."""
    return _failure(status, ffi.cast("dictdb_error *", error))


def address(handle: Any) -> bytes:
    """A handle as the calls that are made in C take it: as it lies in memory, so that they have nothing to convert."""
    return bytes(ffi.buffer(ffi.new("void **", handle)))


def call(function: Callable[..., int], *arguments: Any) -> None:
    """Calls a function of the library whose last argument is the error, and raises what it answers."""
    error = ffi.new(ERROR)
    status = function(*arguments, error)
    if status:
        raise _failure(status, error[0])


def handle(function: Callable[..., int], kind: str, free: Callable[[Any], None], *arguments: Any) -> Any:
    """Calls a function whose last argument but the error is a handle that it makes. The handle is freed with its last reference."""
    made = ffi.new(f"dictdb_{kind} **")
    call(function, *arguments, made)
    return ffi.gc(made[0], free)


def text(function: Callable[..., int], *arguments: Any) -> bytes:
    """Calls a function whose last argument but the error is a buffer, and gives the text in it."""
    slot = take()
    slot.status = function(*arguments, ffi.addressof(slot, "text"), ffi.addressof(slot, "error"))
    if slot.status:
        raise failure(slot)
    result: bytes = string(slot.text.data)
    give(slot)
    return result


def facts(function: Callable[..., int], *arguments: Any) -> Any:
    """As `text`, but what the JSON says."""
    return loads(text(function, *arguments))


def number(function: Callable[..., int], *arguments: Any) -> int:
    """Calls a function whose last argument but the error is a 64-bit number that it gives."""
    result = ffi.new(NUMBER)
    call(function, *arguments, result)
    return int(result[0])


def named(name: Any, what: str) -> bytes:
    """A name as the library takes it."""
    if not isinstance(name, str):
        raise TypeError(f"{what} must be a str, got {type(name).__name__}")
    return name.encode()


def path_of(path: Any) -> bytes:
    """A path as the library takes it: in UTF-8."""
    return os.fsencode(os.fspath(path))


def options_of(options: dict[str, Any]) -> tuple[Any, int]:
    """Options as the library takes them: a JSON object without the members that are None."""
    given = dumps({name: value for name, value in options.items() if value is not None})
    return given, len(given)


def milliseconds(seconds: float | None) -> int:
    """A time limit as the library takes it; None is none."""
    if seconds is None:
        return int(lib.DICTDB_NO_TIMEOUT)
    if seconds < 0:
        raise ValueError(f"a timeout is 0 or more seconds, got {seconds}")
    return min(int(seconds * 1000), 2**62)


def library_version() -> str:
    """Version of the libdictdb that is loaded, such as `"0.1.0"`."""
    return str(string(lib.dictdb_version()).decode())


def has_feature(name: str) -> bool:
    """Whether the libdictdb that is loaded has a feature: `"query"`, `"snapshot"`, `"backup"` and so on, as dictdb.h tells."""
    encoded = named(name, "the name of a feature")
    return bool(lib.dictdb_has_feature(encoded, len(encoded)))


def memory_used() -> int:
    """Bytes of memory that the library uses in this process, all databases together; Python does not count them."""
    return int(lib.dictdb_memory_used())


def limit_memory(limit: int | None) -> int | None:
    """Limits the memory that the library uses, in bytes; None for no limit. Gives the limit that there was before.

    What would store something beyond it is a MemoryError and has changed nothing; what frees memory works.
    """
    return int(lib.dictdb_memory_limit(limit or 0)) or None


if lib.dictdb_abi_version() != lib.DICTDB_ABI_VERSION:
    raise ImportError(
        f"the package was built for version {lib.DICTDB_ABI_VERSION} of libdictdb's binary interface, "
        f"and version {lib.dictdb_abi_version()} is loaded: build it again"
    )
