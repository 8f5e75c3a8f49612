"""Draws the plots of the report as SVG: deterministic, so that the same results give the same files. Needs Matplotlib, so it is
run as a program by the Python that has it:

    python -m report.plots RESULTS DIRECTORY
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt

from report.figures import Figure, Figures
from report.peers import COLUMNS
from report.results import Results
from report.rows import GROWTH, table

OURS, FLOOR = "libdictdb", "floor"
COLOURS = dict(
    zip(
        (OURS, FLOOR, *COLUMNS),
        ("#d62728", "#7f7f7f", "#1f77b4", "#e6b800", "#2ca02c", "#9467bd", "#8c564b", "#e377c2"),
        strict=True,
    )
)
MARKERS = dict(zip((OURS, FLOOR, *COLUMNS), ("o", "|", "s", "D", "^", "v", "P", "X"), strict=True))
STYLE: Any = {
    "svg.hashsalt": "libdictdb",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.axisbelow": True,
}


def series(figures: Figures, name: str) -> Callable[[int, str], Figure | None]:
    if name == OURS:
        return figures.ours
    if name == FLOOR:
        return figures.floor
    return lambda size, row: figures.column(size, row, name)


def save(figure: Any, path: Path) -> None:
    figure.savefig(path, format="svg", metadata={"Date": None}, bbox_inches="tight")
    plt.close(figure)


def by_row(figures: Figures, size: int, rows: list[str], label: str, path: Path) -> None:
    """A line for each row, a mark for each peer."""
    rows = [row for row in rows if figures.ours(size, row)]
    if not rows:
        return
    figure, axes = plt.subplots(figsize=(8, max(1.8, 0.6 + 0.28 * len(rows))))
    for name, colour in COLOURS.items():
        points = [(found.median, at) for at, row in enumerate(rows) if (found := series(figures, name)(size, row))]
        if points:
            x, y = zip(*points, strict=True)
            size_of_mark, order = (60 if name == FLOOR else 24), (3 if name == OURS else 2)
            axes.scatter(x, y, color=colour, marker=MARKERS[name], s=size_of_mark, label=name, zorder=order)
    axes.set_yticks(range(len(rows)), [f"{row}  {figures.rows[row].title}" for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xscale("log")
    axes.set_xlabel(label)
    axes.grid(axis="both", color="#e0e0e0", linewidth=0.6)
    axes.set_title(f"{size:,} records")
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)
    save(figure, path)


def threads(figures: Figures, size: int, path: Path) -> None:
    figure, axes = plt.subplots(figsize=(6, 3.6))
    counts = [int(row.split(".")[1]) for row in figures.rows if row.startswith("C1.")]
    for name, colour in COLOURS.items():
        points = [(count, found.median) for count in counts if (found := series(figures, name)(size, f"C1.{count}"))]
        if points:
            x, y = zip(*points, strict=True)
            axes.plot(x, y, color=colour, marker=MARKERS[name], label=name)
    axes.set_yscale("log")
    axes.set_xticks(counts)
    axes.set_xlabel("threads")
    axes.set_ylabel("reads by key a second, all threads")
    axes.grid(color="#e0e0e0", linewidth=0.6)
    axes.set_title(f"{size:,} records")
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)
    save(figure, path)


def latency(figures: Figures, size: int, path: Path) -> None:
    """Of one update a millisecond: alone, and beside scans."""
    figure, axes = plt.subplots(figsize=(7, 3.6))
    bars = [(beside, percentile) for percentile in ("p50", "p99", "max") for beside in ("alone", "scan")]
    names = [name for name in COLOURS if series(figures, name)(size, "C2.scan.p99")]
    width = 0.8 / max(1, len(names))
    for k, name in enumerate(names):
        found = [series(figures, name)(size, f"C2.{beside}.{percentile}") for beside, percentile in bars]
        heights = [each.median / 1000 if each else 0 for each in found]
        axes.bar([at + k * width for at in range(len(bars))], heights, width, color=COLOURS[name], label=name)
    axes.set_yscale("log")
    titles = {"alone": "alone", "scan": "beside scans"}
    axes.set_xticks(
        [at + 0.4 - width / 2 for at in range(len(bars))], [f"{percentile}\n{titles[beside]}" for beside, percentile in bars]
    )
    axes.set_ylabel("latency of an update, µs")
    axes.grid(axis="y", color="#e0e0e0", linewidth=0.6)
    axes.set_title(f"{size:,} records")
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)
    save(figure, path)


def growth(figures: Figures, path: Path) -> None:
    figure, grid = plt.subplots(2, 3, figsize=(9, 5), sharex=True)
    sizes = figures.sizes()
    for axes, row in zip(grid.flat, GROWTH, strict=True):
        for name in (OURS, FLOOR):
            points = [(size, found.median) for size in sizes if (found := series(figures, name)(size, row))]
            if points:
                x, y = zip(*points, strict=True)
                axes.plot(x, y, color=COLOURS[name], marker="o", markersize=4, label=name)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_title(row)
        axes.grid(color="#e0e0e0", linewidth=0.6)
    grid[0][0].legend(frameon=False)
    figure.supxlabel("records")
    figure.supylabel("ns")
    figure.tight_layout()
    save(figure, path)


def main() -> None:
    results = Results.load(Path(sys.argv[1]))
    directory = Path(sys.argv[2])
    figures = Figures(results, table(int(results.settings["threads"])))
    plt.switch_backend("svg")
    plt.rcParams.update(STYLE)
    for size in results.settings["sizes"]:
        timed = [
            name
            for name, row in figures.rows.items()
            if row.unit == "ns" and not name.startswith("C") and not name.endswith(".cold")
        ]
        by_row(figures, size, timed, "nanoseconds for one operation or record", directory / f"times-{size}.svg")
        threads(figures, size, directory / f"threads-{size}.svg")
        latency(figures, size, directory / f"latency-{size}.svg")
        by_row(figures, size, ["M1", "M1i"], "bytes a record", directory / f"memory-{size}.svg")
    if len(figures.sizes()) > 1:
        growth(figures, directory / "growth.svg")


if __name__ == "__main__":
    main()
