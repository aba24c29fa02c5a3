"""Growing files of tables, in CSV and in Parquet: the same rows give the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

GROUP = 65_536
"""Rows of a Parquet file that are written together, so that many small wards make few groups."""

CSV, PARQUET = "csv", "parquet"


class CsvFile:
    """One growing CSV file, which begins with the columns' names."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self._sink = path.open("wb")
        self._sink.write((",".join(columns) + "\n").encode())

    def write(self, table: pa.Table) -> None:
        """Add rows. No value of ours holds a comma or a quotation mark; one would be an error."""
        options = pacsv.WriteOptions(include_header=False, quoting_style="none")
        pacsv.write_csv(table, self._sink, write_options=options)

    def close(self) -> None:
        """Nothing more comes."""
        self._sink.close()


class ParquetFile:
    """One growing Parquet file, written some ten thousand rows at a time."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self._writer = pq.ParquetWriter(path, schema, compression="zstd", version="2.6")
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def write(self, table: pa.Table) -> None:
        """Add rows."""
        self._waiting.append(table)
        self._rows += table.num_rows
        if self._rows >= GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            whole = pa.concat_tables(self._waiting).combine_chunks()
            self._writer.write_table(whole, row_group_size=2 * GROUP)
        self._waiting, self._rows = [], 0

    def close(self) -> None:
        """Nothing more comes."""
        self._flush()
        self._writer.close()


class Files:
    """One growing file a table and format; little more stays in memory than the table written.

    A table's name is its path in the folder without an ending: "schools/pupils".
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, list[CsvFile | ParquetFile]] = {}
        self._rows: dict[str, int] = {}

    def __enter__(self) -> Files:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for files in self._open.values():
            for file in files:
                file.close()

    def write(self, name: str, table: pa.Table, formats: Sequence[str]) -> None:
        """Add a table's rows to its files, which are begun with the first."""
        if name not in self._open:
            self._rows[name] = 0
            self._open[name] = [self._begin(name, table, one) for one in formats]
        for file in self._open[name]:
            file.write(table)
        self._rows[name] += table.num_rows

    def _begin(self, name: str, table: pa.Table, form: str) -> CsvFile | ParquetFile:
        path = self._folder / f"{name}.{form}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if form == CSV:
            return CsvFile(path, table.column_names)
        return ParquetFile(path, table.schema)

    def summaries(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each file by its path in the folder, with its rows and SHA-256, once all are closed."""
        for name, files in self._open.items():
            for file in files:
                with file.path.open("rb") as opened:
                    digest = hashlib.file_digest(opened, "sha256").hexdigest()
                path = file.path.relative_to(self._folder).as_posix()
                yield path, {"rows": self._rows[name], "sha256": digest}
