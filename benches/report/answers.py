"""Whether a peer's answers are those of libdictdb."""

import hashlib
import json
import math
from pathlib import Path
from typing import Any

# Rows whose order is not asked for: they are compared in the order of their keys.
UNORDERED = {"R2.dept.rows": "id", "R3": "id", "R4.rows": "id", "R7": "dept"}


def normal(row: str, text: str) -> Any:
    value = json.loads(text)
    if row == "R2.email":
        return [record for rows in value for record in (rows if isinstance(rows, list) else [rows])]
    if row in UNORDERED:
        return sorted(value, key=lambda record: record[UNORDERED[row]])
    return value


def same(one: Any, other: Any) -> bool:
    """Numbers may differ by how sums are rounded; all else must not differ, nor true and 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    numbers = (int, float)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, numbers) and isinstance(other, numbers):
        return math.isclose(one, other, rel_tol=1e-9)
    return type(one) is type(other) and one == other


class Answers:
    """Those of libdictdb to one size of table, to compare with. What was compared once is not read again."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}
        self.digests: dict[str, set[bytes]] = {}

    def check(self, row: str, path: Path, ours: bool) -> str:
        """Says what is wrong with an answer; an empty string if it is right, or if there is nothing to compare it with."""
        text = path.read_bytes()
        digest = hashlib.sha256(text).digest()
        if digest in self.digests.get(row, ()):
            return ""
        try:
            value = normal(row, text.decode())
        except (ValueError, KeyError, TypeError) as error:
            return f"{row}: not an answer ({error}): {text[:200]!r}"
        if row not in self.known:
            if not ours:
                return "" if "@" in row else f"{row}: libdictdb has no such answer"
            self.known[row] = value
        elif not same(self.known[row], value):
            return f"{row}: another answer than libdictdb's: {difference(self.known[row], value)}"
        self.digests.setdefault(row, set()).add(digest)
        return ""


def difference(one: Any, other: Any) -> str:
    """The first part in which two values differ, in short."""
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return f"{len(other)} elements, not {len(one)}"
        at = next(k for k in range(len(one)) if not same(one[k], other[k]))
        return f"[{at}] {difference(one[at], other[at])}"
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        name = next(name for name in one if not same(one[name], other[name]))
        return f"{name}: {difference(one[name], other[name])}"
    return f"{str(other)[:200]}, not {str(one)[:200]}"
