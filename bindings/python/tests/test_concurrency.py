"""Snapshots, cursors, batches, watches, stopping, threads, forks, and how long things live."""

import asyncio
import builtins
import gc
import json
import os
import select
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest

from dictdb import (
    CancelledError,
    CancelToken,
    ClosedError,
    DictDB,
    DictDBError,
    DuplicateKeyError,
    RecordNotFoundError,
    Table,
    TableNotFoundError,
    TimeoutError,
    UnavailableError,
    UnsupportedError,
)
from tests.support import each


def big(db: DictDB, count: int = 20_000) -> Table:
    db.create_table("big")
    table = db.get_table("big")
    table.insert([{"id": number, "v": number % 97, "text": f"record {number}"} for number in range(1, count + 1)])
    return table


def test_snapshots_of_tables(users: Table) -> None:
    with users.snapshot() as before:
        users.delete(users.id == 1)
        users.update({"age": 0})
        assert before.count() == 4
        assert before.get(1)["age"] == 36
        assert before.select(["id"], before.age == 25) == [{"id": 2}, {"id": 4}]
        with before.snapshot() as same:
            assert same.all() == before.all()
        for call in each(
            lambda: before.insert({}),
            lambda: before.update({"a": 1}),
            lambda: before.delete(before.id == 1),
            lambda: before.create_index("a"),
            lambda: before.watch(),
        ):
            with pytest.raises(UnsupportedError):
                call()
        assert users.statistics()["snapshots"] >= 1
    with pytest.raises(ClosedError):
        before.count()
    assert users.count() == 3


def test_snapshots_of_databases(db: DictDB, users: Table) -> None:
    with db.snapshot() as before:
        db.drop_table("users")
        db.create_table("other")
        assert before.list_tables() == ["users"]
        assert before.get_table("users").count() == 4
        assert before.copy()["users"][1]["name"] == "Ada"
        with pytest.raises(UnsupportedError):
            before.create_table("x")
    with pytest.raises(TableNotFoundError):
        users.count()


def test_cursors(db: DictDB) -> None:
    table = big(db)
    with table.cursor(where=table.v == 5, order_by="-id") as cursor:
        table.delete(table.v == 5)
        rows = list(cursor)
        assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
        assert len(rows) == 207
        assert next(cursor, None) is None
    with pytest.raises(ClosedError):
        next(cursor)
    assert [len(batch) for batch in table.cursor(["id"], limit=10).batches(rows=4)] == [4, 4, 2]
    cursor = table.cursor(["id"], limit=3)
    assert cursor.text(rows=1) == b'[{"id":1}]'
    assert cursor.text(lines=True) == b'{"id":2}\n{"id":3}\n'
    assert cursor.text() == b""
    assert cursor.batch() == []
    assert sum(1 for _ in table) == table.count()
    seen: list[int] = []

    def take(shared: Any) -> None:
        for batch in shared.batches(rows=100):
            seen.extend(row["id"] for row in batch)

    shared = table.cursor()
    in_threads(4, lambda _: take(shared))
    assert sorted(seen) == [row["id"] for row in table.all()]


