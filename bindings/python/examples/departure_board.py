"""The departures of New York's airports at two moments of January 2013: departure_board.py [DIRECTORY OF THE CSV FILES]."""

import pathlib
import re
import sys
from typing import Any

from dictdb import And, DictDB, Or, Table

WIDTHS = (5, 7, 19, 22, 15)
ENDINGS = re.compile(r"( Inc\.| Co\.| Corporation| Intl)+$")


def minute(day: int, time: int) -> int:
    """The minute of the month at which a day and a time such as 1140 are."""
    return (day - 1) * 1440 + time // 100 * 60 + time % 100


def load(directory: pathlib.Path) -> DictDB:
    """The database: airlines, airports, and flights with the minutes at which they should leave and do."""
    db = DictDB()
    for name, key in (("airlines", "carrier"), ("airports", "faa"), ("flights", "id")):
        db.import_csv(directory / f"{name}.csv", name, primary_key=key)
    flights = db.get_table("flights")
    for flight in flights.all():
        departs = minute(flight["day"], flight["sched_dep_time"])
        leaves = None if flight["dep_time"] is None else departs + flight["dep_delay"]
        flights.update({"departs": departs, "leaves": leaves, "status": "scheduled"}, flights.id == flight["id"])
    flights.create_index(["origin", "departs"], "sorted")
    return db


def name_of(table: Table, key: str) -> str:
    """The name that belongs to a key, as a board has room for it; of a key that is not there, the key."""
    return ENDINGS.sub("", table.get(key, {"name": key})["name"])


def status(flight: dict[str, Any], now: int) -> str:
    """What the board says of a flight."""
    late, word = 0, flight["status"].capitalize()
    if flight["status"] == "departed":
        late = flight["dep_delay"]
    elif flight["status"] == "scheduled":
        late = max(0, now - flight["departs"])
        word = "Delayed" if late else "On time"
    delay = f"{late:+}m" if abs(late) < 60 else f"{int(late / 60):+}h{abs(late) % 60:02}"
    return f"{word} {delay}" if late else word


def show(db: DictDB, now: int) -> None:
    """Prints the board of a moment."""
    flights, airports, airlines = (db.get_table(name) for name in ("flights", "airports", "airlines"))
    waiting = flights.status == "scheduled"
    with db.batch() as batch:
        batch.update(flights, {"status": "departed"}, And(waiting, flights.leaves <= now))
        batch.update(flights, {"status": "cancelled"}, And(waiting, flights.leaves.is_null(), flights.departs <= now + 60))
    for origin in ("EWR", "JFK", "LGA"):
        left, right = "┌┐" if origin == "EWR" else "├┤"
        print(f"{left}─" + f" {origin}  {name_of(airports, origin)} ".ljust(69, "─") + f" {clock(now)} ─{right}")
        if origin == "EWR":
            show_row("Time", "Flight", "Airline", "Destination", "Status")
        due = And(flights.origin == origin, Or(flights.departs >= now - 20, waiting))
        for flight in flights.select(where=due, order_by="departs", limit=8):
            number, airline = f"{flight['carrier']} {flight['flight']}", name_of(airlines, flight["carrier"])
            show_row(clock(flight["departs"]), number, airline, name_of(airports, flight["dest"]), status(flight, now))
    print("└" + "─" * 78 + "┘")


def clock(now: int) -> str:
    """The time of day of a minute of the month."""
    return f"{now // 60 % 24:02}:{now % 60:02}"


def show_row(*columns: str) -> None:
    """Prints a row, with what is too long cut off."""
    cells = [text.ljust(width) if len(text) <= width else text[: width - 1] + "…" for text, width in zip(columns, WIDTHS, strict=True)]
    print(f"│ {'  '.join(cells)} │")


if __name__ == "__main__":
    data = pathlib.Path(__file__).resolve().parents[3] / "examples" / "data"
    with load(pathlib.Path(sys.argv[1]) if sys.argv[1:] else data) as database:
        print("Thursday, 3 January 2013: departures")
        show(database, minute(3, 1140))
        print("\nThursday, 10 January 2013: departures")
        show(database, minute(10, 630))
