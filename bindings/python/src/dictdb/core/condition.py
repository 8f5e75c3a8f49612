"""Conditions: expressions on the fields of a record, their logic, and how the library is told of them."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from dictdb._codec import reject

if TYPE_CHECKING:
    from dictdb.core.field import Field

Compiled = tuple[str, tuple[Any, ...]]
"""A predicate of the query language, and the values of its parameters."""


class PredicateExpr:
    """A condition on a record.

    Comparing a field of a table makes one: `users.age >= 18`. `&`, `|` and `~`, or `And`, `Or` and `Not`, make one of others.
    `PredicateExpr(function)` makes one of a Python function from a record to a bool; such a condition is tested in Python, on a
    snapshot of the table, and only the rest of the expression by the library. Immutable, usable by any thread and with any table.
    """

    __slots__ = ("_function",)

    def __init__(self, func: Callable[[dict[str, Any]], bool]) -> None:
        if not callable(func):
            raise TypeError(f"a condition is made of a function, got {type(func).__name__}")
        self._function = func

    @property
    def func(self) -> Callable[[dict[str, Any]], bool]:
        """A function that tells whether a record matches."""
        return self.matches

    def __call__(self, record: dict[str, Any]) -> bool:
        """Whether the record matches, by Python's rules: comparing what cannot be compared is a TypeError."""
        return self.matches(record)

    def __and__(self, other: "LogicalOperand") -> "PredicateExpr":
        return Junction(AND, (self, operand_of(other)))

    def __or__(self, other: "LogicalOperand") -> "PredicateExpr":
        return Junction(OR, (self, operand_of(other)))

    def __invert__(self) -> "PredicateExpr":
        return Negation(self)

    def __bool__(self) -> bool:
        raise TypeError("a condition is neither true nor false: combine conditions with & | ~ or And, Or, Not, each in parentheses")

    def matches(self, record: dict[str, Any]) -> bool:
        """As calling it."""
        return bool(self._function(record))

    def is_native(self) -> bool:
        """Whether the library can test the whole of it."""
        return False

    def compiled(self) -> Compiled:
        """The text and values that the library is given."""
        parts: list[str] = []
        values: list[Any] = []
        self.write(parts, values)
        return "".join(parts), tuple(values)

    def write(self, parts: list[str], values: list[Any]) -> None:
        """Adds its text and values to those of a larger expression."""
        raise TypeError("a condition that is a Python function cannot be told to the library: pass it as `where`")

    def native_part(self) -> "PredicateExpr | None":
        """A condition for the library that all records match which match this one; None if there is none but TRUE."""
        return self if self.is_native() else None


class Operator:
    """What a test does: its text, with `{}` for the number of each parameter, and the same in Python."""

    __slots__ = ("test", "text")

    def __init__(self, text: str, test: Callable[..., bool]) -> None:
        self.text = text
        self.test = test


class Test(PredicateExpr):
    """An operator on a field, with its values."""

    __slots__ = ("field", "operator", "values")

    def __init__(self, field: "Field", operator: Operator, values: tuple[Any, ...]) -> None:
        self.field = field
        self.operator = operator
        self.values = values

    def matches(self, record: dict[str, Any]) -> bool:
        return bool(self.operator.test(self.field.read(record), *self.values))

    def is_native(self) -> bool:
        return True

    def compiled(self) -> Compiled:
        text = self.field.texts.get(self.operator)
        if text is None:
            text = self.field.texts[self.operator] = super().compiled()[0]
        return text, self.values

    def write(self, parts: list[str], values: list[Any]) -> None:
        count = len(values)
        parts.append(self.field.reference)
        parts.append(self.operator.text.format(*range(count + 1, count + 1 + len(self.values))))
        values.extend(self.values)


AND: Final = " AND "
OR: Final = " OR "


class Junction(PredicateExpr):
    """Several conditions, of which all or any must hold."""

    __slots__ = ("operands", "word")

    def __init__(self, word: str, operands: Iterable[PredicateExpr]) -> None:
        self.word = word
        self.operands: tuple[PredicateExpr, ...]
        flat: list[PredicateExpr] = []
        for operand in operands:
            if isinstance(operand, Junction) and operand.word == word:
                flat.extend(operand.operands)
            else:
                flat.append(operand)
        self.operands = tuple(flat)

    def matches(self, record: dict[str, Any]) -> bool:
        combine = all if self.word == AND else any
        return combine(operand(record) for operand in self.operands)

    def is_native(self) -> bool:
        return all(operand.is_native() for operand in self.operands)

    def write(self, parts: list[str], values: list[Any]) -> None:
        parts.append("(")
        for position, operand in enumerate(self.operands):
            if position:
                parts.append(self.word)
            operand.write(parts, values)
        parts.append(")")

    def native_part(self) -> PredicateExpr | None:
        found = [operand.native_part() for operand in self.operands]
        if self.word == OR:
            return None if None in found else Junction(OR, [part for part in found if part is not None])
        known = [part for part in found if part is not None]
        return Junction(AND, known) if known else None


