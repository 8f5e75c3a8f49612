"""Finds libdictdb and its header for the build of the extension, or has cargo build the library."""

import functools
import os
import pathlib
import subprocess
from typing import NamedTuple

HERE = pathlib.Path(__file__).resolve().parent
SONAME = "libdictdb.so.0"


class Library(NamedTuple):
    """The shared library and the header that belongs to it."""

    shared: pathlib.Path
    header: pathlib.Path


@functools.cache
def find(scratch: pathlib.Path) -> Library:
    """Takes the library that $DICTDB_LIBRARY names (the file, its directory or the prefix), else builds it below `scratch`."""
    named = os.environ.get("DICTDB_LIBRARY")
    if named:
        return _given(pathlib.Path(named).resolve())
    root = HERE.parents[2]
    if not (root / "Cargo.toml").is_file():
        raise SystemExit(
            f"the sources of libdictdb are not at {root}: set DICTDB_LIBRARY to {SONAME}, or to the prefix that it is installed below"
        )
    return Library(_build(root, scratch.resolve()), root / "include" / "dictdb.h")


def _given(place: pathlib.Path) -> Library:
    candidates = [place] if place.is_file() else [place / SONAME, place / "lib" / SONAME]
    shared = next((path for path in candidates if path.is_file()), None)
    if shared is None:
        raise SystemExit(f"DICTDB_LIBRARY is {place}, but there is no {SONAME} there, nor in its directory lib")
    headers = [directory / "include" / "dictdb.h" for directory in shared.parents[:3]] + [HERE.parents[2] / "include" / "dictdb.h"]
    header = next((path for path in headers if path.is_file()), None)
    if header is None:
        raise SystemExit(f"there is no dictdb.h in the directories include beside or above {shared}")
    return Library(shared, header)


def _build(root: pathlib.Path, scratch: pathlib.Path) -> pathlib.Path:
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", scratch / "cargo"))
    command = ["cargo", "rustc", "--package", "dictdb", "--lib", "--crate-type", "cdylib", "--release", "--locked"]
    try:
        subprocess.run([*command, "--target-dir", str(target)], cwd=root, check=True)
    except FileNotFoundError:
        raise SystemExit("cargo was not found: install Rust, or set DICTDB_LIBRARY to a library that is there") from None
    return target / "release" / "libdictdb.so"
