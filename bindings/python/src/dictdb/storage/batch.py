"""Writes on several tables that are done as one."""

from typing import Any

from dictdb import _engine as engine
from dictdb._codec import dumps
from dictdb._engine import ffi, lib
from dictdb.core.condition import WhereArgument, predicate_of
from dictdb.core.field import quoted
from dictdb.core.projection import EVERYTHING
from dictdb.core.table import Table
from dictdb.core.types import Key, Record
from dictdb.query.statement import Params, Update, updates

_CONFLICTS = {
    "update": lib.DICTDB_CONFLICT_UPDATE,
    "ignore": lib.DICTDB_CONFLICT_IGNORE,
    "error": lib.DICTDB_CONFLICT_ERROR,
}


class Batch:
    """A list of writes that `commit` does at one instant, in order, all or none.

        with db.batch() as batch:
            batch.update(accounts, "balance = balance - ?2", "id = ?1 AND balance >= ?2", params=[1, 80])
            batch.insert(transfers, {"from": 1, "amount": 80})

    At the end of the block it is committed, and `results` has the result of each: `{"key": 7}`, `{"keys": [7, 8]}`, `{"count": 3}`,
    `{"key": 7, "outcome": "updated"}`. If an exception ends the block, nothing is done. An update or delete that finds no record fails the
    batch with `RecordNotFoundError`, so a condition can decide for all. An error has the number of its `operation` in `detail`, from 0.
    Conditions may not hold Python functions. Thread-safe.
    """

    def __init__(self) -> None:
        self._handle = engine.handle(lib.dictdb_batch_new, "batch", lib.dictdb_batch_free)
        self.results: list[dict[str, Any]] = []
        """What the last commit gave."""

    def insert(self, table: Table, record: Record | list[Record]) -> None:
        """Adds: insert a record, or a list of them. The dicts do not get keys that are made."""
        for one in record if isinstance(record, list) else [record]:
            table._dictdb_check_floats(one)
        text = dumps(record)
        function = lib.dictdb_batch_insert_many if isinstance(record, list) else lib.dictdb_batch_insert
        engine.call(function, self._handle, table._dictdb_handle, text, len(text))

    def upsert(self, table: Table, record: Record, on_conflict: str = "update") -> None:
        """Adds: insert a record, or deal with the one that has its key, as `Table.upsert`."""
        if on_conflict not in _CONFLICTS:
            raise ValueError(f"on_conflict is 'update', 'ignore' or 'error', got {on_conflict!r}")
        table._dictdb_check_floats(record)
        text = dumps(record)
        engine.call(lib.dictdb_batch_upsert, self._handle, table._dictdb_handle, text, len(text), _CONFLICTS[on_conflict])

    def update(self, table: Table, changes: Record | str, where: WhereArgument = None, *, params: Params = ()) -> None:
        """Adds: change the records that match, as `Table.update`."""
        if isinstance(changes, dict):
            table._dictdb_check_floats(changes)
            predicate = predicate_of(where, params)
            condition, values = (EVERYTHING, ()) if predicate is None else predicate.compiled()
            fields, count = tuple(changes), len(values)
            statement = updates.get(
                (condition, fields),
                lambda: Update(condition, ", ".join(f"{quoted(field)} = ?{count + 1 + place}" for place, field in enumerate(fields))),
            )
            given = dumps([*values, *changes.values()])
        else:
            predicate = None if isinstance(where, str) else predicate_of(where)
            condition, values = (where if isinstance(where, str) else EVERYTHING, ()) if predicate is None else predicate.compiled()
            if values and params:
                raise TypeError("`params` do not go with a condition that has values of its own: give both as texts")
            statement = updates.get((condition, changes), lambda: Update(condition, changes))
            given = dumps(list(values or params))
        engine.call(lib.dictdb_batch_update, self._handle, table._dictdb_handle, statement._handle, given, len(given))

    def delete(self, table: Table, where: WhereArgument = None, *, params: Params = ()) -> None:
        """Adds: delete the records that match, as `Table.delete`."""
        predicate = predicate_of(where, params)
        condition, values = (EVERYTHING, ()) if predicate is None else predicate.compiled()
        text, given = condition.encode(), dumps(list(values))
        engine.call(lib.dictdb_batch_delete_where, self._handle, table._dictdb_handle, text, len(text), given, len(given))

    def update_key(self, table: Table, key: Key, changes: Record) -> None:
        """Adds: change the record that has the key."""
        given, text = dumps(key), dumps(changes)
        table._dictdb_check_floats(changes)
        engine.call(lib.dictdb_batch_update_by_key, self._handle, table._dictdb_handle, given, len(given), text, len(text))

    def delete_key(self, table: Table, key: Key) -> None:
        """Adds: delete the record that has the key."""
        given = dumps(key)
        engine.call(lib.dictdb_batch_delete_by_key, self._handle, table._dictdb_handle, given, len(given))

    def commit(self) -> list[dict[str, Any]]:
        """Does all that was added; the results. Then it is empty, and may be used again. After an error it has what it had."""
        results: list[dict[str, Any]] = engine.facts(lib.dictdb_batch_commit, self._handle)
        self.results = results
        return results

    def clear(self) -> None:
        """Gives up what was added."""
        engine.call(lib.dictdb_batch_clear, self._handle)

    def close(self) -> None:
        """Frees it; what was not committed is given up. May be called again."""
        ffi.release(self._handle)

    def __enter__(self) -> "Batch":
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        try:
            if kind is None:
                self.commit()
        finally:
            self.close()
