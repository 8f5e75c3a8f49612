"""Reading and writing tables."""

import datetime
import decimal
import enum
import gc
import uuid
from typing import Any

import pytest

from dictdb import (
    Avg,
    ClosedError,
    Count,
    DictDB,
    DictDBError,
    DuplicateKeyError,
    DuplicateTableError,
    IndexExistsError,
    InvalidArgumentError,
    InvalidKeyError,
    LimitError,
    Max,
    Min,
    NumberRangeError,
    RecordNotFoundError,
    SchemaValidationError,
    Sum,
    Table,
    TableNotFoundError,
    TypeMismatchError,
    has_feature,
    library_version,
    limit_memory,
    memory_used,
)
from dictdb.query.aggregate import Agg
from tests.support import each


def ids(rows: list[dict[str, Any]]) -> list[Any]:
    return [row["id"] for row in rows]


def test_keys_are_made_in_order_and_written_into_the_dict(db: DictDB) -> None:
    db.create_table("t")
    table = db.get_table("t")
    first: dict[str, Any] = {"a": 1}
    assert table.insert(first) == 1
    assert first == {"a": 1, "id": 1}
    assert table.insert({"id": 10}) == 10
    batch: list[dict[str, Any]] = [{}, {"id": "x"}, {"id": None}]
    assert table.insert(batch) == [11, "x", 12]
    assert batch == [{"id": 11}, {"id": "x"}, {"id": 12}]
    assert table.insert([]) == []
    assert len(table) == table.count() == table.size() == 5


def test_the_table_has_copies(users: Table) -> None:
    record = {"id": 9, "tags": ["x"]}
    users.insert(record)
    record["tags"].append("y")  # type: ignore[attr-defined]
    users.get(9)["tags"].append("z")
    assert users.get(9) == {"id": 9, "tags": ["x"]}


@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        2**63,
        2**64 - 1,
        -(2**63),
        1.5,
        -0.0,
        1e300,
        5e-324,
        True,
        False,
        None,
        "",
        "ä\x00\u2028\U0001f600",
        [],
        {},
        [[1, [2]], {"a": {"": None}}],
    ],
)
def test_values_come_back_as_they_were(users: Table, value: Any) -> None:
    users.insert({"id": 9, "v": value})
    found = users.get(9)["v"]
    assert found == value
    assert type(found) is type(value)
    assert repr(found) == repr(value)
    assert users.select(where=users.v == value) == ([users.get(9)] if value is not None else users.all())


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ({1, 2}, TypeError),
        (datetime.date(2020, 1, 1), TypeError),
        (datetime.datetime(2020, 1, 1), TypeError),
        (decimal.Decimal(1), TypeError),
        (b"x", TypeError),
        (object(), TypeError),
        ({1: 2}, TypeError),
        ({(1, 2): 2}, TypeError),
        (float("nan"), ValueError),
        (float("inf"), ValueError),
        (2**64, ValueError),
        (-(2**63) - 1, ValueError),
        ("\ud800", ValueError),
    ],
)
def test_what_json_cannot_say_is_an_error_with_its_place(users: Table, value: Any, error: type[Exception]) -> None:
    before = users.all()
    nested = {"a": [0, {"b": value}]}
    for call in each(
        lambda: users.insert({"id": 9, "v": nested}),
        lambda: users.insert([{"id": 9}, {"id": 10, "v": nested}]),
        lambda: users.update({"v": nested}, users.id == 1),
        lambda: users.update({"v": nested}),
        lambda: users.upsert({"id": 1, "v": nested}),
        lambda: users.v == nested,
        lambda: users.v.is_in([nested]),
        lambda: users.select(where="v = ?1", params=[nested]),
    ):
        with pytest.raises(error, match=r"a\[1\].b"):
            call()
    assert users.all() == before


class Color(enum.Enum):
    RED = "red"


def test_tuples_are_lists_and_uuids_texts(users: Table) -> None:
    users.insert({"id": 9, "v": (1, 2), "u": uuid.UUID(int=5), "c": Color.RED})
    assert users.get(9) == {"id": 9, "v": [1, 2], "u": "00000000-0000-0000-0000-000000000005", "c": "red"}
    assert users.select(where=(users.v == (1, 2)) & (users.u == uuid.UUID(int=5)) & (users.c == Color.RED)) == [users.get(9)]


