"""Runs random programs of operations, and tells what each operation gave. Runs with either package.

Usage: differential.py FIRST_SEED PROGRAMS. One line of JSON for each program: a list of [operation, outcome]. What the two packages
are known to do differently (README.md, "Differences") does not occur in the programs.
"""

import json
import logging
import math
import os
import random
import sys
import tempfile
from typing import Any

import dictdb
from dictdb import And, Avg, Condition, Count, DictDB, Max, Min, Not, Or, Sum, Table, logger

NAMES = ["Ada", "ada", "Bob", "Berta", "CARL", "Dörte", "a%b", "x_y", "", "O'Neil", "new\nline", "Zoë"]
DEPTS = ["IT", "HR", "Sales", None]
MIXED = [2, 3, 2.5, "2", "IT", True, None, [1, 2], {"k": 1}, -7, 1e16, 2**53 + 1]
EQUALS = [0, 1, 1.0, True, False, 2, "2", None, "IT", [1, 2], {"k": 1}, 2**53 + 1, 2.0**53]
PATTERNS = ["A%", "%a%", "_d_", "%", "", "x!_y", "a!%b", "%l", "new%", "ZO%", "%'%"]
SCHEMA = {"name": str, "age": int, "score": float, "flag": bool, "tags": list}


class Programs:
    """Makes and runs one program."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.indexed = seed % 3 == 1
        self.with_schema = seed % 3 == 2
        self.trace: list[list[Any]] = []
        self.db = DictDB()
        if self.with_schema:
            self.db.tables["t"] = Table("t", schema=dict(SCHEMA))
        else:
            self.db.create_table("t")
        self.table = self.db.get_table("t")
        self.next_id = 1000

    def record(self, key: Any) -> dict[str, Any]:
        """A record; the key None is for one to be made."""
        pick = self.random
        made: dict[str, Any] = {
            "name": pick.choice(NAMES),
            "age": pick.randrange(60),
            "score": round(pick.uniform(-5, 5), 2),
            "flag": pick.random() < 0.5,
            "tags": pick.sample(["a", "b", "c", "de"], pick.randrange(4)),
        }
        if not self.with_schema:
            if self.indexed or pick.random() < 0.8:
                made["dept"] = pick.choice(DEPTS)
            if pick.random() < 0.7:
                made["mixed"] = pick.choice(MIXED)
        elif pick.random() < 0.15:
            key = key or self.fresh()
            made.update(pick.choice([{"age": "old"}, {"score": 3}, {"flag": 1}, {"extra": 1}, {"tags": {}}, {"name": None}]))
        elif pick.random() < 0.1:
            key = key or self.fresh()
            del made[pick.choice(list(SCHEMA))]
        if key is not None:
            made["id"] = key
        return made

    def fresh(self) -> int:
        """A key that was not used before."""
        self.next_id += self.random.randrange(1, 4)
        return self.next_id

    def key(self) -> Any:
        """A key, taken or not, or None; with a schema none that is to be made: a failed insert of DictDB's uses one up."""
        if self.with_schema:
            return self.random.choice([self.random.randrange(1, 30), self.fresh()])
        return self.random.choice([None, None, self.random.randrange(1, 30), self.fresh()])

    def test(self, depth: int) -> Any:
        """A condition."""
        pick, table = self.random, self.table
        kind = pick.randrange(14 if depth and not self.indexed else 11)
        if kind == 0:
            operator = pick.choice(["__lt__", "__le__", "__gt__", "__ge__"])
            return getattr(table.age, operator)(pick.randrange(60))
        if kind == 1:
            return table.score.between(pick.uniform(-5, 0), pick.uniform(0, 5))
        if kind == 2:
            return table.name.like(pick.choice(PATTERNS), escape=pick.choice([None, "!"]))
        if kind == 3:
            return table.name.ilike(pick.choice(PATTERNS))
        if kind == 4:
            method = pick.choice(["startswith", "endswith", "contains", "iequals", "icontains", "istartswith", "iendswith"])
            return getattr(table.name, method)(pick.choice(["a", "A", "ada", "B", "ZOË", "", "l"]))
        if kind == 5:
            return table.tags.contains(pick.choice(["a", "de", 1]))
        if kind == 6:
            field = table.flag if self.with_schema else table.mixed
            return field == pick.choice(EQUALS) if pick.random() < 0.6 or self.indexed else field != pick.choice(EQUALS)
        if kind == 7:
            return table.age.is_in(pick.sample(range(60), 8))
        if kind == 8 and not self.with_schema:
            return table.dept == pick.choice(DEPTS) if self.indexed else pick.choice([table.dept.is_null(), table.dept.is_not_null()])
        if kind == 9:
            return table.id == pick.randrange(1, 30)
        if kind == 10 or kind == 8:
            return And(table.age >= pick.randrange(40), table.score < pick.uniform(0, 5))
        if kind == 11:
            return Or(self.test(depth - 1), self.test(depth - 1), self.test(depth - 1))
        if kind == 12:
            return And(self.test(depth - 1), self.test(depth - 1))
        return Not(self.test(depth - 1))

    def where(self) -> Any:
        """What goes to `where`."""
        shape = self.random.random()
        if shape < 0.1:
            return None
        test = self.test(2)
        return Condition(test) if shape < 0.4 else test

    def do(self, name: str, work: Any) -> None:
        """Runs one operation, and notes what came of it."""
        try:
            outcome = ["gave", plain(work())]
        except Exception as error:
            outcome = ["raised", public(error)]
        self.trace.append([name, outcome])

    def step(self) -> None:
        """One operation."""
        pick, table = self.random, self.table
        kind = pick.randrange(13)
        if kind <= 1:
            record = self.record(self.key())
            self.do("insert", lambda: [table.insert(record), record.get("id")])
        elif kind == 2:
            records = [
                self.record(pick.choice([None, self.fresh()]) if not self.with_schema else self.fresh()) for _ in range(pick.randrange(6))
            ]
            if not self.with_schema and pick.random() < 0.2 and records:
                records = [self.record(self.fresh()), self.record(self.fresh())]
                records.append(self.record(records[0]["id"]))
            self.do("insert list", lambda: table.insert(records, batch_size=pick.choice([None, 2])))
        elif kind == 3:
            record = self.record(self.key() or self.fresh())
            if self.with_schema and pick.random() < 0.5:
                record = {"id": record["id"], "age": 5}
            conflict: Any = pick.choice(["update", "ignore", "error"])
            self.do("upsert", lambda: table.upsert(record, on_conflict=conflict))
        elif kind == 4:
            changes: Any = pick.choice(
                [{"age": 7}, {"name": "new", "score": 1.5}, {"flag": True}, {"tags": ["z"]}, {"age": "x"}, {"other": None}, {}]
            )
            if not self.with_schema and changes.get("age") == "x":
                changes = {"age": 8}
            where = self.where()
            self.do("update", lambda: table.update(dict(changes), where=where))
        elif kind == 5:
            where = self.test(2)
            self.do("delete", lambda: table.delete(where=where))
        elif kind <= 8:
            self.select()
        elif kind == 9:
            self.aggregate()
        elif kind == 10:
            where = self.test(2)
            self.do("call", lambda: sorted(record["id"] for record in table.all() if where(record)))
        elif kind == 11:
            self.do(
                "facts",
                lambda: [
                    table.count(),
                    len(table),
                    sorted(table.copy()),
                    table.columns() if table.count() else None,
                    table.indexed_fields(),
                ],
            )
        else:
            self.files()

    def select(self) -> None:
        """A select."""
        pick, table = self.random, self.table
        where = self.where()
        columns: Any = pick.choice(
            [None, None, ["id", "name"], ["age", "absent", "id"], {"n": "name", "i": "id"}, [("a", "age"), ("i", "id")], []]
        )
        if pick.random() < 0.5:
            order = pick.choice([["age", "id"], ["-score", "id"], ("name", "-id"), "id", "-id"])
            limit, offset = pick.choice([None, 0, 1, 3, 100]), pick.choice([0, 0, 1, 5, -1])
            self.do(
                "select ordered", lambda: table.select(columns, where, order_by=order, limit=limit, offset=offset, copy=pick.random() < 0.5)
            )
        elif pick.random() < 0.3:
            names: Any = pick.choice([["age"], ["name", "flag"], ["absent"]])
            self.do("select distinct", lambda: sorted(map(repr, table.select(names, where, distinct=True))))
        else:
            self.do("select", lambda: sorted(map(repr, map(in_order, table.select(columns, where)))))

    def aggregate(self) -> None:
        """An aggregation."""
        pick, table = self.random, self.table
        numbers = pick.choice(["age", "score", "flag", "absent"])
        texts = pick.choice(["name", "age", "score", "tags", "flag"])
        wanted: dict[str, Any] = {
            "n": Count(),
            "named": Count("dept"),
            "sum": Sum(numbers),
            "avg": Avg(numbers),
            "min": Min(texts),
            "max": Max(texts),
        }
        wanted = {name: wanted[name] for name in pick.sample(list(wanted), pick.randrange(0, 5))}
        if pick.random() < 0.1:
            wanted["bad"] = Sum("name")
        groups = pick.choice([None, None, "flag", "name", ["flag", "name"], ["absent"]])
        where = self.where()
        self.do("aggregate", lambda: by_text(table.aggregate(where=where, group_by=groups, **wanted)))

    def files(self) -> None:
        """Saving, loading, exporting, importing."""
        pick = self.random
        with tempfile.TemporaryDirectory() as place:
            kind = pick.randrange(4)
            if kind < 2:
                name, path = ("json", f"{place}/db.json") if kind else ("pickle", f"{place}/db.pickle")

                def reloaded() -> Any:
                    self.db.save(path, file_format=name)
                    again = DictDB.load(path, file_format=name)
                    table = again.get_table("t")
                    return [again.list_tables(), sorted(map(repr, map(in_order, table.all()))), sorted(map(str, table.schema_fields()))]

                self.do(f"reload {name}", reloaded)
            elif kind == 2:

                def exported() -> Any:
                    rows = self.table.select(["id", "name", "age", "score", "flag", "tags"], order_by="id")
                    count = self.table.export_csv(f"{place}/t.csv", records=rows, delimiter=pick.choice([",", ";"]))
                    return [count, open(f"{place}/t.csv", newline="").read() if count else None]

                self.do("export", exported)
            else:

                def imported() -> Any:
                    rows = self.table.select(["id", "name", "age", "score"], where=self.table.name != "", order_by="id")
                    if not rows:
                        return None
                    self.table.export_csv(f"{place}/t.csv", records=rows)
                    other = DictDB()
                    count = other.import_csv(f"{place}/t.csv", "copy")
                    return [count, other.get_table("copy").all()]

                self.do("import", imported)

    def run(self) -> list[list[Any]]:
        """The whole program."""
        table = self.table
        if self.indexed:
            self.do("index", lambda: table.create_index("age", self.random.choice(["sorted", "SORTED"])))
            self.do("index", lambda: table.create_index("dept"))
            self.do("index", lambda: table.create_index("dept", "sorted"))
        for _ in range(self.random.randrange(5, 40)):
            self.step()
        self.do("end", lambda: sorted(map(repr, map(in_order, table.all()))))
        return self.trace


