"""The tables of the report, in Markdown."""

from collections.abc import Iterable

from report.figures import Figure, Figures, amount, times
from report.peers import COLUMNS
from report.reasons import REASONS
from report.rows import POINTS, Row


def table(head: list[str], lines: Iterable[list[str]]) -> str:
    rows = ["| " + " | ".join(line) + " |" for line in lines]
    rule = "|" + "|".join("---" if k == 0 else "---:" for k in range(len(head))) + "|"
    return "\n".join(["| " + " | ".join(head) + " |", rule, *rows])


def spread(figure: Figure | None, unit: str) -> str:
    return "–" if figure is None else f"{amount(figure.low, unit)}–{amount(figure.high, unit)}"


def cell(figure: Figure | None, unit: str, bold: bool = False) -> str:
    if figure is None:
        return "–"
    text = amount(figure.median, unit)
    text = f"**{text}**" if bold else text
    return f"{text} ({figure.note})" if figure.note else text


def _line(figures: Figures, row: Row, size: int, columns: list[str]) -> list[str]:
    ours, floor, best = figures.ours(size, row.name), figures.floor(size, row.name), figures.best_peer(size, row.name)
    ratio = figures.ratio(size, row.name)
    of_floor = figures.of_floor(size, row.name)
    peers = [figures.column(size, row.name, column) for column in columns]
    ahead = ratio is None or ratio >= 1
    return [
        f"{row.name}: {row.title}",
        f"{size:,}",
        cell(ours, row.unit, bold=ahead),
        *(cell(peer, row.unit, bold=not ahead and peer == best) for peer in peers),
        times(ratio),
        "–" if floor is None else amount(floor.median, row.unit),
        times(of_floor),
        spread(ours, row.unit),
        spread(best, row.unit),
    ]


def measured(figures: Figures, size: int) -> list[Row]:
    return [row for row in figures.rows.values() if figures.ours(size, row.name)]


def present(figures: Figures, sizes: list[int]) -> list[str]:
    """The peers of which there are figures."""
    return [column for column in COLUMNS if any(figures.column(size, row, column) for size in sizes for row in figures.rows)]


def comparison(figures: Figures, sizes: list[int], behind: bool) -> str:
    """The rows in which a peer is ahead of libdictdb, or all the others."""
    columns = present(figures, sizes)
    lines = []
    for name, row in figures.rows.items():
        for size in sizes:
            ratio = figures.ratio(size, name)
            if figures.ours(size, name) and (ratio is not None and ratio < 1) == behind:
                lines.append(_line(figures, row, size, columns))
    if not lines:
        return "None.\n"
    head = ["row", "records", "libdictdb", *columns, "best peer / libdictdb", "floor", "libdictdb / floor"]
    return table([*head, "spread of libdictdb", "spread of the best peer"], lines) + "\n"


def aims(figures: Figures, sizes: list[int]) -> str:
    lines = []
    for name, row in figures.rows.items():
        for size in sizes:
            for verdict in figures.verdicts(size, name):
                state = {True: "reached", False: "**not reached**", None: "cannot be told"}[verdict.reached]
                lines.append([f"{name}: {row.title}", f"{size:,}", verdict.aim, verdict.found, state])
    return table(["row", "records", "aim", "found", ""], lines) + "\n"


def count_aims(figures: Figures, sizes: list[int]) -> tuple[int, int]:
    """Reached, and all that can be told."""
    known = [
        verdict for size in sizes for row in figures.rows for verdict in figures.verdicts(size, row) if verdict.reached is not None
    ]
    return sum(bool(verdict.reached) for verdict in known), len(known)


def reasons(figures: Figures, sizes: list[int]) -> str:
    """What is known of the rows in which an aim is not reached, or a peer is ahead."""

    def lags(name: str, size: int) -> bool:
        ratio = figures.ratio(size, name)
        missed = any(verdict.reached is False for verdict in figures.verdicts(size, name))
        return missed or (ratio is not None and ratio < 1)

    lines = []
    for names, text in REASONS.items():
        found = [name for name in names if any(lags(name, size) for size in sizes)]
        if found:
            lines.append(f"- **{', '.join(found)}**: {text}")
    return "\n".join(lines) + "\n" if lines else ""


def growth(figures: Figures, names: Iterable[str]) -> str:
    """How the cost of libdictdb and of the floor grows with the table."""
    sizes = figures.sizes()
    lines = []
    for name in names:
        for title, figure in (("libdictdb", figures.ours), ("floor", figures.floor)):
            found = [figure(size, name) for size in sizes]
            known = [each.median for each in found if each]
            if known:
                cells = [cell(each, figures.rows[name].unit) for each in found]
                lines.append([f"{name}: {figures.rows[name].title}", title, *cells, times(known[-1] / known[0])])
    return table(["row", "", *(f"{size:,} records" for size in sizes), "last / first"], lines) + "\n"


def growth_aim(figures: Figures) -> str:
    """Whether operations on single records grow no faster than the floor."""
    found = []
    sizes = figures.sizes()
    for row in POINTS:
        ends = [[figure(size, row) for size in (sizes[0], sizes[-1])] for figure in (figures.ours, figures.floor)]
        ratios = [last.median / first.median for first, last in ends if first and last]
        if len(ratios) == 2:
            found.append(f"{row} {'reached' if ratios[0] <= ratios[1] else '**not reached**'}")
    return f"Aim: reads of single records grow no faster than the floor: {', '.join(found)}.\n"


SNAPSHOTS = {
    "snapshot_ns": ("take a snapshot of a table", "ns"),
    "db_snapshot_ns": ("take a snapshot of a database of 100 tables", "ns"),
    "update_ns": ("update by key", "ns"),
    "update_after_snapshot_ns": ("the first update behind a snapshot", "ns"),
    "first_row_ns": ("make a cursor and get its first row", "ns"),
    "next_ns": ("a row of a cursor, lent", "ns"),
    "next_batch_ns": ("a row of a cursor, 1,000 at a time, copied", "ns"),
    "select_ns": ("a row of a select of all", "ns"),
    "two_updates_ns": ("two updates, two calls", "ns"),
    "batch_ns": ("two updates as one batch", "ns"),
    "batch_text_ns": ("two updates as one batch, as text", "ns"),
    "held_snapshot_bytes": ("memory of 1,000 snapshots taken in 1,000,000 updates", "bytes"),
}


def snapshots(found: dict[str, list[float]]) -> str:
    lines = []
    for name, (title, unit) in SNAPSHOTS.items():
        values = sorted(found.get(name, []))
        if values:
            middle = values[len(values) // 2]
            scale, unit_name = (2**20, " MiB") if unit == "bytes" else (1, "")
            texts = [
                f"{value / scale:,.0f}{unit_name}" if unit_name else amount(value, unit)
                for value in (middle, values[0], values[-1])
            ]
            lines.append([title, texts[0], f"{texts[1]}–{texts[2]}"])
    return table(["", "median", "spread"], lines) + "\n"
