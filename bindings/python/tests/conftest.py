import os
import pathlib
from collections.abc import Iterator

import pytest

from dictdb import DictDB, Table, logger

PEOPLE = [
    {"id": 1, "name": "Ada", "age": 36, "dept": "IT", "salary": 90.5, "tags": ["a", "b"], "address": {"city": "Bern"}},
    {"id": 2, "name": "Bob", "age": 25, "dept": "HR", "salary": 50.0, "tags": [], "address": {"city": "Ulm"}},
    {"id": 3, "name": "Cleo", "age": 61, "dept": "IT", "salary": 120.25, "tags": ["b"]},
    {"id": 4, "name": "Dan", "age": 25, "dept": None, "salary": 70.0, "tags": ["c"], "address": None},
]


@pytest.fixture
def db() -> Iterator[DictDB]:
    with DictDB() as made:
        yield made


@pytest.fixture
def users(db: DictDB) -> Table:
    db.create_table("users")
    table = db.get_table("users")
    table.insert([dict(person) for person in PEOPLE])
    return table


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    yield
    logger.remove()


def _given(variable: str) -> pathlib.Path:
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} is not set: bindings/python/test sets it")
    return pathlib.Path(value)


@pytest.fixture(scope="session")
def peer() -> pathlib.Path:
    """The interpreter of an environment that has DictDB."""
    return _given("DICTDB_PEER_PYTHON")


@pytest.fixture(scope="session")
def peer_docs() -> pathlib.Path:
    """DictDB's documentation."""
    return _given("DICTDB_PEER_DOCS")