def in_order(record: dict[str, Any]) -> list[tuple[str, Any]]:
    """A record whose fields' order does not count."""
    return sorted(record.items())


def by_text(rows: Any) -> Any:
    """Groups whose order does not count."""
    return sorted(rows, key=repr) if isinstance(rows, list) else rows


def plain(value: Any) -> Any:
    """A result as JSON can hold it: its last digit may differ where floats were added."""
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.12g}")
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    return value


def public(error: Exception) -> str:
    """The name of an exception as DictDB's documentation or Python knows it."""
    for kind in type(error).__mro__:
        if kind.__module__ == "builtins" or (
            kind is not dictdb.DictDBError and getattr(dictdb, kind.__name__, None) is kind and kind.__name__ in KNOWN
        ):
            return kind.__name__
    return type(error).__name__


KNOWN = {"DuplicateKeyError", "DuplicateTableError", "RecordNotFoundError", "SchemaValidationError", "TableNotFoundError"}


def main() -> None:
    """Runs the programs of some seeds."""
    logger.remove()
    logging.getLogger("dictdb").propagate = False
    logging.getLogger("dictdb").setLevel(logging.CRITICAL)
    first, count = int(sys.argv[1]), int(sys.argv[2])
    for seed in range(first, first + count):
        print(json.dumps(Programs(seed).run()))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