def test_records_are_dicts(users: Table) -> None:
    wrongs: list[Any] = [5, None, "abc", (), [5], [[]], [{}, None]]
    for wrong in wrongs:
        with pytest.raises(TypeError):
            users.insert(wrong)
    with pytest.raises(TypeError):
        users.update(5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        users.upsert([])  # type: ignore[arg-type]
    assert users.count() == 4


@pytest.mark.parametrize("key", [1.5, True, "", [1], {"a": 1}, 2**63])
def test_keys_that_are_none(users: Table, key: Any) -> None:
    with pytest.raises(InvalidKeyError) as caught:
        users.insert({"id": key})
    assert caught.value.status == "INVALID_KEY"
    assert isinstance(caught.value, ValueError)


def test_a_list_is_inserted_as_a_whole_or_not(users: Table) -> None:
    batch: list[dict[str, Any]] = [{"a": 1}, {"id": 2}]
    with pytest.raises(DuplicateKeyError) as caught:
        users.insert(batch)
    assert caught.value.detail["index"] == 1
    assert caught.value.detail["key"] == 2
    assert batch == [{"a": 1}, {"id": 2}]
    assert users.count() == 4


def test_get(users: Table) -> None:
    assert users.get(1)["name"] == "Ada"
    assert users.get(99) is None
    assert users.get(99, "none") == "none"
    assert users.get(2**70) is None
    assert users.get("x") is None
    assert users.get_many([2, 99, 1, 2]) == [users.get(2), None, users.get(1), users.get(2)]
    assert users.get_json(4) == b'{"id":4,"name":"Dan","age":25,"dept":null,"salary":70.0,"tags":["c"],"address":null}'
    assert users.get_json(99) is None
    with pytest.raises(InvalidKeyError):
        users.get(1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", [-1, 0, -(2**63), 2**63 - 1, "-1", "ä"])
def test_all_kinds_of_keys(users: Table, key: Any) -> None:
    assert users.insert({"id": key, "v": 1}) == key
    assert users.get(key) == {"id": key, "v": 1}
    assert users.update({"v": 2}, users.id == key) == 1
    assert users.select(where=users.id == key) == users.get_many([key]) == [{"id": key, "v": 2}]
    assert users.delete(users.id == key) == 1
    assert users.get(key) is None
    assert users.count() == 4


def test_large_answers(db: DictDB) -> None:
    db.create_table("t")
    table = db.get_table("t")
    table.insert([{"id": number, "text": "x" * 1000} for number in range(1, 3001)])
    for wanted in (True, False):
        (gc.enable if wanted else gc.disable)()
        try:
            assert len(table.select()) == len(table.get_many(range(1, 3001))) == 3000
            assert gc.isenabled() is wanted
        finally:
            gc.enable()
    assert table.get(3000)["id"] == 3000


def test_select(users: Table) -> None:
    assert ids(users.select()) == [1, 2, 3, 4]
    assert users.select(["name", "absent"], limit=1) == [{"name": "Ada", "absent": None}]
    assert users.select({"n": "name"}, limit=1, offset=1) == [{"n": "Bob"}]
    assert users.select([("n", "name"), ("i", "id")], limit=1) == [{"n": "Ada", "i": 1}]
    assert users.select([users.name, users.address.city, users.tags[0]], limit=1) == [
        {"name": "Ada", "address.city": "Bern", "tags[0]": "a"}
    ]
    assert users.select([], limit=2) == [{}, {}]
    assert users.select([], distinct=True) == [{}]
    assert ids(users.select(order_by="age")) == [2, 4, 1, 3]
    assert ids(users.select(order_by=["age", "-id"])) == [4, 2, 1, 3]
    assert ids(users.select(order_by=[users.age, -users.id])) == [4, 2, 1, 3]
    assert ids(users.select(order_by=-users.address.city)) == [2, 1, 3, 4]
    assert ids(users.select(order_by="")) == ids(users.select(order_by=[])) == [1, 2, 3, 4]
    assert users.select(["age"], distinct=True, order_by="-age", limit=2) == [{"age": 61}, {"age": 36}]
    assert ids(users.select(limit=-1, offset=-5)) == [1, 2, 3, 4]
    assert users.select(["age"], distinct=True) == [{"age": 36}, {"age": 25}, {"age": 61}]
    assert users.select(limit=0) == []
    assert [row["id"] for row in users] == [1, 2, 3, 4]


def test_select_refuses_what_it_does_not_know(users: Table) -> None:
    for call in each(
        lambda: users.select(limit="3"),  # type: ignore[arg-type]
        lambda: users.select(limit=1.5),  # type: ignore[arg-type]
        lambda: users.select(offset=None),  # type: ignore[arg-type]
        lambda: users.select(order_by=5),  # type: ignore[arg-type]
        lambda: users.select(order_by=[5]),  # type: ignore[list-item]
        lambda: users.select(columns=[5]),  # type: ignore[arg-type]
        lambda: users.select(where=5),  # type: ignore[arg-type]
        lambda: users.select(where=lambda record: True),  # type: ignore[arg-type]
        lambda: users.select(where=users.id == 1, params=[1]),
    ):
        with pytest.raises(TypeError):
            call()


def test_names_of_fields_are_names_and_no_paths(db: DictDB) -> None:
    db.create_table("t", primary_key="a.b")
    table = db.get_table("t")
    odd = {"a.b": 1, "c[0]": 2, "d`e": 3, "-f": 4, "select": 5, "ä ö": 6, "{x}": 7, "?1": 8}
    table.insert(odd)
    for name, value in odd.items():
        assert table.select([name], getattr(table, name) == value if name != "select" else "`select` = 5") == [{name: value}]
        assert table.select({"x": name}, order_by=f"-{name}") == [{"x": value}]
        assert table.aggregate(group_by=name, most=Max(name)) == [{name: value, "most": value}]
    assert table.update({"c[0]": 9, "{y}": 1}, getattr(table, "{x}").between(7, 7)) == 1
    assert table.get(1) == {**odd, "c[0]": 9, "{y}": 1}
    table.create_index("c[0]")
    table.create_index("d`e", "sorted")
    assert table.indexed_fields() == ["c[0]", "d`e"]
    assert table.has_index("d`e")
    assert not table.has_index("absent")


def test_update(users: Table) -> None:
    assert users.update({"age": 40, "new": [1]}, users.dept == "IT") == 2
    assert users.get(1)["age"] == 40
    assert list(users.get(3))[-1] == "new"
    assert users.update({"age": 1}, users.id == 2) == 1
    assert users.update({"age": 2}) == 4
    assert users.update({}, users.id > 2) == 2
    assert users.update({"id": 50}, users.id == 1) == 1
    assert ids(users.all()) == [50, 2, 3, 4]
    with pytest.raises(RecordNotFoundError, match="users"):
        users.update({"age": 1}, users.id == 99)
    with pytest.raises(RecordNotFoundError):
        users.update({}, users.name == "Nobody")
    with pytest.raises(RecordNotFoundError):
        users.update({"age": 1}, users.name == "Nobody")
    with pytest.raises(DuplicateKeyError):
        users.update({"id": 3}, users.id == 2)
    with pytest.raises(DuplicateKeyError):
        users.update({"id": 7})
    with pytest.raises(InvalidKeyError):
        users.update({"id": None}, users.id == 2)
    with pytest.raises(TypeError):
        users.update({1: 2})  # type: ignore[dict-item]


def test_update_by_expressions(users: Table) -> None:
    assert users.update("visits = coalesce(visits, 0) + 1, address.city = 'Rom'", users.dept == "IT") == 2
    assert users.update("visits = visits + 1", users.id == 1) == 1
    assert users.update("visits = visits + ?1, name = name || ?2", where="id = ?3", params=[5, "!", 1]) == 1
    assert users.get(1)["visits"] == 7
    assert users.get(1)["name"] == "Ada!"
    assert users.update("visits = ?1", params=[0]) == 4
    assert users.select(["address"], users.id == 3) == [{"address": {"city": "Rom"}}]
    with pytest.raises(TypeMismatchError) as caught:
        users.update("age = age + name")
    assert caught.value.detail["field"] == "age"
    with pytest.raises(NumberRangeError):
        users.update("age = age * 9223372036854775807 * 9")
    with pytest.raises(TypeError, match="params"):
        users.update("age = ?1", users.name == "Ada", params=[5])


def test_upsert(users: Table) -> None:
    made: dict[str, Any] = {"name": "Eve"}
    assert users.upsert(made) == (5, "inserted")
    assert made["id"] == 5
    assert users.upsert({"id": 5, "age": 1}) == (5, "updated")
    assert users.get(5) == {"name": "Eve", "id": 5, "age": 1}
    assert users.upsert({"id": 5, "age": 2}, on_conflict="ignore") == (5, "ignored")
    with pytest.raises(DuplicateKeyError):
        users.upsert({"id": 5}, "error")
    with pytest.raises(ValueError, match="on_conflict"):
        users.upsert({"id": 5}, "bogus")  # type: ignore[arg-type]
    assert users.upsert({"id": "k"}, "error") == ("k", "inserted")


def test_delete(users: Table) -> None:
    assert users.delete(users.id == 1) == 1
    assert users.delete(users.age == 25) == 2
    with pytest.raises(RecordNotFoundError, match="users"):
        users.delete(users.id == 1)
    with pytest.raises(RecordNotFoundError):
        users.delete(where="age > ?1", params=[100])
    assert users.delete() == 1
    with pytest.raises(RecordNotFoundError):
        users.delete()


SCHEMA = {"name": str, "score": float, "n": int, "ok": bool, "tags": list, "more": dict}
FIT = {"id": 1, "name": "x", "score": 1.5, "n": 1, "ok": True, "tags": [], "more": {}}


def test_schema(db: DictDB) -> None:
    db.create_table("t", schema=SCHEMA)
    table = db.get_table("t")
    assert table.schema == {**SCHEMA, "id": int}
    assert table.schema_fields() == table.columns() == [*SCHEMA, "id"]
    assert table.insert(dict(FIT)) == 1
    for wrong, message in (
        ({"score": 1}, "Field 'score' expects type 'float', got 'int'."),
        ({"name": None}, "Field 'name' expects type 'str', got 'NoneType'."),
        ({"n": "x"}, "Field 'n' expects type 'int', got 'str'."),
        ({"n": True}, "Field 'n' expects type 'int', got 'bool'."),
        ({"ok": 1}, "Field 'ok' expects type 'bool', got 'int'."),
        ({"extra": 1}, "Field 'extra' is not defined in the schema."),
    ):
        with pytest.raises(SchemaValidationError) as caught:
            table.insert({**FIT, "id": 2, **wrong})
        assert str(caught.value) == message
        with pytest.raises(SchemaValidationError):
            table.update(wrong, table.id == 1)
        with pytest.raises(SchemaValidationError):
            table.update(wrong)
        with pytest.raises(RecordNotFoundError):
            table.update(wrong, table.id == 99)
        with pytest.raises(RecordNotFoundError):
            table.update(wrong, table.name == "nobody")
        with pytest.raises(SchemaValidationError):
            table.upsert({"id": 1, **wrong})
        assert table.upsert({"id": 1, **wrong}, "ignore") == (1, "ignored")
        with pytest.raises(DuplicateKeyError):
            table.upsert({"id": 1, **wrong}, "error")
        with pytest.raises(DuplicateKeyError):
            table.insert({**FIT, **wrong})
        with pytest.raises(SchemaValidationError):
            table.validate_record({**FIT, **wrong})
    with pytest.raises(SchemaValidationError, match=r"Missing field 'name' as defined in schema\."):
        table.insert({"id": 2})
    with pytest.raises(SchemaValidationError) as caught:
        table.insert([{**FIT, "id": 2}, {"id": 3}])
    assert caught.value.detail["index"] == 1
    table.validate_record(dict(FIT))
    with pytest.raises(SchemaValidationError):
        table.validate_record({"name": "x"})
    assert table.count() == 1
    assert table.insert({**FIT, "id": 2, "score": 5}, skip_validation=True) == 2
    with pytest.raises(SchemaValidationError):
        table.insert({"id": 3}, skip_validation=True)


def test_schema_with_defaults(db: DictDB) -> None:
    table = Table("t", schema={"name": {"type": str, "default": "x"}, "age": {"type": int, "nullable": True}})
    assert table.insert({"age": None}) == 1
    assert table.get(1) == {"age": None, "id": 1, "name": "x"}
    assert table.schema == {"name": str, "age": int, "id": int}
    db.tables["t"] = table
    assert db.get_table("t").insert({}) == 2
    for wrong in ({"a": bytes}, {"a": "int"}, {"a": {"type": set}}):
        with pytest.raises((TypeError, ValueError)):
            Table("t", schema=wrong)  # type: ignore[arg-type]


def test_aggregate(users: Table) -> None:
    assert users.aggregate(n=Count(), d=Count("dept"), s=Sum("age"), a=Avg("age"), lo=Min("salary"), hi=Max("name")) == {
        "n": 4,
        "d": 3,
        "s": 147,
        "a": 36.75,
        "lo": 50.0,
        "hi": "Dan",
    }
    assert users.aggregate(where=users.age > 99, n=Count(), s=Sum("age"), m=Min("age")) == {"n": 0, "s": None, "m": None}
    assert users.aggregate(group_by="dept", n=Count(), s=Sum("age")) == [
        {"dept": "IT", "n": 2, "s": 97},
        {"dept": "HR", "n": 1, "s": 25},
        {"dept": None, "n": 1, "s": 25},
    ]
    assert users.aggregate(where=users.id < 3, group_by=["age", users.address.city]) == [
        {"age": 36, "address.city": "Bern"},
        {"age": 25, "address.city": "Ulm"},
    ]
    assert users.aggregate() == {}
    assert users.aggregate(group_by=[], n=Count()) == [{"n": 4}]
    assert users.aggregate(where=users.id == 99, group_by=[], n=Count()) == []
    assert users.aggregate(group_by="id", id=Count()) == [{"id": 1}] * 4
    assert users.aggregate(where="age < 30", n=Count()) == {"n": 2}
    for wrong in (5, Count, "count()"):
        with pytest.raises(TypeError):
            users.aggregate(n=wrong)


def test_aggregates_that_only_python_defines(users: Table) -> None:
    users.update({"flag": True}, users.id < 3)
    assert users.aggregate(s=Sum("flag"), a=Avg("flag"), m=Max("flag")) == {"s": 2, "a": 1.0, "m": True}
    users.update({"big": 2**63}, users.id < 4)
    assert users.aggregate(s=Sum("big")) == {"s": 3 * 2**63}
    users.update({"flag": 5}, users.id == 4)
    assert users.aggregate(lo=Min("flag"), hi=Max("flag")) == {"lo": True, "hi": 5}
    users.update({"flag": "x"}, users.id == 3)
    for wrong in (Min("flag"), Max("flag"), Sum("name"), Avg("tags"), Min("address")):
        with pytest.raises(TypeError):
            users.aggregate(x=wrong)
        with pytest.raises(TypeError):
            users.aggregate(group_by=[], x=wrong)

    class Longest(Agg):
        def compute(self, values: list[Any]) -> int:
            return max(map(len, values))

    assert users.aggregate(where=users.id > 1, n=Count(), longest=Longest("name")) == {"n": 3, "longest": 4}
    assert users.aggregate(group_by="dept", longest=Longest("name"))[0] == {"dept": "IT", "longest": 4}
    assert repr(Count()) == "Count()"
    assert repr(Sum("a")) == "Sum('a')"


def test_indexes(users: Table) -> None:
    before = [users.select(where=users.age == 25), users.select(where=users.age.between(30, 70)), users.select(order_by="-age")]
    users.create_index("age", "SORTED")
    users.create_index("age")
    users.create_index("dept", "hash")
    users.create_index(["dept", users.address.city], "sorted")
    users.create_index("nothing", "tree")
    assert users.indexed_fields() == ["age", "dept"]
    assert before == [users.select(where=users.age == 25), users.select(where=users.age.between(30, 70)), users.select(order_by="-age")]
    assert users.explain(where=users.age == 25)["access"] == "index"
    users.drop_index("age")
    assert users.explain(where=users.age == 25)["access"] == "scan"
    with pytest.raises(InvalidArgumentError):
        users.drop_index("age")
    with pytest.raises(DuplicateKeyError) as caught:
        users.create_index("age", unique=True)
    assert caught.value.detail["value"] == 25
    users.create_index("name", unique=True)
    with pytest.raises(DuplicateKeyError):
        users.insert({"name": "Ada"})
    with pytest.raises(IndexExistsError):
        users.create_index("dept", unique=True)
    with pytest.raises(InvalidArgumentError):
        users.create_index([f"f{number}" for number in range(17)])
    with pytest.raises(LimitError):
        for number in range(65):
            users.create_index(f"f{number}")
    with pytest.raises(TypeError):
        users.create_index(5)  # type: ignore[arg-type]


def test_databases(db: DictDB) -> None:
    db.create_table("a")
    db.create_table("b", primary_key="key")
    assert db.list_tables() == list(db.tables) == ["a", "b"]
    assert db.get_table("a") is db.get_table("a") is db.tables["a"]
    assert db.get_table("b").primary_key == db.get_table("b").primary_key_name() == "key"
    assert "a" in db.tables
    assert 5 not in db.tables  # type: ignore[comparison-overlap]
    assert len(db.tables) == 2
    with pytest.raises(DuplicateTableError):
        db.create_table("a")
    with pytest.raises(TableNotFoundError):
        db.get_table("c")
    with pytest.raises(TableNotFoundError):
        db.drop_table("c")
    with pytest.raises(KeyError):
        db.tables["c"]
    with pytest.raises(ValueError):
        db.create_table("")
    with pytest.raises(TypeError):
        db.create_table(5)  # type: ignore[arg-type]
    old = db.get_table("a")
    db.drop_table("a")
    db.create_table("a")
    assert db.get_table("a") is not old
    with pytest.raises(TableNotFoundError):
        old.insert({})
    del db.tables["a"]
    assert db.list_tables() == ["b"]
    assert db.copy() == {"b": {}}


def test_tables_that_stand_alone(db: DictDB) -> None:
    table = Table("t", schema={"n": int})
    table.create_index("n", "sorted")
    table.insert([{"n": 1}, {"n": 2}])
    db.tables["other"] = table
    assert db.get_table("other") is table
    assert table.table_name == "other"
    assert table.all() == [{"n": 1, "id": 1}, {"n": 2, "id": 2}]
    assert table.indexed_fields() == ["n"]
    assert table.insert({"n": 3}) == 3
    db.tables["other"] = table
    with pytest.raises(ValueError, match="a table has one place"):
        db.tables["again"] = table
    with pytest.raises(TypeError):
        db.tables["x"] = 5  # type: ignore[assignment]
    db.tables["other"] = Table("t")
    assert db.get_table("other").count() == 0
    with pytest.raises(TableNotFoundError):
        table.count()


def test_names_of_methods_that_dictdb_lacks_are_fields(db: DictDB) -> None:
    db.create_table("t")
    table = db.get_table("t")
    table.insert({"query": 5, "watch": "x", "close": True, "snapshot": None})
    assert table.select(where=table.query == 5) == table.select(where=table.watch.like("x")) == table.all()
    assert table.select(where=table.close == True, order_by=-table.query, columns=[table.snapshot]) == [{"snapshot": None}]
    assert table.query({"limit": 1}) == table.all()


def test_changes_since(users: Table) -> None:
    assert users.has_changes()
    assert len(users.get_dirty_records()) == 4
    users.clear_dirty_tracking()
    assert not users.has_changes()
    assert users.get_dirty_records() == users.get_deleted_pks() == []
    users.update({"age": 1}, users.id == 2)
    users.delete(users.id == 1)
    users.insert({"id": 7})
    assert users.has_changes()
    assert ids(users.get_dirty_records()) == [2, 7]
    assert users.get_deleted_pks() == [1]


def test_the_library_that_is_loaded() -> None:
    assert library_version().count(".") == 2
    assert has_feature("snapshot")
    assert not has_feature("teleport")


def test_memory_is_counted_and_limited(users: Table) -> None:
    count = users.count()
    assert memory_used() > 0
    assert limit_memory(1) is None
    try:
        with pytest.raises(MemoryError, match="limit"):
            users.insert({"name": "one more"})
    finally:
        assert limit_memory(None) == 1
    assert users.count() == count


def test_all_errors_are_of_one_family(users: Table) -> None:
    with pytest.raises(DictDBError) as caught:
        users.insert({"id": 1})
    assert caught.value.status == "DUPLICATE_KEY"
    assert caught.value.detail == {"table": "users", "key": 1} or caught.value.detail["key"] == 1
    users.close()
    users.close()
    for call in each(
        users.all,
        users.count,
        lambda: users.insert({}),
        lambda: users.get(1),
        lambda: users.delete(users.id == 1),
        users.snapshot,
    ):
        with pytest.raises(ClosedError):
            call()
