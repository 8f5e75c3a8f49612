"""Measures this package beside DictDB, sqlite3 and the C library, and prints Markdown.

Usage: bench.py [--records 100000] [--prefix DIRECTORY] [--peer PYTHON] [--rounds 1]. The prefix is where libdictdb is installed, for the
cost of crossing; the peer is an interpreter that has DictDB. What is not given is left out.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
from typing import Any

from workload import make_records

HERE = pathlib.Path(__file__).resolve().parent
ROWS = {
    "W1": "insert, a call each",
    "W1i": "the same with 4 indexes",
    "W2j": "insert of 1,000",
    "W2i": "the same with 4 indexes",
    "IX": "make the 4 indexes",
    "R1": "read by key",
    "R2.email": "indexed, one row",
    "R2.dept count": "indexed, 12.6 %, count",
    "R2.dept rows": "the rows",
    "R3": "range, about 1,000 rows",
    "R4 count": "scan, 4.1 %, count",
    "R4 rows": "the rows",
    "R5": "scan with LIKE, count",
    "R6": "the 10 greatest, no index",
    "R7": "count, avg, min, max by dept",
    "U1": "update by key",
    "U1i": "of an indexed field",
    "U2": "update of 12.6 %",
    "D1": "delete by key",
    "D2": "delete of 3.3 %",
    "S1 JSON": "save",
    "S2 JSON": "load",
    "S1 own": "save, own format (DictDB: pickle)",
    "S2 own": "load, own format (DictDB: pickle)",
}


def run(python: str, *arguments: Any) -> Any:
    """What a program of this directory measures, in an interpreter of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH" or python == sys.executable}
    done = subprocess.run(
        [python, *map(str, arguments)], check=True, stdout=subprocess.PIPE, stderr=sys.stderr, text=True, cwd=HERE, env=environment
    )
    return json.loads(done.stdout)


def readable(seconds: float | None) -> str:
    """A time with three digits."""
    if seconds is None:
        return ""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.0f} ns"


def quotient(other: float | None, ours: float | None) -> str:
    """How many times as long the other takes."""
    return "" if not other or not ours else f"{other / ours:.1f}"


def print_table(heads: list[str], rows: list[list[str]]) -> None:
    """A table in Markdown."""
    print("| " + " | ".join(heads) + " |")
    print("|---" * 2 + "|--:" * (len(heads) - 2) + "|" if heads[1] == "what" else "|---" + "|--:" * (len(heads) - 1) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def best(rounds: list[dict[str, float]]) -> dict[str, float]:
    """The best time of each row."""
    return {row: min(times[row] for times in rounds) for row in rounds[0]} if rounds else {}


def workload(count: int, peer: str | None, rounds: int) -> None:
    """The table of the workload. The engines take turns, so that none has the quiet moments for itself."""
    runs: dict[str, list[dict[str, float]]] = {"ours": [], "codec": [], "sqlite": [], "theirs": []}
    for _ in range(rounds):
        runs["ours"].append(run(sys.executable, "workload.py", "dictdb", count))
        runs["codec"].append(run(sys.executable, "workload.py", "json", count))
        runs["sqlite"].append(run(sys.executable, "workload.py", "sqlite", count))
        if peer:
            runs["theirs"].append(run(peer, "workload.py", "dictdb", count))
    ours, codec, sqlite, theirs = map(best, runs.values())
    rows = []
    for row, what in ROWS.items():
        times = [times.get(row) for times in (ours, codec, theirs, sqlite)]
        without = times[0] - times[1] if times[0] and times[1] and times[0] > times[1] else None
        rows.append(
            [
                row,
                what,
                *map(readable, times),
                quotient(times[2], times[0]),
                quotient(times[2], without),
                quotient(times[3], times[0]),
            ]
        )
    print(f"### Workload of {count:,} records\n")
    heads = ["row", "what", "this package", "of that, JSON", "DictDB", "sqlite3", "x DictDB", "x DictDB, without JSON", "x sqlite3"]
    print_table(heads, rows)
    print(f"\n`table.get(key)`: {readable(ours['R1 get'])}; `table.get_json(key)`: {readable(ours['R1 get_json'])}.\n")


def crossing(count: int, prefix: pathlib.Path) -> None:
    """The table of the cost of crossing."""
    library = next(prefix.rglob("libdictdb.so.0"))
    records = "\n".join(json.dumps(record, separators=(",", ":")) for record in make_records(count)) + "\n"
    with tempfile.TemporaryDirectory() as place:
        program = f"{place}/bare"
        flags = ["-O2", "-I", str(prefix / "include"), f"-Wl,-rpath,{library.parent}"]
        subprocess.run(["cc", *flags, str(HERE / "bare.c"), str(library), "-o", program], check=True)
        done = subprocess.run([program, str(count)], input=records, check=True, capture_output=True, text=True)
    bare: dict[str, float] = json.loads(done.stdout)
    python = run(sys.executable, "crossing.py", count)
    rows = []
    for name, seconds in python["calls"].items():
        alone = bare[name.removesuffix(", JSON text")]
        codec = python["codec"].get(name, 0.0)
        rows.append([name, *map(readable, (seconds, alone, codec or None, max(seconds - alone - codec, 0.0)))])
    print("### Crossing into the library\n")
    print_table(["call", "from Python", "from C", "JSON", "the rest"], rows)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--prefix", type=pathlib.Path)
    parser.add_argument("--peer", type=os.path.abspath)
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors.\n")
    workload(given.records, given.peer, given.rounds)
    if given.prefix:
        crossing(given.records, given.prefix.absolute())


if __name__ == "__main__":
    main()
