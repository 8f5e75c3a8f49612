"""Files, imports, exports, backups."""

import asyncio
import json
import pathlib
import pickle
import time
from typing import Any

import pytest

from dictdb import (
    BackupManager,
    DictDB,
    DuplicateKeyError,
    DuplicateTableError,
    FileFormatError,
    SchemaValidationError,
    Table,
    UnavailableError,
    restore,
    start_restore,
    verify,
)
from dictdb.storage import persist
from tests.support import each


@pytest.mark.parametrize("file_format", ["json", "pickle", "dictdb", "JSON"])
def test_saving_and_loading(db: DictDB, users: Table, tmp_path: pathlib.Path, file_format: str) -> None:
    db.tables["typed"] = Table("typed", "key", {"key": str, "n": float})
    db.get_table("typed").insert({"key": "a", "n": 1.5})
    db.create_table("empty")
    for path in (tmp_path / "db", str(tmp_path / "db")):
        db.save(path, file_format)
        again = DictDB.load(path, file_format)
        assert again.copy() == db.copy()
        assert again.list_tables() == ["users", "typed", "empty"]
        assert again.get_table("typed").schema == {"key": str, "n": float}
        assert again.get_table("typed").primary_key == "key"
    asyncio.run(db.async_save(tmp_path / "db", file_format))
    assert asyncio.run(DictDB.async_load(tmp_path / "db", file_format)).copy() == db.copy()
    assert [file.name for file in tmp_path.iterdir()] == ["db"]


def test_what_a_file_keeps(db: DictDB, users: Table, tmp_path: pathlib.Path) -> None:
    users.create_index("age", "sorted")
    users.delete(users.id == 4)
    users.insert_json(b'{"id": 7, "price": 1.50, "big": 18446744073709551615}')
    db.save(tmp_path / "db", "json")
    again = DictDB.load(tmp_path / "db", "json").get_table("users")
    assert again.indexed_fields() == ["age"]
    assert again.insert({}) == 8
    assert again.get_json(7) == b'{"id":7,"price":1.50,"big":18446744073709551615}'


def test_numbers_keep_their_spelling(users: Table) -> None:
    assert users.insert_json('{"id": "x", "v": [1.50, 1e2, -0.0, 9007199254740993]}') == "x"
    assert users.insert_json(' [{"a": 1}, {"a": 2}]') == [5, 6]
    users.update({"other": 1}, users.id == "x")
    assert users.get_json("x") == b'{"id":"x","v":[1.50,1e2,-0.0,9007199254740993],"other":1}'
    assert users.select_json(["v"], users.id == "x") == b'[{"v":[1.50,1e2,-0.0,9007199254740993]}]'
    with pytest.raises(ValueError):
        users.insert_json("{")


def test_files_that_are_none(tmp_path: pathlib.Path, db: DictDB) -> None:
    path = tmp_path / "f"
    for text in ("", "nonsense", "[]", '{"a": 1}', '{"tables": {"t": {"primary_key": "id", "schema": null, "records": [{"id": 1'):
        path.write_text(text)
        with pytest.raises(FileFormatError) as caught:
            DictDB.load(path, "json")
        assert isinstance(caught.value, json.JSONDecodeError)
        assert str(path) in str(caught.value)
        with pytest.raises((pickle.UnpicklingError, EOFError)):
            DictDB.load(path, "pickle")
    path.write_text('{"tables": {"t": {"primary_key": "id", "schema": null, "records": [{"id": 1}, {"id": 1}]}}}')
    with pytest.raises(DuplicateKeyError):
        DictDB.load(path, "json")
    path.write_text('{"tables": {"t": {"primary_key": "id", "schema": {"a": "foo"}, "records": []}}}')
    with pytest.raises(ValueError):
        DictDB.load(path, "json")
    for call in each(
        lambda: DictDB.load(tmp_path / "none", "json"),
        lambda: db.save(tmp_path / "no" / "f", "json"),
        lambda: db.save(tmp_path / "no" / "f", "pickle"),
    ):
        with pytest.raises(FileNotFoundError):
            call()
    for call in each(lambda: DictDB.load(path, "xml"), lambda: db.save(path, "xml")):
        with pytest.raises(ValueError, match="Unsupported file_format"):
            call()
    for call in each(lambda: persist.save(db, path, "json", tmp_path / "x"), lambda: persist.load(path, "json", tmp_path / "x")):
        with pytest.raises(ValueError, match="outside"):
            call()
    with pytest.raises(TypeError):
        db.save(5, "json")  # type: ignore[arg-type]


