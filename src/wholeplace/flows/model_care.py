"""How the model that links stands: what it learnt, how far it moved, how often it is wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from wholeplace.core.identity.care import Drift, Estimate, drift, estimate, weights
from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows.link_people import LINKER, PURPOSE
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.queries import system_membership
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity import care
from wholeplace.rooms.identity.care import Said, Taught

if TYPE_CHECKING:
    from wholeplace.population.identity import Model


@dataclass(frozen=True, slots=True)
class LevelLine:
    """One level: how often pairs of one person (`m`) and of two people (`u`) stand at it."""

    words: str
    m: float
    u: float
    bits: float
    before: float | None
    fixed: bool


@dataclass(frozen=True, slots=True)
class ComparisonLines:
    """One comparison with its levels, the likest first."""

    name: str
    levels: tuple[LevelLine, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What people said of a kind of doubtful pair; `same` is None before the first decision."""

    cause: str
    asked: int
    decided: int
    same: Estimate | None


@dataclass(frozen=True, slots=True)
class Care:
    """One version of the model.

    Attributes:
        version: the number of the linking that learnt it; its moment and records are there too.
        prior: how likely two records taken at random are one person's.
        pairs: pairs that it learnt from; 0 when they were too few and given figures stand.
        fingerprint: of the records that it learnt from.
        before: the version before it; None for the first.
        drift: how far its weights moved from that.
        left_out: keys too crowded to make pairs, over all blocks.
        blocks: block → keys left out, where there are any.
        emptied: column → rows whose value counted for nothing.
        doubts: what people decided of the pairs that a linking was unsure of.
    """

    version: int
    at: dt.datetime
    records: int
    prior: float
    pairs: int
    fingerprint: str
    comparisons: tuple[ComparisonLines, ...]
    before: int | None
    drift: Drift | None
    blocks: dict[str, int]
    emptied: dict[str, int]
    doubts: tuple[Doubt, ...]

    @property
    def left_out(self) -> int:
        return sum(self.blocks.values())

    def as_data(self) -> dict[str, Any]:
        """The whole for a program to read."""
        return asdict(self) | {"at": self.at.isoformat(), "left_out": self.left_out}


def model_care(version: int | None = None) -> Care:
    """How the model stands; the last that was learnt when no version is named. Audited.

    Raises:
        NotFound: no linking has learnt one, or not that one, or the reader may not know.
    """
    from wholeplace.population.identity import PEOPLE  # late: it brings the linking library

    found = care.taught(1, version)
    if not found:
        raise NotFound("No linking has learnt such a model.", do="Link the records first.")
    now = found[0]
    former = next((one for one in care.taught() if one.run_id < now.run_id), None)
    audit.record("identity.model", record=f"linking {now.run_id}")
    return _care(PEOPLE, now, former, tuple(_doubt(one) for one in care.said()))


def model_from_outside(version: int | None = None) -> Care:
    """The same for the command line, under the account that links."""
    with acting(system_membership(LINKER), purpose=PURPOSE, route="identity model"):
        return model_care(version)


def versions() -> tuple[Taught, ...]:
    """The linkings that learnt a model, the latest first."""
    return care.taught()


def _care(model: Model, now: Taught, former: Taught | None, doubts: tuple[Doubt, ...]) -> Care:
    learnt, is_now = now.model, _bits(now)
    was = _bits(former) if former else {}
    blocks = {block["name"]: block["keys_left_out"] for block in now.figures.get("blocks", ())}
    return Care(
        version=now.run_id,
        at=now.at,
        records=now.records,
        prior=learnt["prior"],
        pairs=learnt["pairs"],
        fingerprint=learnt["records"],
        comparisons=_lines(model, learnt, is_now, was),
        before=former.run_id if former else None,
        drift=drift(was, is_now) if former else None,
        blocks={name: keys for name, keys in blocks.items() if keys},
        emptied={k: v for k, v in now.figures.get("emptied", {}).get("rows", {}).items() if v},
        doubts=doubts,
    )


def _bits(taught: Taught) -> dict[str, tuple[float, ...]]:
    return weights(taught.model["m"], taught.model["u"])


def _lines(
    model: Model,
    learnt: dict[str, Any],
    now: dict[str, tuple[float, ...]],
    was: dict[str, tuple[float, ...]],
) -> tuple[ComparisonLines, ...]:
    """Only comparisons that the program still makes, with the levels that it still knows."""
    found = []
    for made in model.comparisons:
        bits = now.get(made.name, ())
        if len(bits) != len(made.levels):
            continue
        before = was.get(made.name, ())
        known = before if len(before) == len(bits) else (None,) * len(bits)
        m, u = learnt["m"][made.name], learnt["u"][made.name]
        rows = zip(made.levels, m, u, bits, known, strict=True)
        levels = (LevelLine(one.words, *rest, one.fixed) for one, *rest in rows)
        found.append(ComparisonLines(made.name, tuple(levels)))
    return tuple(found)


def _doubt(said: Said) -> Doubt:
    return Doubt(said.cause, said.asked, said.decided, estimate(said.same, said.decided))
