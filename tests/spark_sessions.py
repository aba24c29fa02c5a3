"""Spark for the tests: where Java and PySpark are; elsewhere the tests say so and skip.

With CI=true and Java on the machine they fail instead of skipping.
"""

from __future__ import annotations

import os
import shutil

import pytest

from wholeplace.population.engines.spark.session import missing


def need_spark() -> None:
    """Skip, or fail in CI where there is Java, when Spark cannot run."""
    why = missing()
    if not why:
        return
    if os.environ.get("CI") == "true" and shutil.which("java"):
        pytest.fail(f"{why}: scripts/spark.sh should have fetched it")
    pytest.skip(f"{why}: see requirements-spark.lock")
