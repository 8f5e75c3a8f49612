"""Rows of a table to files of CSV and JSON Lines."""

import csv
from collections.abc import Callable
from typing import Any

from dictdb import _engine as engine
from dictdb._codec import dumps
from dictdb._engine import lib
from dictdb.core.condition import WhereArgument
from dictdb.core.extra import extra
from dictdb.core.reading import ReadTable
from dictdb.core.types import Record
from dictdb.query.statement import Params
from dictdb.storage.job import Job


class Exports(ReadTable):
    """The exports of tables and snapshots. See `Table`."""

    def export_csv(
        self,
        filepath: Any,
        *,
        records: list[Record] | None = None,
        columns: list[str] | None = None,
        where: WhereArgument = None,
        delimiter: str = ",",
        encoding: str = "utf-8",
    ) -> int:
        """Writes records to a CSV file as Python prints them (`True`, `[1, 2]`, nothing for None); how many.

        `records`: these, instead of those of the table that match `where`. `columns`: which fields, in which order; without it the
        schema's, or all in the order in which they appear. `start_export_csv` writes JSON's spelling, and replaces the file as a whole.
        """
        rows = self.select(where=where) if records is None else records
        names = columns
        if names is None:
            names = list(self._dictdb_schema or dict.fromkeys(name for row in rows for name in row)) if records is None else None
        if names is None:
            names = list(dict.fromkeys(name for row in rows for name in row))
        if not rows and columns is None:
            return 0
        with open(filepath, "w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, delimiter=delimiter)
            writer.writerow(names)
            writer.writerows([row.get(name) for name in names] for row in rows)
        return len(rows)

    @extra
    def start_export_csv(
        self, filepath: Any, spec: dict[str, Any] | None = None, params: Params = (), *, delimiter: str = ",", header: bool = True
    ) -> Job:
        """Writes rows to a CSV file in a thread of the library: as JSON spells them, the file replaced as a whole. See `Job`.

        `spec`, `params`: which rows, as for `query`.
        """
        options = engine.options_of({"delimiter": delimiter, "header": header})
        return self._dictdb_export(lib.dictdb_table_export_csv, filepath, spec, params, *options)

    @extra
    def start_export_jsonl(self, filepath: Any, spec: dict[str, Any] | None = None, params: Params = ()) -> Job:
        """Writes rows to a file of JSON Lines in a thread of the library, replaced as a whole. `spec`, `params`: as for `query`."""
        return self._dictdb_export(lib.dictdb_table_export_jsonl, filepath, spec, params)

    @extra
    def export_jsonl(self, filepath: Any, spec: dict[str, Any] | None = None, params: Params = ()) -> int:
        """Writes rows to a file of JSON Lines, replaced as a whole; how many. `spec`, `params`: as for `query`."""
        return int(self._dictdb_export(lib.dictdb_table_export_jsonl, filepath, spec, params).result()["records"])

    def _dictdb_export(
        self, function: Callable[..., int], filepath: Any, spec: dict[str, Any] | None, params: Params, *options: Any
    ) -> Job:
        path, text, given = engine.path_of(filepath), dumps(spec or {}), dumps(list(params))
        handle = self._dictdb_handle
        return Job(
            engine.handle(function, "job", lib.dictdb_job_free, handle, path, len(path), text, len(text), given, len(given), *options)
        )
