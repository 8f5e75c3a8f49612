"""The calls that are answered in C: that they do what the functions do that they stand for, and lose no memory."""

import copy
import enum
import gc
import inspect
import json
import math
import os
import pickle
import random
import struct
import subprocess
import sys
import threading
import time
import tracemalloc
import uuid
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dictdb import ClosedError, DictDB, DictDBError, DuplicateKeyError, Query, RecordNotFoundError, SchemaValidationError, Table, logger
from dictdb._codec import STANDARD, dumps, loads
from dictdb.core.condition import PredicateExpr
from dictdb.core.condition import Test as FieldTest
from dictdb.core.operators import EQUAL
from dictdb.query.statement import queries

STRINGS = ["", "a", "é", "日本", "🦀", '"', "\\", "\n\t\b\f\r\v\x00\x1f\x7f", "sixteen bytes..!", "seventeen bytes..", "null", "x" * 600]
STRINGS += ["é" * 300, '"quoted" and\\or é', "\ud7ff\ue000", "/slash/", "a\u2028b", '\\"' * 300]
INTEGERS = [0, 1, -1, 9, 10, 99, 100, 2**31, -(2**31), 2**53, 2**53 + 1, 10**18 - 1, 10**18, 2**63 - 1, -(2**63), 2**63, 10**19, 2**64 - 1]
FLOATS = [0.0, -0.0, 1.0, 0.1, 1 / 3, 123456.78, 1e15, 1e16, 1e22, 1e23, 1e-5, 1e-7, 5e-324, 2.2250738585072014e-308, sys.float_info.max]
FLOATS += [9007199254740993.0, 0.30000000000000004, 100.0, -1.5e-300, 123456789012345680000.0, 8.41, 4.35, 1e21]


class Color(enum.Enum):
    RED = "red"
    NONE = None


def some_float(pick: random.Random) -> float:
    kind = pick.randrange(4)
    if kind == 0:
        return pick.choice(FLOATS)
    if kind == 1:
        return float(round(pick.uniform(-(10**6), 10**6), pick.randrange(8)))
    if kind == 2:
        return pick.uniform(-1, 1) * 10.0 ** pick.randrange(-30, 30)
    value: float = struct.unpack("d", pick.randbytes(8))[0]
    return value if math.isfinite(value) else 0.5


def some_string(pick: random.Random) -> str:
    if pick.random() < 0.5:
        return pick.choice(STRINGS)
    return "".join(pick.choice('ab "\\\nzé日🦀') for _ in range(pick.randrange(20)))


def some_value(pick: random.Random, depth: int = 3) -> Any:
    kind = pick.randrange(8 if depth else 5)
    if kind == 0:
        return some_string(pick)
    if kind == 1:
        return pick.choice([pick.choice(INTEGERS), pick.randrange(-1000, 1000)])
    if kind == 2:
        return some_float(pick)
    if kind < 5:
        return pick.choice([None, True, False, "short", 7])
    if kind == 5:
        return [some_value(pick, depth - 1) for _ in range(pick.choice([0, 1, 2, 3, 15, 16, 17, 18]) if depth < 3 else pick.randrange(4))]
    return some_record(pick, depth - 1)


def some_record(pick: random.Random, depth: int) -> dict[str, Any]:
    names = [f"f{number}" for number in range(pick.choice([0, 1, 2, 3, 5, 8, 31, 32, 33, 40]) if depth == 2 else pick.randrange(5))]
    if pick.random() < 0.3:
        pick.shuffle(names)
    if pick.random() < 0.3:
        names.insert(pick.randrange(len(names) + 1), some_string(pick))
    return {name: some_value(pick, depth) for name in names}


