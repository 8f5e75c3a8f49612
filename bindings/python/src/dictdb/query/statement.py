"""Compiled queries and updates. Tables keep those that they have run; a program may keep its own."""

import threading
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from dictdb import _engine as engine
from dictdb._codec import dumps, loads
from dictdb._engine import NULL, ffi, lib
from dictdb.core.types import Record

if TYPE_CHECKING:
    from dictdb.core.reading import ReadTable
    from dictdb.core.table import Table
    from dictdb.query.cursor import Cursor

Params = Sequence[Any]


class Statement:
    """What `Query` and `Update` have in common: a handle of the library, freed with the object or by `close`. Thread-safe."""

    __slots__ = ("_address", "_handle")
    _handle: Any
    _address: bytes

    def _counted(self, function: Callable[..., int], table: "ReadTable", params: Params) -> int:
        given = dumps(params)
        slot = engine.take()
        count = function(self._handle, table._dictdb_handle, given, len(given), slot)
        if count < 0:
            raise engine.failure(slot)
        engine.give(slot)
        return count

    def close(self) -> None:
        """Frees it; using it afterwards is a `ClosedError`. May be called again."""
        ffi.release(self._handle)

    def __enter__(self) -> "Statement":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class Query(Statement):
    """A compiled query, for any table and any thread: `Query({"where": "age >= ?1", "order_by": "-age"})`.

    `spec`: a dict with the members that docs/query-language.md tells: `where`, `columns`, `group_by`, `aggregates`, `order_by`,
    `limit`, `offset`, `distinct`; fields are written as there. Errors: `ParseError`, `InvalidArgumentError`, `LimitError`.
    `params` of the methods: the values of `?1`, `?2` and so on.
    """

    __slots__ = ()

    def __init__(self, spec: dict[str, Any] | None = None) -> None:
        text = dumps(spec or {})
        self._handle = engine.handle(lib.dictdb_query_new, "query", lib.dictdb_query_free, NULL, text, len(text))
        self._address = engine.address(self._handle)

    def __enter__(self) -> "Query":
        return self

    def text(self, table: "ReadTable", params: Params = ()) -> bytes:
        """The rows as JSON text: what `run` reads, without making objects of it."""
        given = dumps(params)
        slot = engine.take()
        answer = lib.dictdb_py_run(self._handle, table._dictdb_handle, given, len(given), slot)
        if not answer:
            raise engine.failure(slot)
        rows: bytes = engine.string(answer)
        engine.give(slot)
        return rows

    def run(self, table: "ReadTable", params: Params = ()) -> list[Record]:
        """The rows, of one instant."""
        rows: list[Record] = loads(self.text(table, params))
        return rows

    def count(self, table: "ReadTable", params: Params = ()) -> int:
        """How many rows there are, without making them."""
        return self._counted(lib.dictdb_py_count, table, params)

    def explain(self, table: "ReadTable", params: Params = ()) -> dict[str, Any]:
        """How it would run now: the members are told in dictdb.h at `dictdb_query_explain`."""
        given = dumps(params)
        plan: dict[str, Any] = engine.facts(lib.dictdb_query_explain, self._handle, table._dictdb_handle, given, len(given))
        return plan

    def delete(self, table: "Table", params: Params = ()) -> int:
        """Deletes the records that it matches, all or none; how many. `RecordNotFoundError` if there are none."""
        return self._counted(lib.dictdb_py_delete, table, params)

    def cursor(self, table: "ReadTable", params: Params = ()) -> "Cursor":
        """Opens a cursor over the rows."""
        from dictdb.query.cursor import Cursor  # noqa: PLC0415 - cursors know queries

        given = dumps(params)
        return Cursor(
            engine.handle(lib.dictdb_query_cursor, "cursor", lib.dictdb_cursor_free, self._handle, table._dictdb_handle, given, len(given))
        )


class Update(Statement):
    """A compiled update, for any table and any thread: `Update("id = ?1", "visits = coalesce(visits, 0) + 1")`.

    `where` and `set` are texts of the query language, and share the numbers of their parameters. What is computed is computed
    inside the atomic operation. Errors: `ParseError`, `LimitError`.
    """

    __slots__ = ()

    def __init__(self, where: str, set: str) -> None:
        condition, assignments = engine.named(where, "where"), engine.named(set, "set")
        self._handle = engine.handle(
            lib.dictdb_update_new,
            "update",
            lib.dictdb_update_free,
            NULL,
            condition,
            len(condition),
            assignments,
            len(assignments),
        )

    def __enter__(self) -> "Update":
        return self

    def run(self, table: "Table", params: Params = ()) -> int:
        """Changes the records that match, all or none; how many. `RecordNotFoundError` if there are none."""
        return self._counted(lib.dictdb_py_update, table, params)

    def explain(self, table: "Table", params: Params = ()) -> dict[str, Any]:
        """How it would find its records now."""
        given = dumps(params)
        plan: dict[str, Any] = engine.facts(lib.dictdb_update_explain, self._handle, table._dictdb_handle, given, len(given))
        return plan


S = TypeVar("S", bound=Statement)
KEPT: Final = 1024


class Kept:
    """Statements by what they were made of. Values are parameters, so programs have few; the oldest go when there are more."""

    def __init__(self) -> None:
        self.by_key: dict[Hashable, Any] = {}
        self.lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], S]) -> S:
        """The statement of that key, made if it is not there."""
        found: S | None = self.by_key.get(key)
        if found is None:
            found = make()
            with self.lock:
                while len(self.by_key) >= KEPT:
                    del self.by_key[next(iter(self.by_key))]
                self.by_key[key] = found
        return found


queries: Final = Kept()
updates: Final = Kept()
