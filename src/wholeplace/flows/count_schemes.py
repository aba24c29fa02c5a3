"""How many people every scheme of the place fits, or may fit, on a day: counts, and nobody's name.

All schemes are asked in one pass over the latest snapshot. A scheme reads what its own lawful
basis and agencies allow, as in a trawl; one that may not be looked for is named with the reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from wholeplace.core.kernel.errors import Refused, UserMistake
from wholeplace.core.rules.schemes import Scheme
from wholeplace.core.rules.seen import classes_of
from wholeplace.flows import place_rules
from wholeplace.flows.take_snapshot import snapshots_home
from wholeplace.population.snapshot import Snapshot, latest_snapshot
from wholeplace.population.trawl import TrawlResult, count_schemes, countable
from wholeplace.rooms.agencies.acting import Actor, acting
from wholeplace.rooms.audit import actions as audit

PURPOSE = "counting whom schemes may help"


@dataclass(frozen=True)
class Counted:
    """The counts of one day.

    Attributes:
        as_at: the day that they speak of.
        known_at: what had been recorded by then counts: the snapshot's moment.
        results: one a scheme, by its name, without a list of people.
        left_out: scheme and reason, of those that were not counted.
    """

    as_at: dt.date
    known_at: dt.datetime
    results: tuple[TrawlResult, ...]
    left_out: tuple[tuple[str, str], ...]


def count(names: Sequence[str], *, as_at: dt.date, membership_id: int, route: str) -> Counted:
    """Count the schemes of these names, or all of the place when none is named.

    Raises:
        Refused: the role may not ask for trawls.
        NotFound, FileMistake: no such scheme, or a file is not right.
        UserMistake: there is no snapshot yet.
    """
    with acting(membership_id, purpose=PURPOSE, route=route) as actor:
        actor.require("trawl.run")
        schemes = [place_rules.scheme(name) for name in names or place_rules.names()]
        refused = [(scheme, why) for scheme in schemes if (why := _refusal(actor, scheme))]
        closed = [scheme for scheme, _ in refused]
        snapshot = _latest()
        open_ones = [scheme for scheme in schemes if scheme not in closed]
        those, others = countable(snapshot, open_ones, as_at)
        told = {"schemes": [scheme.key for scheme in those], "as_at": as_at.isoformat()}
        audit.record("trawl.count", detail=told)
    return Counted(
        as_at=as_at,
        known_at=snapshot.known_at,
        results=count_schemes(snapshot, those, as_at),
        left_out=tuple((scheme.key, str(why)) for scheme, why in (*refused, *others)),
    )


def _refusal(actor: Actor, scheme: Scheme) -> Refused | None:
    """Why this reader may not count the scheme: it reads information that is not for them."""
    try:
        actor.require_classes(classes_of(scheme))
    except Refused as why:
        return why
    return None


def _latest() -> Snapshot:
    found = latest_snapshot(snapshots_home())
    if found is None:
        raise UserMistake(
            "There is no snapshot to count in.", do="Make one: `wholeplace snapshot make`."
        )
    return found
