"""Aggregates: `Count`, `Sum`, `Avg`, `Min`, `Max`."""

from abc import ABC, abstractmethod
from typing import Any


class Agg(ABC):
    """What is computed of many records. A class of your own needs `compute`; it is then computed in Python."""

    def __init__(self, field: str | None = None) -> None:
        self.field = field

    @abstractmethod
    def compute(self, values: list[Any]) -> Any:
        """The result for the values that `extract_values` gives."""

    def extract_values(self, records: list[dict[str, Any]]) -> list[Any]:
        """The field of each record, None where it is missing; without a field, 1 for each record."""
        field = self.field
        return [1] * len(records) if field is None else [record.get(field) for record in records]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'' if self.field is None else repr(self.field)})"


def _given(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None]


class Count(Agg):
    """The number of records; with a field, of those in which it is not None."""

    def __init__(self, field: str | None = None) -> None:
        super().__init__(field)

    def compute(self, values: list[Any]) -> int:
        """How many values there are; with a field, how many that are not None."""
        return len(values) if self.field is None else len(_given(values))


class Sum(Agg):
    """The sum of a field, None left aside; None of nothing. True counts as 1."""

    def __init__(self, field: str) -> None:
        super().__init__(field)

    def compute(self, values: list[Any]) -> Any:
        """The sum of the values that are not None."""
        given = _given(values)
        return sum(given) if given else None


class Avg(Agg):
    """The mean of a field, None left aside; None of nothing."""

    def __init__(self, field: str) -> None:
        super().__init__(field)

    def compute(self, values: list[Any]) -> float | None:
        """The mean of the values that are not None."""
        given = _given(values)
        return sum(given) / len(given) if given else None


class Min(Agg):
    """The least value of a field, None left aside; None of nothing."""

    def __init__(self, field: str) -> None:
        super().__init__(field)

    def compute(self, values: list[Any]) -> Any:
        """The least of the values that are not None."""
        return min(_given(values), default=None)


class Max(Agg):
    """The greatest value of a field, None left aside; None of nothing."""

    def __init__(self, field: str) -> None:
        super().__init__(field)

    def compute(self, values: list[Any]) -> Any:
        """The greatest of the values that are not None."""
        return max(_given(values), default=None)