def test_batches(db: DictDB) -> None:
    db.create_table("giro")
    db.create_table("savings")
    giro, savings = db.get_table("giro"), db.get_table("savings")
    giro.insert({"balance": 100})
    savings.insert({"balance": 0})

    def transfer(amount: int) -> None:
        with db.batch() as batch:
            batch.update(giro, "balance = balance - ?1", "id = 1 AND balance >= ?1", params=[amount])
            batch.update(savings, "balance = balance + ?1", where="id = 1", params=[amount])

    transfer(80)
    with pytest.raises(RecordNotFoundError) as caught:
        transfer(30)
    assert caught.value.detail["operation"] == 0
    assert (giro.get(1)["balance"], savings.get(1)["balance"]) == (20, 80)

    batch = db.batch()
    batch.insert(giro, {"n": 1})
    batch.insert(giro, [{"n": 2}, {"n": 3}])
    batch.upsert(giro, {"id": 1, "x": 1})
    batch.upsert(giro, {"id": 2, "x": 1}, "ignore")
    batch.update(giro, {"x": 5}, giro.n > 2)
    batch.update(giro, "x = 6", giro.n == 1)
    batch.update_key(giro, 3, {"x": 7})
    batch.delete(giro, giro.balance == 20)
    batch.delete_key(savings, 1)
    assert (
        batch.commit()
        == batch.results
        == [
            {"key": 2},
            {"keys": [3, 4]},
            {"key": 1, "outcome": "updated"},
            {"key": 2, "outcome": "ignored"},
            {"count": 1},
            {"count": 1},
            {"count": 1},
            {"count": 1},
            {"count": 1},
        ]
    )
    assert giro.all() == [{"n": 1, "id": 2, "x": 6}, {"n": 2, "id": 3, "x": 7}, {"n": 3, "id": 4, "x": 5}]
    batch.insert(giro, {"id": 2})
    with pytest.raises(DuplicateKeyError):
        batch.commit()
    batch.clear()
    assert batch.commit() == []
    batch.close()
    with pytest.raises(ClosedError):
        batch.insert(giro, {})
    with pytest.raises(ZeroDivisionError), db.batch() as given_up:
        given_up.delete(giro)
        1 / 0
    assert giro.count() == 3
    assert db.run_batch([{"insert": "giro", "record": {"id": 9}}, {"delete": "giro", "where": "id < ?1", "params": [9]}]) == [
        {"key": 9},
        {"count": 3},
    ]
    with pytest.raises(TableNotFoundError):
        db.run_batch([{"insert": "none", "record": {}}])
    with pytest.raises(ValueError):
        db.batch().upsert(giro, {}, "bogus")
    with pytest.raises(TypeError):
        db.batch().update(giro, "a = ?1", giro.id == 1, params=[1])


def test_watches(db: DictDB, users: Table) -> None:
    with users.watch() as watch, db.watch(max_changes=2, records=False) as small:
        assert watch.poll() == []
        assert not select.select([watch.fileno()], [], [], 0)[0]
        users.insert({"id": 9, "v": 1})
        users.update({"id": 10}, users.id == 9)
        users.delete(users.id == 10)
        assert select.select([watch.fileno()], [], [], 5)[0]
        changes = watch.poll(max_changes=2)
        assert [change["operation"] for change in changes] == ["insert", "update"]
        assert changes[0]["record"] == {"id": 9, "v": 1}
        assert changes[1]["old_key"] == 9
        assert [change["key"] for change in watch.poll()] == [10]
        assert len(watch.poll(since=0)) == 3
        assert watch.poll(timeout=0.01) == []
        with pytest.raises(UnavailableError) as caught:
            small.poll(since=1 if watch.seen > 3 else 0)
        assert "oldest" in caught.value.detail
        small.seen = small.last()
        db.create_table("new")
        assert [change["operation"] for change in small.poll()] == ["create"]
        got: list[Any] = []
        reader = threading.Thread(target=lambda: got.extend(watch))
        reader.start()
        for number in range(5):
            users.insert({"id": 100 + number})
        wait_until(lambda: len(got) == 5)
        watch.close()
        reader.join(5)
        assert not reader.is_alive()
    with pytest.raises(ClosedError):
        watch.poll()
    with pytest.raises(ValueError):
        users.watch(max_changes=0)


def test_stopping(db: DictDB) -> None:
    table = big(db)
    with CancelToken() as token:
        limited = table.limited(cancel=token)
        assert limited.count(limited.text.like("%9%9%")) > 0
        assert not token.is_set()
        token.cancel()
        assert token.is_set()
        with pytest.raises(CancelledError):
            limited.select(where=limited.text.like("%9%9%"))
        with pytest.raises(CancelledError):
            db.limited(cancel=token).get_table("big").update({"v": 1})
        token.reset()
        assert limited.count(limited.text.like("%9%9%")) > 0
    hurried = table.limited(timeout=0)
    with pytest.raises(TimeoutError):
        hurried.select(where=table.text.like("%9%9%"))
    with pytest.raises(builtins.TimeoutError):
        hurried.delete()
    assert table.limited(timeout=60).count() == 20_000
    assert table.limited(timeout=1e30).count() == 20_000
    with pytest.raises(ValueError):
        table.limited(timeout=-1)
    with pytest.raises(ClosedError):
        table.limited(cancel=token)


def in_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(count) as pool:
        return [done.result() for done in [pool.submit(work, number) for number in range(count)]]


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.005)


