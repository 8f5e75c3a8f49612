"""The peers: how each is started, and what it is spared because it is too slow for it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PHASES = ("single", "bulk", "whole", "single-indexed", "bulk-indexed", "whole-indexed", "threads")
GROWTH_PHASES = ("single", "bulk", "whole")
OURS = "libdictdb"
SMALL = 100_000
FLOOR = "floor"

# Of the phases that a peer may be spared, the rows.
PHASE_ROWS = {"whole": "W2j.one, R7", "single-indexed": "W1i, U1i, D1", "bulk-indexed": "W2i.1000, M1i", "whole-indexed": "W2i.one"}
COUNTED = {"reads": "reads by key", "finds": "searches by email", "writes": "writes by key", "singles": "single inserts"}

HERE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Peer:
    name: str
    title: str
    kind: str
    """`c`, `python`, `node` or `floor`."""
    column: str
    """Its column in tables; programs with the same one are the same database used in two ways, of which the better counts."""
    program: str = ""
    arguments: tuple[str, ...] = ()
    phases: tuple[str, ...] = PHASES
    largest: int = 10_000_000
    spared: dict[str, str] = field(default_factory=dict)
    """Phases that are not run, and why."""
    small_only: tuple[str, ...] = ()
    """Phases that are run with up to 100,000 records, to save time where the other way to use the same database is faster."""
    counts: dict[str, str] = field(default_factory=dict)
    """Arguments that replace those of the others: how often it does what it does slowly. By phase, or `` for all."""

    def command(self, out: Path) -> list[str]:
        match self.kind:
            case "c":
                return [str(out / "peers" / self.program), *self.arguments]
            case "python":
                return [str(out / "python/bin/python"), str(HERE / "peers" / self.program)]
            case "node":
                return ["node", "--expose-gc", "--max-old-space-size=8192", str(HERE / "peers" / self.program)]
        return [str(out / "floor/release/floor")]

    def phases_at(self, records: int) -> Iterator[str]:
        if records <= self.largest:
            spared = {*self.spared, *(self.small_only if records > SMALL else ())}
            yield from (phase for phase in self.phases if phase not in spared)

    def given(self, phase: str) -> dict[str, str]:
        text = f"{self.counts.get('', '')} {self.counts.get(phase, '')}"
        return dict(part.split("=", 1) for part in text.split())


_NO_INDEXES = "it has no indexes"

PEERS = (
    Peer(OURS, "libdictdb", "c", "libdictdb", "libdictdb"),
    Peer(FLOOR, "floor", "floor", "floor", phases=("map", "columns")),
    Peer("sqlite-typed", "SQLite, typed columns", "c", "SQLite", "sqlite", ("typed",)),
    Peer(
        "sqlite-json",
        "SQLite, JSON text",
        "c",
        "SQLite",
        "sqlite",
        ("json",),
        small_only=("whole", "single-indexed", "bulk-indexed", "whole-indexed"),
    ),
    Peer(
        "duckdb",
        "DuckDB",
        "python",
        "DuckDB",
        "peer_duckdb.py",
        counts={"": "reads=500 finds=500 writes=300 singles=300"},
    ),
    Peer(
        "dictdb",
        "DictDB",
        "python",
        "DictDB",
        "peer_dictdb.py",
        largest=100_000,
        spared={
            "whole-indexed": "nor W2j.one: its check for repeated keys takes time that grows with the square of the records of a call"
        },
        counts={"": "reads=10000 finds=10000 writes=10000", "single-indexed": "singles=20000 writes=5000"},
    ),
    Peer(
        "lokijs",
        "LokiJS",
        "node",
        "LokiJS",
        "lokijs.js",
        largest=100_000,
        counts={"single-indexed": "writes=500"},
    ),
    Peer(
        "nedb",
        "NeDB",
        "node",
        "NeDB",
        "nedb.js",
        largest=100_000,
        counts={"": "reads=10000 finds=10000 writes=5000", "single-indexed": "writes=500"},
    ),
    Peer(
        "tinydb",
        "TinyDB",
        "python",
        "TinyDB",
        "peer_tinydb.py",
        largest=100_000,
        spared={phase: _NO_INDEXES for phase in ("single-indexed", "bulk-indexed", "whole-indexed")},
        counts={"": "reads=10000 finds=20 writes=25 singles=20"},
    ),
)

BY_NAME = {peer.name: peer for peer in PEERS}

# The programs of run-latency: whose column their figures belong to.
LATENCY = {"dictdb": OURS, "memdb": "sqlite-memdb", "wal": "sqlite-wal", "python": "dictdb"}
LATENCY_COLUMNS = {"sqlite-memdb": "SQLite", "sqlite-wal": "SQLite"}

COLUMNS = tuple(dict.fromkeys(peer.column for peer in PEERS if peer.name not in (OURS, FLOOR)))


def column_of(name: str) -> str:
    return LATENCY_COLUMNS[name] if name in LATENCY_COLUMNS else BY_NAME[name].column


NOTES = {
    "sqlite-typed": "typed",
    "sqlite-json": "JSON",
    "sqlite-memdb": "memdb",
    "sqlite-wal": "WAL",
}
