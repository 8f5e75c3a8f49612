"""What the peers written in Python have in common: the phases of phases.h, in the same order, with the same lines printed.

What a peer is given and prints is told in benches/README.md.
"""

# What a peer must be able to do has no body here.
# mypy: disable-error-code="empty-body"

import gc
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

BATCH = 1000
FIRST_WRITES = 20
SAMPLE_KEYS = 100
SALES_UPDATES = 3
RUNS = 5
MOST_RUNS = 1000
ENOUGH = 0.1
PATIENCE = 0.5


class Options:
    """The arguments, `name=value` each."""

    def __init__(self, arguments: list[str]) -> None:
        given = dict(argument.split("=", 1) for argument in arguments)
        self.phase = given["phase"]
        self.data = given["data"]
        self.answers = Path(given["answers"])
        self.records = int(given["records"])
        self.reads = int(given.get("reads", 1000))
        self.finds = int(given.get("finds", self.reads))
        self.writes = int(given.get("writes", 1000))
        # Records that are inserted by a call each; those before them come in bulk.
        self.singles = int(given.get("singles", self.records))
        self.threads = int(given.get("threads", 1))
        self.seconds = float(given.get("seconds", 1))


class Peer:
    """What a peer must be able to do. Rows come as the text of a JSON array, records as that of an object."""

    name = ""
    version = ""
    has_indexes = True
    # Records a call that load fastest.
    load_size = BATCH
    # Whether all records can be inserted by one call.
    one_call = True

    def __init__(self, options: Options) -> None:
        self.high = round(90000 + 120e6 / options.records, 2)

    def open(self, indexed: bool) -> None: ...
    def create_indexes(self) -> None: ...
    def prepare_many(self, text: str) -> Any:
        """Turns the array into what `insert_many` gets, before the clock starts."""
        return text

    def prepare_reads(self) -> None:
        """Called once records are there, before reads and writes by key; not measured."""

    def insert(self, text: str) -> None: ...
    def insert_many(self, records: Any) -> None: ...
    def get(self, key: int) -> str | None: ...
    def find(self, email: str) -> str: ...
    def count_dept(self) -> int: ...
    def rows_dept(self) -> str: ...
    def rows_salary(self) -> str: ...
    def count_scan(self) -> int: ...
    def rows_scan(self) -> str: ...
    def count_like(self) -> int: ...
    def rows_top(self) -> str: ...
    def groups(self) -> str: ...
    def rename(self, key: int, name: str) -> None: ...
    def set_age(self, key: int, age: int) -> None: ...
    def set_sales(self, active: bool) -> None: ...
    def remove(self, key: int) -> None: ...
    def remove_young(self) -> None: ...
    def count(self) -> int: ...
    def sums(self) -> tuple[int, float, int]:
        """Of ages and salaries; and how many are active."""
        raise NotImplementedError

    def reader(self) -> Callable[[int], str | None]:
        """What a thread reads with."""
        return self.get


def dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def random_numbers(state: int) -> Iterator[int]:
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state >> 33


def random_keys(seed: int, count: int, records: int) -> list[int]:
    numbers = random_numbers(seed)
    return [1 + next(numbers) % records for _ in range(count)]


def resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def print_sample(row: str, value: float) -> None:
    print(f"sample {row} {value:.6g}", flush=True)


