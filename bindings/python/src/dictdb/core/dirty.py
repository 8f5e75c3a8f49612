"""What has changed in a table since it was last asked to forget that."""

from typing import TYPE_CHECKING, Any

from dictdb.core.types import Record

if TYPE_CHECKING:
    from dictdb.core.table import Table


def _writes(table: "Table") -> int:
    statistics = table.statistics()
    return statistics["inserted"] + statistics["updated"] + statistics["deleted"]


class Tracking:
    """The difference between a table and what it was: an empty table at first, then a snapshot of it."""

    __slots__ = ("base", "writes")

    def __init__(self) -> None:
        self.base: Table | None = None
        self.writes = 0

    def clear(self, table: "Table") -> None:
        """Compares with the table as it is now, from now on."""
        # The count first: a write in between is then told once too often, and never lost.
        self.writes = _writes(table)
        self.base = table.snapshot()

    def has_changes(self, table: "Table") -> bool:
        """Whether there were writes."""
        return _writes(table) != self.writes

    def changed(self, table: "Table") -> list[Record]:
        """Records that are new or different."""
        old: dict[Any, Record] = {} if self.base is None else self.base.copy()
        key = table.primary_key
        return [record for record in table.all() if old.get(record[key]) != record]

    def deleted(self, table: "Table") -> list[Any]:
        """Keys of records that are gone."""
        if self.base is None:
            return []
        now = table.copy()
        return [key for key in self.base.copy() if key not in now]
