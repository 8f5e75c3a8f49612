"""Runs the programs of the peers in turns, and keeps what they print."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from report import machine
from report.answers import Answers
from report.peers import BY_NAME, FLOOR, GROWTH_PHASES, LATENCY, OURS, PEERS, Peer
from report.results import Results
from report.rows import PACED, PERCENTILES, table

TIMEOUT = 1200


@dataclass
class Plan:
    sizes: list[int]
    growth: list[int]
    turns: int
    minutes: float
    """After which no other turn is begun."""
    reads: int
    writes: int
    seconds: float
    """Of each measurement of threads."""
    latency: float
    """Of each measurement of paced updates."""
    snapshots: bool


@dataclass
class Suite:
    out: Path
    plan: Plan
    results: Results
    failures: list[str] = field(default_factory=list)
    answers: dict[int, Answers] = field(default_factory=dict)

    def say(self, text: str) -> None:
        print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)

    def fail(self, text: str) -> None:
        self.failures.append(text)
        self.say(f"FAILED: {text}")

    def lines(self, what: str, command: list[str], **environment: str) -> list[list[str]]:
        """What a program printed, in words; nothing if it failed."""
        started = time.monotonic()
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=TIMEOUT, env=os.environ | environment, check=False
            )
        except subprocess.TimeoutExpired:
            self.fail(f"{what}: not done in {TIMEOUT} s")
            return []
        self.results.spend(what.split(",")[0], time.monotonic() - started)
        if done.returncode != 0:
            self.fail(f"{what}: code {done.returncode}: {done.stderr.strip()[-500:]}")
            return []
        return [line.split() for line in done.stdout.splitlines()]

    # ---- the rows

    def data(self, size: int) -> Path:
        """The records as lines of text, for programs that are not written in C."""
        path = self.out / f"data-{size}.jsonl"
        if not path.exists():
            with tempfile.NamedTemporaryFile(dir=self.out, delete=False) as file:
                subprocess.run([str(self.out / "datafile"), str(size)], stdout=file, check=True)
            Path(file.name).rename(path)
        self.results.text[str(size)] = round(path.stat().st_size / size - 1, 2)
        return path

    def given(self, peer: Peer, phase: str, size: int, answers: Path) -> dict[str, str]:
        """The arguments of a program."""
        given = {
            "phase": phase,
            "records": str(size),
            "answers": str(answers),
            "reads": str(self.plan.reads),
            # Deletes must leave some.
            "writes": str(min(self.plan.writes, size // 4)),
            "threads": str(machine.cores()),
            "seconds": str(self.plan.seconds),
        }
        if peer.kind in ("python", "node"):
            given["data"] = str(self.data(size))
        return given | peer.given(phase)

    def run_phase(self, peer: Peer, phase: str, size: int) -> None:
        directory = self.out / "answers" / peer.name
        directory.mkdir(parents=True, exist_ok=True)
        given = self.given(peer, phase, size, directory)
        command = peer.command(self.out) + [f"{name}={value}" for name, value in given.items()]
        what = f"{peer.name} {size}, {phase}"
        samples, right = [], set()
        for kind, name, *rest in self.lines(what, command, NODE_PATH=str(self.out / "node/node_modules")):
            if kind == "version":
                self.results.versions[name] = rest[0]
            elif kind == "sample":
                samples.append((name, float(rest[0])))
            elif kind == "answer":
                wrong = self.answers.setdefault(size, Answers()).check(name, directory / name, peer.name == OURS)
                if wrong:
                    self.fail(f"{what}: {wrong}")
                else:
                    right.add(name)
        self.accept(peer, size, samples, right, what)

    def accept(self, peer: Peer, size: int, samples: list[tuple[str, float]], right: set[str], what: str) -> None:
        """Keeps figures whose answers are right."""
        rows = table(machine.cores())
        for name, value in samples:
            needed = rows[name].answer
            # The floor inserts, but it keeps nothing that could be asked.
            told = not needed or peer.name == FLOOR and not name.startswith("R")
            if told or needed in right or (needed.endswith("@") and any(answer.startswith(needed) for answer in right)):
                self.results.add(size, name, peer.name, value)
            else:
                self.fail(f"{what}: {name} has no right answer")

    def available(self) -> list[Peer]:
        needs = {"sqlite-typed": "sqlite", "sqlite-json": "sqlite", "lokijs": "node", "nedb": "node"}
        return [peer for peer in PEERS if needs.get(peer.name, peer.name) not in self.results.missing]

    def run_rows(self, size: int, turn: int) -> None:
        self.data(size)
        for peer in self.available():
            if list(peer.phases_at(size)):
                self.say(f"{size} records, turn {turn} of {self.plan.turns}: {peer.title}")
            for phase in peer.phases_at(size):
                self.run_phase(peer, phase, size)

    def run_growth(self, size: int, turn: int) -> None:
        """Of what grows with the table, in a size in which the peers are not asked."""
        turns = self.plan.turns if size <= 1_000_000 else min(self.plan.turns, 3)
        if turn > turns:
            return
        for name, phases in ((OURS, GROWTH_PHASES), (FLOOR, BY_NAME[FLOOR].phases)):
            self.say(f"{size} records, turn {turn} of {turns}: {name}")
            for phase in phases:
                self.run_phase(BY_NAME[name], phase, size)

    # ---- latencies

    def latency_commands(self, size: int, shared: str) -> dict[str, list[str]]:
        arguments = [str(size), str(self.plan.latency)]
        commands = {"dictdb": [str(self.out / "latency"), *arguments]}
        if "sqlite" not in self.results.missing:
            commands["memdb"] = [str(self.out / "sqlite_latency"), *arguments]
            if shared:
                commands["wal"] = [str(self.out / "sqlite_latency"), *arguments, f"{shared}/database"]
        if "dictdb" not in self.results.missing and size <= 100_000:
            script = Path(__file__).resolve().parent.parent / "dictdb_latency.py"
            commands["python"] = [str(self.out / "python/bin/python"), str(script), *arguments]
        return commands

    def run_latency(self, size: int, turn: int) -> None:
        rows = ",".join(f"none/paced/{beside}" for beside in PACED)
        in_memory = os.path.isdir("/dev/shm")
        if not in_memory:
            self.results.missing["sqlite-wal"] = "no file system in memory, /dev/shm"
        with tempfile.TemporaryDirectory(dir="/dev/shm" if in_memory else None) as directory:
            checks: dict[str, str] = {}
            for engine, command in self.latency_commands(size, directory if in_memory else "").items():
                self.say(f"{size} records, turn {turn} of {self.plan.turns}: latency, {LATENCY[engine]}")
                for kind, name, value, *_ in self.lines(f"latency {LATENCY[engine]} {size}", command, ONLY=rows):
                    if kind == "check" and checks.setdefault(name, value) != value:
                        self.fail(f"latency of {LATENCY[engine]}, {size} records: {name} is {value}, not {checks[name]}")
                    if kind in PERCENTILES:
                        self.results.add(size, f"C2.{name.rsplit('/', 1)[1]}.{kind}", LATENCY[engine], float(value))

    # ---- snapshots

    def run_snapshots(self, size: int, turn: int) -> None:
        self.say(f"{size} records, turn {turn} of {self.plan.turns}: snapshots")
        for name, value, *_ in self.lines(f"snapshots {size}", [str(self.out / "snapshots"), str(size)]):
            self.results.snapshots.setdefault(name, []).append(float(value))

    def run(self, keep: Path) -> int:
        """Returns how many turns were made: no other is begun when the time is over."""
        started = time.monotonic()
        self.results.machine = machine.describe()
        for turn in range(1, self.plan.turns + 1):
            for size in self.plan.sizes:
                self.run_rows(size, turn)
                self.run_latency(size, turn)
            for size in self.plan.growth:
                self.run_growth(size, turn)
            if self.plan.snapshots:
                self.run_snapshots(max(self.plan.sizes), turn)
            self.results.save(keep)
            if time.monotonic() - started > 60 * self.plan.minutes:
                self.say(f"the time is over after turn {turn}")
                return turn
        return self.plan.turns