class Negation(PredicateExpr):
    """The opposite of a condition."""

    __slots__ = ("operand",)

    def __init__(self, operand: PredicateExpr) -> None:
        self.operand = operand

    def matches(self, record: dict[str, Any]) -> bool:
        return not self.operand(record)

    def is_native(self) -> bool:
        return self.operand.is_native()

    def write(self, parts: list[str], values: list[Any]) -> None:
        parts.append("NOT (")
        self.operand.write(parts, values)
        parts.append(")")


_TOKENS: Final = re.compile(r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|`(?:[^`]|``)*`|\?\d+""", re.DOTALL)


class Where(PredicateExpr):
    """A condition written in the query language: `Where("age >= ?1 AND name LIKE 'A%'", 18)`.

    The values stand for `?1`, `?2` and so on, and are never read as a part of the text. It combines with other conditions, and is
    tested by the library only: calling it with a record is a TypeError.
    """

    __slots__ = ("text", "values")

    def __init__(self, text: str, *values: Any) -> None:
        if not isinstance(text, str):
            raise TypeError(f"a condition in the query language is a str, got {type(text).__name__}")
        reject(values)
        self.text = text
        self.values = values

    def is_native(self) -> bool:
        return True

    def compiled(self) -> Compiled:
        return self.text, self.values

    def matches(self, record: dict[str, Any]) -> bool:
        raise TypeError("a condition in the query language is tested by tables, not by calling it")

    def write(self, parts: list[str], values: list[Any]) -> None:
        count = len(values)

        def renumbered(token: re.Match[str]) -> str:
            found = token.group()
            return f"?{int(found[1:]) + count}" if found[0] == "?" else found

        parts.append(f"({_TOKENS.sub(renumbered, self.text)})")
        values.extend(self.values)


class Condition:
    """A condition as an argument `where`. Optional: a `PredicateExpr` does as well."""

    __slots__ = ("condition",)

    def __init__(self, condition: Any) -> None:
        if not isinstance(condition, PredicateExpr):
            raise TypeError(f"a Condition is made of an expression such as Condition(table.field == value), got {type(condition).__name__}")
        self.condition = condition

    def __call__(self, record: dict[str, Any]) -> bool:
        """Whether the record matches."""
        return self.condition(record)

    def __and__(self, other: "LogicalOperand") -> "Condition":
        return Condition(self.condition & operand_of(other))

    def __or__(self, other: "LogicalOperand") -> "Condition":
        return Condition(self.condition | operand_of(other))

    def __invert__(self) -> "Condition":
        return Condition(~self.condition)


LogicalOperand = PredicateExpr | Condition


def operand_of(operand: LogicalOperand) -> PredicateExpr:
    """The expression of an operand; TypeError if it is none."""
    if isinstance(operand, PredicateExpr):
        return operand
    if isinstance(operand, Condition):
        return operand.condition
    raise TypeError(f"conditions are combined with conditions, got {type(operand).__name__}")


def And(*operands: LogicalOperand) -> PredicateExpr:  # noqa: N802 - DictDB's name
    """A condition that holds if all of two or more do; ValueError of fewer."""
    return _junction("And", AND, operands)


def Or(*operands: LogicalOperand) -> PredicateExpr:  # noqa: N802 - DictDB's name
    """A condition that holds if any of two or more does; ValueError of fewer."""
    return _junction("Or", OR, operands)


def Not(operand: LogicalOperand) -> PredicateExpr:  # noqa: N802 - DictDB's name
    """A condition that holds if the other does not."""
    return Negation(operand_of(operand))


def _junction(name: str, word: str, operands: tuple[LogicalOperand, ...]) -> PredicateExpr:
    if len(operands) < 2:
        raise ValueError(f"{name} takes two conditions or more, got {len(operands)}")
    return Junction(word, [operand_of(operand) for operand in operands])


WhereArgument = Condition | PredicateExpr | str | None
"""What an argument `where` takes: a condition, or one in the query language whose values come in `params`."""


def predicate_of(where: WhereArgument, params: Iterable[Any] = ()) -> PredicateExpr | None:
    """The expression of an argument `where`; None if it is for all records."""
    if isinstance(where, str):
        return Where(where, *params)
    if params:
        raise TypeError("`params` are the values of a `where` that is a text; an expression has its values in it")
    if where is None or isinstance(where, PredicateExpr):
        return where
    if isinstance(where, Condition):
        return where.condition
    raise TypeError(f"'where' must be a Condition, an expression such as table.field == value, or a str, got {type(where).__name__}")
