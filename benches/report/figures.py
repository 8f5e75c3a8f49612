"""Medians and spreads of the raw results, the best peer of each row, and whether an aim is reached."""

import statistics
from dataclasses import dataclass

from report.peers import BY_NAME, COLUMNS, FLOOR, NOTES, OURS, column_of
from report.results import Results
from report.rows import Row


@dataclass(frozen=True)
class Figure:
    median: float
    low: float
    high: float
    samples: int
    program: str

    @property
    def note(self) -> str:
        return NOTES.get(self.program, "")


@dataclass(frozen=True)
class Verdict:
    reached: bool | None
    """None if it cannot be told."""
    aim: str
    found: str


class Figures:
    def __init__(self, results: Results, rows: dict[str, Row]) -> None:
        self.results = results
        self.rows = rows

    def sizes(self) -> list[int]:
        return sorted(int(size) for size in self.results.samples)

    def figure(self, size: int, row: str, program: str) -> Figure | None:
        values = self.results.samples.get(str(size), {}).get(row, {}).get(program)
        if not values:
            return None
        return Figure(statistics.median(values), min(values), max(values), len(values), program)

    def ours(self, size: int, row: str) -> Figure | None:
        return self.figure(size, row, OURS)

    def floor(self, size: int, row: str) -> Figure | None:
        return self.figure(size, row, FLOOR)

    def better(self, row: str, figures: list[Figure]) -> Figure | None:
        if not figures:
            return None
        choose = max if self.rows[row].more_is_better else min
        return choose(figures, key=lambda figure: figure.median)

    def column(self, size: int, row: str, column: str) -> Figure | None:
        """Of the programs that are the same database, the better one."""
        programs = self.results.samples.get(str(size), {}).get(row, {})
        figures = [self.figure(size, row, name) for name in programs if name not in (OURS, FLOOR) and column_of(name) == column]
        return self.better(row, [figure for figure in figures if figure])

    def best_peer(self, size: int, row: str) -> Figure | None:
        figures = [self.column(size, row, column) for column in COLUMNS]
        return self.better(row, [figure for figure in figures if figure])

    def times(self, size: int, row: str, other: Figure | None) -> float | None:
        """How many times as good as the other figure ours is."""
        ours = self.ours(size, row)
        if ours is None or other is None:
            return None
        if self.rows[row].more_is_better:
            return ours.median / other.median
        return other.median / ours.median

    def ratio(self, size: int, row: str) -> float | None:
        return self.times(size, row, self.best_peer(size, row))

    def of_floor(self, size: int, row: str) -> float | None:
        """Our cost in floors."""
        times = self.times(size, row, self.floor(size, row))
        return None if times is None else 1 / times

    # ---- aims

    def scaling(self, size: int, row: str, program: str) -> float | None:
        one, many = self.figure(size, "C1.1", program), self.figure(size, row, program)
        return many.median / one.median if one and many else None

    def verdicts(self, size: int, row: str) -> list[Verdict]:
        aim = self.rows[row].aim
        ours = self.ours(size, row)
        if aim is None or ours is None:
            return []
        found = []
        if aim.peer:
            ratio = self.ratio(size, row)
            found.append(Verdict(None if ratio is None else ratio >= aim.peer, f"{aim.peer:g} x the best peer", times(ratio)))
        if aim.program:
            name, wanted = aim.program
            ratio = self.times(size, row, self.figure(size, row, name))
            found.append(Verdict(None if ratio is None else ratio >= wanted, f"{wanted:g} x {BY_NAME[name].title}", times(ratio)))
        if aim.floor:
            ratio = self.of_floor(size, row)
            found.append(Verdict(None if ratio is None else ratio <= aim.floor, f"at most {aim.floor:g} x the floor", times(ratio)))
        if aim.bound:
            bound = aim.bound(self.results.text.get(str(size), float("nan")))
            unit = self.rows[row].unit
            found.append(Verdict(ours.median <= bound, f"{aim.text}", amount(ours.median, unit) + f" of {amount(bound, unit)}"))
        if aim.scaling:
            our, floor = self.scaling(size, row, OURS), self.scaling(size, row, FLOOR)
            reached = None if our is None or floor is None else our >= floor
            found.append(Verdict(reached, aim.text, f"{times(our)} of one thread's; the floor: {times(floor)}"))
        return found


def times(ratio: float | None) -> str:
    if ratio is None:
        return "–"
    return f"{ratio:.2f} x" if ratio < 10 else f"{ratio:,.0f} x"


def digits(value: float) -> str:
    """Three of them."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def amount(value: float, unit: str) -> str:
    if unit == "bytes":
        return f"{digits(value)} B"
    scales = ((1e6, "M/s"), (1e3, "k/s"), (1, "/s")) if unit == "rate" else ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns"))
    scale, name = next((pair for pair in scales if value >= 0.9995 * pair[0]), scales[-1])
    return f"{digits(value / scale)} {name}"
