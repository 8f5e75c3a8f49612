"""Exchanges files with DictDB, the Python library whose form the JSON files have: it loads ours, and we load its.

    exchange.py LIBRARY    libdictdb.so; the package dctdb is to be importable
"""

import ctypes
import json
import math
import os
import sys
import tempfile

from dictdb import Condition, DictDB, Table, logger
from dictdb.storage.persist import apply_delta, save_delta

LIBRARY = ctypes.CDLL(os.path.abspath(sys.argv[1]))
NTS = ctypes.c_size_t(-1)


class Buffer(ctypes.Structure):
    _fields_ = [("data", ctypes.c_char_p), ("len", ctypes.c_size_t), ("capacity", ctypes.c_size_t)]


LIBRARY.dictdb_error_message.restype = ctypes.c_char_p
LIBRARY.dictdb_error_message.argtypes = [ctypes.c_void_p]


def call(name, *arguments):
    error = ctypes.c_void_p()
    status = getattr(LIBRARY, "dictdb_" + name)(*arguments, ctypes.byref(error))
    if status != 0:
        raise RuntimeError(f"{name}: {LIBRARY.dictdb_error_message(error).decode()}")


def text(value):
    return [ctypes.c_char_p(value.encode()), NTS]


def load(path):
    db = ctypes.c_void_p()
    call("db_load", *text(path), ctypes.byref(db), None)
    return db


def save(db, path):
    call("db_save", db, *text(path), None, ctypes.c_size_t(0), None)


def records(db):
    """Of each table its records by their keys, as Python has them."""
    out = Buffer()
    call("db_copy", db, ctypes.byref(out))
    return json.loads(out.data[: out.len])


# What is likely to be read or written in another way by the other one.
AWKWARD = [
    {"id": 1, "text": "", "list": [], "dict": {}, "float": 0.0, "int": 0, "bool": False, "none": None},
    {"id": 2, "text": "quotes \" and \\ and / and \u0000 \u001f \u007f \u2028 \u2029", "float": -0.0, "int": -1},
    {"id": 3, "text": "Zürich \U0001f6eb 東京 e\u0301 \ufeff \uffff \u202e", "float": 5e-324, "int": 2**63 - 1},
    {"id": 4, "text": "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "float": 1.7976931348623157e308, "int": -(2**63)},
    {"id": 5, "float": 0.1, "list": [1, [2, [3, [{"a": [None, True, "x"]}]]]], "dict": {"b": 1, "a": 2, "": 3, "ü": {"n": None}}},
    {"id": 6, "float": 1e-7, "other": 1e21, "third": 123456789012345.6, "bool": True},
    {"id": 2**63 - 1, "text": "the largest key"},
    {"id": -5, "text": "a key below zero"},
]


def build():
    db = DictDB()
    db.create_table("awkward", primary_key="id")
    for record in AWKWARD:
        db.get_table("awkward").insert(dict(record))
    schema = {"code": str, "n": int, "x": float, "ok": bool, "l": list, "d": dict}
    db.tables["with schema"] = Table("with schema", primary_key="code", schema=schema)
    db.get_table("with schema").insert({"code": "a", "n": 1, "x": 1.5, "ok": True, "l": [1], "d": {"k": 1}})
    db.get_table("with schema").insert({"code": "Ä\n", "n": -1, "x": 2.0, "ok": False, "l": [], "d": {}})
    db.create_table("empty", primary_key="k")
    db.create_table("größe \"x\"", primary_key="id")
    db.get_table("größe \"x\"").insert({"a": 1})
    return db


def of_dictdb(db):
    return {name: list(table.records.values()) for name, table in db.tables.items()}


def exact(value):
    """So that 1 and 1.0 and True differ, and 0.0 and -0.0."""
    if isinstance(value, dict):
        return {name: exact(item) for name, item in value.items()}
    if isinstance(value, list):
        return [exact(item) for item in value]
    return (type(value).__name__, value, math.copysign(1, value) if isinstance(value, float) else 0)


def check(title, actual, expected):
    if exact(actual) != exact(expected):
        sys.exit(f"exchange: {title}:\n    {actual}\nis not\n    {expected}")
    print(f"exchange: {title}: the same")


def main():
    logger.remove()
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = (os.path.join(folder, name) for name in ("theirs.json", "ours.json"))
        original = build()
        expected = of_dictdb(original)
        original.save(theirs, "json")
        loaded = load(theirs)
        check("its file, loaded by us", {name: list(table.values()) for name, table in records(loaded).items()}, expected)

        table = ctypes.c_void_p()
        call("db_get_table", loaded, *text("with schema"), ctypes.byref(table))
        call("table_create_index", table, *text('{"fields":"n","kind":"sorted","unique":true}'))
        save(loaded, ours)
        again = DictDB.load(ours, "json")
        check("our file, loaded by it", of_dictdb(again), expected)
        for name in original.tables:
            if again.tables[name].schema != original.tables[name].schema or again.tables[name].primary_key != original.tables[name].primary_key:
                sys.exit(f"exchange: the definition of {name!r} is another one")
        print("exchange: schemas and primary keys: the same")

        # A delta of ours, applied by DictDB, and one of its restored by us.
        backup = ctypes.c_void_p()
        ours_at = os.path.join(folder, "our backups")
        call("backup_new", loaded, *text(ours_at), *text('{"incremental":true}'), None, None, None, ctypes.byref(backup))
        call("backup_now", backup, None, None)
        call("table_delete_by_key", table, *text('"a"'))
        call("table_insert", table, *text('{"code":"b","n":7,"x":0.5,"ok":true,"l":[],"d":{}}'), None)
        call("table_update_by_key", table, *text('"Ä\\n"'), *text('{"n":99}'))
        call("backup_now", backup, None, None)
        full, delta = sorted(os.listdir(ours_at))
        applied = DictDB.load(os.path.join(ours_at, full), "json")
        apply_delta(applied, os.path.join(ours_at, delta))
        check("our delta, applied by it", of_dictdb(applied), {name: list(table.values()) for name, table in records(loaded).items()})

        theirs_at = os.path.join(folder, "its backups")
        os.mkdir(theirs_at)
        for table in original.tables.values():
            table.clear_dirty_tracking()
        original.save(os.path.join(theirs_at, "dictdb_backup_1764400000_000001.json"), "json")
        some = original.get_table("awkward")
        some.delete(where=Condition(some.id == 1))
        some.insert({"id": "new", "text": "ü"})
        some.update({"text": "changed"}, where=Condition(some.id == 5))
        save_delta(original, os.path.join(theirs_at, "dictdb_delta_1764400001_000001.json"))
        restored = ctypes.c_void_p()
        call("backup_restore", *text(theirs_at), None, ctypes.c_size_t(0), ctypes.byref(restored), None, None)
        check("its delta, restored by us", {name: list(table.values()) for name, table in records(restored).items()}, of_dictdb(original))


if __name__ == "__main__":
    main()
