"""DictDB, the Python library, with its log off.

Records are updated by `upsert`, because `update` searches for a key. What searches for a key has an index on it, made before the
clock starts; inserts do without. Records are not copied on the way out, as they are printed or
counted at once.
"""

import json
import logging
from importlib.metadata import version
from typing import Any

import dictdb
from peer import Options, Peer, dump, run_peer

INDEXES = (("dept", "hash"), ("email", "hash"), ("age", "sorted"), ("salary", "sorted"))


class DictDB(Peer):
    name = "dictdb"
    version = version("dctdb")
    # Its check for keys that are repeated takes time that grows with the square of the records of a call.
    one_call = False

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        dictdb.configure_logging(console=False)
        logging.getLogger("dictdb").disabled = True

    def open(self, indexed: bool) -> None:
        database = dictdb.DictDB()
        database.create_table("users", primary_key="id")
        self.table = table = database.get_table("users")
        if indexed:
            self.create_indexes()
        self.sales = table.dept == "Sales"
        self.scan = dictdb.And(table.salary > 140000, table.active == True)

    def create_indexes(self) -> None:
        for field, kind in INDEXES:
            self.table.create_index(field, kind)

    def prepare_reads(self) -> None:
        self.table.create_index("id", "hash")

    def insert(self, text: str) -> None:
        self.table.insert(json.loads(text))

    def insert_many(self, records: Any) -> None:
        self.table.insert(json.loads(records))

    def select(self, where: Any) -> str:
        return dump(self.table.select(where=where, copy=False))

    def total(self, where: Any) -> int:
        return len(self.table.select(where=where, copy=False))

    def get(self, key: int) -> str | None:
        rows = self.table.select(where=self.table.id == key, copy=False)
        return dump(rows[0]) if rows else None

    def find(self, email: str) -> str:
        return self.select(self.table.email == email)

    def count_dept(self) -> int:
        return self.total(self.sales)

    def rows_dept(self) -> str:
        return self.select(self.sales)

    def rows_salary(self) -> str:
        return self.select(self.table.salary.between(90000, self.high))

    def count_scan(self) -> int:
        return self.total(self.scan)

    def rows_scan(self) -> str:
        return self.select(self.scan)

    def count_like(self) -> int:
        return self.total(self.table.email.like("%99@example%"))

    def rows_top(self) -> str:
        return dump(self.table.select(order_by="-salary", limit=10, copy=False))

    def groups(self) -> str:
        return dump(
            self.table.aggregate(
                group_by="dept",
                count=dictdb.Count(),
                avg=dictdb.Avg("salary"),
                min=dictdb.Min("salary"),
                max=dictdb.Max("salary"),
            )
        )

    def rename(self, key: int, name: str) -> None:
        self.table.upsert({"id": key, "name": name})

    def set_age(self, key: int, age: int) -> None:
        self.table.upsert({"id": key, "age": age})

    def set_sales(self, active: bool) -> None:
        self.table.update({"active": active}, where=self.sales)

    def remove(self, key: int) -> None:
        self.table.delete(where=self.table.id == key)

    def remove_young(self) -> None:
        self.table.delete(where=self.table.age < 20)

    def count(self) -> int:
        return self.table.count()

    def sums(self) -> tuple[int, float, int]:
        records = self.table.all()
        return sum(r["age"] for r in records), sum(r["salary"] for r in records), sum(r["active"] for r in records)


run_peer(DictDB)