def test_no_write_of_threads_is_lost(db: DictDB) -> None:
    db.create_table("t")
    table = db.get_table("t")
    table.insert({"id": "sum", "n": 0})

    def write(worker: int) -> list[Any]:
        keys = []
        for number in range(200):
            keys.append(table.insert({"worker": worker, "n": number}))
            table.update("n = n + 1", table.id == "sum")
            assert table.get(keys[-1])["worker"] == worker
            assert table.select(where=table.id == keys[-1])[0]["n"] == number
            if number % 50 == 0:
                assert all(row["worker"] == worker for row in table.select(where=table.worker == worker))
        return keys

    keys = [key for made in in_threads(6, write) for key in made]
    assert len(set(keys)) == 1200
    assert table.get("sum")["n"] == 1200
    assert table.count() == 1201


def test_the_interpreters_lock_is_released(db: DictDB) -> None:
    table = big(db, 60_000)
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
        before = ticks
        for _ in range(5):
            table.count(table.text.ilike("%9%8%7%"))
        during = ticks - before
    finally:
        done.set()
        sys.setswitchinterval(switch)
        ticker.join()
    assert during > 5


def test_closing_in_any_order_and_twice() -> None:
    db = DictDB()
    db.create_table("t")
    table = db.get_table("t")
    table.insert([{"v": 1}, {"v": 2}])
    snapshot, cursor, watch, batch, whole = table.snapshot(), table.cursor(), table.watch(), db.batch(), db.snapshot()
    batch.insert(table, {"v": 3})
    for _ in range(2):
        db.close()
    assert snapshot.count() == whole.get_table("t").count() == 2
    assert len(list(cursor)) == 2
    batch.commit()
    for made in (watch, snapshot, cursor, batch, whole, db):
        for _ in range(2):
            made.close()
    for call in each(
        db.list_tables,
        table.count,
        snapshot.count,
        cursor.batch,
        watch.poll,
        batch.commit,
        whole.list_tables,
        db.snapshot,
        lambda: db.create_table("x"),
    ):
        with pytest.raises(ClosedError):
            call()


def test_objects_are_freed_with_their_last_reference() -> None:
    gc.collect()
    gc.disable()
    try:
        db = DictDB()
        db.create_table("t")
        table = db.get_table("t")
        assert table.age.name == "age"
        assert table.query({"limit": 0}) == []
        gone: list[Callable[[], Any]] = [weakref.ref(db), weakref.ref(table)]
        del db, table
        assert [reference() for reference in gone] == [None, None]
    finally:
        gc.enable()


def test_collecting_while_everything_is_in_use() -> None:
    """Handles come and go in several threads, with the garbage collector at its busiest."""
    threshold = gc.get_threshold()
    gc.set_threshold(1, 1, 1)

    def churn(worker: int) -> None:
        for number in range(15):
            db = DictDB()
            db.create_table("t")
            table = db.get_table("t")
            table.insert([{"v": value} for value in range(20)])
            cycle: list[Any] = [db, table, table.snapshot(), table.cursor(), table.watch(), db.batch(), table.limited(timeout=9), table.v]
            cycle.append(cycle)
            assert len(list(table.cursor(where=table.v > 9))) == 10
            if number % 3 == 0:
                db.close()
                with pytest.raises(ClosedError):
                    table.count()
            del db, table, cycle

    try:
        in_threads(4, churn)
    finally:
        gc.set_threshold(*threshold)
    gc.collect()


def test_closing_under_a_call_in_another_thread() -> None:
    for _ in range(10):
        db = DictDB()
        table = big(db, 3000)
        outcomes: list[str] = []

        def read(table: Table = table, outcomes: list[str] = outcomes) -> None:
            try:
                while True:
                    assert table.count(table.text.like("%9%")) > 0
                    table.get(5)
            except ClosedError:
                outcomes.append("closed")

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        time.sleep(0.01)
        db.close()
        for reader in readers:
            reader.join(10)
        assert outcomes == ["closed"] * 3


