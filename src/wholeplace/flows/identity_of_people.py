"""Looking at who is who from outside: how good a linking is, and one identity with its history."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wholeplace.core.identity.stable import in_words
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.flows.link_people import LINKER, PURPOSE
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.queries import system_membership
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity import queries
from wholeplace.rooms.identity.export import linked_records
from wholeplace.rooms.people.references import person_number, person_ref

if TYPE_CHECKING:
    from wholeplace.population.identity.truth import Scored


def score_people(truth: Path) -> tuple[Scored, dict[str, Any]]:
    """How well the records that are linked now are linked; and the last linking's own figures.

    Returns:
        The measures; and seconds by stage, peak memory in bytes, and when the linking began.

    Raises:
        UserMistake: nothing has been linked yet, or the truth file cannot be used.
    """
    from wholeplace.population.identity.truth import score  # late: it brings DuckDB

    with acting(system_membership(LINKER), purpose=PURPOSE, route="identity score"):
        run = queries.last_run()
        if run is None:
            raise UserMistake("Nothing has been linked yet.", do="Run `wholeplace identity link`.")
        scored = score(linked_records(), truth)
        audit.record("identity.score", record=f"linking {run.id}")
    told = run.figures
    took = {name: told[name] for name in told if name.startswith("seconds_")}
    return scored, {
        "linking": run.id,
        "linked_at": run.started_at.isoformat(),
        "seconds": {
            **told.get("seconds", {}),
            **{k[len("seconds_") :]: v for k, v in took.items()},
        },
        "peak_bytes": told.get("peak_bytes"),
    }


@dataclass(frozen=True, slots=True)
class Line:
    """One record's stay in an identity, in words."""

    person_ref: str
    agency_code: str | None
    source_key: str | None
    since: dt.datetime
    until: dt.datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class PairShown:
    """Two records that agree, by the persons' references: how strongly, and in what."""

    a: str
    b: str
    weight: float
    levels: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An identity: who is or was in it, and the pairs that hold it together now."""

    ref: str
    lines: tuple[Line, ...]
    pairs: tuple[PairShown, ...]

    def as_data(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "identity": self.ref,
            "records": [asdict(line) for line in self.lines],
            "pairs": [asdict(pair) | {"levels": dict(pair.levels)} for pair in self.pairs],
        }


def show_identity(ref: str) -> Shown:
    """Who is and was in an identity, and why; writes the view's audit event.

    Args:
        ref: the identity's own reference, or that of a person in it.

    Raises:
        NotFound: there is none.
    """
    with acting(system_membership(LINKER), purpose=PURPOSE, route="identity show"):
        number, name = queries.identity_number(ref)
        members = queries.history(number)
        people = [person_number(one.person_ref) for one in members]
        now = [who for who, one in zip(people, members, strict=True) if not one.superseded_at]
        pairs = queries.agreements_between([who for who in now if who is not None])
        audit.record("identity.view", people=[who for who in people if who], record=name)
    lines = [
        Line(
            one.person_ref,
            one.agency_code,
            one.source_key,
            one.recorded_at,
            one.superseded_at,
            in_words(one.why, one.before, name),
        )
        for one in members
    ]
    shown = [
        PairShown(person_ref(p.a), person_ref(p.b), p.weight, tuple(p.levels.items()))
        for p in pairs
    ]
    return Shown(name, tuple(lines), tuple(shown))
