"""Spark for the tests: where Java and PySpark are; elsewhere the tests say so and skip.

With CI=true and Java on the machine they fail instead of skipping.
"""

from __future__ import annotations

import importlib.resources
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.waiting import PATIENCE, until

from wholeplace.population.engines.spark.session import missing


def need_spark() -> None:
    """Skip, or fail in CI where there is Java, when Spark cannot run."""
    why = missing()
    if not why:
        return
    if os.environ.get("CI") == "true" and shutil.which("java"):
        pytest.fail(f"{why}: scripts/spark.sh should have fetched it")
    pytest.skip(f"{why}: see requirements-spark.lock")


@contextmanager
def cluster(home: Path, workers: int = 2) -> Iterator[str]:
    """A standalone cluster of one master and `workers` workers on loopback; gives its address."""
    script = Path(str(importlib.resources.files("pyspark"))) / "bin" / "spark-class"
    port, pages = _free_port(), _free_port()
    address = f"spark://127.0.0.1:{port}"
    started = [
        _start(script, home, "master", "--host", "127.0.0.1", "--port", port, "--webui-port", pages)
    ]
    try:
        _wait(home / "master.log", "Starting Spark master", started[0])
        for number in range(workers):
            name = f"worker-{number}"
            own = ["--host", "127.0.0.1", "--webui-port", _free_port(), "--cores", 1]
            own += ["--memory", "600m", "--work-dir", home / name]
            started.append(_start(script, home, name, *own, address))
        for number in range(workers):
            log = home / f"worker-{number}.log"
            _wait(log, "Successfully registered with master", started[number + 1])
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(timeout=PATIENCE)


def _start(script: Path, home: Path, name: str, *arguments: object) -> subprocess.Popen[bytes]:
    kind = name.split("-")[0]
    role = f"org.apache.spark.deploy.{kind}.{kind.capitalize()}"
    own = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m"}
    with (home / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [str(script), role, *map(str, arguments)],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **own},
        )


def _wait(log: Path, words: str, process: subprocess.Popen[bytes]) -> None:
    def said() -> bool:
        text = log.read_text(errors="replace")
        assert words in text or process.poll() is None, text[-2000:]
        return words in text

    until(said, f"“{words}” did not come into {log}")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
