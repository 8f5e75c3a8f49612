"""libdictdb for Python: an in-memory database of JSON records, and a drop-in for DictDB 1.11.

Begin with `DictDB`, whose `create_table` and `get_table` give a `Table`; the README has a first program.
"""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as _version

from dictdb._engine import has_feature, library_version, limit_memory, memory_used
from dictdb.core.condition import And, Condition, Not, Or, PredicateExpr, Where
from dictdb.core.field import Field
from dictdb.core.table import Table
from dictdb.exceptions import (
    CancelledError,
    ClosedError,
    DictDBError,
    DuplicateKeyError,
    DuplicateTableError,
    FileFormatError,
    ForkedError,
    IndexExistsError,
    InternalError,
    InvalidArgumentError,
    InvalidKeyError,
    LimitError,
    NumberRangeError,
    ParseError,
    RecordNotFoundError,
    SchemaValidationError,
    TableNotFoundError,
    TimeoutError,
    TypeMismatchError,
    UnavailableError,
    UnsupportedError,
)
from dictdb.obs.logging import configure_logging, logger
from dictdb.obs.native import log_library
from dictdb.query.aggregate import Agg, Avg, Count, Max, Min, Sum
from dictdb.query.cancel import CancelToken
from dictdb.query.cursor import Cursor
from dictdb.query.statement import Query, Update
from dictdb.storage.backup import BackupManager, restore, start_restore, verify
from dictdb.storage.batch import Batch
from dictdb.storage.database import DictDB
from dictdb.storage.job import Job
from dictdb.storage.watch import Watch

try:
    __version__ = _version("dictdb-native")
except PackageNotFoundError:
    __version__ = "0.0.0"

__all__ = [
    "Agg",
    "And",
    "Avg",
    "BackupManager",
    "Batch",
    "CancelToken",
    "CancelledError",
    "ClosedError",
    "Condition",
    "Count",
    "Cursor",
    "DictDB",
    "DictDBError",
    "DuplicateKeyError",
    "DuplicateTableError",
    "Field",
    "FileFormatError",
    "ForkedError",
    "IndexExistsError",
    "InternalError",
    "InvalidArgumentError",
    "InvalidKeyError",
    "Job",
    "LimitError",
    "Max",
    "Min",
    "Not",
    "NumberRangeError",
    "Or",
    "ParseError",
    "PredicateExpr",
    "Query",
    "RecordNotFoundError",
    "SchemaValidationError",
    "Sum",
    "Table",
    "TableNotFoundError",
    "TimeoutError",
    "TypeMismatchError",
    "UnavailableError",
    "UnsupportedError",
    "Update",
    "Watch",
    "Where",
    "__version__",
    "configure_logging",
    "has_feature",
    "library_version",
    "limit_memory",
    "log_library",
    "logger",
    "memory_used",
    "restore",
    "start_restore",
    "verify",
]