def same(left: Any, right: Any) -> bool:
    """Equal, with the same types, order of names, and signs of zeros."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(inner, right[name]) for name, inner in left.items())
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float):
        return struct.pack("d", left) == struct.pack("d", right)
    return bool(left == right)


def as_read(value: Any) -> Any:
    """What is read of a value that was written."""
    if isinstance(value, dict):
        return {name: as_read(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_read(inner) for inner in value]
    if isinstance(value, enum.Enum):
        return as_read(value.value)
    return str(value) if isinstance(value, uuid.UUID) else value


def test_json_is_read_as_the_standard_library_reads_it() -> None:
    pick = random.Random(1)
    for number in range(2000):
        value = some_value(pick)
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=number % 2 == 0).encode()
        assert same(loads(text), json.loads(text)), text
        # The same names again, with other values, and then another name at the end.
        if isinstance(value, dict):
            again = {name: some_value(pick, 1) for name in value} | ({"more": 1} if number % 3 else {})
            text = json.dumps(again, separators=(",", ":")).encode()
            assert same(loads(text), again), text


def test_numbers_are_read_to_the_last_bit() -> None:
    pick = random.Random(2)
    spellings = ["-0", "1E5", "1e+5", "1.0e-5", "0.00000000000000000000000000001", "1" + "0" * 30 + ".5", "123456789012345678901234567890"]
    spellings += [
        "9007199254740992.0",
        "9007199254740993.0",
        "9007199254740993e3",
        "1e-22",
        "1e22",
        "1e23",
        "1.7976931348623157e308",
        "2e-400",
    ]
    spellings += [f"{pick.randrange(10**20)}.{pick.randrange(10**20)}e{pick.randrange(-30, 30)}" for _ in range(2000)]
    spellings += [f"{pick.randrange(10 ** pick.randrange(1, 19))}e{pick.randrange(-23, 24)}" for _ in range(2000)]
    spellings += [repr(some_float(pick)) for _ in range(5000)] + [str(number) for number in INTEGERS]
    for spelling in spellings:
        assert same(loads(spelling.encode()), json.loads(spelling)), spelling


def test_text_that_is_no_json_is_told_as_the_standard_library_tells_it() -> None:
    good = b'{"a":[1,-2.5e3,"x\\n\\u00e9",true,false,null,{"b":{}}],"c":"long enough for eight bytes","d":[]}'
    assert loads(good) == json.loads(good)
    broken = [good[:end] for end in range(len(good))] + [good[:at] + b"\x01" + good[at:] for at in range(len(good))]
    broken += [
        b"[1 2]",
        b"tru",
        b"nul",
        b'{"a" 1}',
        b"[1,]",
        b"{,}",
        b"-",
        b"1.",
        b"1.e5",
        b"1e",
        b"1e+",
        b"01",
        b"-00",
        b".5",
        b"+1",
        b"1 2",
        b'"\\x"',
        b'"\\u12"',
        b'"\\ud800',
        b"\xff",
        b'"\xff"',
    ]
    for text in broken:
        try:
            wanted = json.loads(text)
        except ValueError:
            with pytest.raises(ValueError):
                loads(text)
        else:
            assert loads(text) == wanted, text
    for text in (b' { "a" : [ 1 , 2 ] } ', b'"\\ud83e\\udd80"', b"[" * 400 + b"]" * 400, b"Infinity", b'{"a":1,"a":2}'):
        assert loads(text) == json.loads(text)
    with pytest.raises(RecursionError):
        loads(b"[" * 100_000)
    if not STANDARD:
        with pytest.raises(TypeError):
            loads("1")  # type: ignore[arg-type]


def test_records_come_back_as_they_were(db: DictDB) -> None:
    db.create_table("t")
    table = db.get_table("t")
    pick = random.Random(3)
    for number in range(700):
        record = some_record(pick, 2)
        record.pop("id", None)
        if number % 7 == 0:
            record["odd"] = pick.choice([uuid.UUID(int=pick.getrandbits(128)), Color.RED, Color.NONE, (1, (None, "x"))])
        wanted = as_read(record)
        assert same(json.loads(dumps(record)), wanted)
        if number % 2:
            record["id"] = number + 10_000
        key = table.insert(record)
        assert record["id"] == key
        wanted["id"] = key
        assert same(table.get(key), wanted)
        assert same(table.select(where=table.id == key), [wanted])
    rows = table.all()
    again = DictDB()
    again.create_table("t")
    assert again.get_table("t").insert(copy.deepcopy(rows)) == [row["id"] for row in rows]
    assert same(again.get_table("t").all(), rows)


def test_records_are_found_by_any_text(db: DictDB) -> None:
    db.create_table("t")
    table = db.get_table("t")
    table.insert([{"id": text or "empty", "text": text} for text in STRINGS])
    table.insert([{"id": f"number {number}", "text": number} for number in INTEGERS])
    for text in STRINGS:
        assert table.select(where=table.text == text) == table.select(where=table.text == text) == [{"id": text or "empty", "text": text}]
        assert table.get(text or "empty") == {"id": text or "empty", "text": text}
    for number in INTEGERS:
        assert table.select(where=table.text == number) == [{"id": f"number {number}", "text": number}]


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, 2**64, -(2**63) - 1, "\ud800", {1: 2}, {1}, b"x", [None, math.nan], Color]
)
def test_what_json_cannot_say_is_told_in_every_call(users: Table, value: Any) -> None:
    before = users.all()
    wanted = outcome(lambda: dumps({"age": [1, {"x": value}]}))
    assert wanted[0] in ("TypeError", "ValueError")
    record = {"age": [1, {"x": value}]}
    assert outcome(lambda: users.insert(record)) == wanted
    assert (
        outcome(lambda: users.update(record, where=users.id == 1)) == outcome(lambda: users.update(record, where=users.id == 2)) == wanted
    )
    assert outcome(lambda: users.insert([{}, {"age": value, "n": None}]))[0] == wanted[0]
    assert outcome(lambda: users.select(where=users.name == value))[0] == wanted[0]
    assert outcome(lambda: users.get(value))[0] in (wanted[0], "value")
    assert users.all() == before


def outcome(call: Callable[[], Any]) -> tuple[Any, ...]:
    """What a call gives, or all that its exception says."""
    try:
        return "value", call()
    except DictDBError as error:
        return type(error).__name__, error.args, error.status, error.detail
    except Exception as error:
        return type(error).__name__, str(error)


def plain(function: Any) -> Any:
    """The function in Python that a call stands for."""
    return function.__wrapped__


KEYS = [*range(12), "k1", "k2", "k é", "", -1, 2**63 - 1, -(2**63), 2**63, 2**65, True, 1.0, None]


def random_call(pick: random.Random, table: Table) -> tuple[Any, list[Any]]:
    """A method, and what it is called with."""
    key = pick.choice(KEYS)
    field = getattr(table, pick.choice(["id", "id", "a", "n", "s"]))
    where: Any = field == (3 if key == 2**65 else key)
    kind = pick.randrange(10)
    if kind < 3:
        made: dict[str, Any] = {"a": pick.choice(KEYS), "n": pick.choice([1, 2.5, "x", None]), "s": pick.choice(STRINGS)}
        if pick.random() < 0.2:
            made[pick.choice(["a", "x"])] = pick.choice([math.nan, {1}, Color.RED, uuid.UUID(int=5)])
        if pick.random() < 0.5:
            made["id"] = key
        if pick.random() < 0.2:
            del made["n"]
        return Table.insert, [made]
    if kind == 3:
        records: list[dict[str, Any]] = [{"a": number, "n": 1.5, "s": ""} for number in range(3)]
        for record in records:
            if pick.random() < 0.4:
                record["id"] = pick.choice(KEYS)
        return Table.insert, [records]
    if kind == 4 and pick.random() < 0.3:
        return Table.get_json, [key]
    if kind == 4:
        return Table.get, [key, *(["none"] if pick.random() < 0.3 else [])]
    if kind < 7:
        if pick.random() < 0.2:
            where = pick.choice([field > 3, field.is_in([1, 2]), (field == 1) | (field == 2), "a = 1", None])
        return Table.select, [None, where]
    if kind < 9:
        changes = [{"a": 5}, {"n": 1}, {"n": 2.5}, {"id": pick.choice(KEYS)}, {}, {"s": "changed", "a": None}, {"zzz": math.inf}]
        return Table.update, [pick.choice(changes), where]
    return Table.delete, [where]


class Text(str):
    """A str that is none of the plain ones."""


class Number(enum.IntEnum):
    SEVEN = 7


CHARACTERS = [chr(code) for code in range(0x82)]
PLAIN = [*STRINGS, *CHARACTERS, *INTEGERS, None, True, False, 1.5, [], [1, "a"], {}, {"b": None}, Text("text"), Number.SEVEN]
PLAIN += ["x" * length + end for length in (0, 7, 8, 9, 15, 16, *range(100, 130)) for end in ("", '"', "\\", "\n", "é")]


def spelled(table: Table, changes: dict[str, Any]) -> Any:
    """The text of a record that had its key alone, after an update."""
    table.insert({"id": 5})
    assert table.update(changes, where=table.id == 5) == 1
    text = table.get_json(5)
    assert table.delete(where=table.id == 5) == 1
    return text


def test_changes_are_spelled_as_any_value_is(db: DictDB) -> None:
    db.create_table("t")
    table = db.get_table("t")
    for value in PLAIN:
        assert spelled(table, {"v": value}) == dumps({"id": 5, "v": value})
    for name in [*STRINGS, *CHARACTERS, *("n" * length for length in range(90, 130))]:
        assert spelled(table, {name: 1}) == dumps({"id": 5, name: 1})
    changes: dict[str, Any]
    for count in range(40):
        for value in ("", 2**63 - 1, -(2**63), False):
            changes = {chr(33 + number) if number else "": value for number in range(count)}
            assert spelled(table, changes) == dumps({"id": 5, **changes})
    pick = random.Random(11)
    for _ in range(3000):
        changes = {some_string(pick): pick.choice(PLAIN) for _ in range(pick.randrange(6))}
        assert spelled(table, changes) == dumps({"id": 5, **changes})


def test_changes_that_have_the_key_or_no_names(users: Table) -> None:
    with pytest.raises(TypeError):
        users.update({1: 2}, where=users.id == 2)  # type: ignore[dict-item]
    with pytest.raises(TypeError):
        users.update({"a": 1, None: 2}, where=users.id == 2)  # type: ignore[dict-item]
    with pytest.raises(TypeError):
        users.update({"a": object()}, where=users.id == 2)
    assert users.update({Text("id"): 77}, where=users.id == 2) == 1
    assert users.get(2) is None
    assert users.get(77) is not None


def test_values_of_conditions_and_keys_are_spelled_as_any_value_is(db: DictDB) -> None:
    db.create_table("t")
    table = db.get_table("t")
    texts = sorted({value for value in PLAIN if type(value) is str})
    numbers = [value for value in INTEGERS if value > 1]
    for key in [text for text in texts if text]:
        assert table.insert({"id": key, "v": key}) == key
    table.insert([{"v": number, "w": str(number)} for number in numbers])
    for key in [text for text in texts if text]:
        assert table.get(key) == {"id": key, "v": key}
        for _ in range(2):
            assert table.select(where=table.v == key) == [{"id": key, "v": key}]
    for number in numbers:
        for _ in range(2):
            assert [record["w"] for record in table.select(where=table.v == number)] == [str(number)]
    small = [record["v"] for record in table.select(where=table.v.between(2, 99))]
    assert small == [record["v"] for record in table.select(where=table.v.between(2, 99))] == [number for number in numbers if number <= 99]


def test_floats_that_are_not_finite_are_told_wherever_null_stands(users: Table) -> None:
    before = users.all()
    for length in range(140):
        for word in ("", "null", "nul", "nnul", "nulnull", "NULL", "annul", "nulll"):
            fill = "n" * length
            for record in ({"s": fill + word, "f": math.nan}, {"f": math.inf, "s": fill + word}, {fill + word: [math.nan]}):
                with pytest.raises(ValueError, match="JSON"):
                    users.insert(record)
                with pytest.raises(ValueError, match="JSON"):
                    users.update(record, where=users.id == 1)
    assert users.all() == before
    for length in range(140):
        for word in ("null", "nul", "annul", "nulnull"):
            text = "u" * length + word
            key = users.insert({"name": text, "list": [None, 1.5]})
            assert users.get(key) == {"id": key, "name": text, "list": [None, 1.5]}


def test_changes_that_others_change_meanwhile(users: Table) -> None:
    before = users.get(1)
    changes: dict[str, Any] = {"a": 1}
    ended = threading.Event()

    def disturb() -> None:
        pick = random.Random(3)
        while not ended.is_set():
            changes[f"f{pick.randrange(8)}"] = pick.choice([1, "text" * 8, None, 2.5])
            changes.pop(f"f{pick.randrange(8)}", None)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(disturb)
        for _ in range(3000):
            try:
                assert users.update(changes, where=users.id == 1) == 1
            except RuntimeError as error:
                # What Python says of a dict that changes while it is read.
                assert "dictionary" in str(error)
        ended.set()
        done.result()
    record = users.get(1)
    assert record is not None
    assert record.pop("a") == 1
    assert set(record) - set(before) <= {f"f{number}" for number in range(8)}
    assert {name: record[name] for name in before} == before


@pytest.mark.parametrize("schema", [None, {"a": int, "n": float, "s": str}])
def test_each_call_does_what_its_function_does(schema: Any) -> None:
    for seed in range(60):
        pick = random.Random(seed)
        quick, slow = DictDB(), DictDB()
        for db in (quick, slow):
            db.create_table("t", schema=schema) if schema else db.create_table("t")
            if seed % 3 == 0:
                db.get_table("t").create_index("a")
        table, other = quick.get_table("t"), slow.get_table("t")
        for step in range(80):
            method, arguments = random_call(pick, table)
            copies = [argument if isinstance(argument, PredicateExpr) else copy.deepcopy(argument) for argument in arguments]
            got = outcome(lambda: method(table, *arguments))
            wanted = outcome(lambda: plain(method)(other, *copies))
            assert got == wanted, (seed, step, method.__name__, copies)
            # The keys that were made are in the caller's dicts.
            if method is Table.insert and "nan" not in repr(arguments):
                assert arguments == copies, (seed, step)
        assert same(table.all(), other.all())


def test_the_ways_to_call(users: Table) -> None:
    one = [users.get(1)]
    assert users.select(None, users.id == 1) == users.select(where=users.id == 1) == users.select(None, where=users.id == 1) == one
    assert users.select(columns=None, where=users.id == 1, copy=False) == one
    assert users.select(["name"], users.id == 1) == users.select(columns=["name"], where=users.id == 1) == [{"name": "Ada"}]
    assert users.update({"age": 1}, users.id == 1) == users.update({"age": 1}, where=users.id == 1) == 1
    assert users.update(changes={"age": 1}, where=users.id == 1) == 1
    assert users.delete(users.id == 1) == users.delete(where=users.id == 2) == 1
    assert users.get(1) is None
    assert users.get(1, 5) == users.get(1, default=5) == users.get(key=1, default=5) == 5
    assert users.insert(record={"id": 1}) == users.insert({"id": 2}, batch_size=3) - 1 == 1
    assert users.get_json(1) == users.get_json(key=1) == b'{"id":1}'
    for call in (
        lambda: users.insert(),  # type: ignore[call-arg]
        lambda: users.select(what=users.id == 1),  # type: ignore[call-arg]
        lambda: users.get(),  # type: ignore[call-arg]
        lambda: users.get(1, 2, 3),  # type: ignore[call-arg]
        lambda: users.get_json(1, 2),  # type: ignore[call-arg]
        lambda: users.update(where=users.id == 1),  # type: ignore[call-arg]
        lambda: users.delete(users.id == 1, users.id == 2),  # type: ignore[call-arg, arg-type]
        lambda: Table.insert(5, {}),  # type: ignore[arg-type]
        lambda: Table.get(),  # type: ignore[call-arg]
    ):
        with pytest.raises((TypeError, AttributeError)):
            call()
    with pytest.raises(AttributeError):
        Table.__new__(Table).get(1)
    assert Table.select.__name__ == "select"
    assert inspect.signature(users.select) == inspect.signature(Table.select.__wrapped__.__get__(users))  # type: ignore[attr-defined]
    assert "negative: all" in str(Table.select.__doc__)
    assert pickle.loads(pickle.dumps(Table)) is Table

    class Named(Table):
        def insert(self, record: Any, **options: Any) -> Any:
            return super().insert(record | {"named": True}, **options)

    named = Named("n")
    named.insert({"id": 1})
    assert named.select(where=named.named == True) == [{"id": 1, "named": True}]


def test_handles_that_are_closed(db: DictDB, users: Table) -> None:
    where = users.name == "Ada"
    assert len(users.select(where=where)) == 1
    queries.by_key["`name` = ?1"].close()
    with pytest.raises(ClosedError):
        users.select(where=where)
    del queries.by_key["`name` = ?1"]
    assert len(users.select(where=where)) == 1
    users.close()
    for call in (
        lambda: users.insert({}),
        lambda: users.insert([{}]),
        lambda: users.get(1),
        lambda: users.get("k"),
        lambda: users.get_json(1),
        lambda: users.select(where=users.id == 1),
        lambda: users.select(where=where),
        lambda: users.update({}, where=users.id == 1),
        lambda: users.delete(where=users.id == 1),
    ):
        with pytest.raises(ClosedError):
            call()


def test_closing_while_threads_call() -> None:
    for _ in range(5):
        db = DictDB()
        db.create_table("t")
        table = db.get_table("t")
        table.insert([{"id": number, "name": f"n{number % 50}"} for number in range(2000)])
        calls: list[Callable[[], Any]] = [
            lambda: table.insert({}),
            lambda: table.insert([{}, {}]),
            lambda: table.get(1000),
            lambda: table.select(where=table.id == 1000),
            lambda: table.select(where=table.name == "n5"),
            lambda: table.update({"v": 1}, where=table.id == 1000),
            lambda: table.delete(where=table.id == table.insert({})),
        ]
        begun = threading.Barrier(len(calls) + 1)

        def until_closed(call: Callable[[], Any], begun: threading.Barrier = begun) -> str:
            call()
            begun.wait()
            while True:
                try:
                    call()
                except ClosedError:
                    return "closed"

        with ThreadPoolExecutor(len(calls)) as pool:
            running = [pool.submit(until_closed, call) for call in calls]
            begun.wait()
            time.sleep(0.01)
            db.close()
            assert [one.result(30) for one in running] == ["closed"] * len(calls)


def test_others_run_while_the_library_works(db: DictDB) -> None:
    db.create_table("t")
    table = db.get_table("t")
    table.insert([{"id": number, "text": f"record {number}"} for number in range(60_000)])
    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.is_set():
            ticks += 1
            time.sleep(0)

    switch = sys.getswitchinterval()
    sys.setswitchinterval(10)  # so that only a call that lets the lock go lets the other thread run
    ticker = threading.Thread(target=tick)
    try:
        ticker.start()
        table.select(where=table.text == "none")
        before = ticks
        # How often it gets a turn is the machine's affair; if the lock were kept, it would get none.
        during = 0
        for _ in range(1000):
            assert table.select(where=table.text == "none") == []
            during = ticks - before
            if during > 5:
                break
    finally:
        done.set()
        sys.setswitchinterval(switch)
        ticker.join()
    assert during > 5


def test_calls_within_calls(db: DictDB) -> None:
    """A finalizer that runs while a record is made reads another one; a callback of the log writes."""
    db.create_table("t")
    table = db.get_table("t")
    table.insert([{"id": number, "v": [[number]] * 5, "name": f"n{number}"} for number in range(100)])
    seen: list[Any] = []

    class Cyclic:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            seen.append(table.get(7))
            seen.append(table.select(where=table.name == "n8"))

    threshold = gc.get_threshold()
    gc.set_threshold(20, 2, 2)
    try:
        for number in range(300):
            Cyclic()
            assert table.get(number % 100)["v"] == [[number % 100]] * 5
            assert table.select(where=table.name == "n5") == [{"id": 5, "v": [[5]] * 5, "name": "n5"}]
    finally:
        gc.set_threshold(*threshold)
    gc.collect()
    assert len(seen) > 100
    assert all(found in ({"id": 7, "v": [[7]] * 5, "name": "n7"}, [{"id": 8, "v": [[8]] * 5, "name": "n8"}]) for found in seen)


def test_logging_begins_and_ends_at_once(users: Table) -> None:
    lines: list[str] = []
    users.insert({"id": 50})
    assert lines == []
    logger.add(lines.append)
    users.insert({"id": 51})
    users.select(where=users.id == 51)
    users.update({"x": 1}, where=users.id == 51)
    users.delete(where=users.id == 51)
    count = len(lines)
    assert count >= 4
    logger.remove()
    users.insert({"id": 51})
    assert len(lines) == count


def every_call(table: Table) -> Iterator[Callable[[], Any]]:
    """Each call that is answered in C, and each way in which it can fail."""
    record = {"id": 5, "name": "x" * 40, "v": [1.5, None, {"deep": ["é", 2**63]}]}
    yield lambda: (table.insert(dict(record)), table.delete(where=table.id == 5))
    yield lambda: table.delete(where=table.id == table.insert({"name": "y" * 40}))
    yield lambda: (table.insert([dict(record), {"id": "k"}]), table.delete())
    yield lambda: (table.insert([dict(record), {}]), table.delete())
    yield lambda: (table.insert(dict(record)), table.update({"name": "z" * 40}, where=table.id == 5), table.delete())
    yield lambda: (table.insert(dict(record)), table.get(5), table.get("5"), table.select(where=table.id == 5), table.delete())
    yield lambda: (table.insert(dict(record)), table.select(where=table.name == "x" * 40), table.select(where=table.v == uuid.UUID(int=1)))
    yield lambda: table.insert(dict(record))
    yield lambda: table.insert([dict(record)])
    yield lambda: table.insert({"x": math.nan, "y": None})
    yield lambda: table.insert({"x": Color.RED, "id": 5})
    yield lambda: table.insert([{"x": {1}}])
    yield lambda: table.get({1})  # type: ignore[arg-type]
    yield lambda: table.get("")
    yield lambda: table.select(where=table.id == math.nan)
    yield lambda: table.update({"a": 1}, where=table.id == 77)
    yield lambda: table.update({"id": None}, where=table.id == 5)
    yield lambda: table.update({"a": {1}}, where=table.id == 5)
    yield lambda: (table.insert({"id": 5}), table.update({"a": "z" * 400, "b": 1.5, "c": "\n"}, where=table.id == 5), table.delete())
    yield lambda: (table.insert({"id": "k"}), table.get("k"), table.get("k" * 300), table.get("\n"), table.delete())
    yield lambda: table.delete(where=table.id == 77)
    yield lambda: table.snapshot().insert({})
    yield lambda: loads(b'{"a":[1,{"b":"unfinished and long enough"},"x')
    yield lambda: loads(b'{"a":{"b":"\\ud83e\\udd80","c":' + b'["\\n"]' + b"}}")
    yield lambda: loads(dumps({f"the name {number} of a field": f"the value {number} of it" for number in range(50)}))


def test_nothing_is_lost(db: DictDB) -> None:
    db.create_table("t")
    table = db.get_table("t")
    table.create_index("name")
    shared: list[Any] = [
        table,
        table.id,
        table.name,
        EQUAL,
        table._dictdb_key,
        table._dictdb_key_reference,
        table.name.texts,
        Query,
        FieldTest,
    ]
    shared += [RecordNotFoundError, DuplicateKeyError, Table.insert, Table.get, logger, dumps, table.id.reference]

    def run(call: Callable[[], Any], times: int) -> None:
        for _ in range(times):
            outcome(call)
        gc.collect()

    for number, call in enumerate(every_call(table)):
        run(call, 100)
        tracemalloc.start()
        try:
            run(call, 10)
            memory = tracemalloc.get_traced_memory()[0]
            counts = [sys.getrefcount(one) for one in shared]
            run(call, 500)
            lost = tracemalloc.get_traced_memory()[0] - memory
            assert [now - before for now, before in zip((sys.getrefcount(one) for one in shared), counts, strict=True)] == [0] * len(
                shared
            ), number
        finally:
            tracemalloc.stop()
        # The least object takes more than 16 bytes.
        assert lost < 16 * 500, number


def test_memory_outside_of_python_is_freed() -> None:
    """Counted by the C library, in all threads together."""
    program = """
