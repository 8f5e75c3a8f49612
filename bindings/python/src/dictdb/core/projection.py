"""What `select` takes, as the specification of a query."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from dictdb.core.condition import PredicateExpr
from dictdb.core.field import Descending, Field, quoted, reference
from dictdb.query.statement import Query, queries

ColumnName = str | Field
Columns = Sequence[ColumnName] | Mapping[str, ColumnName] | Sequence[tuple[str, ColumnName]]
OrderBy = str | Field | Descending | Sequence[str | Field | Descending]

EVERYTHING: Final = "TRUE"


class Selection:
    """A query with the values of its parameters. The same selection with other values is the same query."""

    __slots__ = ("make", "params", "shape")

    def __init__(
        self,
        where: PredicateExpr | None,
        columns: Columns | None,
        order_by: OrderBy | None,
        limit: int | None,
        offset: int,
        distinct: bool,
    ) -> None:
        text, values = (None, ()) if where is None else where.compiled()
        params = list(values)
        names = None if columns is None else _columns(columns)
        order = None if order_by is None else _order(order_by)
        bounds = [
            None if limit is None else _parameter(params, limit, "limit"),
            None if offset.__class__ is int and offset <= 0 else _parameter(params, offset, "offset"),
        ]
        distinct = bool(distinct)
        self.params = params
        self.shape = (text, names, order, bounds[0], bounds[1], distinct)
        self.make: Callable[[], Query] = lambda: Query(
            {
                "where": text,
                "columns": None if names is None else dict(names),
                "order_by": order,
                "limit": bounds[0],
                "offset": bounds[1],
                "distinct": distinct,
            }
        )

    def query(self) -> Query:
        """The compiled query."""
        return queries.get(self.shape, self.make)


def _parameter(params: list[Any], number: Any, word: str) -> str:
    if not isinstance(number, int):
        raise TypeError(f"{word} must be an int, got {type(number).__name__}")
    params.append(int(number))
    return f"?{len(params)}"


def _columns(columns: Columns) -> tuple[tuple[str, str], ...]:
    if isinstance(columns, Mapping):
        pairs = list(columns.items())
    else:
        given: list[Any] = list(columns)
        aliased = bool(given) and isinstance(given[0], (tuple, list))
        pairs = [(alias, field) for alias, field in given] if aliased else [(_alias(field), field) for field in given]
    for alias, _ in pairs:
        if not isinstance(alias, str):
            raise TypeError(f"the name of a column is a str, got {type(alias).__name__}")
    return tuple((alias, reference(field)) for alias, field in dict(pairs).items())


def _alias(field: ColumnName) -> str:
    return field.name if isinstance(field, Field) else field


def _order(order_by: OrderBy) -> tuple[str, ...]:
    fields = [order_by] if isinstance(order_by, (str, Field, Descending)) else list(order_by)
    return tuple(key for key in map(_sort_key, fields) if key)


def _sort_key(field: Any) -> str:
    if isinstance(field, (Field, Descending)):
        return field.reference
    if not isinstance(field, str):
        raise TypeError(f"a field to order by is a str, or table.field, or -table.field, got {type(field).__name__}")
    name = field.removeprefix("-")
    return "" if not name else f"-{quoted(name)}" if name != field else quoted(name)
