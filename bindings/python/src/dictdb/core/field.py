"""Fields of a table: what conditions, columns and orders are made of."""

import weakref
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from dictdb._codec import reject
from dictdb.core import operators as op
from dictdb.core.condition import Operator, PredicateExpr, Test
from dictdb.core.quick import quick

if TYPE_CHECKING:
    from dictdb.core.table import Table

INT_MIN: Final = -(2**63)


def quoted(name: str) -> str:
    """A name of a field as the query language takes it, whatever it is made of."""
    if not isinstance(name, str):
        raise TypeError(f"the name of a field is a str, got {type(name).__name__}")
    return "`" + name.replace("`", "``") + "`"


def reference(field: "str | Field") -> str:
    """A field, given by its name or as `table.field`, as the query language takes it."""
    return field.reference if isinstance(field, Field) else quoted(field)


class Descending:
    """A field in descending order, for `order_by`: `-users.age`."""

    __slots__ = ("reference",)

    def __init__(self, reference: str) -> None:
        self.reference = f"-{reference}"


class Field:
    """A field of records: `users.age`, or one inside it: `users.address.city`, `users.tags[0]`.

    Comparisons and the methods make conditions. A field is not bound to its table: the condition can be used with any.
    A name that is a method of `Table` or `Field` is reached with `Field(table, "count")` and `users.address["name"]`.
    Values that JSON cannot express are a TypeError or ValueError at once.
    """

    __slots__ = ("__weakref__", "_table", "name", "path", "read", "reference", "texts")

    def __init__(self, table: "Table | None", name: str) -> None:
        self._table = None if table is None else weakref.ref(table)
        self._set(name, (name,), quoted(name))

    def _set(self, name: str, path: tuple[str | int, ...], text: str) -> None:
        self.name = name
        self.path = path
        self.reference = text
        self.texts: dict[Operator, str] = {op.EQUAL: f"{text} = ?1"}
        self.read: Callable[[dict[str, Any]], Any] = (lambda record: record.get(name)) if len(path) == 1 else self._walk

    @property
    def table(self) -> "Table | None":
        """The table whose attribute it was; None if that is gone."""
        return None if self._table is None else self._table()

    def _walk(self, record: dict[str, Any]) -> Any:
        value: Any = record
        for step in self.path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def __getattr__(self, name: str) -> "Field":
        if name.startswith("__"):
            raise AttributeError(f"a Field has no attribute {name!r}")
        return self[name]

    def __getitem__(self, step: str | int) -> "Field":
        if isinstance(step, bool) or not isinstance(step, (str, int)):
            raise TypeError(f"a field inside another has a name or a position, got {type(step).__name__}")
        if isinstance(step, int) and step < 0:
            raise ValueError(f"a position in a list counts from 0 on, got {step}")
        inner = Field.__new__(Field)
        inner._table = self._table
        text = f"{self.reference}[{step}]" if isinstance(step, int) else f"{self.reference}.{quoted(step)}"
        inner._set(f"{self.name}[{step}]" if isinstance(step, int) else f"{self.name}.{step}", (*self.path, step), text)
        return inner

    __iter__ = None
    __contains__ = None
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Field {self.name!r}>"

    def __neg__(self) -> "Descending":
        """For `order_by`: the field in descending order."""
        return Descending(self.reference)

    def _test(self, operator: Operator, *values: Any) -> Test:
        return Test(self, operator, values)

    @quick
    def __eq__(self, other: Any) -> PredicateExpr:  # type: ignore[override]
        reject(other)
        spellings = op.spellings(other)
        return self._test(op.EQUAL, other) if len(spellings) == 1 else self._test(op.IS_IN, spellings)

    def __ne__(self, other: Any) -> PredicateExpr:  # type: ignore[override]
        reject(other)
        spellings = op.spellings(other)
        return self._test(op.UNEQUAL, other) if len(spellings) == 1 else self._test(op.IS_NOT_IN, spellings)

    def _order(self, operator: Operator, other: Any) -> PredicateExpr:
        reject(other)
        return self._test(operator, int(other) if isinstance(other, bool) else other)

    def __lt__(self, other: Any) -> PredicateExpr:
        return self._order(op.LESS, other)

    def __le__(self, other: Any) -> PredicateExpr:
        return self._order(op.LESS_OR_EQUAL, other)

    def __gt__(self, other: Any) -> PredicateExpr:
        return self._order(op.GREATER, other)

    def __ge__(self, other: Any) -> PredicateExpr:
        return self._order(op.GREATER_OR_EQUAL, other)

    def is_in(self, values: Iterable[Any]) -> PredicateExpr:
        """Matches if the field equals one of the values."""
        given = list(values)
        reject(given)
        return self._test(op.IS_IN, [spelling for value in given for spelling in op.spellings(value)])

    def contains(self, item: Any) -> PredicateExpr:
        """Matches if the field is a str with that in it, a list with that element, or a dict with that key."""
        reject(item)
        spellings = op.spellings(item)
        found: PredicateExpr = self._test(op.CONTAINS, spellings[0])
        for spelling in spellings[1:]:
            found = found | self._test(op.CONTAINS, spelling)
        return found

    def startswith(self, prefix: str | tuple[str, ...]) -> PredicateExpr:
        """Matches if the field is a str that starts so, or so: a tuple is for any of several."""
        return self._any_of(op.STARTS_WITH, prefix)

    def endswith(self, suffix: str | tuple[str, ...]) -> PredicateExpr:
        """Matches if the field is a str that ends so, or so: a tuple is for any of several."""
        return self._any_of(op.ENDS_WITH, suffix)

    def _any_of(self, operator: Operator, texts: str | tuple[str, ...]) -> PredicateExpr:
        if not isinstance(texts, tuple):
            return self._text(operator, texts)
        if not texts:
            return self._test(op.IS_IN, [])
        found = self._text(operator, texts[0])
        for text in texts[1:]:
            found = found | self._text(operator, text)
        return found

    def _text(self, operator: Operator, text: str) -> PredicateExpr:
        if not isinstance(text, str):
            raise TypeError(f"a test of a text takes a str, got {type(text).__name__}")
        reject(text)
        return self._test(operator, text)

    def is_null(self) -> PredicateExpr:
        """Matches if the field is None or missing."""
        return self._test(op.IS_NULL)

    def is_not_null(self) -> PredicateExpr:
        """Matches if the field is there and not None."""
        return self._test(op.IS_NOT_NULL)

    def between(self, low: Any, high: Any) -> PredicateExpr:
        """Matches if the field lies between the two, which are included; never if it cannot be compared with them."""
        reject((low, high))
        return self._test(op.BETWEEN, low, high)

    def like(self, pattern: str, escape: str | None = None) -> PredicateExpr:
        """Matches if the field is a str of that form, in which `%` stands for any run of characters and `_` for one.

        `escape`: a character that makes the one behind it stand for itself; all but one character is none.
        """
        return self._like(pattern, escape, False)

    def ilike(self, pattern: str, escape: str | None = None) -> PredicateExpr:
        """As `like`, without regard to case."""
        return self._like(pattern, escape, True)

    def _like(self, pattern: str, escape: str | None, ignore_case: bool) -> PredicateExpr:
        character = escape if escape is not None and len(escape) == 1 else ""
        if character and isinstance(pattern, str) and _ends_with_escape(pattern, character):
            pattern += character
        return self._text(op.like(character, ignore_case), pattern)

    def iequals(self, value: str) -> PredicateExpr:
        """Matches if the field is that str, without regard to case."""
        return self._text(op.IEQUALS, value)

    def icontains(self, substring: str) -> PredicateExpr:
        """Matches if the field is a str with that in it, without regard to case."""
        return self._text(op.ICONTAINS, substring)

    def istartswith(self, prefix: str) -> PredicateExpr:
        """Matches if the field is a str that starts so, without regard to case."""
        return self._text(op.ISTARTS_WITH, prefix)

    def iendswith(self, suffix: str) -> PredicateExpr:
        """Matches if the field is a str that ends so, without regard to case."""
        return self._text(op.IENDS_WITH, suffix)


def _ends_with_escape(pattern: str, escape: str) -> bool:
    count = len(pattern) - len(pattern.rstrip(escape))
    return count % 2 == 1
