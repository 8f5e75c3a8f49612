"""The departure board is that of the C program."""

import pathlib
import subprocess
import sys

BINDING = pathlib.Path(__file__).resolve().parents[1]
EXAMPLES = BINDING.parents[1] / "examples"


def test_the_departure_board() -> None:
    program = [sys.executable, str(BINDING / "examples" / "departure_board.py"), str(EXAMPLES / "data")]
    done = subprocess.run(program, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.stdout == (EXAMPLES / "departure_board" / "boards.txt").read_text("utf-8")
