"""A model's comparisons and blocks compiled to Python: one pair weighed in microseconds.

The model's own SQL is the one source: it is translated, never written twice. The weights are
Splink's; a test holds each level of each comparison to what Splink gives, rarity included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import md5
from math import log2
from typing import Any, TypeAlias

from wholeplace.core.kernel.errors import WholeplaceError
from wholeplace.population.identity.model import RAREST, UNKNOWN, Block, Learnt, Model
from wholeplace.population.identity.translate import (
    FUNCTIONS,
    columns_of,
    equal_columns,
    true_where,
    value_of,
)

Values: TypeAlias = tuple[Any, ...]
"""One record's values in the order of the model's columns."""

Levels: TypeAlias = tuple[int, ...]
"""The level of each comparison; UNKNOWN where it cannot be made."""

PARTED = "\x1f"
DIGITS = 15  # of a hash in base 16: 60 bits


@dataclass(frozen=True, slots=True)
class Scorer:
    """Weighs one record against others as Splink does.

    Attributes:
        columns: what a record's values are, in order.
        levels: the level of each comparison for two records' values.
        bits: by comparison and level, the last being that of UNKNOWN: what it adds.
        rare: by comparison and level, where the value's own share counts: its column's place
            among `often`, and the share that the level's bits are for.
        often: columns of whose values the share is asked.
        prior: bits of two records at random.
    """

    columns: tuple[str, ...]
    levels: Callable[[Values, Values], Levels]
    bits: tuple[tuple[float, ...], ...]
    rare: tuple[dict[int, tuple[int, float]], ...]
    often: tuple[str, ...]
    prior: float

    def weigh(
        self, one: Values, other: Values, shares: Sequence[float | None]
    ) -> tuple[float, Levels]:
        """The weight of a pair in bits, and its levels.

        Args:
            one: the values of the record that is asked about.
            other: those of a candidate.
            shares: of the values of `one` in the columns `often`: how many of all records that
                have one have the same; None where that is not known.
        """
        found = self.levels(one, other)
        weight = self.prior
        for place, level in enumerate(found):
            weight += self.bits[place][level]
            rare = self.rare[place].get(level)
            if rare and (share := shares[rare[0]]) is not None:
                weight += log2(rare[1]) - log2(max(share, RAREST))
        return weight, found


def compile_scorer(model: Model, learnt: Learnt) -> Scorer:
    """The scorer of a model with what training found.

    Raises:
        Untranslatable: a condition has no translation.
        WholeplaceError: rarity counts at a level at which the two values need not be the same.
    """
    _check_rarity(model)
    often = model.frequencies
    bits, rare = [], []
    for made in model.comparisons:
        m, u = learnt.m[made.name], learnt.u[made.name]
        by_place = [log2(one / other) for one, other in zip(m, u, strict=True)]
        bits.append((*reversed(by_place), 0.0))  # at -1, UNKNOWN
        rare.append(
            {
                made.value(place): (often.index(level.often), u[place])
                for place, level in enumerate(made.levels)
                if level.often
            }
        )
    prior = log2(learnt.prior / (1 - learnt.prior))
    return Scorer(model.columns, _levels(model), tuple(bits), tuple(rare), often, prior)


def _check_rarity(model: Model) -> None:
    """A candidate's shares are not asked for, so its value must be the one asked about."""
    for made in model.comparisons:
        for level in made.levels:
            if level.often and level.often not in equal_columns(level.sql):
                raise WholeplaceError(
                    f"The level “{level.words}” cannot be compiled.",
                    why=f"Rarity counts though two values of {level.often} may differ.",
                    do="Ask for equality in its condition.",
                )


@lru_cache(maxsize=4)
def _levels(model: Model) -> Callable[[Values, Values], Levels]:
    """One function for all comparisons, written out: a call for each would cost more than it."""
    lines = [
        "def levels(one, other):",
        f"    ({', '.join(f'{c}_l' for c in model.columns)},) = one",
        f"    ({', '.join(f'{c}_r' for c in model.columns)},) = other",
    ]
    for place, made in enumerate(model.comparisons):
        lines += [f"    if {true_where(made.missing)}:", f"        g{place} = {UNKNOWN}"]
        for at, level in enumerate(made.levels[:-1]):
            lines += [f"    elif {true_where(level.sql)}:", f"        g{place} = {made.value(at)}"]
        lines += ["    else:", f"        g{place} = 0"]
    lines.append(f"    return ({''.join(f'g{n}, ' for n in range(len(model.comparisons)))})")
    return _made("\n".join(lines), "levels")


def _made(source: str, name: str) -> Callable[..., Any]:
    """What the source defines; its text is the model's, never anybody's who types."""
    scope: dict[str, Any] = dict(FUNCTIONS)
    exec(compile(source, f"<{name}>", "exec"), scope)
    made: Callable[..., Any] = scope[name]
    return made


# -- keys -----------------------------------------------------------------------------------
def keys_of(blocks: Sequence[Block], record: Mapping[str, Any]) -> list[int]:
    """The keys of a record, each once: two records meet when they share one.

    Args:
        record: its comparable values by column, numbers as numbers.
    """
    found: dict[int, None] = {}
    for place, parts in _makers(tuple(blocks)):
        values = [made(record) for made in parts]
        if None not in values:
            found[_key(place, values)] = None
    return list(found)


def _key(place: int, values: Sequence[Any]) -> int:
    text = PARTED.join([str(place), *map(str, values)])
    return int(md5(text.encode(), usedforsecurity=False).hexdigest()[:DIGITS], 16)


@lru_cache(maxsize=4)
def _makers(
    blocks: tuple[Block, ...],
) -> tuple[tuple[int, tuple[Callable[[Mapping[str, Any]], Any], ...]], ...]:
    return tuple(
        (place, tuple(_maker(part.replace("{}", "")) for part in parts))
        for place, block in enumerate(blocks)
        for parts in block.keys
    )


def _maker(sql: str) -> Callable[[Mapping[str, Any]], Any]:
    names = sorted(columns_of(sql))
    read = ", ".join(f"record.get({name!r})" for name in names)
    source = f"def part(record):\n    ({', '.join(names)},) = ({read},)\n"
    return _made(f"{source}    return {value_of(sql)}", "part")


def key_sql(place: int, parts: Sequence[str]) -> str:
    """The same key in DuckDB's SQL; NULL where a part is missing."""
    plain = [part.replace("{}", "") for part in parts]
    missing = " OR ".join(f"({part}) IS NULL" for part in plain)
    joined = f" || chr({ord(PARTED)}) || ".join(
        [f"'{place}'", *(f"({part})::VARCHAR" for part in plain)]
    )
    hashed = f"('0x' || md5({joined})[:{DIGITS}])::BIGINT"
    return f"CASE WHEN NOT ({missing}) THEN {hashed} END"
