"""OpenFisca-core beside us: in an environment of its own, as a process of its own.

It is AGPL, so nothing of the program or of these benchmarks imports it: files go in (facts as
arrays, rules as text), lines of JSON come out.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.apart import PLAIN, environment
from bench.cities import HOME
from bench.openfisca_rules import Input, Rules, RulesWriter
from wholeplace.core.rules.schemes import Scheme
from wholeplace.core.rules.tree import Kind
from wholeplace.population.trawl.questions import questions_of

RUNNER = PLAIN / "openfisca_run.py"
DTYPES = {
    Kind.BOOLEAN: np.bool_,
    Kind.NUMBER: np.float32,
    Kind.PERCENT: np.float32,
    Kind.MONEY: np.int32,
    Kind.DURATION: np.int32,
    Kind.DATE: "datetime64[D]",
    Kind.CODE: np.int32,
}


class OpenFisca:
    """A running process that holds the facts and rules of some schemes as at a day.

    Args:
        facts: everybody's facts, a column each, as `ReadyFacts.table` gives them.
        households: a number a person, in the same order, for those who build with households.

    Raises:
        NotInstalled: it cannot be had here.
    """

    def __init__(
        self,
        schemes: Sequence[Scheme],
        facts: pa.Table,
        as_at: date,
        households: np.ndarray[Any, Any],
    ) -> None:
        python = environment("openfisca")
        folder = HOME / "openfisca-work"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        np.save(folder / "households.npy", households)
        self.ways: dict[str, Rules] = {}
        for way in ("two", "three"):
            writer = RulesWriter(as_at, three_valued=way == "three")
            self.ways[way] = writer.write(schemes, questions_of(schemes))
            _put(folder, way, self.ways[way], facts, as_at)
        self._process = subprocess.Popen(
            [str(python), str(RUNNER), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        told = self._line()
        self.version: str = told["version"]

    def run(self, way: str) -> tuple[dict[str, float], dict[str, int]]:
        """Build, put in and calculate: seconds by step, and how many are true by variable.

        Args:
            way: `three` or `two`; with ` households`, these are built too.
        """
        told = self._ask(way)
        return told["seconds"], told["counts"]

    def differ(self) -> list[dict[str, int]]:
        """For each scheme: `yes` by two values, and of whom three values say otherwise."""
        told: list[dict[str, int]] = self._ask("differ")
        return told

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)

    def _ask(self, line: str) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"OpenFisca's process ended with {self._process.wait()}")
        return json.loads(line)


def _put(folder: Path, way: str, rules: Rules, facts: pa.Table, as_at: date) -> None:
    """Write the rules, the inputs as arrays, and what is to be asked."""
    files: dict[str, str] = {}
    for given in rules.inputs.values():
        column = facts[given.column].combine_chunks()
        np.save(folder / f"{way}-{given.name}.npy", _values(given, column, way))
        files[given.name] = f"{way}-{given.name}.npy"
        if way == "three":
            known = column.is_valid().to_numpy(zero_copy_only=False)
            np.save(folder / f"{given.name}_known.npy", known)
            files[f"{given.name}_known"] = f"{given.name}_known.npy"
    (folder / f"{way}.py").write_text(rules.text, encoding="utf-8")
    told = {
        "period": as_at.isoformat(),
        "persons": facts.num_rows,
        "questions": list(dict.fromkeys(rules.questions)),
        "schemes": rules.schemes,
        "inputs": files,
    }
    (folder / f"{way}.json").write_text(json.dumps(told), encoding="utf-8")


def _values(given: Input, column: pa.Array, way: str) -> np.ndarray[Any, Any]:
    """The fact as OpenFisca takes it: nought, no, or no code at all where it is not known.

    What a scheme assumes instead is put in where two values cannot say that it is not known.
    """
    if given.kind == Kind.CODE:
        column = pc.index_in(column, pa.array(given.codes, pa.string()))
        nothing: Any = -1
    else:
        nothing = date(1970, 1, 1) if given.kind == Kind.DATE else 0
    if way == "two" and given.assumed is not None:
        assumed = given.assumed
        nothing = given.codes.index(assumed) if isinstance(assumed, str) else assumed
    if given.kind in (Kind.NUMBER, Kind.PERCENT):
        column, nothing = column.cast(pa.float64()), float(nothing)
    if given.kind == Kind.BOOLEAN:
        nothing = bool(nothing)
    filled = column.fill_null(pa.scalar(nothing, column.type))
    return filled.to_numpy(zero_copy_only=False).astype(DTYPES[given.kind])
