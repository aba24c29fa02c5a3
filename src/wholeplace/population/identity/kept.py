"""What a linking leaves behind so that the next can go on from it, and others can weigh a pair.

In the folder that `link` writes lie, beside the clusters:

| file | what it holds |
|---|---|
| people.parquet | `id`, `source` and the columns that the model compares, made comparable, guards not yet applied; a row a record, by id: as they were when everybody was last linked |
| since.parquet | the same, and `gone`: those that have changed since; `people_of` puts both together |
| keys/ | a file a block: `block.keys_file`, as people.parquet has them with guards applied |
| guards.json | default dates and crowded values: `guards.Found` |
| blocks.json | a list, an entry a block in the model's order: `block.Blocked`, of which `most` is the cap |
| left_out.parquet | `block` (its place in the model), `key` (as `block.key_sql` hashes it): keys that were too crowded |
| frequencies.parquet | `column`, `value` (as text), `share` (of the records that have one; a value that is not there counts as the rarest that is) |
| model.json | `model.Learnt` |
| edges.parquet | `a` < `b`, `weight` in bits, `probability`, `gamma_<comparison>`: pairs of `review_bits` or more |
| apart.parquet | `a` < `b`: pairs of `apart_bits` or less |
| unsure.parquet | `a` < `b`, `weight`, `levels` (a number a comparison, in the model's order), `why`: for people to decide, see `unsure_sql` |
| made_by.json | `program`: which program and settings; `must` and `never`: the decisions in force |
| touched.parquet | `record_id`: after a day's changes alone, the records that were clustered again |

Rows are in the order of their ids, after a day's changes those of that day last.
"""  # noqa: E501 - a table

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

import wholeplace.core.identity as core
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.engines.duckdb import EngineSettings, parquet, text_literal
from wholeplace.population.identity.block import Blocked
from wholeplace.population.identity.guards import Found
from wholeplace.population.identity.model import Learnt
from wholeplace.population.identity.settings import LinkSettings

PEOPLE, SINCE, KEYS = "people.parquet", "since.parquet", "keys"
CLUSTERS, EDGES = "clusters.parquet", "edges.parquet"
APART, UNSURE, TOUCHED = "apart.parquet", "unsure.parquet", "touched.parquet"
LEFT_OUT, FREQUENCIES = "left_out.parquet", "frequencies.parquet"
MODEL, GUARDS, BLOCKS = "model.json", "guards.json", "blocks.json"
MADE_BY = "made_by.json"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a linking found out of its records before it compared them.

    Attributes:
        learnt: the model's figures.
        found: the values that are nobody's own.
        blocks: what each block gave and left out.
    """

    learnt: Learnt
    found: Found
    blocks: tuple[Blocked, ...]

    @property
    def caps(self) -> tuple[int, ...]:
        """How many records a key of each block may hold."""
        return tuple(block.most for block in self.blocks)


def write_figures(folder: Path, figures: Figures) -> None:
    """Write model.json, guards.json and blocks.json."""
    for name, data in (
        (MODEL, asdict(figures.learnt)),
        (GUARDS, figures.found.as_data()),
        (BLOCKS, [asdict(block) for block in figures.blocks]),
    ):
        text = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False)
        (folder / name).write_text(text + "\n", encoding="utf-8")


def write_made_by(folder: Path, settings: LinkSettings) -> None:
    """Write made_by.json."""
    held = {"program": program(settings), "must": settings.must, "never": settings.never}
    (folder / MADE_BY).write_text(json.dumps(held) + "\n", encoding="utf-8")


def fits(folder: Path, settings: LinkSettings) -> bool:
    """Whether this program, by these settings, made a linking, so that changes fit into it."""
    try:
        return bool(_read(folder / MADE_BY)["program"] == program(settings))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def decided_since(folder: Path, settings: LinkSettings) -> set[int]:
    """Records about which something else is decided now than when a linking was made.

    Raises:
        UserMistake: the folder holds no linking.
    """
    try:
        held = _read(folder / MADE_BY)
        former = {(kind, one, other) for kind in ("must", "never") for one, other in held[kind]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(folder, error) from error
    now = {("must", *pair) for pair in settings.must} | {
        ("never", *pair) for pair in settings.never
    }
    return {record for _, *pair in former ^ now for record in pair}


def program(settings: LinkSettings) -> str:
    """A SHA-256 over the program that links, its libraries' versions and the settings.

    Without the decisions, and how much of the machine may be taken.
    """
    said = hashlib.sha256(_text_of_program())
    said.update(repr(replace(settings, must=(), never=(), engine=EngineSettings())).encode())
    return said.hexdigest()


@cache
def _text_of_program() -> bytes:
    versions = [f"{name} {version(name)}" for name in ("wholeplace", "splink", "duckdb")]
    files = (*Path(__file__).parent.glob("*.py"), *Path(core.__file__).parent.glob("*.py"))
    return "\n".join(versions).encode() + b"".join(
        file.name.encode() + file.read_bytes() for file in sorted(files)
    )


def read_figures(folder: Path) -> Figures:
    """The figures of a linking.

    Raises:
        UserMistake: the folder holds none that can be read.
    """
    learnt = read_learnt(folder)
    try:
        found = Found.from_data(_read(folder / GUARDS))
        blocks = tuple(Blocked(**block) for block in _read(folder / BLOCKS))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(folder, error) from error
    return Figures(learnt, found, blocks)


def read_learnt(folder: Path) -> Learnt:
    """The model's figures of a linking.

    Raises:
        UserMistake: the folder has no readable model.json.
    """
    try:
        held = _read(folder / MODEL)
        return Learnt(
            held["prior"],
            {name: tuple(figures) for name, figures in held["m"].items()},
            {name: tuple(figures) for name, figures in held["u"].items()},
            held["pairs"],
            held["records"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(folder, error) from error


def read_tables(engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make the tables `frequencies` and `left_out` of a linking."""
    for name in (FREQUENCIES, LEFT_OUT):
        table = name.removesuffix(".parquet")
        engine.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM {parquet(folder / name)}")