def test_threads_share_everything(db: DictDB) -> None:
    """A table, a snapshot, a cursor, a batch, and the very dict that is being written: an error at worst, and the table is whole."""
    db.create_table("t")
    table = db.get_table("t")
    table.create_index("a")
    shared: dict[str, Any] = {"a": 1, "list": [1, 2, 3]}
    box: dict[str, Any] = {"snapshot": table.snapshot(), "cursor": table.cursor(), "batch": db.batch()}
    until = time.monotonic() + 2
    wrong: list[BaseException] = []

    def once(random: Random) -> None:
        number = random.randrange(50)
        match random.randrange(12):
            case 0:
                shared[f"k{number}"] = {"n": number, "list": shared["list"]}
            case 1:
                shared.pop(f"k{random.randrange(50)}", None)
                shared.pop("id", None)
            case 2:
                shared["list"] = [*shared["list"][: number // 2], "x" * number]
                del shared["list"][number // 3 :]
            case 3:
                table.insert(shared if number % 2 else {"a": number, "shared": shared})
            case 4:
                table.insert([{"a": number, "shared": shared}, {"a": number}])
            case 5:
                table.update({"b": shared}, table.a == number)
            case 6:
                table.delete(table.a == number)
            case 7:
                table.select(where=table.a == number)
            case 8:
                box["snapshot"].select(limit=3)
                box["cursor"].batch(rows=3)
            case 9:
                box["batch"].insert(table, {"a": number})
                box["batch"].commit()
            case 10:
                box[random.choice(list(box))].close()
            case _:
                box.update(snapshot=table.snapshot(), cursor=table.cursor(), batch=db.batch())

    def work(seed: int) -> None:
        random = Random(seed)
        while time.monotonic() < until:
            try:
                once(random)
            except (DictDBError, RuntimeError):  # of a dict that changes while it is read
                pass
            except BaseException as error:
                wrong.append(error)
                raise

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert table.count() == len(table.all())
    found = sorted(record["id"] for record in table.select(where=table.a == 7))
    assert found == sorted(record["id"] for record in table.all() if record["a"] == 7)


def test_a_child_of_a_fork_is_told(users: Table) -> None:
    program = """
import os, sys
from dictdb import DictDB, ForkedError
db = DictDB()
db.create_table("t")
table = db.get_table("t")
table.insert({"v": 1})
if os.fork() == 0:
    for call in (table.count, lambda: table.get(1), lambda: table.insert({}), lambda: table.select(where=table.v == 1), DictDB):
        try:
            call()
            os._exit(1)
        except ForkedError:
            pass
    db.close()
    del table, db
    os._exit(7)
print(os.waitstatus_to_exitcode(os.wait()[1]), table.count())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("7 1\n", "")


def test_the_interpreter_ends_with_work_under_way(tmp_path: Any) -> None:
    program = """
import sys, threading
from dictdb import BackupManager, DictDB, configure_logging, log_library
configure_logging("DEBUG", console=False, logfile=sys.argv[1] + "/log")
log_library("debug")
db = DictDB()
db.create_table("t")
table = db.get_table("t")
table.insert([{"v": n} for n in range(5000)])
keep = [table.cursor(), table.watch(), db.snapshot(), db.start_save(sys.argv[1] + "/f")]
backups = BackupManager(db, sys.argv[1] + "/b", backup_interval=0.01, min_backup_interval=0, incremental=True)
backups.start()
threading.Thread(target=lambda: [table.insert({}) for _ in range(10**6)], daemon=True).start()
threading.Thread(target=lambda: keep[1].poll(timeout=None, since=10**9), daemon=True).start()
"""
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")


def test_jobs(db: DictDB, tmp_path: Any) -> None:
    big(db)
    path = tmp_path / "db.json"
    with db.start_save(path) as job:
        facts = job.result()
        assert facts["records"] == 20_000
        assert facts["bytes"] == path.stat().st_size
        assert job.wait() is True
        assert job.progress() == (20_000, 20_000)
        with pytest.raises(UnsupportedError):
            job.database()
    with pytest.raises(ClosedError):
        job.wait()
    loading = DictDB.start_load(path)
    assert loading.database().get_table("big").count() == 20_000
    assert asyncio.run(waited(db, path)) == 20_000
    stopped = db.start_save(tmp_path / "other.json")
    stopped.cancel()
    try:
        stopped.result()
    except CancelledError:
        assert not (tmp_path / "other.json").exists()
    missing = DictDB.start_load(tmp_path / "none.json")
    with pytest.raises(FileNotFoundError):
        missing.result()
    assert json.loads(path.read_text())["tables"]["big"]["records"][0]["id"] == 1
    os.unlink(path)


async def waited(db: DictDB, path: Any) -> int:
    facts = await db.start_save(path)
    return int(facts["records"])