import contextlib, ctypes, gc, threading
from concurrent.futures import ThreadPoolExecutor
from dictdb import DictDB, DuplicateKeyError
class Mallinfo(ctypes.Structure):
    names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in names.split()]
mallinfo = ctypes.CDLL(None).mallinfo2
mallinfo.restype = Mallinfo
def used():
    gc.collect()
    found = mallinfo()
    return found.uordblks + found.hblkhd
db = DictDB()
db.create_table("t")
table = db.get_table("t")
table.insert([{"id": number, "text": f"text {number}"} for number in range(20_000)])
begin = threading.Barrier(32)
def search(_):
    # As long as this takes, all threads are in it: more than there are buffers to spare.
    for _ in range(20):
        begin.wait()
        assert table.select(where=table.text.ilike("%9%8%7%x%")) == []
def fail():
    for _ in range(5000):
        with contextlib.suppress(DuplicateKeyError):
            table.insert({"id": 5})
fail()
with ThreadPoolExecutor(32) as pool:
    list(pool.map(search, range(32)))
    before = used()
    list(pool.map(search, range(32)))
    fail()
    print(used() - before)
"""
    environment = os.environ | {"MALLOC_ARENA_MAX": "1"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=100, env=environment)
    assert done.stderr == ""

    assert int(done.stdout) < 80_000


def test_methods_are_freed(db: DictDB) -> None:
    class Gone(Table):
        pass

    table = Gone("gone")
    bound = table.insert
    reference = weakref.ref(table)
    assert bound({"id": 1}) == 1
    del table, bound
    gc.collect()
    assert reference() is None


def test_schema_of_floats(db: DictDB) -> None:
    db.create_table("t", schema={"n": float})
    table = db.get_table("t")
    assert table.insert({"n": 1.0}) == 1
    with pytest.raises(SchemaValidationError):
        table.insert({"n": 1})
    with pytest.raises(SchemaValidationError):
        table.insert([{"n": 1.5}, {"n": 1}])
    assert table.insert({"n": 1}, skip_validation=True) == 2
    with pytest.raises(SchemaValidationError):
        table.update({"n": 1}, where=table.id == 1)
    with pytest.raises(RecordNotFoundError):
        table.update({"n": 1}, where=table.id == 9)
    assert table.update({"n": 2.5}, where=table.id == 1) == 1
    assert same(table.all(), [{"n": 2.5, "id": 1}, {"n": 1, "id": 2}])
