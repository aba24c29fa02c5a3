"""A Spark session that calculates as the interpreter does: exact decimals, UTC, errors not NULLs.

Spark is not installed with Wholeplace: it needs Java and half a gigabyte. `SparkMissing` says
how to get it.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from wholeplace.core.kernel.errors import UserMistake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOCAL = "local[2]"
_EXACT = {
    # NULL must mean unknown and nothing else: what overflows or cannot be cast is an error.
    "spark.sql.ansi.enabled": "true",
    # Otherwise a product of two wide decimals silently loses its last places.
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.session.timeZone": "UTC",
}
_QUIET = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.eventLog.enabled": "false",
}


class SparkMissing(UserMistake):
    """PySpark or Java is not on this machine."""


@dataclass(frozen=True)
class SparkSettings:
    """Where Spark runs and how much it may take.

    Attributes:
        master: `local[2]`, or a cluster's address such as `spark://host:7077`.
        home: a private folder for what Spark spills; must exist.
        host: the address that the cluster's workers reach this program at.
        partitions: how many parts shuffled rows are split into.
        more: further settings of Spark, by its names.
    """

    home: Path
    master: str = LOCAL
    host: str = "127.0.0.1"
    partitions: int = 8
    more: Mapping[str, str] = field(default_factory=dict)


def missing() -> str:
    """What Spark lacks here, in words; empty when it can run."""
    if importlib.util.find_spec("pyspark") is None:
        return "PySpark is not installed"
    return "" if shutil.which("java") else "there is no Java on this machine"


@contextmanager
def spark_session(settings: SparkSettings) -> Iterator[SparkSession]:
    """A session, stopped at the end. One at a time in a process.

    Raises:
        SparkMissing: PySpark or Java is not there.
    """
    if why := missing():
        do = "Install Java 17 and the packages of requirements-spark.lock, or use DuckDB."
        raise SparkMissing("Spark cannot run here.", why=f"{why}.", do=do)
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(settings.master).appName("wholeplace")
    own = {
        "spark.driver.host": settings.host,
        "spark.driver.bindAddress": settings.host,
        "spark.local.dir": str(settings.home.resolve()),
        "spark.sql.warehouse.dir": str(settings.home.resolve() / "warehouse"),
        "spark.sql.shuffle.partitions": str(settings.partitions),
    }
    for name, value in {**_QUIET, **own, **settings.more, **_EXACT}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield session
    finally:
        session.stop()
