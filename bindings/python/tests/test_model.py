"""Random operations, beside a table that is a Python list."""

import copy
import random
from typing import Any

import pytest

from dictdb import DictDB, DuplicateKeyError, RecordNotFoundError, Table, Where

VALUES: list[Any] = [None, True, False, 0, 1, -1, 1.5, 1.0, 2**63, "", "a", "A", "ab%", "ä", [], [1], ["a", None], {"k": 1}, {"k": [1]}]
FIELDS = ["a", "b", "c.d", "e"]


class Model:
    """What a table is: records in the order in which they were inserted."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.largest = 0

    def find(self, key: Any) -> dict[str, Any] | None:
        return next((record for record in self.records if record["id"] == key), None)

    def insert(self, records: list[dict[str, Any]]) -> list[Any]:
        largest = self.largest
        added: list[dict[str, Any]] = []
        for record in records:
            made = copy.deepcopy(record)
            key = made.get("id")
            if key is None:
                made.pop("id", None)
                key = made["id"] = largest + 1
            if self.find(key) or any(other["id"] == key for other in added):
                raise DuplicateKeyError
            if isinstance(key, int):
                largest = max(largest, key)
            added.append(made)
        self.records += added
        self.largest = largest
        return [record["id"] for record in added]


def value(pick: random.Random) -> Any:
    return copy.deepcopy(pick.choice(VALUES))


def record(pick: random.Random) -> dict[str, Any]:
    made = {field: value(pick) for field in pick.sample(FIELDS, pick.randrange(5))}
    if pick.random() < 0.3:
        made["id"] = pick.choice([pick.randrange(1, 40), f"k{pick.randrange(9)}"])
    return made


def condition(pick: random.Random, table: Table, depth: int = 2) -> Any:
    field = getattr(table, pick.choice([*FIELDS, "id"]))
    kind = pick.randrange(12 if depth else 8)
    if kind < 3:
        return field == value(pick)
    if kind == 3:
        return field != value(pick)
    if kind == 4:
        return field.is_in([value(pick) for _ in range(3)])
    if kind == 5:
        return field.like(pick.choice(["a%", "%", "_b!%", "ä"]), escape="!")
    if kind == 6:
        return field.contains(pick.choice(["a", "k", 1, None]))
    if kind == 7:
        return pick.choice([field.is_null(), field.is_not_null(), field.between("a", "z"), field.istartswith("A")])
    if kind == 8:
        return condition(pick, table, depth - 1) & condition(pick, table, depth - 1)
    if kind == 9:
        return condition(pick, table, depth - 1) | condition(pick, table, depth - 1)
    return ~condition(pick, table, depth - 1)


def outcome(work: Any) -> Any:
    try:
        return work()
    except (DuplicateKeyError, RecordNotFoundError) as error:
        return type(error)


def same(left: Any, right: Any) -> bool:
    """Equal, and True is not 1."""
    return repr(left) == repr(right)


def step(pick: random.Random, table: Table, model: Model) -> None:
    kind = pick.randrange(10)
    if kind < 3:
        records = [record(pick) for _ in range(pick.randrange(1, 4))]
        wanted = outcome(lambda: model.insert(records))
        given = copy.deepcopy(records)
        if len(records) == 1:
            got = outcome(lambda: [table.insert(given[0])])
        else:
            got = outcome(lambda: table.insert(given))
        assert got == wanted
        if isinstance(wanted, list):
            assert [one["id"] for one in given] == wanted
        return
    where = condition(pick, table)
    matching = [one for one in model.records if where(one)]
    if kind == 3:
        changes = {field: value(pick) for field in pick.sample(FIELDS, pick.randrange(3))}
        got = outcome(lambda: table.update(copy.deepcopy(changes), where))
        assert got == (len(matching) or RecordNotFoundError)
        for one in matching:
            one.update(copy.deepcopy(changes))
    elif kind == 4:
        assert outcome(lambda: table.delete(where)) == (len(matching) or RecordNotFoundError)
        model.records = [one for one in model.records if one not in matching or not any(one is gone for gone in matching)]
    elif kind == 5:
        key: Any = pick.choice([pick.randrange(1, 40), f"k{pick.randrange(9)}", 10**6])
        assert same(table.get(key), model.find(key))
        assert same(table.select(where=table.id == key), [one for one in model.records if one["id"] == key])
        changed = model.find(key)
        assert outcome(lambda: table.update({"e": 5}, table.id == key)) == (1 if changed else RecordNotFoundError)
        if changed:
            changed["e"] = 5
    elif kind == 6:
        key = pick.choice([pick.randrange(1, 40), f"k{pick.randrange(9)}"])
        old = model.find(key)
        made = {"id": key, "a": value(pick)}
        assert table.upsert(copy.deepcopy(made)) == (key, "updated" if old else "inserted")
        if old:
            old.update(made)
        else:
            model.insert([made])
    elif kind == 7:
        skip, most = pick.randrange(3), pick.randrange(5)
        assert same(table.select(where=where, offset=skip, limit=most), matching[skip : skip + most])
        fields = ["id", pick.choice(FIELDS)]
        rows = [{field: one.get(field) for field in fields} for one in matching]
        assert same(table.select(fields, where), rows)
        assert same(list(table.cursor(fields, where)), rows)
    elif kind == 8:
        text, values = where.compiled()
        assert same(table.select(where=Where(text, *values)), matching)
        assert table.count(where) == len(matching)
        assert same(table.get_many([one["id"] for one in matching]), matching)
    else:
        assert same(table.select(where=where), matching)


@pytest.mark.parametrize("seed", range(60))
def test_a_table_is_what_the_model_is(seed: int) -> None:
    pick = random.Random(seed)
    with DictDB() as db:
        db.create_table("t")
        table, model = db.get_table("t"), Model()
        indexed = pick.sample(["a", "b", "c.d"], pick.randrange(4))
        for field in indexed:
            table.create_index(field, pick.choice(["hash", "sorted"]))
        for _ in range(60):
            step(pick, table, model)
            if pick.random() < 0.1:
                assert same(table.all(), model.records)
        assert same(table.all(), model.records)
        assert list(table.copy()) == [one["id"] for one in model.records]
        assert table.columns() == sorted({field for one in model.records for field in one})
