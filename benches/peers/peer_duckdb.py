"""DuckDB, in memory, through its Python package: typed columns, a primary key, parameters, as many threads as there are processors.

Bulk inserts read a file in memory that was written before the clock starts: newline-delimited JSON, whose columns are given. In one
call into an empty table the key is made behind the records, which is faster than to keep it meanwhile.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from peer import Options, Peer, run_peer

COLUMNS = {
    "id": "BIGINT",
    "name": "VARCHAR",
    "age": "INTEGER",
    "dept": "VARCHAR",
    "email": "VARCHAR",
    "salary": "DOUBLE",
    "active": "BOOLEAN",
    "tags": "VARCHAR[]",
}
JSON_COLUMNS = "{" + ", ".join(f"{name}: '{kind}'" for name, kind in COLUMNS.items()) + "}"
STRUCTURE = "{" + ",".join(f'"{name}":"{kind}"' for name, kind in COLUMNS.items()).replace('"VARCHAR[]"', '["VARCHAR"]') + "}"
RECORDS = "SELECT '[' || coalesce(string_agg(CAST(to_json(u) AS VARCHAR), ','), '') || ']' FROM users u WHERE "
SCAN = "salary > 140000 AND active"


class Duck(Peer):
    name = "duckdb"
    version = duckdb.__version__
    load_size = 10_000_000

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.whole = options.phase == "whole"
        shared = Path("/dev/shm")
        self.shared = (shared if shared.is_dir() else options.answers) / f"duckdb-{os.getpid()}.json"

    def open(self, indexed: bool) -> None:
        self.connection = duckdb.connect(":memory:", config={"threads": str(os.cpu_count())})
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        key = "" if self.whole else ", PRIMARY KEY (id)"
        self.connection.execute(f"CREATE TABLE users ({columns}{key})")
        self.cursor = self.connection
        if indexed:
            self.create_indexes()

    def create_indexes(self) -> None:
        for field in ("dept", "email", "age", "salary"):
            self.connection.execute(f"CREATE INDEX users_{field} ON users ({field})")

    def prepare_many(self, text: str) -> Any:
        self.shared.write_text(text[1:-1].replace("},{", "}\n{"), encoding="utf-8")
        return self.shared

    def insert_many(self, records: Path) -> None:
        source = f"read_json('{records}', format = 'newline_delimited', columns = {JSON_COLUMNS})"
        self.connection.execute(f"INSERT INTO users SELECT * FROM {source}")
        if self.whole:
            self.connection.execute("CREATE UNIQUE INDEX users_id ON users (id)")

    def prepare_reads(self) -> None:
        self.shared.unlink(missing_ok=True)

    def insert(self, text: str) -> None:
        self.connection.execute(f"INSERT INTO users SELECT unnest(from_json(CAST($1 AS JSON), '{STRUCTURE}'))", [text])

    def one(self, sql: str, parameters: list[Any] | None = None) -> Any:
        row = self.connection.execute(sql, parameters or []).fetchone()
        return None if row is None else row[0]

    def get(self, key: int) -> str | None:
        return self.one("SELECT to_json(u) FROM users u WHERE id = $1", [key])

    def reader(self) -> Callable[[int], str | None]:
        cursor = self.connection.cursor()

        def get(key: int) -> str | None:
            row = cursor.execute("SELECT to_json(u) FROM users u WHERE id = $1", [key]).fetchone()
            return None if row is None else row[0]

        return get

    def find(self, email: str) -> str:
        return "[" + self.one("SELECT to_json(u) FROM users u WHERE email = $1", [email]) + "]"

    def count_dept(self) -> int:
        return self.one("SELECT count(*) FROM users WHERE dept = 'Sales'")

    def rows_dept(self) -> str:
        return self.one(RECORDS + "dept = 'Sales'")

    def rows_salary(self) -> str:
        return self.one(RECORDS + "salary BETWEEN 90000 AND $1", [self.high])

    def count_scan(self) -> int:
        return self.one(f"SELECT count(*) FROM users WHERE {SCAN}")

    def rows_scan(self) -> str:
        return self.one(RECORDS + SCAN)

    def count_like(self) -> int:
        return self.one("SELECT count(*) FROM users WHERE email LIKE '%99@example%'")

    def rows_top(self) -> str:
        rows = self.connection.execute("SELECT to_json(u) FROM users u ORDER BY salary DESC LIMIT 10").fetchall()
        return "[" + ",".join(row[0] for row in rows) + "]"

    def groups(self) -> str:
        sql = "SELECT dept, count(*) AS count, avg(salary) AS avg, min(salary) AS min, max(salary) AS max FROM users GROUP BY dept"
        rows = self.connection.execute(f"SELECT to_json(g) FROM ({sql}) g").fetchall()
        return "[" + ",".join(row[0] for row in rows) + "]"

    def rename(self, key: int, name: str) -> None:
        self.connection.execute("UPDATE users SET name = $2 WHERE id = $1", [key, name])

    def set_age(self, key: int, age: int) -> None:
        self.connection.execute("UPDATE users SET age = $2 WHERE id = $1", [key, age])

    def set_sales(self, active: bool) -> None:
        self.connection.execute("UPDATE users SET active = $1 WHERE dept = 'Sales'", [active])

    def remove(self, key: int) -> None:
        self.connection.execute("DELETE FROM users WHERE id = $1", [key])

    def remove_young(self) -> None:
        self.connection.execute("DELETE FROM users WHERE age < 20")

    def count(self) -> int:
        return self.one("SELECT count(*) FROM users")

    def sums(self) -> tuple[int, float, int]:
        row = self.connection.execute("SELECT sum(age), sum(salary), count(*) FILTER (active) FROM users").fetchone()
        assert row is not None
        return int(row[0]), row[1], row[2]


run_peer(Duck)