def people_of(folder: Path) -> str:
    """Everybody's comparable values as they are now, guards not yet applied: a query in brackets.

    Columns: as in people.parquet.
    """
    people, since = parquet(folder / PEOPLE), parquet(folder / SINCE)
    return (
        f"(SELECT * FROM {people} ANTI JOIN {since} AS since USING (id) UNION ALL BY NAME "
        f"SELECT * EXCLUDE (gone) FROM {since} WHERE NOT gone)"
    )


def write_rows(engine: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    """Write what a query gives to a Parquet file."""
    engine.execute(f"COPY ({query}) TO {text_literal(str(file.resolve()))} (FORMAT PARQUET)")


def write_pairs(engine: duckdb.DuckDBPyConnection, settings: LinkSettings, folder: Path) -> None:
    """Write edges.parquet, apart.parquet and unsure.parquet of the tables `weighed`, `clusters`."""
    for name, query in (
        (EDGES, f"SELECT * FROM weighed WHERE weight >= {settings.review_bits} ORDER BY a, b"),
        (APART, f"SELECT a, b FROM weighed WHERE weight <= {settings.apart_bits} ORDER BY a, b"),
        (UNSURE, f"{unsure_sql(settings, 'weighed')} ORDER BY a, b"),
    ):
        write_rows(engine, query, folder / name)


def unsure_sql(settings: LinkSettings, weighed: str) -> str:
    """The pairs of a table that people should look at, by the table `clusters`.

    Pairs of `review_bits` or more whose two are in two clusters. `why` is `between` for those
    below `join_bits`, and `refused` for those that would have joined but for a conflict. Pairs
    that somebody has parted are among them: who asks people knows of these.
    """
    levels = ", ".join(f"gamma_{made.name}" for made in settings.model.comparisons)
    return (
        f"SELECT a, b, weight, [{levels}]::TINYINT[] AS levels, "
        f"CASE WHEN weight < {settings.join_bits} THEN 'between' ELSE 'refused' END AS why "
        f"FROM {weighed} AS pairs JOIN clusters AS x ON x.record_id = a "
        f"JOIN clusters AS y ON y.record_id = b AND y.cluster <> x.cluster "
        f"WHERE weight >= {settings.review_bits}"
    )


def _read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _unreadable(folder: Path, error: Exception) -> UserMistake:
    return UserMistake(
        f"{folder} holds no linking that can be read.", why=str(error), do="Link again."
    )
