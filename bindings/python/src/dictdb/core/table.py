"""Tables."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

from dictdb import _engine as engine
from dictdb._codec import dumps, loads, reject
from dictdb._engine import NULL, ffi, give, lib, string, take
from dictdb.core.condition import Condition, PredicateExpr, WhereArgument, predicate_of
from dictdb.core.dirty import Tracking
from dictdb.core.exporting import Exports
from dictdb.core.extra import extra
from dictdb.core.field import Field, quoted
from dictdb.core.projection import EVERYTHING
from dictdb.core.quick import quick
from dictdb.core.reading import field_list
from dictdb.core.types import Record, Schema, parse_schema_type, serialize_schema_type
from dictdb.exceptions import (
    DictDBError,
    DuplicateKeyError,
    InvalidArgumentError,
    InvalidKeyError,
    RecordNotFoundError,
    SchemaValidationError,
)
from dictdb.obs.logging import LOG, logger
from dictdb.query.cancel import CancelToken
from dictdb.query.statement import Params, Query, Update, queries, updates
from dictdb.storage.watch import Watch

Schemas = Mapping[str, type[Any] | Mapping[str, Any]]
_CONFLICTS: Final = {
    "update": lib.DICTDB_CONFLICT_UPDATE,
    "ignore": lib.DICTDB_CONFLICT_IGNORE,
    "error": lib.DICTDB_CONFLICT_ERROR,
}
_OUTCOMES: Final = {
    lib.DICTDB_UPSERT_INSERTED: "inserted",
    lib.DICTDB_UPSERT_UPDATED: "updated",
    lib.DICTDB_UPSERT_IGNORED: "ignored",
}


class Table(Exports):
    """A table of records: dicts under a primary key.

    Made by `DictDB.create_table`, got from `DictDB.get_table`; one made by `Table(...)` stands alone until it is put into
    `db.tables`. An attribute that is no method is a field: `users.age >= 18` is a condition. Each call is atomic, any thread may
    make it at any time, and the interpreter's lock is released while the library works. Records are copied in and out: changing
    a dict later changes nothing in the table.

    `schema`: names and types (int, float, str, bool, list, dict) of the fields that records must have, and no others; the key field is
    added as int. In place of a type `{"type": str, "nullable": True, "default": "x"}` may stand.

    Errors that any method may raise: `TableNotFoundError` if the table was dropped, `ClosedError`, `ForkedError`, `MemoryError`;
    TypeError and ValueError for what JSON cannot express.
    """

    _dictdb_tracking: Tracking
    _dictdb_home: Any

    def __init__(self, name: str, primary_key: str = "id", schema: Schemas | None = None) -> None:
        database = engine.handle(lib.dictdb_db_new, "db", lib.dictdb_db_free, NULL, 0)
        self._dictdb_create(database, name, primary_key, schema)
        self._dictdb_home = None

    def _dictdb_create(self, database: Any, name: str, primary_key: str, schema: Schemas | None) -> None:
        encoded = engine.named(name, "the name of a table")
        engine.named(primary_key, "primary_key")
        types = None if schema is None else {field: _type_option(given) for field, given in schema.items()}
        options = engine.options_of({"primary_key": primary_key, "schema": types})
        handle = engine.handle(lib.dictdb_db_create_table, "table", lib.dictdb_table_free, database, encoded, len(encoded), *options)
        self._dictdb_bind(handle, name, primary_key, None)
        if schema is not None:
            self._dictdb_read_schema()

    def _dictdb_bind(self, handle: Any, name: str, primary_key: str, schema: Schema | None) -> None:
        super()._dictdb_bind(handle, name, primary_key, schema)
        self._dictdb_tracking = Tracking()
        self._dictdb_home = handle

    def _dictdb_is_alive(self) -> bool:
        count = ffi.new("uint64_t *")
        return not lib.dictdb_table_count(self._dictdb_handle, NULL, count, NULL)

    def _dictdb_read_schema(self) -> None:
        found = self._dictdb_describe()["schema"] or {}
        schema = {name: parse_schema_type(of if isinstance(of, str) else of["type"]) for name, of in found.items()}
        self._dictdb_schema = schema or None
        self._dictdb_floats = tuple(field for field, of in schema.items() if of is float)

    @classmethod
    def _dictdb_of(cls, handle: Any) -> "Table":
        """The table of a handle that the library has given."""
        table = cls.__new__(cls)
        description = engine.facts(lib.dictdb_table_describe, handle)
        table._dictdb_bind(handle, description["name"], description["primary_key"], None)
        if description["schema"] is not None:
            table._dictdb_read_schema()
        return table

    def __getstate__(self) -> dict[str, Any]:
        """What pickle keeps: the same as of DictDB's tables, so that either reads the other's."""
        records = self.copy()
        following = max((key for key in records if isinstance(key, int)), default=0) + 1
        return {
            "table_name": self._dictdb_name,
            "primary_key": self._dictdb_key,
            "records": records,
            "schema": self.schema,
            "_next_pk": max(following, 1),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        Table.__init__(self, state["table_name"], state["primary_key"], state["schema"])
        if state["records"]:
            self._dictdb_insert_many(list(state["records"].values()))

    def validate_record(self, record: Record) -> None:
        """`SchemaValidationError` if the record, with its key, does not fit the schema."""
        schema = self._dictdb_schema
        if schema is None:
            return
        for field in schema:
            if field not in record:
                raise SchemaValidationError(f"Missing field '{field}' as defined in schema.")
        for field, value in record.items():
            expected = schema.get(field)
            if expected is None:
                raise SchemaValidationError(f"Field '{field}' is not defined in the schema.")
            if type(value) is not expected:
                raise _wrong_type(field, expected.__name__, value)

    def _dictdb_check_floats(self, record: Record) -> None:
        """The library takes an integer where a float is asked for, as JSON has one kind of number; DictDB does not."""
        for field in self._dictdb_floats:
            if type(record.get(field)) is int:
                raise _wrong_type(field, "float", record[field])

    @quick
    def insert(self, record: Any, *, batch_size: int | None = None, skip_validation: bool = False) -> Any:
        """Inserts a record, and gives its key; or a list of them, all or none, and gives the list of their keys.

        A record without the key field, or with None there, gets the next integer, and the dict gets it, too. All are inserted in
        one call: `batch_size` makes no difference. The schema is always checked; `skip_validation` lets an int pass as a float.
        Errors: `DuplicateKeyError`, `SchemaValidationError`, `InvalidKeyError`, `NumberRangeError`, `LimitError`; of a list,
        the `detail` has the `index` of the record at fault.
        """
        if LOG.handlers:
            return self._dictdb_logged("INSERT", lambda: self._dictdb_insert(record, skip_validation), "inserted")
        return self._dictdb_insert(record, skip_validation)

    def _dictdb_insert(self, record: Any, skip_validation: bool) -> Any:
        if not isinstance(record, dict):
            if isinstance(record, list):
                return self._dictdb_insert_many(record, skip_validation)
            raise TypeError(f"insert takes a dict, or a list of dicts, got {type(record).__name__}")
        given = record.get(self._dictdb_key)
        if self._dictdb_floats and not skip_validation:
            try:
                self._dictdb_check_floats(record)
            except SchemaValidationError as error:
                raise self._dictdb_misfit(given, error) from None
        text = dumps(record)
        try:
            key = engine.facts(lib.dictdb_table_insert, self._dictdb_handle, text, len(text))
        except DictDBError as error:
            raise self._dictdb_insert_failed(error, given) from None
        if given is not None:
            return given
        record[self._dictdb_key] = key
        return key

    def _dictdb_insert_failed(self, error: Exception, key: Any) -> Exception:
        """The exception for a failed insert of the record with that key, if it had one, or of many records."""
        if isinstance(error, DuplicateKeyError):
            error.args = (f"table '{self._dictdb_name}': {error}",)
        return self._dictdb_misfit(key, error)

    def _dictdb_misfit(self, key: Any, error: Exception) -> Exception:
        """Of a record whose key is taken, and which does not fit the schema either, the key is told."""
        if key is None or not isinstance(error, SchemaValidationError) or self.get(key) is None:
            return error
        return DuplicateKeyError(f"table '{self._dictdb_name}': key {key!r} is taken")

    def _dictdb_insert_many(self, records: list[Any], skip_validation: bool = False) -> list[Any]:
        name = self._dictdb_key
        for position, record in enumerate(records):
            if not isinstance(record, dict):
                raise TypeError(f"insert takes dicts, got {type(record).__name__} at {position}")
        if self._dictdb_floats and not skip_validation:
            for record in records:
                self._dictdb_check_floats(record)
        keys = [record.get(name) for record in records]
        text = dumps(records)
        try:
            made = engine.facts(lib.dictdb_table_insert_many, self._dictdb_handle, text, len(text))
        except DictDBError as error:
            raise self._dictdb_insert_failed(error, None) from None
        if None in keys:
            keys = made
            for record, key in zip(records, keys, strict=True):
                record[name] = key
        return keys

    def upsert(self, record: Record, on_conflict: Literal["update", "ignore", "error"] = "update") -> tuple[Any, str]:
        """Inserts a record; if its key is taken, merges its fields into the record there, or ignores it, or fails.

        Gives the key, and `"inserted"`, `"updated"` or `"ignored"`. Errors: as for `insert`.
        """
        if LOG.handlers:
            outcome: tuple[Any, str] = self._dictdb_logged("UPSERT", lambda: self._dictdb_upsert(record, on_conflict), "upserted")
            return outcome
        return self._dictdb_upsert(record, on_conflict)

    def _dictdb_upsert(self, record: Record, on_conflict: str) -> tuple[Any, str]:
        if not isinstance(record, dict):
            raise TypeError(f"upsert takes a dict, got {type(record).__name__}")
        try:
            conflict = _CONFLICTS[on_conflict]
        except KeyError:
            raise ValueError(f"on_conflict is 'update', 'ignore' or 'error', got {on_conflict!r}") from None
        try:
            self._dictdb_check_floats(record)
        except SchemaValidationError as error:
            return self._dictdb_upsert_misfit(record, on_conflict, error)
        text = dumps(record)
        slot = take()
        slot.status = lib.dictdb_table_upsert(
            self._dictdb_handle,
            text,
            len(text),
            conflict,
            ffi.addressof(slot, "outcome"),
            ffi.addressof(slot, "text"),
            ffi.addressof(slot, "error"),
        )
        if slot.status:
            return self._dictdb_upsert_misfit(record, on_conflict, engine.failure(slot))
        key = loads(string(slot.text.data))
        outcome = _OUTCOMES[slot.outcome]
        give(slot)
        record[self._dictdb_key] = key
        return key, outcome

    def _dictdb_upsert_misfit(self, record: Record, on_conflict: str, error: Exception) -> tuple[Any, str]:
        """A record that is not to be stored, as its key is taken, need not fit the schema."""
        key = record.get(self._dictdb_key)
        if on_conflict == "update":
            raise error
        told = self._dictdb_misfit(key, error)
        if on_conflict == "ignore" and isinstance(told, DuplicateKeyError):
            return key, "ignored"
        raise told from None

    @quick
    def update(self, changes: Record | str, where: WhereArgument = None, *, params: Params = ()) -> int:
        """Changes the records that match, all or none; how many.

        `changes`: a dict of fields that replace those of the records; or assignments in the query language, which are computed inside
        the atomic operation: `update("visits = coalesce(visits, 0) + 1", users.id == 5)`. `params`: the values of texts, first
        those of `where`; assignments beside a condition that is no text begin with ?1.
        Errors: `RecordNotFoundError` if none matches, `SchemaValidationError`, `DuplicateKeyError`, `InvalidKeyError`,
        `TypeMismatchError`, `NumberRangeError`, `ParseError`.
        """
        if LOG.handlers:
            return int(self._dictdb_logged("UPDATE", lambda: self._dictdb_update(changes, where, params), "updated"))
        return self._dictdb_update(changes, where, params)

    def _dictdb_update(self, changes: Record | str, where: WhereArgument, params: Params) -> int:
        if isinstance(changes, str):
            return self._dictdb_assign(changes, where, params)
        if not isinstance(changes, dict):
            raise TypeError(f"update takes a dict of changes, or assignments as a str, got {type(changes).__name__}")
        if where.__class__ is Condition:
            where = where.condition
        floats = self._dictdb_floats
        predicate = self._dictdb_native(predicate_of(where, params))
        condition, values = (EVERYTHING, ()) if predicate is None else predicate.compiled()
        if not changes:
            return self._dictdb_matched(predicate)
        count = len(values)
        fields = tuple(changes)
        given = [*values, *changes.values()]
        statement = updates.get(
            (condition, fields),
            lambda: Update(condition, ", ".join(f"{quoted(field)} = ?{count + 1 + place}" for place, field in enumerate(fields))),
        )
        try:
            if floats:
                self._dictdb_check_floats(changes)
            return statement.run(self, given)
        except DictDBError as error:
            raise self._dictdb_update_failed(error, predicate) from None
        except (TypeError, ValueError):
            reject(changes)
            raise

    def _dictdb_matched(self, predicate: PredicateExpr | None) -> int:
        count = self._dictdb_count(predicate)
        if not count:
            raise self._dictdb_none("updated")
        return count

    def _dictdb_none(self, done: str) -> RecordNotFoundError:
        error = RecordNotFoundError(f"no record of table '{self._dictdb_name}' matches, so none was {done}")
        error.status = "RECORD_NOT_FOUND"
        return error

    def _dictdb_update_failed(self, error: Exception, predicate: PredicateExpr | None) -> Exception:
        """Changes that do not fit matter only if a record matches."""
        is_misfit = isinstance(error, (SchemaValidationError, InvalidKeyError))
        if isinstance(error, RecordNotFoundError) or (is_misfit and not self._dictdb_count(predicate)):
            return self._dictdb_none("updated")
        return error

    def _dictdb_assign(self, assignments: str, where: WhereArgument, params: Params) -> int:
        if isinstance(where, str):
            condition, values = where, list(params)
        else:
            predicate = self._dictdb_native(predicate_of(where))
            condition, own = (EVERYTHING, ()) if predicate is None else predicate.compiled()
            if own and params:
                raise TypeError("`params` do not go with a condition that has values of its own: give both as texts")
            values = list(own or params)
        return updates.get((condition, assignments), lambda: Update(condition, assignments)).run(self, values)

    def _dictdb_native(self, predicate: PredicateExpr | None) -> PredicateExpr | None:
        """The condition, or if it is in part a Python function, one for the keys of the records that match now."""
        if predicate is None or predicate.is_native():
            return predicate
        return self._dictdb_keys(record[self._dictdb_key] for record in self._dictdb_snapshot()._dictdb_matching(predicate))

    @quick
    def delete(self, where: WhereArgument = None, *, params: Params = ()) -> int:
        """Deletes the records that match, all or none; how many. `RecordNotFoundError` if there are none."""
        if LOG.handlers:
            return int(self._dictdb_logged("DELETE", lambda: self._dictdb_delete(where, params), "deleted"))
        return self._dictdb_delete(where, params)

    def _dictdb_delete(self, where: WhereArgument, params: Params) -> int:
        if where.__class__ is Condition:
            where = where.condition
        predicate = self._dictdb_native(predicate_of(where, params))
        condition, values = (EVERYTHING, ()) if predicate is None else predicate.compiled()
        try:
            return queries.get(condition, lambda: Query({"where": condition})).delete(self, values)
        except DictDBError as error:
            raise self._dictdb_delete_failed(error) from None

    def _dictdb_delete_failed(self, error: Exception, _: None = None) -> Exception:
        return self._dictdb_none("deleted") if isinstance(error, RecordNotFoundError) else error

    def create_index(self, field: str | Field | Sequence[str | Field], index_type: str = "hash", *, unique: bool = False) -> None:
        """Makes an index, which changes no answer, only its speed.

        `field`: one, or a list of up to 16. `index_type`: `"hash"` for `==`, `is_in` and `is_null`; `"sorted"` also for ranges,
        prefixes, `order_by`, `Min` and `Max`. `unique`: no two records may have equal values there (None is exempt);
        `DuplicateKeyError` if some have.
        A field that has an index keeps it. As with DictDB, a kind that there is not is logged, and no error.
        """
        kind = str(index_type).lower()
        bound = logger.bind(table=self._dictdb_name, op="INDEX", field=str(field), index_type=index_type)
        if kind not in ("hash", "sorted"):
            bound.error(f"no index: {index_type!r} is neither 'hash' nor 'sorted'")
            return
        options = engine.options_of({"fields": field_list(field), "kind": kind, "unique": bool(unique)})
        try:
            engine.call(lib.dictdb_table_create_index, self._dictdb_handle, *options)
        except DictDBError as error:
            if error.status != "INDEX_EXISTS" or unique:
                raise
            return
        bound.info("index created")

    @extra
    def drop_index(self, field: str | Field | Sequence[str | Field]) -> None:
        """Drops the index on these fields, in the order in which it was made with them; `InvalidArgumentError` if there is none."""
        given = dumps(field_list(field))
        engine.call(lib.dictdb_table_drop_index, self._dictdb_handle, given, len(given))

    def has_changes(self) -> bool:
        """Whether there have been writes since `clear_dirty_tracking`, or since the table was made."""
        return self._dictdb_tracking.has_changes(self)

    def get_dirty_records(self) -> list[Record]:
        """The records that are new or different since `clear_dirty_tracking`; all, if that was never called."""
        return self._dictdb_tracking.changed(self)

    def get_deleted_pks(self) -> list[Any]:
        """The keys of records that are gone since `clear_dirty_tracking`; none, if that was never called."""
        return self._dictdb_tracking.deleted(self)

    def clear_dirty_tracking(self) -> None:
        """Lets the three methods above compare with the table as it is now. That keeps a snapshot of it from then on."""
        self._dictdb_tracking.clear(self)

    @extra
    def insert_json(self, record: bytes | str) -> Any:
        """Inserts a record that is JSON text, or an array of them, as `insert` does. Numbers keep their spelling."""
        text = record.encode() if isinstance(record, str) else bytes(record)
        many = text.lstrip()[:1] == b"["
        function = lib.dictdb_table_insert_many if many else lib.dictdb_table_insert
        try:
            return engine.facts(function, self._dictdb_handle, text, len(text))
        except UnicodeDecodeError:
            raise InvalidArgumentError("JSON text is UTF-8") from None

    @extra
    def snapshot(self) -> "Table":
        """The table as it is at this instant, to be read by any number of threads whatever is written; a context manager.

        It takes microseconds and copies nothing; what it costs is the memory of what the table would have let go since. To change
        it is an `UnsupportedError`.
        """
        made = self._dictdb_snapshot()
        assert isinstance(made, Table)
        return made

    @extra
    def limited(self, cancel: CancelToken | None = None, timeout: float | None = None) -> "Table":
        """The same table, but calls through this object can be stopped: then nothing has changed.

        They end with `CancelledError` when the token is set, and with `TimeoutError` when they have taken `timeout` seconds.
        """
        token = NULL if cancel is None else cancel._handle
        limit = engine.milliseconds(timeout)
        handle = engine.handle(lib.dictdb_table_limited, "table", lib.dictdb_table_free, self._dictdb_handle, token, limit)
        made = Table.__new__(Table)
        made._dictdb_bind(handle, self._dictdb_name, self._dictdb_key, self._dictdb_schema)
        return made

    @extra
    def watch(self, *, max_changes: int | None = None, max_bytes: int | None = None, records: bool = True) -> Watch:
        """Watches the table from now on. See `Watch`."""
        options = engine.options_of({"max_changes": max_changes, "max_bytes": max_bytes, "records": records})
        return Watch(engine.handle(lib.dictdb_table_watch, "watch", lib.dictdb_watch_free, self._dictdb_handle, *options))

    def _dictdb_logged(self, operation: str, work: Callable[[], Any], done: str) -> Any:
        bound = logger.bind(table=self._dictdb_name, op=operation)
        bound.debug(operation.lower())
        result = work()
        if isinstance(result, int) and operation in ("UPDATE", "DELETE"):
            bound.info(f"{done} {result} record(s)", count=result)
        elif isinstance(result, list):
            bound.info(f"{done} {len(result)} record(s)", count=len(result))
        elif isinstance(result, tuple):
            bound.info(f"{done} record {result[0]}", pk=result[0], action=result[1])
        else:
            bound.info(f"{done} record {result}", pk=result)
        return result

    def _dictdb_attach(self, database: Any, name: str) -> None:
        """Moves a table that stands alone, with its records and indexes, into a database."""
        description = self._dictdb_describe()
        records = self.all()
        encoded = engine.named(name, "the name of a table")
        options = engine.options_of({"primary_key": self._dictdb_key, "schema": description["schema"]})
        handle = engine.handle(lib.dictdb_db_create_table, "table", lib.dictdb_table_free, database, encoded, len(encoded), *options)
        schema, alone = self._dictdb_schema, self._dictdb_handle
        self._dictdb_bind(handle, name, self._dictdb_key, schema)
        if records:
            self._dictdb_insert_many(records, skip_validation=True)
        for index in description["indexes"]:
            engine.call(lib.dictdb_table_create_index, handle, *engine.options_of(index))
        ffi.release(alone)


def _type_option(given: type[Any] | Mapping[str, Any]) -> Any:
    if isinstance(given, Mapping):
        return {name: serialize_schema_type(value) if name == "type" else value for name, value in given.items()}
    try:
        return serialize_schema_type(given)
    except ValueError as error:
        raise TypeError(str(error)) from None


def _wrong_type(field: str, expected: str, value: Any) -> SchemaValidationError:
    return SchemaValidationError(f"Field '{field}' expects type '{expected}', got '{type(value).__name__}'.")
