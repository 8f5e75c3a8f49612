"""What the same calls as those of bare.c cost from Python: crossing.py RECORDS. Prints seconds of one call as JSON."""

import json
import sys
from typing import Any

from workload import Timer, make_records

from dictdb import DictDB
from dictdb._codec import dumps, loads


def main(count: int) -> None:
    """Measures it."""
    records = make_records(count)
    few = records[: min(1000, count)]
    with DictDB() as db:
        db.create_table("t")
        table = db.get_table("t")
        timer = Timer()
        keys = [1 + number * 7919 % count for number in range(count)]
        timer.each("insert", table.insert, records)
        timer.each("point read", table.get, keys)
        timer.each("point read, JSON text", table.get_json, keys)

        def fill(number: int) -> None:
            db.get_table(f"b{number}").insert(few)

        for number in range(10):
            db.create_table(f"b{number}")
        timer.each("insert of 1,000", fill, range(10))
        timer.once("select of 1,000 rows", lambda: table.select(limit=1000), 10)
        timer.once("select of 1,000 rows, JSON text", lambda: table.select_json(limit=1000), 10)
        codec = Timer()
        codec.each("insert", dumps, records)
        texts: list[Any] = [dumps(record) for record in records]
        codec.each("point read", loads, texts)
        codec.each("insert of 1,000", dumps, [few] * 10)
        codec.each("select of 1,000 rows", loads, [dumps(few)] * 10)
    print(json.dumps({"calls": timer.seconds, "codec": codec.seconds}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
