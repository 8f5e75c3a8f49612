"""The program of the README does what the README says."""

import pathlib
import re
import subprocess
import sys

README = pathlib.Path(__file__).parents[1] / "README.md"


def test_the_first_program(tmp_path: pathlib.Path) -> None:
    text = README.read_text("utf-8")
    program = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    printed = re.search(r"It prints\n\n```text\n(.*?)```", text, re.DOTALL)
    assert program
    assert printed
    done = subprocess.run([sys.executable, "-c", program[1]], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert (done.stdout, done.stderr) == (printed[1], "")