def test_a_pickle_makes_nothing_but_databases(tmp_path: pathlib.Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return (pathlib.Path.touch, (tmp_path / "touched",))

    contents: list[Any] = [Evil(), {"tables": {}}, pathlib.Path("x"), int]
    for content in contents:
        (tmp_path / "f").write_bytes(pickle.dumps(content) if not isinstance(content, Evil) else b"cposix\nsystem\n(S'true'\ntR.")
        with pytest.raises(pickle.UnpicklingError):
            DictDB.load(tmp_path / "f", "pickle")
    assert not (tmp_path / "touched").exists()


def test_pickling_by_others(db: DictDB, users: Table) -> None:
    again = pickle.loads(pickle.dumps(users))
    assert again.all() == users.all()
    assert pickle.loads(pickle.dumps(db)).copy() == db.copy()


def write(path: pathlib.Path, text: str, encoding: str = "utf-8") -> pathlib.Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_importing_csv(db: DictDB, tmp_path: pathlib.Path) -> None:
    path = write(tmp_path / "f.csv", 'id,price,name,ok\n1,1.50,"a ""b"", c",true\n2,,"x\ny",no\n')
    assert db.import_csv(path, "a") == 2
    assert db.get_table("a").all() == [
        {"id": 1, "price": 1.5, "name": 'a "b", c', "ok": "true"},
        {"id": 2, "price": None, "name": "x\ny", "ok": "no"},
    ]
    assert db.import_csv(str(path), "b", infer_types=False) == 2
    assert db.get_table("b").get("1")["price"] == "1.50"
    schema = {"id": int, "price": {"type": float, "nullable": True}, "name": str, "ok": bool}
    assert db.start_import_csv(path, "c", schema=schema).result()["records"] == 2  # type: ignore[arg-type]
    assert db.get_table("c").select(["ok"]) == [{"ok": True}, {"ok": False}]
    assert db.import_csv(path, "d", primary_key="key", delimiter=";", has_header=False) == 4
    assert db.get_table("d").get(1) == {"col_0": "id,price,name,ok", "key": 1}
    assert db.import_csv(write(tmp_path / "l.csv", "id,n\n1,é\n", "latin-1"), "e", encoding="latin-1") == 1
    assert db.get_table("e").get(1)["n"] == "é"
    with pytest.raises(DuplicateTableError):
        db.import_csv(path, "a")
    with pytest.raises(SchemaValidationError) as caught:
        db.import_csv(path, "f", schema={"id": int, "price": int, "name": str, "ok": bool})
    assert caught.value.detail["line"] == 2
    assert caught.value.detail["column"] == 2
    assert "f" not in db.list_tables()
    with pytest.raises(FileNotFoundError):
        db.import_csv(tmp_path / "none.csv", "f")


def test_exporting_csv(db: DictDB, users: Table, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "f.csv"
    assert users.export_csv(str(path), columns=["name", "tags", "dept", "absent"], where=users.id != 2) == 3
    assert path.read_bytes() == b"name,tags,dept,absent\r\nAda,\"['a', 'b']\",IT,\r\nCleo,['b'],IT,\r\nDan,['c'],,\r\n"
    assert users.export_csv(path, records=[{"a": True, "b": 1.5}, {"c": "x;y"}], delimiter=";", encoding="utf-16") == 2
    assert path.read_bytes().decode("utf-16") == 'a;b;c\r\nTrue;1.5;\r\n;;"x;y"\r\n'
    path.unlink()
    assert users.export_csv(path, where=users.id == 99) == 0
    assert not path.exists()
    assert users.export_csv(path, where=users.id == 99, columns=["a"]) == 0
    assert path.read_text() == "a\n"
    assert users.start_export_csv(path, {"columns": ["name", "tags"], "where": "id = ?1"}, [1]).result()["records"] == 1
    assert path.read_bytes() == b'name,tags\r\nAda,"[""a"",""b""]"\r\n'


def test_json_lines(db: DictDB, users: Table, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "f.jsonl"
    assert users.export_jsonl(path) == 4
    assert db.import_jsonl(path, "again") == 4
    assert db.get_table("again").all() == users.all()
    assert users.start_export_jsonl(path, {"where": "age > ?1"}, [30]).result()["records"] == 2
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == [1, 3]
    path.write_text('{"id": 1}\n{"id": \n')
    with pytest.raises(FileFormatError) as caught:
        db.import_jsonl(path, "bad")
    assert caught.value.detail["line"] == 2


def test_deltas(db: DictDB, users: Table, tmp_path: pathlib.Path) -> None:
    copy = pickle.loads(pickle.dumps(db))
    for table in db.tables.values():
        table.clear_dirty_tracking()
    assert not persist.has_changes(db)
    assert not persist.save_delta(db, tmp_path / "d.json")
    users.update({"age": 1}, users.id == 1)
    users.delete(users.id == 2)
    users.insert({"id": 9})
    assert persist.has_changes(db)
    assert persist.save_delta(db, tmp_path / "d.json")
    assert not persist.has_changes(db)
    assert persist.apply_delta(copy, tmp_path / "d.json") == 3
    assert copy.get_table("users").copy() == users.copy()
    delta = {
        "type": "delta",
        "timestamp": 1.0,
        "tables": {"users": {"upserts": [{"id": 5}], "deletes": [77]}, "none": {"upserts": [{}], "deletes": []}},
    }
    (tmp_path / "d.json").write_text(json.dumps(delta))
    assert persist.apply_delta(db, tmp_path / "d.json") == 1
    (tmp_path / "d.json").write_text('{"a": 1}')
    with pytest.raises(ValueError):
        persist.apply_delta(db, tmp_path / "d.json")


def test_backups(db: DictDB, users: Table, tmp_path: pathlib.Path) -> None:
    backups = BackupManager(db, tmp_path / "b", incremental=True, max_deltas_before_full=2)

    def names() -> list[str]:
        return sorted(file.name.split("_")[1] for file in (tmp_path / "b").iterdir())

    backups.backup_now()
    users.insert({"id": 50})
    backups.backup_now()
    assert (names(), backups.deltas_since_full) == (["backup", "delta"], 1)
    backups.backup_delta()
    assert (names(), backups.deltas_since_full) == (["backup", "delta"], 1)
    between = time.time()
    users.delete(users.id == 1)
    backups.backup_delta()
    assert backups.statistics()["delta"] == 2
    restored, facts = restore(tmp_path / "b")
    assert restored.copy() == db.copy()
    assert len(facts["files"]) == 3
    older, _ = restore(tmp_path / "b", until=between)
    assert older.get_table("users").get(1)["name"] == "Ada"
    job = start_restore(tmp_path / "b")
    assert job.database().copy() == db.copy()
    assert job.result()["files"] == facts["files"]
    assert verify(tmp_path / "b")["is_sound"]
    backups.backup_full()
    assert backups.deltas_since_full == 0
    assert backups.start_backup("full").result()["type"] == "full"
    with pytest.raises(ValueError):
        backups.start_backup("half")
    with pytest.raises(UnavailableError):
        restore(tmp_path / "b", until=5)
    newest = tmp_path / "b" / backups.statistics()["last_file"]
    newest.write_text(newest.read_text()[:50])
    assert not verify(tmp_path / "b")["is_sound"]
    with pytest.raises(FileFormatError):
        restore(tmp_path / "b")
    assert restore(tmp_path / "b", partial=True)[1]["skipped"]
    backups.close()
    backups.close()


def test_backups_by_themselves(db: DictDB, users: Table, tmp_path: pathlib.Path) -> None:
    with BackupManager(db, str(tmp_path / "b"), backup_interval=0, min_backup_interval=0, file_format="dictdb", keep=2) as backups:
        backups.start()
        users.insert({})
        backups.notify_change()
        end = time.monotonic() + 10
        while not backups.statistics()["full"] and time.monotonic() < end:
            time.sleep(0.01)
        assert backups.statistics()["full"] == 1
        backups.stop()
        backups.stop()
    assert restore(tmp_path / "b")[0].copy() == db.copy()


def test_failures_of_backups(db: DictDB, users: Table, tmp_path: pathlib.Path) -> None:
    told: list[tuple[Exception, int]] = []
    backups = BackupManager(db, tmp_path / "b", on_backup_failure=lambda error, count: told.append((error, count)))
    (tmp_path / "b").rmdir()
    (tmp_path / "b").write_text("")
    backups.backup_now()
    backups.backup_full()
    assert backups.consecutive_failures == 2
    assert [(type(error), count) for error, count in told] == [(NotADirectoryError, 1), (NotADirectoryError, 2)]
    with pytest.raises(ValueError):
        BackupManager(db, tmp_path / "c", file_format="xml")
    with pytest.raises(TypeError):
        BackupManager(5, tmp_path / "c")  # type: ignore[arg-type]
    with pytest.raises(OSError):
        BackupManager(db, tmp_path / "b" / "c")
