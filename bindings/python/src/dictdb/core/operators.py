"""The tests that fields have: what the library is told of each, and what each means in Python."""

import operator
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from dictdb.core.condition import Operator

MOST_SPELLINGS: Final = 64


def _is_in(value: Any, values: list[Any]) -> bool:
    return value in values


def _contains(value: Any, item: Any) -> bool:
    try:
        return item in value
    except TypeError:
        return False


def _contains_any(value: Any, items: tuple[Any, ...]) -> bool:
    return any(_contains(value, item) for item in items)


def _between(value: Any, low: Any, high: Any) -> bool:
    try:
        return bool(low <= value <= high)
    except TypeError:
        return False


def _of_text(test: Callable[[str, str], bool]) -> Callable[[Any, str], bool]:
    return lambda value, text: isinstance(value, str) and test(value, text)


def _of_lower(test: Callable[[str, str], bool]) -> Callable[[Any, str], bool]:
    return lambda value, text: isinstance(value, str) and test(value.lower(), text.lower())


@lru_cache(maxsize=256)
def _pattern(pattern: str, escape: str, flags: int) -> re.Pattern[str]:
    parts: list[str] = []
    characters = iter(pattern)
    for character in characters:
        if character == escape:
            parts.append(re.escape(next(characters)))
        else:
            parts.append({"%": ".*", "_": "."}.get(character) or re.escape(character))
    return re.compile("".join(parts), re.DOTALL | flags)


def _like(escape: str, flags: int) -> Callable[[Any, str], bool]:
    return lambda value, text: isinstance(value, str) and _pattern(text, escape, flags).fullmatch(value) is not None


EQUAL: Final = Operator(" = ?{}", operator.eq)
UNEQUAL: Final = Operator(" != ?{}", operator.ne)
LESS: Final = Operator(" < ?{}", operator.lt)
LESS_OR_EQUAL: Final = Operator(" <= ?{}", operator.le)
GREATER: Final = Operator(" > ?{}", operator.gt)
GREATER_OR_EQUAL: Final = Operator(" >= ?{}", operator.ge)
IS_IN: Final = Operator(" IN ?{}", _is_in)
IS_NOT_IN: Final = Operator(" NOT IN ?{}", lambda value, values: value not in values)
BETWEEN: Final = Operator(" BETWEEN ?{} AND ?{}", _between)
CONTAINS: Final = Operator(" CONTAINS ?{}", _contains)
STARTS_WITH: Final = Operator(" STARTS WITH ?{}", _of_text(str.startswith))
ENDS_WITH: Final = Operator(" ENDS WITH ?{}", _of_text(str.endswith))
IEQUALS: Final = Operator(" IEQUALS ?{}", _of_lower(operator.eq))
ICONTAINS: Final = Operator(" ICONTAINS ?{}", _of_lower(operator.contains))
ISTARTS_WITH: Final = Operator(" ISTARTS WITH ?{}", _of_lower(str.startswith))
IENDS_WITH: Final = Operator(" IENDS WITH ?{}", _of_lower(str.endswith))
IS_NULL: Final = Operator(" IS NULL", lambda value: value is None)
IS_NOT_NULL: Final = Operator(" IS NOT NULL", lambda value: value is not None)


@lru_cache(maxsize=256)
def like(escape: str, ignore_case: bool) -> Operator:
    """The operator LIKE or ILIKE with an escape character, or none if it is empty."""
    word = " ILIKE ?{}" if ignore_case else " LIKE ?{}"
    quoted = escape.replace("'", "''").replace("\\", "\\\\").replace("{", "{{").replace("}", "}}")
    return Operator(word + (f" ESCAPE '{quoted}'" if escape else ""), _like(escape, re.IGNORECASE if ignore_case else 0))


def spellings(value: Any) -> list[Any]:
    """All that Python holds equal to the value and JSON does not: `True` is 1 there, and `False` is 0.

    Of a list or dict with so many of these that there would be more than 64 spellings, the value alone.
    """
    if isinstance(value, bool):
        return [value, int(value)]
    if isinstance(value, (int, float)):
        return [value, bool(value)] if value in (0, 1) else [value]
    if isinstance(value, (list, tuple)):
        return _combinations([spellings(inner) for inner in value], list) or [value]
    if isinstance(value, dict):
        names = list(value)
        return _combinations([spellings(inner) for inner in value.values()], lambda inner: dict(zip(names, inner, strict=True))) or [value]
    return [value]


def _combinations(choices: list[list[Any]], make: Callable[[list[Any]], Any]) -> list[Any]:
    found: list[list[Any]] = [[]]
    for choice in choices:
        found = [[*begun, inner] for begun in found for inner in choice]
        if len(found) > MOST_SPELLINGS:
            return []
    return [make(inner) for inner in found]
