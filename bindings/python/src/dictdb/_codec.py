"""Python values to JSON text by orjson, or by the standard library's json where that is not installed; and back by native/speedups.

bench/README.md has the measurements: each of the two is the fastest at its part. All are held to the same rules here: what JSON cannot
say is an error that names the place, and never something else in the record.
"""

import enum
import json
import math
import os
import uuid
from collections.abc import Callable
from typing import Any, Final

from dictdb import _speedups

INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**64 - 1


def reject(value: Any, place: str = "") -> None:
    """Raises the error for what JSON cannot say in the value, with its place; returns if there is nothing."""
    where = f" at {place}" if place else ""
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"a str{where} has a lone surrogate, which JSON in UTF-8 cannot say: {error}") from None
    elif isinstance(value, int):
        if not INT_MIN <= value <= INT_MAX:
            raise ValueError(f"the int {value}{where} is outside [-2**63, 2**64 - 1]")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"the float {value}{where} has no JSON form: store None, or a str")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if not isinstance(name, str):
                raise TypeError(f"the key {name!r}{where} is a {type(name).__name__}, and JSON has only str keys")
            reject(name, place)
            reject(inner, f"{place}.{name}" if place else name)
    elif isinstance(value, (list, tuple)):
        for position, inner in enumerate(value):
            reject(inner, f"{place}[{position}]")
    elif isinstance(value, enum.Enum):
        reject(value.value, place)
    elif not isinstance(value, uuid.UUID):
        raise TypeError(f"a {type(value).__name__}{where} has no JSON form: {value!r}")


def _plain(value: Any) -> Any:
    """What orjson makes of a UUID and an enumeration: its text, its value."""
    return value.value if isinstance(value, enum.Enum) else str(value)


def _standard_dumps() -> Callable[[Any], bytes]:
    encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain)

    def dumps(value: Any) -> bytes:
        reject(value)
        return encoder.encode(value).encode()

    return dumps


STANDARD: Final = os.environ.get("DICTDB_JSON") == "json"
"""For tests: whether to do with the standard library's json alone."""

Encode = Callable[[Any, None, int], bytes]


def _orjson() -> tuple[Encode, int] | None:
    """orjson's function, and the options that it is called with."""
    if STANDARD:
        return None
    try:
        import orjson  # noqa: PLC0415 - may be missing
    except ImportError:
        return None
    return orjson.dumps, orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def _orjson_dumps(encode: Encode, options: int) -> Callable[[Any], bytes]:
    def dumps(value: Any) -> bytes:
        try:
            text = encode(value, None, options)
        except TypeError:
            reject(value)
            raise
        # A float that is not finite becomes null, without a word.
        if text.find(b"null") >= 0:
            reject(value)
        return text

    return dumps


ORJSON: Final = _orjson()
dumps: Callable[[Any], bytes] = _standard_dumps() if ORJSON is None else _orjson_dumps(*ORJSON)

loads: Final[Callable[[bytes], Any]] = json.loads if STANDARD else _speedups.loads
