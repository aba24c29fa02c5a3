"""A DuckDB connection that can reach one folder and nothing else."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

import duckdb

from wholeplace.population.engines.duckdb.quoting import text_literal

SPILL_FOLDER = ".spill"


@dataclass(frozen=True)
class EngineSettings:
    """How much of the machine the engine may take.

    Attributes:
        threads: worker threads; None lets DuckDB take one a core.
        memory_limit: as DuckDB writes it, such as `2GB`; what does not fit spills to disk.
    """

    threads: int | None = None
    memory_limit: str = "2GB"


def connect(
    home: Path, settings: EngineSettings = EngineSettings(), *, reads: tuple[Path, ...] = ()
) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB that reads and writes below `home`, reads below `reads`, and is locked.

    A snapshot holds everybody's data, so the engine gets no other file, no network and no
    extension, and what it spills stays inside `home`, in a folder that only its owner can open.

    Args:
        home: an existing folder.
        settings: threads and memory.
        reads: further folders that queries may name.
    """
    spill = home / SPILL_FOLDER
    spill.mkdir(mode=0o700, exist_ok=True)
    connection = duckdb.connect(
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    )
    folders = ", ".join(text_literal(str(folder.resolve())) for folder in (home, *reads))
    connection.execute(f"SET allowed_directories = [{folders}]")
    own = spill.resolve() / uuid.uuid4().hex  # two processes may read one snapshot
    connection.execute(f"SET temp_directory = {text_literal(str(own))}")
    connection.execute(f"SET memory_limit = {text_literal(settings.memory_limit)}")
    if settings.threads is not None:
        connection.execute(f"SET threads = {int(settings.threads)}")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
