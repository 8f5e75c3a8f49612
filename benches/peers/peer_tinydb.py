"""TinyDB, in memory, without its query cache, which would answer a query that is asked again. It has no indexes: what the others
look up in one, it searches for. Documents are found by their number, which is the record's key.
"""

import json
from collections import defaultdict
from importlib.metadata import version
from typing import Any

from peer import Peer, dump, run_peer
from tinydb import TinyDB, where
from tinydb.storages import MemoryStorage
from tinydb.table import Document

SALES = where("dept") == "Sales"
SCAN = (where("salary") > 140000) & (where("active") == True)
LIKE = where("email").search("99@example")


def document(record: dict[str, Any]) -> Document:
    return Document(record, record["id"])


class Tiny(Peer):
    name = "tinydb"
    version = version("tinydb")
    load_size = 10_000_000
    has_indexes = False

    def open(self, indexed: bool) -> None:
        self.table = TinyDB(storage=MemoryStorage).table("users", cache_size=0)

    def insert(self, text: str) -> None:
        self.table.insert(document(json.loads(text)))

    def insert_many(self, records: Any) -> None:
        self.table.insert_multiple([document(record) for record in json.loads(records)])

    def get(self, key: int) -> str | None:
        found = self.table.get(doc_id=key)
        return None if found is None else dump(found)

    def find(self, email: str) -> str:
        found = self.table.get(where("email") == email)
        return "[]" if found is None else dump([found])

    def count_dept(self) -> int:
        return self.table.count(SALES)

    def rows_dept(self) -> str:
        return dump(self.table.search(SALES))

    def rows_salary(self) -> str:
        return dump(self.table.search((where("salary") >= 90000) & (where("salary") <= self.high)))

    def count_scan(self) -> int:
        return self.table.count(SCAN)

    def rows_scan(self) -> str:
        return dump(self.table.search(SCAN))

    def count_like(self) -> int:
        return self.table.count(LIKE)

    def rows_top(self) -> str:
        return dump(sorted(self.table, key=lambda record: -record["salary"])[:10])

    def groups(self) -> str:
        salaries = defaultdict(list)
        for record in self.table:
            salaries[record["dept"]].append(record["salary"])
        return dump(
            [
                {"dept": dept, "count": len(each), "avg": sum(each) / len(each), "min": min(each), "max": max(each)}
                for dept, each in salaries.items()
            ]
        )

    def rename(self, key: int, name: str) -> None:
        self.table.update({"name": name}, doc_ids=[key])

    def set_age(self, key: int, age: int) -> None:
        self.table.update({"age": age}, doc_ids=[key])

    def set_sales(self, active: bool) -> None:
        self.table.update({"active": active}, SALES)

    def remove(self, key: int) -> None:
        self.table.remove(doc_ids=[key])

    def remove_young(self) -> None:
        self.table.remove(where("age") < 20)

    def count(self) -> int:
        return len(self.table)

    def sums(self) -> tuple[int, float, int]:
        records = list(self.table)
        return sum(r["age"] for r in records), sum(r["salary"] for r in records), sum(r["active"] for r in records)


run_peer(Tiny)
