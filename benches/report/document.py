"""The report: docs/benchmarks.md, and the plots that it shows."""

import os
import subprocess
import sys
from pathlib import Path

from report import tables
from report.figures import Figures
from report.peers import BY_NAME, COUNTED, PEERS, PHASE_ROWS, SMALL
from report.results import Results
from report.rows import GROWTH, table

HERE = Path(__file__).resolve().parent.parent

TITLES = {
    "libdictdb": "libdictdb",
    "floor": "floor",
    "sqlite": "SQLite",
    "node": "Node.js with LokiJS and NeDB",
    "sqlite-wal": "SQLite with a write-ahead log",
}

READING = """\
Each figure is the median of the samples of all turns; the spread is from the lowest to the highest. The peers took turns: each ran
once, then each ran again. Times are for one call, but for inserts for one record. `floor` is the bare work in Rust, without a
database around it: parse and insert into a hash map (W1, W2j), look up and copy (R1, R2, R3), loops over columns that are there
(R4 to R7), a sort (IX). Of peers that can be used in two ways the better one counts and is named. All peers are in memory. All
answers were compared with libdictdb's: counts, rows, aggregates, and what is in the table after writes. The rows that are `cold` are
the first run of a query after loading, the others come after it. What the rows are, and how each peer is used, is told in
[`benches/README.md`](../benches/README.md); all raw figures are in [`results.json`](benchmarks/results.json)."""


LATENCIES = """\
One update is due each millisecond, and its latency counts from then; another thread scans the table without pause.
`benches/run-latency` measures more of that kind."""


LESS = "Less of peers that are too slow for it:"
ELSEWHERE = """\
- Updates beside scans (C2): SQLite and, with 100,000 records, DictDB alone. Threads (C1): one of LokiJS and NeDB, which have no more."""


def machine(results: Results) -> str:
    found = results.machine
    versions = {}
    for name, version in sorted(results.versions.items()):
        if name in BY_NAME and name != "floor":
            versions[BY_NAME[name].column] = version
    ours = versions.pop("libdictdb", "unknown")
    peers = ", ".join(f"{name} {version}" for name, version in versions.items())
    plan = results.settings
    turns = f"{plan['turns']} turn{'s' if plan['turns'] > 1 else ''}"
    lines = [
        f"libdictdb {ours}; {peers}.",
        f"{found['processor']}, {found['cores']} cores, {found['memory']}; {found['system']}; {found['date']}; {turns}.",
    ]
    if results.missing:
        absent = "; ".join(
            f"{TITLES.get(name, BY_NAME[name].title if name in BY_NAME else name)}: {why}" for name, why in results.missing.items()
        )
        lines.append(f"Missing on this machine: {absent}.")
    return "\n\n".join(lines)


def spared(results: Results) -> str:
    """What peers were not asked to do, as they are too slow for it."""
    lines = []
    for peer in PEERS:
        parts = []
        large = [size for size in results.settings["sizes"] if size > peer.largest]
        if large:
            parts.append(f"not run with {' and '.join(f'{size:,}' for size in large)} records")
        if peer.small_only and any(size > SMALL for size in results.settings["sizes"]):
            small = ", ".join(PHASE_ROWS[phase] for phase in peer.small_only)
            parts.append(f"{small} with up to {SMALL:,} records only")
        for why in dict.fromkeys(peer.spared.values()):
            rows = [PHASE_ROWS[phase] for phase, reason in peer.spared.items() if reason == why]
            parts.append(f"no {', '.join(rows)} ({why})")
        for phase in peer.counts:
            given = peer.counts[phase].split()
            counts = [f"{int(count):,} {COUNTED[name]}" for name, count in (part.split("=") for part in given)]
            parts.append(f"{', '.join(counts)}{f' in {PHASE_ROWS[phase]}' if phase else ''}")
        if parts:
            lines.append(f"- {peer.title}: {'; '.join(parts)}.")
    return "\n".join(lines)


def plots(results_file: Path, directory: Path, python: Path | None) -> bool:
    if python is None or not python.exists():
        return False
    environment = os.environ | {"PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [str(python), "-m", "report.plots", str(results_file), str(directory)]
    return subprocess.run(command, env=environment, check=False).returncode == 0


def picture(directory: Path, name: str, title: str) -> str:
    return f"![{title}](benchmarks/{name}.svg)\n" if (directory / f"{name}.svg").exists() else ""


def write(results: Results, output: Path, python: Path | None) -> None:
    directory = output / "benchmarks"
    for old in directory.glob("*.svg"):
        old.unlink()
    if not plots(directory / "results.json", directory, python):
        print("benches/run: without plots: Matplotlib cannot be had", file=sys.stderr)
    figures = Figures(results, table(int(results.settings["threads"])))
    sizes: list[int] = results.settings["sizes"]
    reached, known = tables.count_aims(figures, sizes)
    plan = results.settings
    parts = [
        "# Benchmarks",
        "Made by `benches/run`; not edited by hand.",
        machine(results),
        READING,
        "## Rows in which a peer is ahead",
        tables.comparison(figures, sizes, behind=True),
        "## All other rows",
        tables.comparison(figures, sizes, behind=False),
        "## Aims",
        f"{reached} of {known} reached.",
        tables.aims(figures, sizes),
        "## Why not more" if tables.reasons(figures, sizes) else "",
        tables.reasons(figures, sizes),
        "## Time for one operation",
        *(picture(directory, f"times-{size}", f"time for one operation, {size:,} records") for size in sizes),
        "## Reads by several threads",
        *(picture(directory, f"threads-{size}", f"throughput by threads, {size:,} records") for size in sizes),
        "## Updates beside scans",
        LATENCIES,
        *(picture(directory, f"latency-{size}", f"latency of updates, {size:,} records") for size in sizes),
        "## Memory",
        "Growth of the resident set while the records stream in, divided by their number. The text of a record has "
        + " and ".join(f"{results.text[str(size)]:.1f} bytes ({size:,} records)" for size in sizes)
        + " on average.",
        *(picture(directory, f"memory-{size}", f"memory a record, {size:,} records") for size in sizes),
    ]
    if len(figures.sizes()) > 1:
        parts += [
            "## Growth",
            picture(directory, "growth", "growth with the number of records"),
            tables.growth(figures, GROWTH),
            tables.growth_aim(figures),
        ]
    if results.snapshots:
        parts += [
            "## Snapshots, cursors and batches",
            f"{max(sizes):,} records; libdictdb alone.",
            tables.snapshots(results.snapshots),
        ]
    timed = f"Rows of single operations are timed over {plan['reads']:,} reads or {plan['writes']:,} writes, and all records are inserted."
    parts += ["## What was not measured", timed, f"{LESS}\n\n{spared(results)}\n{ELSEWHERE}"]
    text = "\n\n".join(part.strip("\n") for part in parts if part) + "\n"
    output.mkdir(parents=True, exist_ok=True)
    (output / "benchmarks.md").write_text(text, encoding="utf-8")