class Run:
    def __init__(self, peer: Peer, options: Options) -> None:
        self.peer = peer
        self.options = options

    def answer(self, row: str, text: str) -> None:
        (self.options.answers / row).write_text(text, encoding="utf-8")
        print("answer", row)

    # ---- what is in the table

    def answer_state(self, row: str) -> None:
        ages, salaries, active = self.peer.sums()
        keys = random_keys(11, SAMPLE_KEYS, self.options.records)
        records = ",".join(self.peer.get(key) or "null" for key in keys)
        sums = f'"count":{self.peer.count()},"age":{ages},"cents":{round(salaries * 100)},"active":{active}'
        self.answer(row, f'{{{sums},"records":[{records}]}}')

    def answer_deletes(self, row: str, deleted: int) -> None:
        places = [*range(FIRST_WRITES), *range(deleted, deleted + FIRST_WRITES)]
        there = [int(self.peer.get(1 + k * 7919 % self.options.records) is not None) for k in places]
        cents = round(self.peer.sums()[1] * 100)
        self.answer(row, dump({"count": self.peer.count(), "sales": self.peer.count_dept(), "cents": cents, "there": there}))

    # ---- loading

    def arrays(self, first: int, end: int, size: int) -> Iterator[list[str]]:
        """The texts of some of the records, a few at a time."""
        with open(self.options.data, encoding="utf-8") as file:
            batch: list[str] = []
            for number, line in enumerate(file):
                if first <= number < end:
                    batch.append(line.rstrip("\n"))
                    if len(batch) == size:
                        yield batch
                        batch = []
            if batch:
                yield batch

    def load_many(self, size: int, end: int | None = None) -> float:
        """In calls of `size` records; gives nanoseconds a record."""
        spent, end = 0.0, self.options.records if end is None else end
        for batch in self.arrays(0, end, size):
            records = self.peer.prepare_many("[" + ",".join(batch) + "]")
            start = time.perf_counter()
            self.peer.insert_many(records)
            spent += time.perf_counter() - start
        return spent * 1e9 / max(1, end)

    def load_single(self, row: str) -> None:
        first = self.options.records - self.options.singles
        self.load_many(self.peer.load_size, first)
        insert, spent = self.peer.insert, 0.0
        for batch in self.arrays(first, self.options.records, BATCH):
            start = time.perf_counter()
            for text in batch:
                insert(text)
            spent += time.perf_counter() - start
        print_sample(row, spent * 1e9 / self.options.singles)
        self.loaded()

    def loaded(self) -> None:
        """The collector, which loading did without, is not to walk the records again and again."""
        gc.collect()
        gc.freeze()
        gc.enable()

    def load_bulk(self, row: str, memory: str, before: int) -> None:
        nanoseconds = self.load_many(BATCH)
        self.loaded()
        print_sample(memory, (resident() - before) / self.options.records)
        print_sample(row, nanoseconds)

    def load_whole(self, row: str) -> None:
        if self.peer.one_call:
            print_sample(row, self.load_many(self.options.records))
        else:
            self.load_many(BATCH)
        self.loaded()

    # ---- queries

    def measure_query(self, row: str, query: Callable[[], int | str], cold: str = "") -> None:
        start = time.perf_counter()
        found = query()
        once = time.perf_counter() - start
        if cold:
            print_sample(cold, once * 1e9)
        self.answer(row, str(found))
        start = time.perf_counter()
        query()
        once = time.perf_counter() - start
        group = int(1e-4 / once) + 1 if once < 1e-4 else 1
        times: list[float] = []
        while len(times) < MOST_RUNS and sum(times) * group < (PATIENCE if len(times) < RUNS else ENOUGH):
            start = time.perf_counter()
            for _ in range(group):
                again = query()
            times.append((time.perf_counter() - start) / group)
            if again != found and isinstance(found, int):
                sys.exit(f"{row}: another answer than the first time")
        print_sample(row, statistics.median(times) * 1e9)

    # ---- reads and writes of single records

    def measure_gets(self) -> None:
        keys = random_keys(7, max(self.options.reads, SAMPLE_KEYS), self.options.records)
        self.answer("R1", "[" + ",".join(self.peer.get(key) or "null" for key in keys[:SAMPLE_KEYS]) + "]")
        get, keys = self.peer.get, keys[: self.options.reads]
        for key in keys[: len(keys) // 4]:
            get(key)
        start = time.perf_counter()
        found = sum(get(key) is not None for key in keys)
        print_sample("R1", (time.perf_counter() - start) * 1e9 / len(keys))
        if found != len(keys):
            sys.exit("R1: a record was not found")

    def measure_finds(self) -> None:
        keys = random_keys(7, max(self.options.finds, FIRST_WRITES), self.options.records)
        emails = [f"user{key}@example.com" for key in keys]
        self.answer("R2.email", "[" + ",".join(self.peer.find(email) for email in emails[:FIRST_WRITES]) + "]")
        find, emails = self.peer.find, emails[: self.options.finds]
        start = time.perf_counter()
        found = sum(len(find(email)) > 2 for email in emails)
        print_sample("R2.email", (time.perf_counter() - start) * 1e9 / len(emails))
        if found != len(emails):
            sys.exit("R2.email: a record was not found")

    def measure_writes(self, row: str, writes: list[tuple[Any, ...]], write: Callable[..., None]) -> None:
        spent = 0.0
        for first, end in ((0, FIRST_WRITES), (FIRST_WRITES, len(writes))):
            start = time.perf_counter()
            for change in writes[first:end]:
                write(*change)
            spent = time.perf_counter() - start
            if row == "D1":
                self.answer_deletes(f"{row}@{end}", end)
            else:
                self.answer_state(f"{row}@{end}")
        print_sample(row, spent * 1e9 / (len(writes) - FIRST_WRITES))

    def measure_sales(self) -> None:
        times = []
        for k in range(SALES_UPDATES):
            start = time.perf_counter()
            self.peer.set_sales(k % 2 == 0)
            times.append(time.perf_counter() - start)
        print_sample("U2", statistics.median(times[1:]) * 1e9)
        self.answer_state("U2")

    def measure_young(self) -> None:
        start = time.perf_counter()
        self.peer.remove_young()
        print_sample("D2", (time.perf_counter() - start) * 1e9)
        self.answer_state("D2")

    # ---- threads

    def measure_threads(self, count: int) -> None:
        stop, barrier, rates = threading.Event(), threading.Barrier(count + 1), []

        def read(get: Callable[[int], str | None], seed: int) -> None:
            numbers, reads = random_numbers(seed), 0
            barrier.wait()
            start = time.perf_counter()
            while not stop.is_set():
                for _ in range(16):
                    if get(1 + next(numbers) % self.options.records) is None:
                        sys.exit("C1: a record was not found")
                reads += 16
            rates.append(reads / (time.perf_counter() - start))

        threads = [threading.Thread(target=read, args=(self.peer.reader(), 7 + t)) for t in range(count)]
        for thread in threads:
            thread.start()
        barrier.wait()
        time.sleep(self.options.seconds)
        stop.set()
        for thread in threads:
            thread.join()
        print_sample(f"C1.{count}", sum(rates))

    # ---- phases

    def single(self) -> None:
        self.load_single("W1")
        self.measure_query("R4.count", self.peer.count_scan, "R4.count.cold")
        self.measure_query("R4.rows", self.peer.rows_scan)
        self.measure_query("R5", self.peer.count_like, "R5.cold")
        self.peer.prepare_reads()
        self.answer_state("W1")
        self.measure_gets()
        keys = random_keys(11, self.options.writes, self.options.records)
        self.measure_writes("U1", [(key, f"Renamed {k}") for k, key in enumerate(keys)], self.peer.rename)

    def bulk(self, before: int) -> None:
        self.load_bulk("W2j.1000", "M1", before)
        self.measure_query("R6", self.peer.rows_top, "R6.cold")
        if self.peer.has_indexes:
            start = time.perf_counter()
            self.peer.create_indexes()
            print_sample("IX", (time.perf_counter() - start) * 1e9)
        self.peer.prepare_reads()
        self.answer_state("W2j.1000")
        self.measure_query("R2.dept.count", self.peer.count_dept)
        self.measure_query("R2.dept.rows", self.peer.rows_dept)
        self.measure_query("R3", self.peer.rows_salary)
        self.measure_finds()
        self.measure_sales()
        self.measure_young()

    def whole(self) -> None:
        self.load_whole("W2j.one")
        self.measure_query("R7", self.peer.groups, "R7.cold")
        self.peer.prepare_reads()
        self.answer_state("W2j.one")

    def single_indexed(self) -> None:
        self.load_single("W1i")
        self.peer.prepare_reads()
        self.answer_state("W1i")
        keys = random_keys(11, self.options.writes, self.options.records)
        self.measure_writes("U1i", [(key, 18 + k % 60) for k, key in enumerate(keys)], self.peer.set_age)
        gone = [(1 + k * 7919 % self.options.records,) for k in range(self.options.writes)]
        self.measure_writes("D1", gone, self.peer.remove)

    def run(self) -> None:
        phase = self.options.phase
        gc.collect()
        gc.disable()
        before = resident()
        self.peer.open("-indexed" in phase)
        if phase == "single":
            self.single()
        elif phase == "bulk":
            self.bulk(before)
        elif phase == "whole":
            self.whole()
        elif phase == "single-indexed":
            self.single_indexed()
        elif phase == "bulk-indexed":
            self.load_bulk("W2i.1000", "M1i", before)
            self.peer.prepare_reads()
            self.answer_state("W2i.1000")
        elif phase == "whole-indexed":
            self.load_whole("W2i.one")
            self.peer.prepare_reads()
            self.answer_state("W2i.one")
        elif phase == "threads":
            self.load_many(self.peer.load_size)
            self.loaded()
            self.peer.prepare_reads()
            for threads in range(1, self.options.threads + 1):
                self.measure_threads(threads)
        else:
            sys.exit(f"{phase}: no such phase")


def run_peer(make: type[Peer]) -> None:
    options = Options(sys.argv[1:])
    peer = make(options)
    print("version", peer.name, peer.version)
    Run(peer, options).run()
