"""What can be asked of a table or a snapshot."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

from dictdb import _engine as engine
from dictdb import _speedups
from dictdb._codec import ORJSON, STANDARD, dumps, loads
from dictdb._engine import NULL, ffi, give, lib, string, take
from dictdb.core import aggregation, operators
from dictdb.core.condition import Condition, PredicateExpr, Test, WhereArgument, predicate_of
from dictdb.core.extra import extra
from dictdb.core.field import INT_MIN, Field, quoted, reference
from dictdb.core.operators import EQUAL
from dictdb.core.projection import Columns, OrderBy, Selection
from dictdb.core.quick import quick
from dictdb.core.rwlock import RWLock
from dictdb.core.types import Key, Record, Schema
from dictdb.exceptions import RecordNotFoundError
from dictdb.obs.logging import LOG, logger
from dictdb.query.aggregate import Agg
from dictdb.query.cursor import Cursor
from dictdb.query.statement import Params, Query, queries

get_text = lib.dictdb_py_get
FIELDS_KEPT = 1024


class ReadTable:
    """What tables and snapshots have in common. See `Table`."""

    # What native/speedups reads is in slots, as they have a fixed place.
    __slots__ = ("__dict__", "__weakref__", "_dictdb_address", "_dictdb_floats", "_dictdb_key", "_dictdb_key_reference")

    _dictdb_handle: Any
    _dictdb_address: bytes
    _dictdb_name: str
    _dictdb_key: str
    _dictdb_key_reference: str
    _dictdb_schema: Schema | None
    _dictdb_floats: tuple[str, ...]
    _dictdb_lock: RWLock

    def _dictdb_bind(self, handle: Any, name: str, primary_key: str, schema: Schema | None) -> None:
        self._dictdb_handle = handle
        self._dictdb_address = engine.address(handle)
        self._dictdb_name = name
        self._dictdb_key = primary_key
        self._dictdb_key_reference = quoted(primary_key)
        self._dictdb_schema = schema
        self._dictdb_floats = tuple(field for field, of in (schema or {}).items() if of is float)
        self._dictdb_lock = RWLock()

    @property
    def table_name(self) -> str:
        """Name of the table."""
        return self._dictdb_name

    @property
    def primary_key(self) -> str:
        """Name of the key field."""
        return self._dictdb_key

    @property
    def schema(self) -> Schema | None:
        """The types of the fields, the key's among them; None without a schema. A copy."""
        return None if self._dictdb_schema is None else dict(self._dictdb_schema)

    @property
    def records(self) -> dict[Any, Record]:
        """As `copy()`."""
        return self.copy()

    @property
    def _lock(self) -> RWLock:
        return self._dictdb_lock

    def __getattr__(self, attr: str) -> Field:
        if attr.startswith(("__", "_dictdb_")):
            raise AttributeError(f"a table has no attribute {attr!r}")
        field = Field(self, attr)  # type: ignore[arg-type]
        if len(self.__dict__) < FIELDS_KEPT:
            self.__dict__[attr] = field
        return field

    @quick
    def get(self, key: Key, default: Any = None) -> Any:
        """The record that has the key, or `default`. The fastest way to a record."""
        if key.__class__ is int and not INT_MIN <= int(key) < -INT_MIN:
            return default
        given = dumps(key)
        try:
            return engine.facts(lib.dictdb_table_get, self._dictdb_handle, given, len(given))
        except RecordNotFoundError:
            return default

    def get_many(self, keys: Iterable[Key]) -> list[Record | None]:
        """The records that have the keys, in their order, None where there is none; all of one instant."""
        given = dumps(list(keys))
        found: list[Record | None] = loads(engine.text(lib.dictdb_table_get_many, self._dictdb_handle, given, len(given)))
        return found

    @quick
    def select(
        self,
        columns: Columns | None = None,
        where: WhereArgument = None,
        *,
        order_by: OrderBy | None = None,
        limit: int | None = None,
        offset: int = 0,
        copy: bool = True,
        distinct: bool = False,
        params: Params = (),
    ) -> list[Record]:
        """The records that match, of one instant, as new dicts.

        `columns`: names, or aliases and names as a dict or as pairs; None where a record lacks one. `where`: a condition, or a text
        of the query language with its values in `params`. `order_by`: names, `-` before one reverses its order; records that are
        equal there keep the order of insertion, as all do without it; None comes before everything else. `limit`: records at most
        (negative: all). `offset`: how many to leave out at the start. `distinct`: the first of equal rows only.
        `copy` makes no difference: what is given is always yours.
        """
        if where.__class__ is Condition:
            where = where.condition
        if LOG.handlers:
            logger.debug("select", table=self._dictdb_name, op="SELECT")
        if columns is None and order_by is None and limit is None and offset == 0 and not distinct:
            # What most calls ask for: the records that one test or one text finds.
            text: str | None = None
            values: Params = params
            if where.__class__ is Test and not params:
                text, values = where.compiled()
            elif where.__class__ is str:
                text = where
            if text is not None:
                return queries.get(text, lambda: Query({"where": text})).run(self, values)
        predicate = predicate_of(where, params)
        if predicate is not None and not predicate.is_native():
            return self._dictdb_filtered(predicate, columns, order_by, limit, offset, distinct)
        return self._dictdb_select(predicate, columns, order_by, limit, offset, distinct)

    def _dictdb_select(
        self,
        predicate: PredicateExpr | None,
        columns: Columns | None,
        order_by: OrderBy | None,
        limit: int | None,
        offset: int,
        distinct: bool,
    ) -> list[Record]:
        if columns is not None and len(columns) == 0:
            selection = Selection(predicate, None, None, limit, offset, False)
            count = selection.query().count(self, selection.params)
            return [{} for _ in range(min(count, 1) if distinct else count)]
        selection = Selection(predicate, columns, order_by, limit, offset, distinct)
        return selection.query().run(self, selection.params)

    def _dictdb_filtered(
        self,
        predicate: PredicateExpr,
        columns: Columns | None,
        order_by: OrderBy | None,
        limit: int | None,
        offset: int,
        distinct: bool,
    ) -> list[Record]:
        """A select whose condition is in part a Python function: tested on a snapshot, so that all is of one instant."""
        snapshot = self._dictdb_snapshot()
        found = snapshot._dictdb_matching(predicate)
        if columns is None and order_by is None and limit is None and not offset:
            return found
        keys = snapshot._dictdb_keys(record[self._dictdb_key] for record in found)
        return snapshot._dictdb_select(keys, columns, order_by, limit, offset, distinct)

    def _dictdb_matching(self, predicate: PredicateExpr) -> list[Record]:
        return [record for record in self._dictdb_select(predicate.native_part(), None, None, None, 0, False) if predicate(record)]

    def _dictdb_keys(self, keys: Iterable[Key]) -> PredicateExpr:
        return Test(Field(None, self._dictdb_key), operators.IS_IN, (list(keys),))

    def _dictdb_snapshot(self) -> "ReadTable":
        made = type(self).__new__(type(self))
        handle = engine.handle(lib.dictdb_table_snapshot, "table", lib.dictdb_table_free, self._dictdb_handle)
        made._dictdb_bind(handle, self._dictdb_name, self._dictdb_key, self._dictdb_schema)
        return made

    @overload
    def aggregate(self, where: WhereArgument = None, group_by: None = None, **aggregations: Any) -> dict[str, Any]: ...

    @overload
    def aggregate(self, where: WhereArgument = None, *, group_by: aggregation.GroupBy, **aggregations: Any) -> list[dict[str, Any]]: ...

    @overload
    def aggregate(self, where: WhereArgument, group_by: aggregation.GroupBy, **aggregations: Any) -> list[dict[str, Any]]: ...

    def aggregate(
        self, where: WhereArgument = None, group_by: aggregation.GroupBy | None = None, **aggregations: Any
    ) -> dict[str, Any] | list[dict[str, Any]]:
        """Aggregates of the records that match: `aggregate(where=users.age >= 18, group_by="dept", mean=Avg("age"))`.

        Without `group_by` a dict of the results; with it a list of dicts, the fields of the group first, in the order in which the
        groups first appear. A sum of what cannot be added, and a minimum of what cannot be compared, is a TypeError.
        """
        aggregation.check(aggregations)
        fields = aggregation.fields_of(group_by)
        predicate = predicate_of(where)
        rows = self._dictdb_aggregate(predicate, fields, aggregations)
        if group_by is None:
            return rows[0]
        return rows if fields or self._dictdb_count(predicate) else []

    def _dictdb_aggregate(
        self, predicate: PredicateExpr | None, fields: list[str | Field], aggregations: dict[str, Agg]
    ) -> list[dict[str, Any]]:
        if predicate is None or predicate.is_native():
            if not aggregations and not fields:
                return [{}]
            try:
                return aggregation.native(self, predicate, fields, aggregations)
            except aggregation.NotNative:
                pass
        records = self.all() if predicate is None else self._dictdb_snapshot()._dictdb_matching(predicate)
        return aggregation.in_python(records, fields, aggregations)

    def _dictdb_count(self, predicate: PredicateExpr | None) -> int:
        if predicate is None:
            count = engine.number(lib.dictdb_table_count, self._dictdb_handle, NULL)
            return count
        if not predicate.is_native():
            return len(self._dictdb_snapshot()._dictdb_matching(predicate))
        text, values = predicate.compiled()
        return queries.get(text, lambda: Query({"where": text})).count(self, values)

    def count(self, where: WhereArgument = None, *, params: Params = ()) -> int:
        """How many records there are, or match."""
        return self._dictdb_count(predicate_of(where, params))

    def size(self) -> int:
        """How many records there are."""
        return self._dictdb_count(None)

    def __len__(self) -> int:
        return self._dictdb_count(None)

    def all(self) -> list[Record]:
        """All records."""
        return self._dictdb_select(None, None, None, None, 0, False)

    def copy(self) -> dict[Any, Record]:
        """All records by their keys."""
        key = self._dictdb_key
        return {record[key]: record for record in self.all()}

    def columns(self) -> list[str]:
        """Names of the fields: those of the schema in its order, or all that the records have, sorted."""
        names: list[str] = self._dictdb_describe()["columns"]
        return names

    def _dictdb_describe(self) -> dict[str, Any]:
        description: dict[str, Any] = engine.facts(lib.dictdb_table_describe, self._dictdb_handle)
        return description

    def indexed_fields(self) -> list[str]:
        """Names of the fields that have an index of their own."""
        indexes = self._dictdb_describe()["indexes"]
        return [_plain(index["fields"][0]) for index in indexes if len(index["fields"]) == 1]

    def has_index(self, field: str) -> bool:
        """Whether the field has an index of its own."""
        return field in self.indexed_fields()

    def schema_fields(self) -> list[str]:
        """Names of the schema's fields; empty without a schema."""
        return list(self._dictdb_schema or ())

    def primary_key_name(self) -> str:
        """Name of the key field."""
        return self._dictdb_key

    @extra
    def query(self, spec: dict[str, Any] | None = None, params: Params = ()) -> list[Record]:
        """The rows of a query as docs/query-language.md tells: `query({"where": "age >= ?1", "aggregates": {"n": "count()"}}, [18])`."""
        text = dumps(spec or {})
        return queries.get(text, lambda: Query(spec)).run(self, params)

    @extra
    def cursor(
        self,
        columns: Columns | None = None,
        where: WhereArgument = None,
        *,
        order_by: OrderBy | None = None,
        limit: int | None = None,
        offset: int = 0,
        distinct: bool = False,
        params: Params = (),
    ) -> Cursor:
        """As `select`, but a `Cursor`: an iterator that makes the records as they are asked for."""
        selection = Selection(predicate_of(where, params), columns, order_by, limit, offset, distinct)
        return selection.query().cursor(self, selection.params)

    @extra
    def explain(
        self,
        columns: Columns | None = None,
        where: WhereArgument = None,
        *,
        order_by: OrderBy | None = None,
        limit: int | None = None,
        offset: int = 0,
        distinct: bool = False,
        params: Params = (),
    ) -> dict[str, Any]:
        """How `select` would find the records: `access`, `index`, `filter`, `order` and so on, as dictdb.h tells."""
        selection = Selection(predicate_of(where, params), columns, order_by, limit, offset, distinct)
        return selection.query().explain(self, selection.params)

    @extra
    @quick
    def get_json(self, key: Key) -> bytes | None:
        """The record that has the key as the JSON text that is stored; None if there is none. No objects are made."""
        given = dumps(key)
        slot = take()
        text = get_text(self._dictdb_handle, given, len(given), slot)
        if text:
            record: bytes = string(text)
            give(slot)
            return record
        if slot.status == lib.DICTDB_STATUS_RECORD_NOT_FOUND:
            give(slot)
            return None
        raise engine.failure(slot)

    @extra
    def select_json(
        self,
        columns: Columns | None = None,
        where: WhereArgument = None,
        *,
        order_by: OrderBy | None = None,
        limit: int | None = None,
        offset: int = 0,
        distinct: bool = False,
        params: Params = (),
    ) -> bytes:
        """As `select`, but the JSON array as text: to be sent on, without objects in between."""
        selection = Selection(predicate_of(where, params), columns, order_by, limit, offset, distinct)
        return selection.query().text(self, selection.params)

    @extra
    def describe(self) -> dict[str, Any]:
        """Name, key, count, columns, schema and indexes, as dictdb.h tells at `dictdb_table_describe`."""
        return self._dictdb_describe()

    @extra
    def statistics(self) -> dict[str, int]:
        """What the table costs and what it did, as dictdb.h tells at `dictdb_table_statistics`."""
        found: dict[str, int] = engine.facts(lib.dictdb_table_statistics, self._dictdb_handle)
        return found

    @extra
    def close(self) -> None:
        """Frees the handle: using the object is a `ClosedError` from then on. The table stays in its database. May be called again."""
        ffi.release(self._dictdb_handle)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        ffi.release(self._dictdb_handle)

    def __iter__(self) -> Iterator[Record]:
        selection = Selection(None, None, None, None, 0, False)
        return selection.query().cursor(self, selection.params)


def _plain(field: str) -> str:
    """The name in a reference as `describe` prints it: without its quotes, if it has some."""
    if field.startswith("`") and field.endswith("`") and len(field) > 1:
        inner = field[1:-1]
        if "`" not in inner.replace("``", ""):
            return inner.replace("``", "`")
    return field


def field_list(fields: str | Field | Sequence[str | Field]) -> list[str]:
    """Fields of an index as the library takes them."""
    given = [fields] if isinstance(fields, (str, Field)) else list(fields)
    return [reference(field) for field in given]


_speedups.setup(
    table=ReadTable,
    query=Query,
    field=Field,
    test=Test,
    equal=EQUAL,
    queries=queries.by_key,
    log=vars(LOG),
    dumps=dumps,
    orjson=ORJSON,
    standard=STANDARD,
    failure=engine.failed,
)
