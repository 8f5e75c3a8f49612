"""The log."""

import io
import json
import pathlib
import re
import sys
from typing import Any

import pytest

from dictdb import DictDB, configure_logging, log_library, logger


def work(db: DictDB) -> None:
    db.create_table("t")
    table = db.get_table("t")
    table.insert({"a": 1})
    table.insert([{}, {}])
    table.select(where=table.a == 1)
    table.update({"a": 2})
    table.upsert({"id": 1})
    table.create_index("a")
    table.create_index("a", "tree")
    table.delete()
    db.drop_table("t")


def test_nothing_is_logged_at_first(db: DictDB, capsys: pytest.CaptureFixture[str]) -> None:
    work(db)
    assert capsys.readouterr() == ("", "")


def test_configured_to_the_console(db: DictDB, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="INFO")
    work(db)
    out, err = capsys.readouterr()
    assert err == ""
    lines = [re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \| ", "", line) for line in out.splitlines()]
    assert lines == [
        "INFO     | component=DictDB op=CREATE_TABLE table=t pk=id | created table 't'",
        "INFO     | table=t op=INSERT pk=1 | inserted record 1",
        "INFO     | table=t op=INSERT count=2 | inserted 2 record(s)",
        "INFO     | table=t op=UPDATE count=3 | updated 3 record(s)",
        "INFO     | table=t op=UPSERT pk=1 action=updated | upserted record 1",
        "INFO     | table=t op=INDEX field=a index_type=hash | index created",
        "ERROR    | table=t op=INDEX field=a index_type=tree | no index: 'tree' is neither 'hash' nor 'sorted'",
        "INFO     | table=t op=DELETE count=3 | deleted 3 record(s)",
        "INFO     | component=DictDB op=DROP_TABLE table=t | dropped table 't'",
    ]


def test_json_to_a_file(db: DictDB, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "log"
    configure_logging("DEBUG", console=False, logfile=str(path), json=True)
    work(db)
    logger.remove()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines[1] == {"time": lines[1]["time"], "level": "DEBUG", "message": "insert", "extra": {"table": "t", "op": "INSERT"}}
    assert capsys.readouterr() == ("", "")


def test_sinks_filters_and_fields() -> None:
    stream = io.StringIO()
    called: list[str] = []
    first = logger.add(stream, level="WARNING")
    second = logger.add(called.append, filter=lambda record: record["level"].name == "DEBUG" and record["extra"].get("k") == 1)
    assert second > first
    log = logger.bind(k=1).bind(user="x")
    for method in (log.debug, log.info, log.warning, log.error, log.critical):
        method("100 %s {}", more=2)
    logger.debug("without")
    assert [line.split(" | ")[1].strip() for line in stream.getvalue().splitlines()] == ["WARNING", "ERROR", "CRITICAL"]
    assert stream.getvalue().splitlines()[0].endswith(" | WARNING  | k=1 user=x more=2 | 100 %s {}")
    assert len(called) == 1
    assert called[0].endswith("| 100 %s {}\n")
    with pytest.raises(TypeError):
        logger.add(5)  # type: ignore[arg-type]


def test_colors_on_a_terminal_only() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    logger.add(terminal)
    logger.error("x")
    assert "\x1b[31mERROR   \x1b[0m" in terminal.getvalue()


def test_sampling() -> None:
    lines: list[str] = []
    configure_logging("DEBUG", console=False, sample_debug_every=3)
    logger.add(lines.append)
    for number in range(7):
        logger.debug(str(number))
    assert len(lines) == 7
    stream = io.StringIO()
    old, sys.stdout = sys.stdout, stream
    try:
        configure_logging("DEBUG", sample_debug_every=3)
    finally:
        sys.stdout = old
    for number in range(7):
        logger.debug(str(number))
        logger.info("info")
    assert [line[-1] for line in stream.getvalue().splitlines() if "DEBUG" in line] == ["0", "3", "6"]
    assert stream.getvalue().count("info") == 7
    with pytest.raises(ValueError):
        configure_logging(sample_debug_every=0)


def test_a_sink_that_fails_does_not_fail_the_call(db: DictDB, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(line: str) -> Any:
        raise ZeroDivisionError

    logger.add(broken)
    work(db)
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_the_librarys_own_messages(db: DictDB) -> None:
    lines: list[str] = []
    logger.add(lines.append)
    try:
        log_library("debug")
        db.create_table("t")
        db.get_table("t").insert({})
        own = [line for line in lines if "component=libdictdb" in line]
        assert any("INFO" in line for line in own)
        assert any("DEBUG" in line for line in own)
        log_library("none")
        lines.clear()
        db.drop_table("t")
        assert not [line for line in lines if "component=libdictdb" in line]
        with pytest.raises(ValueError):
            log_library("loud")
    finally:
        log_library()
