"""The departures of New York's airports at two moments of January 2013: departure_board.py [DIRECTORY OF THE CSV FILES]."""

import pathlib
import sys
from typing import Any

from dictdb import And, DictDB, Or, Table

WIDTHS = (5, 7, 19, 22, 15)
ENDINGS = (" Inc.", " Co.", " Corporation", " Intl")


def minute(day: int, time: int) -> int:
    """The minute of the month at which a day and a time such as 1140 are."""
    return (day - 1) * 1440 + time // 100 * 60 + time % 100


def load(directory: pathlib.Path) -> DictDB:
    """The database: airlines, airports, and flights with the minutes at which they should leave and do."""
    db = DictDB()
    for name, key in (("airlines", "carrier"), ("airports", "faa"), ("raw", "id")):
        db.import_csv(directory / f"{'flights' if name == 'raw' else name}.csv", name, primary_key=key)
    db.create_table("flights")
    flights = db.get_table("flights")
    raw = db.get_table("raw").select(["day", "sched_dep_time", "dep_time", "dep_delay", "origin", "dest", "carrier", "flight"])
    for row in raw:
        row["departs"] = minute(row["day"], row["sched_dep_time"])
        row["leaves"] = None if row["dep_time"] is None else row["departs"] + row["dep_delay"]
        row["status"] = "scheduled"
    flights.insert(raw)
    flights.create_index(["origin", "departs"], "sorted")
    return db


def names(table: Table, keys: list[str]) -> list[str]:
    """The names that belong to keys, as a board has room for them; of a key that is not there, the key."""
    found = [key if record is None else str(record["name"]) for key, record in zip(keys, table.get_many(keys), strict=True)]
    for ending in ENDINGS:
        found = [name.removesuffix(ending) for name in found]
    return found


def status(row: dict[str, Any], now: int) -> str:
    """What the board says of a flight."""
    late = row["dep_delay"] if row["status"] == "departed" else now - row["departs"] if row["status"] == "scheduled" else 0
    if row["status"] == "scheduled":
        word, late = ("Delayed", late) if late > 0 else ("On time", 0)
    else:
        word = row["status"].capitalize()
    delay = f"{late:+}m" if abs(late) < 60 else f"{int(late / 60):+}h{abs(late) % 60:02}"
    return f"{word} {delay}" if late else word


def show(db: DictDB, now: int) -> None:
    """Prints the board of a moment."""
    flights, airports, airlines = (db.get_table(name) for name in ("flights", "airports", "airlines"))
    waiting = flights.status == "scheduled"
    with db.batch() as batch:
        batch.update(flights, {"status": "departed"}, And(waiting, flights.leaves <= now))
        batch.update(flights, {"status": "cancelled"}, And(waiting, flights.leaves.is_null(), flights.departs <= now + 60))
    clock = f" {now // 60 % 24:02}:{now % 60:02} "
    left, right = "┌", "┐"
    for origin, airport in zip(("EWR", "JFK", "LGA"), names(airports, ["EWR", "JFK", "LGA"]), strict=True):
        print(f"{left}─" + f" {origin}  {airport} ".ljust(76 - len(clock), "─") + f"{clock}─{right}")
        if left == "┌":
            row("Time", "Flight", "Airline", "Destination", "Status")
        due = And(flights.origin == origin, Or(flights.departs >= now - 20, waiting))
        board = flights.select(where=due, order_by="departs", limit=8)
        carriers = names(airlines, [flight["carrier"] for flight in board])
        for flight, airline, place in zip(board, carriers, names(airports, [flight["dest"] for flight in board]), strict=True):
            time = f"{flight['departs'] // 60 % 24:02}:{flight['departs'] % 60:02}"
            row(time, f"{flight['carrier']} {flight['flight']}", airline, place, status(flight, now))
        left, right = "├", "┤"
    print("└" + "─" * 78 + "┘")


def row(*columns: str) -> None:
    """Prints a row, with what is too long cut off."""
    cells = [text.ljust(width) if len(text) <= width else text[: width - 1] + "…" for text, width in zip(columns, WIDTHS, strict=True)]
    print(f"│ {'  '.join(cells)} │")


if __name__ == "__main__":
    here = pathlib.Path(__file__).resolve()
    with load(pathlib.Path(sys.argv[1]) if sys.argv[1:] else here.parents[3] / "examples" / "data") as database:
        print("Thursday, 3 January 2013: departures")
        show(database, minute(3, 1140))
        print("\nThursday, 10 January 2013: departures")
        show(database, minute(10, 630))
