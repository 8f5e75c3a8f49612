"""The rows of the benchmarks: what each measures, and what libdictdb aims at in it."""

from collections.abc import Callable
from dataclasses import dataclass

INDEXES = 4
# Latency rows that come from run-latency's programs.
PACED = ("alone", "scan")
PERCENTILES = ("p50", "p99", "max")


@dataclass(frozen=True)
class Aim:
    """At least so many times as good as the best peer or as one program, at most so many times the floor, or at most a bound."""

    peer: float = 0
    program: tuple[str, float] | None = None
    floor: float = 0
    bound: Callable[[float], float] | None = None
    """Of the bytes of text that a record has."""
    scaling: bool = False
    """From one thread on, throughput grows at least as the floor's."""
    text: str = ""


@dataclass(frozen=True)
class Row:
    name: str
    title: str
    unit: str = "ns"
    """`ns` for one operation or record, `bytes` for a record, or `rate`: operations a second, where more is better."""
    aim: Aim | None = None
    answer: str = ""
    """The answer that must be right before the row counts; empty if there is none. `@` if it is told after so many writes."""

    @property
    def more_is_better(self) -> bool:
        return self.unit == "rate"


def _read(name: str, title: str, aim: Aim | None = None) -> Row:
    return Row(name, title, aim=aim, answer=name)


def _scan(name: str, title: str, aim: Aim | None = None) -> list[Row]:
    return [_read(name, title, aim), Row(f"{name}.cold", f"{title}: first run after loading", answer=name)]


_SCANS = Aim(peer=1.2)
_WRITES = Aim(peer=3)
_BULK = Aim(peer=1.5)


def _memory(indexes: int) -> Aim:
    extra = 48 + 25 * indexes
    text = f"at most 1.3 x the JSON text + {extra} B"
    return Aim(bound=lambda size: 1.3 * size + extra, text=text)


def _table(threads: int) -> list[Row]:
    rows = [
        Row("W1", "insert, one call a record", answer="W1", aim=Aim(peer=1, program=("sqlite-typed", 1.5))),
        Row("W1i", "insert, one call a record, 4 indexes", answer="W1i", aim=Aim(peer=3)),
        Row("W2j.1000", "insert in calls of 1,000", answer="W2j.1000", aim=_BULK),
        Row("W2j.one", "insert in one call", answer="W2j.one", aim=_BULK),
        Row("W2i.1000", "insert in calls of 1,000, 4 indexes", answer="W2i.1000", aim=_BULK),
        Row("W2i.one", "insert in one call, 4 indexes", answer="W2i.one", aim=_BULK),
        Row("IX", "make the 4 indexes on the loaded table", answer="W2j.1000", aim=Aim(peer=3)),
        _read("R1", "read by key", Aim(peer=3, floor=2.5)),
        _read("R2.email", "email = ?, index: one row", Aim(peer=4)),
        _read("R2.dept.count", "dept = 'Sales', index: count"),
        _read("R2.dept.rows", "dept = 'Sales', index: rows", Aim(peer=5)),
        _read("R3", "salary BETWEEN, index: 1,000 rows", Aim(peer=5)),
        *_scan("R4.count", "salary > 140000 AND active: count", _SCANS),
        _read("R4.rows", "salary > 140000 AND active: rows", _SCANS),
        *_scan("R5", "email LIKE '%99@example%': count", _SCANS),
        *_scan("R6", "ORDER BY salary DESC LIMIT 10", _SCANS),
        *_scan("R7", "count, avg, min, max of salary by dept", _SCANS),
        Row("U1", "update a field by key", answer="U1@", aim=_WRITES),
        Row("U1i", "update an indexed field by key", answer="U1i@", aim=_WRITES),
        Row("U2", "update where dept = 'Sales', 4 indexes", answer="U2", aim=Aim(peer=1)),
        Row("D1", "delete by key, 4 indexes", answer="D1@", aim=Aim(peer=5)),
        Row("D2", "delete where age < 20, 4 indexes", answer="D2", aim=Aim(peer=5)),
        Row("M1", "memory a record", unit="bytes", answer="W2j.1000", aim=_memory(0)),
        Row("M1i", "memory a record, 4 indexes", unit="bytes", answer="W2i.1000", aim=_memory(INDEXES)),
    ]
    for count in range(1, threads + 1):
        scaling = Aim(scaling=True, text="grows with the threads as the floor's") if count > 1 else None
        rows.append(Row(f"C1.{count}", f"reads by key, {count} thread{'s' if count > 1 else ''}", unit="rate", aim=scaling))
    for beside in PACED:
        for percentile in PERCENTILES:
            aim = None
            if beside == "scan" and percentile == "p99":
                aim = Aim(bound=lambda _: 100_000, text="under 100 µs")
            if beside == "scan" and percentile == "max":
                aim = Aim(bound=lambda _: 3_000_000, text="under 3 ms")
            where = "alone" if beside == "alone" else "beside scans"
            rows.append(Row(f"C2.{beside}.{percentile}", f"one update a millisecond {where}: {percentile}", aim=aim))
    return rows


def table(threads: int) -> dict[str, Row]:
    return {row.name: row for row in _table(threads)}


# Of the rows that tell how libdictdb and the floor grow with the table.
GROWTH = ("W1", "R1", "R2.email", "R4.count", "R6", "R7")
# Of these, the reads of single records.
POINTS = ("R1", "R2.email")
