"""How a table computes aggregates: by the library, and in Python what only Python defines."""

from collections.abc import Sequence
from typing import Any, Final

from dictdb.core.condition import PredicateExpr
from dictdb.core.field import Field, reference
from dictdb.exceptions import NumberRangeError, TypeMismatchError
from dictdb.query.aggregate import Agg, Avg, Count, Max, Min, Sum
from dictdb.query.statement import Query, queries

GroupBy = str | Field | Sequence[str | Field]

_FUNCTIONS: Final[dict[type[Agg], str]] = {Count: "count", Sum: "sum", Avg: "avg", Min: "min", Max: "max"}
_KINDS: Final[dict[type[Any], str]] = {int: "number", float: "number", str: "text", bool: "bool"}


class NotNative(Exception):
    """The library cannot compute it as Python would."""


def check(aggregations: dict[str, Any]) -> None:
    """TypeError if one of the values is no aggregate."""
    for name, aggregate in aggregations.items():
        if not isinstance(aggregate, Agg):
            raise TypeError(f"the aggregate {name!r} must be a Count, Sum, Avg, Min or Max, got {type(aggregate).__name__}")


def fields_of(group_by: GroupBy | None) -> list[str | Field]:
    """The fields to group by."""
    if group_by is None:
        return []
    return [group_by] if isinstance(group_by, (str, Field)) else list(group_by)


def name_of(field: str | Field) -> str:
    """The name of a group's field in the result."""
    return field.name if isinstance(field, Field) else field


def native(table: Any, where: PredicateExpr | None, group_by: list[str | Field], aggregations: dict[str, Agg]) -> list[dict[str, Any]]:
    """The rows as the library computes them. `NotNative` if Python would give something else, or an error."""
    text, values = (None, ()) if where is None else where.compiled()
    wanted: dict[str, str] = {}
    for aggregate in aggregations.values():
        for function in _functions(aggregate):
            wanted[function] = function
    groups = tuple(reference(field) for field in group_by)
    shape = ("aggregate", text, groups, tuple(wanted))
    query = queries.get(shape, lambda: Query({"where": text, "group_by": list(groups), "aggregates": wanted or {"count()": "count()"}}))
    try:
        rows = query.run(table, values)
    except (TypeMismatchError, NumberRangeError) as error:
        raise NotNative from error
    return [_row(row, group_by, aggregations) for row in rows]


def _functions(aggregate: Agg) -> list[str]:
    function = _FUNCTIONS.get(type(aggregate))
    if function is None:
        raise NotNative
    field = "" if aggregate.field is None else reference(aggregate.field)
    # Both ends tell whether all values between them are of one kind.
    return [f"min({field})", f"max({field})"] if function in ("min", "max") else [f"{function}({field})"]


def _row(row: dict[str, Any], group_by: list[str | Field], aggregations: dict[str, Agg]) -> dict[str, Any]:
    values = list(row.values())
    result = {name_of(field): values[position] for position, field in enumerate(group_by)}
    for name, aggregate in aggregations.items():
        functions = _functions(aggregate)
        if len(functions) == 1:
            result[name] = row[functions[0]]
            continue
        least, greatest = row[functions[0]], row[functions[1]]
        if least is not None and (_KINDS.get(type(least)) is None or _KINDS.get(type(least)) != _KINDS.get(type(greatest))):
            raise NotNative
        result[name] = least if isinstance(aggregate, Min) else greatest
    return result


def in_python(records: list[dict[str, Any]], group_by: list[str | Field], aggregations: dict[str, Agg]) -> list[dict[str, Any]]:
    """The rows as the aggregates themselves compute them."""
    if not group_by:
        return [_computed(records, aggregations)]
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for record in records:
        key = tuple(field.read(record) if isinstance(field, Field) else record.get(field) for field in group_by)
        groups.setdefault(key, []).append(record)
    return [{**dict(zip(map(name_of, group_by), key, strict=True)), **_computed(members, aggregations)} for key, members in groups.items()]


def _computed(records: list[dict[str, Any]], aggregations: dict[str, Agg]) -> dict[str, Any]:
    return {name: aggregate.compute(aggregate.extract_values(records)) for name, aggregate in aggregations.items()}
