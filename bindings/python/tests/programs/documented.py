"""Runs the Python of Markdown pages, and tells what each block printed or raised. Runs with either package.

Usage: documented.py DIRECTORY. The blocks of a page share their names, as a reader would type them in. The output is JSON:
{page: [{"line": 12, "printed": "...", "raised": null}, ...]}.
"""

import contextlib
import io
import json
import logging
import os
import pathlib
import re
import sys
import tempfile
import time
from typing import Any

FENCE = re.compile(r"^( *)```python[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def blocks(text: str) -> list[tuple[int, str]]:
    """The blocks of a page with the numbers of their first lines."""
    found = []
    for match in FENCE.finditer(text):
        indent = len(match[1])
        code = "\n".join(line[indent:] for line in match[2].splitlines())
        found.append((text[: match.start()].count("\n") + 2, code))
    return found


def calm(code: str) -> str:
    """The block with its waits and its largest loops cut short: DictDB takes minutes for them."""
    code = re.sub(r"\btime\.sleep\([^)]*\)", "time.sleep(0.05)", code)
    return re.sub(r"\brange\((\d{5,})\)", "range(1000)", code)


def settled(printed: str) -> str:
    """What was printed, without times and temporary names, which no two runs have in common."""
    printed = re.sub(r"\d+\.\d+ ?(s|ms|seconds)\b", "TIME", printed)
    printed = re.sub(r"\d{10}_\d{6}", "STAMP", printed)
    printed = re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\S*", "TIME", printed)
    return re.sub(r"0x[0-9a-f]+", "0x", printed)


def page(path: pathlib.Path) -> list[dict[str, Any]]:
    """The outcome of each block of a page."""
    names: dict[str, Any] = {"__name__": "__main__"}
    outcomes = []
    for line, code in blocks(path.read_text("utf-8")):
        if "while True" in code or "uvicorn" in code:
            continue
        printed = io.StringIO()
        raised = None
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            try:
                exec(compile(calm(code), f"{path.name}:{line}", "exec"), names)
            except Exception as error:
                raised = next(
                    kind.__name__ for kind in type(error).__mro__ if kind.__module__ != "dictdb.exceptions" or kind.__name__ in DOCUMENTED
                )
        outcomes.append({"line": line, "printed": settled(printed.getvalue()), "raised": raised})
    return outcomes


DOCUMENTED = {
    "DictDBError",
    "DuplicateKeyError",
    "DuplicateTableError",
    "RecordNotFoundError",
    "SchemaValidationError",
    "TableNotFoundError",
}


def main(directory: str) -> None:
    """Runs all pages, each in an empty directory of its own."""
    from dictdb import logger  # noqa: PLC0415 - of the package that is looked at

    logger.remove()
    logging.getLogger("dictdb").propagate = False
    result = {}
    pages = pathlib.Path(directory).resolve()
    for path in sorted(pages.rglob("*.md")):
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as place:
            os.chdir(place)
            result[str(path.relative_to(pages))] = page(path)
            os.chdir("/")
        if time.monotonic() - began > 20:
            print(f"{path.name} took {time.monotonic() - began:.0f} s", file=sys.stderr)
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1])
    # Pages start threads that never end.
    sys.stdout.flush()
    os._exit(0)
