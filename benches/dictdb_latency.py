"""The updates and the scans of latency.c on DictDB, the Python library. Prints the same lines; see latency.h.

    dictdb_latency.py RECORDS SECONDS

Its log is off. Records are updated by `upsert`, because `update` searches all records for a key. The control reads its array in a
function of zlib that lets go of the interpreter's lock, so that it does to an update what a busy processor does, and no more.
"""

import gc
import logging
import os
import sys
import threading
import time
import zlib
from importlib.metadata import version

import dictdb

PACE = 1_000_000
SPIN = 200_000
CONTROL_BYTES = 150_000_000
INDEXES = (("dept", "hash"), ("email", "hash"), ("age", "sorted"), ("salary", "sorted"))
DEPTS = "IT HR Sales Engineering Marketing Finance Legal Support".split()
TAGS = "alpha beta gamma delta eps zeta eta theta iota kappa lam mu nu xi omi pi".split()


def sequence(state):
    """The random numbers of workload.h."""
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state >> 33


def records(count):
    random = sequence(42)
    for i in range(1, count + 1):
        yield {
            "id": i,
            "name": f"User {i}",
            "age": 18 + next(random) % 60,
            "dept": DEPTS[next(random) % 8],
            "email": f"user{i}@example.com",
            "salary": (3000000 + next(random) % 12000001) / 100,
            "active": bool(next(random) % 2),
            "tags": [TAGS[next(random) % 16], TAGS[next(random) % 16]],
        }


def wait_until(instant):
    left = instant - SPIN - time.monotonic_ns()
    if left > 0:
        time.sleep(left / 1e9)
    while time.monotonic_ns() < instant:
        pass


def percentile(ascending, rank):
    """The least duration that so many of 10,000 do not exceed."""
    return ascending[max(0, -(-len(ascending) * rank // 10000) - 1)]


def wanted(row):
    return row in os.environ.get("ONLY", row)


class Other(threading.Thread):
    """What runs beside the writer, over and over."""

    def __init__(self, run):
        super().__init__(daemon=True)
        self.work = run
        self.started = threading.Event()
        self.stop = False
        self.completed = 0
        self.durations = []
        self.error = None

    def run(self):
        self.started.set()
        try:
            while not self.stop:
                start = time.monotonic_ns()
                self.work()
                self.durations.append(time.monotonic_ns() - start)
                self.completed += not self.stop
        except Exception as error:
            self.error = error


class Bench:
    def __init__(self, count, seconds):
        self.count = count
        self.duration = int(seconds * 1e9)
        self.random = sequence(11)
        self.array = b"\1" * CONTROL_BYTES
        database = dictdb.DictDB()
        database.create_table("users", primary_key="id")
        self.table = database.get_table("users")
        self.ages = []
        self.matches = 0
        for record in records(count):
            self.ages.append(record["age"])
            self.matches += record["salary"] > 140000 and record["active"]
            self.table.insert(record)
        # The collector is not to walk the records again and again.
        gc.collect()
        gc.freeze()
        # Negated, so that the index on the salary does not serve it.
        self.condition = dictdb.And(dictdb.Not(self.table.salary <= 140000), self.table.active == True)  # noqa: E712

    def scan(self):
        found = self.table.aggregate(where=self.condition, count=dictdb.Count())["count"]
        if found != self.matches:
            raise RuntimeError(f"records that a scan counted: {found}, not {self.matches}")

    def control(self):
        zlib.crc32(self.array)

    def prepare(self, k):
        at = next(self.random) % self.count
        age = self.ages[at] = 18 + (self.ages[at] - 18 + 1 + k % 59) % 60
        return {"id": at + 1, "age": age}

    def update_paced(self, latencies, calls):
        start = time.monotonic_ns() + PACE
        end = start + self.duration
        k = 0
        for due in range(start, end, PACE):
            begin = time.monotonic_ns()
            if begin >= end:
                # No time is left for those that were due: they have waited at least until now.
                latencies.append(begin - due)
                continue
            change = self.prepare(k)
            k += 1
            wait_until(due)
            begin = time.monotonic_ns()
            self.table.upsert(change)
            done = time.monotonic_ns()
            latencies.append(done - due)
            calls.append(done - begin)
        return k

    def update_unpaced(self, latencies, calls):
        end = time.monotonic_ns() + self.duration
        k = done = 0
        while done < end:
            change = self.prepare(k)
            k += 1
            begin = time.monotonic_ns()
            self.table.upsert(change)
            done = time.monotonic_ns()
            latencies.append(done - begin)
            calls.append(done - begin)
        return k

    def measure(self, group, pace, beside):
        if not wanted(f"{group}/{pace}/{beside}"):
            return
        latencies, calls = [], []
        other = None
        if beside != "alone":
            other = Other(self.control if beside == "control" else self.scan)
            other.start()
            other.started.wait()
        updates = (self.update_paced if pace == "paced" else self.update_unpaced)(latencies, calls)
        values = {}
        if other:
            other.stop = True
            other.join()
            if other.error:
                raise other.error
            values.update(runs=other.completed, run=percentile(sorted(other.durations), 5000))
        latencies.sort()
        calls.sort()
        for name, rank in (("p50", 5000), ("p90", 9000), ("p99", 9900), ("p999", 9990), ("max", 10000)):
            values[name] = percentile(latencies, rank)
        values.update(call99=percentile(calls, 9900), callmax=calls[-1], updates=updates)
        for name, value in values.items():
            print(name, f"{group}/{pace}/{beside}", value)

    def measure_group(self, group):
        for pace in ("paced", "unpaced"):
            for beside in ("alone", "control", "scan"):
                self.measure(group, pace, beside)

    def verify_ages(self):
        found = self.table.aggregate(total=dictdb.Sum("age"))["total"]
        if found != sum(self.ages):
            raise RuntimeError(f"the sum of the ages: {found}, not {sum(self.ages)}")
        return found


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: dictdb_latency.py RECORDS SECONDS")
    dictdb.configure_logging(console=False)
    logging.getLogger("dictdb").disabled = True
    print("version python", version("dctdb"))
    bench = Bench(int(sys.argv[1]), float(sys.argv[2]))
    print("check ages", bench.verify_ages())
    print("check matches", bench.matches)
    bench.measure_group("none")
    if wanted("indexed/"):
        for field, kind in INDEXES:
            bench.table.create_index(field, kind)
        bench.measure_group("indexed")
    bench.verify_ages()


main()
