"""What is compared, and which pairs are compared at all: the shape of a linkage model.

A model knows nothing of people: FEBRL's columns make one as well as a city's. Its texts are
DuckDB's SQL over one table; a level names both sides of a pair by the endings `_l` and `_r`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

UNKNOWN = -1
"""The level of a comparison that cannot be made: something is missing. It weighs nothing."""

PERHAPS, SURELY = 1, 2
"""What a block's pairs teach: they may be one person's, or nearly all of them are."""

NEVER_SEEN = 1e-9
"""How often two people's own numbers (NHS, National Insurance) are taken to agree by chance."""


@dataclass(frozen=True, slots=True)
class Level:
    """One way in which two values stand to each other.

    Attributes:
        words: what it says to a reader, such as "the same first name".
        sql: the condition; empty for the last level, which is everything else.
        often: the column whose value's own frequency counts, so that two called Zebedee weigh
            more than two called Mohammed; None where all values weigh alike.
        m: how often pairs of one person stand so: where training cannot tell.
        u: how often pairs of two people do: where training cannot tell.
        fixed: training leaves m and u as they are given.
    """

    words: str
    sql: str = ""
    often: str | None = None
    m: float = 0.0
    u: float = 0.0
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """One thing that is compared.

    Attributes:
        name: plain and short; the column of its level is `gamma_` and this.
        missing: the condition under which it cannot be made.
        levels: the likest first; the last has no condition.
        columns: columns that the conditions read.
        unsaid: what to tell a reader when it is missing.
    """

    name: str
    missing: str
    levels: tuple[Level, ...]
    columns: tuple[str, ...]
    unsaid: str = "not known"

    def value(self, place: int) -> int:
        """The number that stands for a level: 0 is the last, the least alike."""
        return len(self.levels) - 1 - place

    def level(self, value: int) -> Level | None:
        """The level of a number; None for UNKNOWN."""
        return None if value == UNKNOWN else self.levels[len(self.levels) - 1 - value]

    @property
    def case(self) -> str:
        """The number of the level that a pair stands at, in SQL."""
        tests = "".join(
            f" WHEN {level.sql} THEN {self.value(place)}"
            for place, level in enumerate(self.levels[:-1])
        )
        return f"CASE WHEN {self.missing} THEN {UNKNOWN}{tests} ELSE 0 END"


@dataclass(frozen=True, slots=True)
class Block:
    """A reason to compare two records: they hold the same key.

    Attributes:
        name: what they share, in words.
        keys: each an alternative; a record holds the key of every alternative whose parts it
            has. Two records meet when any key of one is any key of the other.
        settles: comparisons that the key decides, which cannot be learnt from its pairs.
        teaches: 0, PERHAPS or SURELY. Where enough pairs teach surely, only they do: among
            others, relations of one name pass for one person.
    """

    name: str
    keys: tuple[tuple[str, ...], ...]
    settles: tuple[str, ...] = ()
    teaches: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """Comparisons and blocks over the columns of one table, whose key is the column `id`."""

    comparisons: tuple[Comparison, ...]
    blocks: tuple[Block, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that a comparison reads."""
        return tuple(dict.fromkeys(c for made in self.comparisons for c in made.columns))

    @property
    def frequencies(self) -> tuple[str, ...]:
        """Every column whose values' own frequencies count."""
        levels = (level for made in self.comparisons for level in made.levels)
        return tuple(dict.fromkeys(level.often for level in levels if level.often))


@dataclass(frozen=True, slots=True)
class Learnt:
    """What training found.

    Attributes:
        prior: how likely two records taken at random are one person's.
        m: comparison → one figure a level, the likest first: among pairs of one person.
        u: the same among pairs of two people.
        pairs: how many pairs of records it learnt from; 0 when it had too few.
        records: the fingerprint of the records that it learnt from.
    """

    prior: float
    m: Mapping[str, tuple[float, ...]]
    u: Mapping[str, tuple[float, ...]]
    pairs: int = 0
    records: str = ""


def splink_settings(model: Model, learnt: Learnt | None, *, rules: bool = False) -> dict[str, Any]:
    """The model as Splink 5's settings for one table.

    Args:
        model: what is compared.
        learnt: its figures; None leaves them to Splink's own training.
        rules: give Splink the blocks as blocking rules; otherwise one that finds nothing, for
            pairs that are registered with it.
    """
    found: dict[str, Any] = {
        "link_type": "dedupe_only",
        "unique_id_column_name": "id",
        "comparisons": [_comparison(made, learnt) for made in model.comparisons],
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": text, "sql_dialect": "duckdb"}
            for text in (splink_rules(model) if rules else ("1 = 0",))
        ],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
    }
    if learnt is not None:
        found["probability_two_random_records_match"] = learnt.prior
    return found


def splink_rules(model: Model) -> list[str]:
    """The blocks as Splink's blocking rules, one for each pair of alternatives."""
    rules = []
    for block in model.blocks:
        for left in block.keys:
            for right in block.keys:
                parts = zip(left, right, strict=True)
                same = [f"({_on('l', a)}) = ({_on('r', b)})" for a, b in parts]
                rules.append(" AND ".join(same))
    return rules


def _on(side: str, part: str) -> str:
    return part.replace("{}", f"{side}.")


def _comparison(made: Comparison, learnt: Learnt | None) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": made.missing, "label_for_charts": "not known", "is_null_level": True}
    ]
    for place, level in enumerate(made.levels):
        one: dict[str, Any] = {
            "sql_condition": level.sql or "ELSE",
            "label_for_charts": level.words,
        }
        if level.often:
            one |= {"tf_adjustment_column": level.often, "tf_minimum_u_value": RAREST}
        if learnt is not None:
            one |= {
                "m_probability": learnt.m[made.name][place],
                "u_probability": learnt.u[made.name][place],
            }
        elif level.fixed:
            one |= {"m_probability": level.m, "u_probability": level.u}
            one |= {"fix_m_probability": True, "fix_u_probability": True}
        levels.append(one)
    return {"output_column_name": made.name, "comparison_levels": levels}


RAREST = 2e-5
"""No value counts as rarer than this: a name that is there once may be a slip of the pen."""
