"""DuckDB as the population engine of one machine: connections and quoting."""

from wholeplace.population.engines.duckdb.connection import EngineSettings, connect
from wholeplace.population.engines.duckdb.quoting import (
    date_literal,
    identifier,
    moment_literal,
    parquet,
    text_literal,
)

__all__ = [
    "EngineSettings",
    "connect",
    "date_literal",
    "identifier",
    "moment_literal",
    "parquet",
    "text_literal",
]
