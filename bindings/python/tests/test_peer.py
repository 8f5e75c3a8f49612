"""DictDB and this package, side by side. Neither sees the other: each runs in an interpreter of its own."""

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import dictdb
from dictdb import DictDB, restore
from dictdb.storage.persist import apply_delta

PROGRAMS = pathlib.Path(__file__).parent / "programs"
DIFFERENTIAL = int(os.environ.get("DICTDB_DIFFERENTIAL_PROGRAMS", "400"))

KNOWN_IN_DOCUMENTS = {
    ("examples/03-online-store.md", None): "the page gives create_table a schema, which DictDB 1.11 does not take",
    ("guides/schemas.md", None): "as above",
    ("examples/06-production-ready.md", 108): "our first backup is a full one",
    ("examples/06-production-ready.md", 422): "wording of the log",
    ("examples/06-production-ready.md", 768): "wording of the log",
    ("guides/csv.md", 117): "compares an age that is missing",
    ("guides/csv.md", 173): "wording of an error",
}


def run(python: str, program: str, *arguments: Any) -> str:
    return run_python(python, str(PROGRAMS / program), *arguments)


def run_python(python: str, *arguments: Any) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH" or python == sys.executable}
    done = subprocess.run([python, *map(str, arguments)], capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_peer_has_no_name_and_no_parameter_that_we_lack(peer: pathlib.Path) -> None:
    theirs, ours = json.loads(run(str(peer), "signatures.py")), json.loads(run(sys.executable, "signatures.py"))
    compared = 0
    for module, names in theirs.items():
        for name, what in names.items():
            mine = ours[module][name]
            if "bases" in what:
                assert set(what["bases"]) <= set(mine["bases"]), name
            members = what.get("members", {"": what.get("parameters")})
            mine = mine.get("members", {"": mine.get("parameters")})
            for member, parameters in members.items():
                place = f"{module}.{name}.{member}"
                assert member in mine, place
                if parameters == "property" or parameters is None:
                    assert mine[member] == parameters, place
                    continue
                compared += 1
                assert mine[member][: len(parameters)] == parameters or _keywords_first(mine[member], parameters), place
                assert all(kind in ("KEYWORD_ONLY", "VAR_KEYWORD") or default for _, kind, default in mine[member][len(parameters) :]), (
                    place
                )
    assert compared > 80


def _keywords_first(mine: list[list[Any]], theirs: list[list[Any]]) -> bool:
    """Whether all of theirs are there in their order, and all that we add is by keyword and optional."""
    added = [one for one in mine if one not in theirs]
    return [one for one in mine if one in theirs] == theirs and all(kind == "KEYWORD_ONLY" and default for _, kind, default in added)


def test_documented_programs_give_what_the_peer_gives(peer: pathlib.Path, peer_docs: pathlib.Path) -> None:
    theirs, ours = (json.loads(run(python, "documented.py", peer_docs)) for python in (str(peer), sys.executable))
    assert list(theirs) == list(ours)
    compared, different = 0, set()
    for page, blocks in theirs.items():
        for their, our in zip(blocks, ours[page], strict=True):
            compared += 1
            if _outcome(their) != _outcome(our):
                place = (page, None) if (page, None) in KNOWN_IN_DOCUMENTS else (page, their["line"])
                assert place in KNOWN_IN_DOCUMENTS, (page, their, our)
                different.add(place)
    assert different == set(KNOWN_IN_DOCUMENTS)
    assert compared > 200


def _outcome(block: dict[str, Any]) -> Any:
    """What a block did; threads print in any order, and count what others add meanwhile."""
    lines = block["printed"].splitlines()
    if any(line.startswith(("Thread ", "Consumer ")) for line in lines):
        lines = sorted(line for line in lines if "total records" not in line)
    return lines, block["raised"]


def test_the_guides_page_on_schemas_does_what_it_says(peer_docs: pathlib.Path) -> None:
    blocks = json.loads(run(sys.executable, "documented.py", peer_docs / "guides"))["schemas.md"]
    printed = "".join(block["printed"] for block in blocks)
    assert printed == "Field 'price' expects type 'float', got 'str'.\n"


def test_differential_programs_give_what_the_peer_gives(peer: pathlib.Path) -> None:
    theirs, ours = (run(python, "differential.py", 1, DIFFERENTIAL).splitlines() for python in (str(peer), sys.executable))
    theirs, ours = ([line for line in lines if line.startswith("[")] for lines in (theirs, ours))
    assert len(theirs) == len(ours) == DIFFERENTIAL
    raised = operations = 0
    for seed, (their, our) in enumerate(zip(theirs, ours, strict=True), 1):
        for step, (wanted, got) in enumerate(zip(json.loads(their), json.loads(our), strict=True)):
            assert wanted == got, f"program {seed}, step {step}"
            operations += 1
            raised += wanted[1][0] == "raised"
    assert operations > 10 * DIFFERENTIAL
    assert raised > DIFFERENTIAL


EXCHANGE = """
import sys
from dictdb import DictDB, Table, BackupManager, logger
from dictdb.storage.persist import apply_delta
logger.remove()
what, place = sys.argv[1:]
if what == "write":
    db = DictDB()
    db.tables["t"] = Table("t", "key", {"key": str, "n": float, "tags": list})
    db.get_table("t").insert([{"key": "a", "n": 1.5, "tags": [1]}, {"key": "b", "n": 2.0, "tags": []}])
    db.create_table("u")
    db.get_table("u").insert([{"x": None}, {"x": {"y": "ä"}}])
    db.save(place + "/db.json", "json")
    db.save(place + "/db.pickle", "pickle")
    backups = BackupManager(db, place + "/backups", incremental=True)
    backups.backup_full()
    db.get_table("u").insert({"x": 3})
    db.get_table("u").delete(where=db.get_table("u").id == 1)
    backups.backup_delta()
else:
    for name in ("json", "pickle"):
        db = DictDB.load(place + "/db." + name, name)
        t, u = db.get_table("t"), db.get_table("u")
        print(db.list_tables(), t.all(), t.schema, u.copy(), u.insert({}))
    import glob
    db = DictDB.load(glob.glob(place + "/backups/dictdb_backup_*")[0], "json")
    deltas = sorted(glob.glob(place + "/backups/dictdb_delta_*"))
    print([apply_delta(db, name) for name in deltas], sorted(db.get_table("u").copy().items()))
"""


def test_files_go_to_the_peer_and_back(peer: pathlib.Path, tmp_path: pathlib.Path) -> None:
    pythons = {"theirs": str(peer), "ours": sys.executable}
    for name, python in pythons.items():
        (tmp_path / name).mkdir()
        run_python(python, "-c", EXCHANGE, "write", tmp_path / name)
    read = {
        (reader, writer): run_python(pythons[reader], "-c", EXCHANGE, "read", tmp_path / writer) for reader in pythons for writer in pythons
    }
    for writer in pythons:
        assert read["theirs", writer] == read["ours", writer]
    contents = {text.rsplit("]", 1)[0].split("\n[")[0] for text in read.values()}
    assert len(contents) == 1
    restored, _ = restore(tmp_path / "theirs" / "backups")
    assert sorted(restored.get_table("u").copy()) == [2, 3]
    assert callable(apply_delta)
    assert isinstance(restored, DictDB)
    assert dictdb.__version__ != "0.0.0"
