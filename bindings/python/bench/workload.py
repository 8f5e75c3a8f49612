"""Runs the workload on one engine, and prints the seconds of one operation of each row as JSON: workload.py ENGINE RECORDS.

ENGINE is `dictdb` (whichever package has that name: DictDB or this one), `sqlite` or `json`: what making and reading JSON costs alone.
"""

import json
import logging
import pathlib
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from typing import Any

DEPTS = ["IT", "HR", "Sales", "Engineering", "Marketing", "Finance", "Legal", "Support"]
TAGS = ["alpha", "beta", "gamma", "delta", "eps", "zeta", "eta", "theta", "iota", "kappa", "lam", "mu", "nu", "xi", "omi", "pi"]


class Numbers:
    """The generator of the workload."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def next(self) -> int:
        """The next number."""
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return self.state >> 33


def make_records(count: int) -> list[dict[str, Any]]:
    """The records."""
    numbers = Numbers(42)
    records = []
    for number in range(1, count + 1):
        age, dept = 18 + numbers.next() % 60, DEPTS[numbers.next() % 8]
        cents, active = 3000000 + numbers.next() % 12000001, numbers.next() % 2 == 1
        tags = [TAGS[numbers.next() % 16], TAGS[numbers.next() % 16]]
        records.append(
            {
                "id": number,
                "name": f"User {number}",
                "age": age,
                "dept": dept,
                "email": f"user{number}@example.com",
                "salary": cents / 100,
                "active": active,
                "tags": tags,
            }
        )
    return records


class Timer:
    """Collects the seconds of each row."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def each(self, row: str, work: Callable[[Any], Any], items: Iterable[Any]) -> None:
        """Times one call for each item, by the processor's time of this thread: the best of ten runs.

        Whatever else the machine does only makes a run longer.
        """
        items = list(items)
        size = max(1, len(items) // 10)
        runs = []
        for start in range(0, size * 10, size):
            part = items[start : start + size]
            if part:
                begun = time.thread_time()
                for item in part:
                    work(item)
                runs.append((time.thread_time() - begun) / len(part))
        self.seconds[row] = min(runs)

    def once(self, row: str, work: Callable[[], Any], repeat: int = 1) -> Any:
        """Times one call by the clock, the best of some."""
        runs = []
        for _ in range(repeat):
            begun = time.perf_counter()
            result = work()
            runs.append(time.perf_counter() - begun)
        self.seconds[row] = min(runs)
        return result


class Inputs:
    """What the operations are done with."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.records = make_records(count)
        reads, writes = Numbers(7), Numbers(11)
        few = min(2000, count)
        self.reads = [1 + reads.next() % count for _ in range(few)]
        self.emails = [f"user{key}@example.com" for key in self.reads]
        self.writes = [1 + writes.next() % count for _ in range(few)]
        self.deletes = [1 + (number * 7919) % count for number in range(min(1000, count // 10))]
        self.high = 90000 + 1200 * 100_000 / count

    def copies(self, share: int = 1) -> list[dict[str, Any]]:
        """Records of the caller's own, which tables may keep."""
        return [dict(record) for record in self.records[: max(1, self.count // share)]]

    def packets(self, share: int = 1) -> list[list[dict[str, Any]]]:
        """The same in lists of 1,000."""
        records = self.copies(share)
        return [records[start : start + 1000] for start in range(0, len(records), 1000)]


def run_dictdb(inputs: Inputs) -> dict[str, float]:
    """The workload on the package that is called dictdb."""
    import dictdb  # noqa: PLC0415 - the engine that is measured
    from dictdb import And, Avg, Count, DictDB, Max, Min, logger  # noqa: PLC0415

    logger.remove()
    logging.getLogger("dictdb").propagate = False
    logging.getLogger("dictdb").setLevel(logging.CRITICAL)
    timer = Timer()
    db = DictDB()

    def table(name: str, indexed: bool) -> Any:
        db.create_table(name)
        made = db.get_table(name)
        if indexed:
            index(made)
        return made

    def index(made: Any) -> None:
        made.create_index("dept")
        made.create_index("email")
        made.create_index("age", "sorted")
        made.create_index("salary", "sorted")

    # DictDB finds keys in an index of theirs only.
    users = table("users", False)
    timer.each("W1", users.insert, inputs.copies())
    timer.each("W1i", table("w1i", True).insert, inputs.copies(10))
    timer.each("W2j", table("w2j", False).insert, inputs.packets())
    timer.each("W2i", table("w2i", True).insert, inputs.packets(10))
    for name in ("w1i", "w2j", "w2i"):
        db.drop_table(name)
    users.create_index("id")

    timer.once("R7", lambda: users.aggregate(group_by="dept", n=Count(), mean=Avg("salary"), lo=Min("salary"), hi=Max("salary")), 3)
    timer.once("R6", lambda: users.select(order_by="-salary", limit=10), 3)
    rich = And(users.salary > 140000, users.active == True)  # noqa: E712 - a condition
    timer.once("R4 count", lambda: users.aggregate(where=rich, n=Count()), 3)
    timer.once("R4 rows", lambda: users.select(where=rich), 3)
    timer.once("R5", lambda: users.aggregate(where=users.email.like("%99@example%"), n=Count()), 3)
    timer.each("R1", lambda key: users.select(where=users.id == key), inputs.reads)
    timer.each("U1", lambda key: users.update({"name": "changed"}, where=users.id == key), inputs.writes)
    timer.once("IX", lambda: index(users))
    timer.each("R2.email", lambda email: users.select(where=users.email == email), inputs.emails)
    timer.once("R2.dept count", lambda: users.aggregate(where=users.dept == "Sales", n=Count()), 3)
    timer.once("R2.dept rows", lambda: users.select(where=users.dept == "Sales"), 9)
    timer.once("R3", lambda: users.select(where=users.salary.between(90000, inputs.high)), 15)
    timer.each("U1i", lambda key: users.update({"salary": 50000.0 + key}, where=users.id == key), inputs.writes)
    timer.once("U2", lambda: users.update({"active": True}, where=users.dept == "Sales"))
    timer.each("D1", lambda key: users.delete(where=users.id == key), inputs.deletes)
    timer.once("D2", lambda: users.delete(where=users.age < 20))
    with tempfile.TemporaryDirectory(dir="/dev/shm") as place:
        path = f"{place}/db"
        timer.once("S1 JSON", lambda: db.save(path, "json"))
        timer.once("S2 JSON", lambda: DictDB.load(path, "json"))
        own = "dictdb" if hasattr(dictdb, "restore") else "pickle"
        timer.once("S1 own", lambda: db.save(path, own))
        timer.once("S2 own", lambda: DictDB.load(path, own))
    if hasattr(users, "get") and callable(users.get):
        timer.each("R1 get", users.get, inputs.reads)
        timer.each("R1 get_json", users.get_json, inputs.reads)
    return timer.seconds


COLUMNS = ["id", "name", "age", "dept", "email", "salary", "active", "tags"]


def run_sqlite(inputs: Inputs) -> dict[str, float]:
    """The workload on Python's sqlite3: typed columns, tags as JSON text, rows as dicts."""
    timer = Timer()
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.row_factory = lambda cursor, row: dict(zip(COLUMNS, row, strict=False))

    def table(name: str, indexed: bool) -> str:
        db.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, name, age, dept, email, salary, active, tags)")
        if indexed:
            index(name)
        return f"INSERT INTO {name} VALUES (?, ?, ?, ?, ?, ?, ?, ?)"

    def index(name: str) -> None:
        for column in ("dept", "email", "age", "salary"):
            db.execute(f"CREATE INDEX {name}_{column} ON {name} ({column})")

    def values(record: dict[str, Any]) -> tuple[Any, ...]:
        return (*list(record.values())[:7], json.dumps(record["tags"]))

    def insert_one(statement: str) -> Callable[[dict[str, Any]], Any]:
        return lambda record: db.execute(statement, values(record))

    def insert_many(statement: str) -> Callable[[list[dict[str, Any]]], Any]:
        def insert(records: list[dict[str, Any]]) -> None:
            db.execute("BEGIN")
            db.executemany(statement, map(values, records))
            db.execute("COMMIT")

        return insert

    def rows(statement: str, *arguments: Any) -> list[Any]:
        return db.execute(statement, arguments).fetchall()

    timer.each("W1", insert_one(table("users", False)), inputs.copies())
    timer.each("W1i", insert_one(table("w1i", True)), inputs.copies(10))
    timer.each("W2j", insert_many(table("w2j", False)), inputs.packets())
    timer.each("W2i", insert_many(table("w2i", True)), inputs.packets(10))
    for name in ("w1i", "w2j", "w2i"):
        db.execute(f"DROP TABLE {name}")
    groups = "SELECT dept, count(*), avg(salary), min(salary), max(salary) FROM users GROUP BY dept"
    timer.once("R7", lambda: rows(groups), 3)
    timer.once("R6", lambda: rows("SELECT * FROM users ORDER BY salary DESC LIMIT 10"), 3)
    timer.once("R4 count", lambda: rows("SELECT count(*) FROM users WHERE salary > 140000 AND active"), 3)
    timer.once("R4 rows", lambda: rows("SELECT * FROM users WHERE salary > 140000 AND active"), 3)
    timer.once("R5", lambda: rows("SELECT count(*) FROM users WHERE email LIKE '%99@example%'"), 3)
    timer.each("R1", lambda key: rows("SELECT * FROM users WHERE id = ?", key), inputs.reads)
    timer.each("U1", lambda key: db.execute("UPDATE users SET name = ? WHERE id = ?", ("changed", key)), inputs.writes)
    timer.once("IX", lambda: index("users"))
    timer.each("R2.email", lambda email: rows("SELECT * FROM users WHERE email = ?", email), inputs.emails)
    timer.once("R2.dept count", lambda: rows("SELECT count(*) FROM users WHERE dept = 'Sales'"), 3)
    timer.once("R2.dept rows", lambda: rows("SELECT * FROM users WHERE dept = 'Sales'"), 9)
    timer.once("R3", lambda: rows("SELECT * FROM users WHERE salary BETWEEN 90000 AND ?", inputs.high), 15)
    timer.each("U1i", lambda key: db.execute("UPDATE users SET salary = ? WHERE id = ?", (50000.0 + key, key)), inputs.writes)
    timer.once("U2", lambda: db.execute("UPDATE users SET active = 1 WHERE dept = 'Sales'"))
    timer.each("D1", lambda key: db.execute("DELETE FROM users WHERE id = ?", (key,)), inputs.deletes)
    timer.once("D2", lambda: db.execute("DELETE FROM users WHERE age < 20"))
    with tempfile.TemporaryDirectory(dir="/dev/shm") as place:
        path = f"{place}/db"

        def save() -> None:
            with sqlite3.connect(path) as target:
                db.backup(target)
            target.close()

        def load() -> None:
            with sqlite3.connect(path) as source:
                source.backup(sqlite3.connect(":memory:"))
            source.close()

        timer.once("S1 own", save)
        timer.once("S2 own", load)
        assert pathlib.Path(path).exists()
    return timer.seconds


def run_json(inputs: Inputs) -> dict[str, float]:
    """What the codec of this package needs for the same records: written in rows W, read in rows R. Nothing is stored."""
    from dictdb._codec import dumps, loads  # noqa: PLC0415 - of this package

    timer = Timer()
    timer.each("W1", dumps, inputs.records)
    timer.each("W1i", dumps, inputs.records[: max(1, inputs.count // 10)])
    timer.each("W2j", dumps, inputs.packets())
    timer.each("W2i", dumps, inputs.packets(10))
    texts = [dumps(inputs.records[key - 1]) for key in inputs.reads]
    timer.each("R1", loads, texts)
    timer.each("R2.email", loads, [b"[" + text + b"]" for text in texts])
    sales = dumps([record for record in inputs.records if record["dept"] == "Sales"])
    timer.once("R2.dept rows", lambda: loads(sales), 9)
    between = dumps([record for record in inputs.records if 90000 <= record["salary"] <= inputs.high])
    timer.once("R3", lambda: loads(between), 15)
    rich = dumps([record for record in inputs.records if record["salary"] > 140000 and record["active"]])
    timer.once("R4 rows", lambda: loads(rich), 3)
    return timer.seconds


ENGINES = {"dictdb": run_dictdb, "sqlite": run_sqlite, "json": run_json}

if __name__ == "__main__":
    print(json.dumps(ENGINES[sys.argv[1]](Inputs(int(sys.argv[2])))))
