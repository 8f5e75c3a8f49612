"""Raw results: what is kept in results.json, from which the report can be made again."""

import json
from pathlib import Path
from typing import Any


class Results:
    """`samples`: by size, row and program, a list of figures. Times are in nanoseconds."""

    def __init__(self, content: dict[str, Any] | None = None) -> None:
        content = content or {}
        self.machine: dict[str, str] = content.get("machine", {})
        self.versions: dict[str, str] = content.get("versions", {})
        self.missing: dict[str, str] = content.get("missing", {})
        self.settings: dict[str, Any] = content.get("settings", {})
        self.text: dict[str, float] = content.get("text", {})
        self.samples: dict[str, dict[str, dict[str, list[float]]]] = content.get("samples", {})
        self.snapshots: dict[str, list[float]] = content.get("snapshots", {})
        self.seconds: dict[str, float] = content.get("seconds", {})

    def add(self, size: int, row: str, program: str, value: float) -> None:
        self.samples.setdefault(str(size), {}).setdefault(row, {}).setdefault(program, []).append(value)

    def spend(self, what: str, seconds: float) -> None:
        self.seconds[what] = round(self.seconds.get(what, 0) + seconds, 1)

    @classmethod
    def load(cls, path: Path) -> "Results":
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def save(self, path: Path) -> None:
        """One line for each list of figures, so that a difference between two runs can be read."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_lay_out(vars(self), "") + "\n", encoding="utf-8")


def _lay_out(value: Any, indent: str) -> str:
    if not isinstance(value, dict) or not value:
        return json.dumps(value, ensure_ascii=False)
    inner = indent + " "
    members = (f"{inner}{json.dumps(name)}: {_lay_out(member, inner)}" for name, member in value.items())
    return "{\n" + ",\n".join(members) + f"\n{indent}}}"
