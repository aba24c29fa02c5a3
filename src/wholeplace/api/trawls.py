"""What trawls keep: changes since the last one, replays, overlaps, and counts for everybody."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Schema

from wholeplace.api.app import api
from wholeplace.api.problems import answers
from wholeplace.api.sent import Number, Text
from wholeplace.core.evidence.suppression import Between
from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows import compare_trawls, jobs, place_rules, replay_trawl
from wholeplace.flows.compare_trawls import Test
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.schemes import overlap_queries, queries, replays
from wholeplace.rooms.schemes.compare_queries import Moved
from wholeplace.rooms.schemes.overlap_queries import InBothPage, NewestRun
from wholeplace.rooms.schemes.published import AreaCount, public_counts
from wholeplace.rooms.schemes.queries import RunLine
from wholeplace.rooms.schemes.replays import DifferenceLine, ReplayLine

Kinds = Literal["new", "gone", "now_yes", "now_possible"]


class Changed(Schema):
    """Somebody whom two trawls answer differently; `why` is in words, `reasons` in codes."""

    person: Moved
    reasons: list[str]
    why: list[str]
    tests: list[Test]


class Changes(Schema):
    """Two trawls of one scheme; `items` is one page of the people of the kind asked for.

    `figures_changed` is null where the earlier trawl did not keep the place's rules.
    """

    earlier: RunLine
    later: RunLine
    rules_changed: bool
    figures_changed: bool | None
    counts: dict[str, int]
    kind: Kinds
    items: list[Changed]
    next_after: int | None


class OneChanged(Changed):
    """One person's, with the later trawl's explanation; null where nothing was held then."""

    now: dict[str, Any] | None


class Replay(Schema):
    """A replay and one page of those about whom it differs, of the people the reader sees."""

    replay: ReplayLine
    items: list[DifferenceLine]


class PairCount(Schema):
    """How many people two schemes found; of a scheme with itself: everybody whom it found."""

    first: str
    second: str
    people: int


class ForEverybody(Schema):
    """A scheme's counts by ward; None is from 1 to `few`. `unit` is what is counted.

    Units: person, household, benefit unit, child. A total is the least and the most that the
    counts by ward allow.
    """

    scheme: str
    as_at: dt.date
    unit: str
    few: int
    round_to: int
    totals: dict[str, Between]
    areas: list[AreaCount]


class Counted(Schema):
    """How many people were found by each scheme, by each two, and by how many at once."""

    runs: list[NewestRun]
    pairs: list[PairCount]
    people_by_schemes: dict[int, int]
    in_several: int


@api.get(
    "/trawls/{run_id}/changes", response=answers(Changes), tags=["trawls"], operation_id="changes"
)
def changes(
    request: HttpRequest,
    run_id: Number,
    earlier: Number | None = None,
    kind: Kinds = "new",
    after: Number = 0,
) -> dict[str, Any]:
    """Who is new, who fell out and whose answer moved since an earlier trawl, and why."""
    queries.run(run_id)
    both = compare_trawls.pair(run_id, earlier)
    found = compare_trawls.changes(both, kind, after=after)
    return {
        "earlier": both.earlier,
        "later": both.later,
        "rules_changed": both.rules_changed,
        "figures_changed": both.figures_changed,
        "counts": dict(both.counts),
        "kind": kind,
        "items": [_changed(one) for one in found.items],
        "next_after": found.next_after,
    }


@api.get(
    "/trawls/{run_id}/changes/{ref}",
    response=answers(OneChanged),
    tags=["trawls"],
    operation_id="change",
)
def change(
    request: HttpRequest, run_id: Number, ref: Text, earlier: Number | None = None
) -> dict[str, Any]:
    """Why one person's answer moved, and what the scheme says of them now."""
    queries.run(run_id)
    found = compare_trawls.change(compare_trawls.pair(run_id, earlier), ref)
    return _changed(found) | {"now": found.now and found.now.as_data()}


def _changed(one: compare_trawls.Change) -> dict[str, Any]:
    return {
        "person": one.person,
        "reasons": list(one.reasons),
        "why": [compare_trawls.WORDS[reason] for reason in one.reasons],
        "tests": list(one.tests),
    }


@api.get(
    "/trawls/{run_id}/replays",
    response=answers(list[ReplayLine]),
    tags=["trawls"],
    operation_id="replays",
)
def trawl_replays(request: HttpRequest, run_id: Number) -> list[ReplayLine]:
    """A trawl's newest replays."""
    queries.run(run_id)
    return replays.replays(run_id)


@api.post(
    "/trawls/{run_id}/replays",
    response=answers(ReplayLine),
    tags=["trawls"],
    operation_id="replay_trawl",
)
def replay_run(request: HttpRequest, run_id: Number) -> ReplayLine:
    """Ask a trawl again as it was kept; the worker carries it out. No finding is changed."""
    queries.run(run_id)
    actor = require_actor()
    number = replay_trawl.start(run_id, membership_id=actor.membership_id, route=actor.route)
    jobs.carry_out_replay.defer(membership=actor.membership_id, replay_id=number)
    return replays.replay(number)


@api.get("/replays/{replay_id}", response=answers(Replay), tags=["trawls"], operation_id="replay")
def replay(request: HttpRequest, replay_id: Number, after: Number = 0) -> dict[str, Any]:
    """One replay, and about whom it differs."""
    line = replays.replay(replay_id)
    return {"replay": line, "items": replays.differences(replay_id, after=after)}


@api.get("/overlaps", response=answers(Counted), tags=["trawls"], operation_id="overlaps")
def overlaps(request: HttpRequest) -> dict[str, Any]:
    """How many people the current trawls of each two schemes both found."""
    require_actor().require("trawl.read")
    found = overlap_queries.overlaps()
    return {
        "runs": list(found.runs),
        "pairs": [
            {"first": one, "second": other, "people": people}
            for (one, other), people in found.pairs.items()
        ],
        "people_by_schemes": dict(found.people_by_schemes),
        "in_several": found.in_several,
    }


@api.get(
    "/overlaps/{first}/{second}",
    response=answers(InBothPage),
    tags=["trawls"],
    operation_id="overlap",
)
def overlap(request: HttpRequest, first: Text, second: Text, after: Number = 0) -> InBothPage:
    """The people whom the current trawls of two schemes both found."""
    return overlap_queries.in_both(overlap_queries.overlaps(), first, second, after=after)


@api.get(
    "/schemes/{scheme}/counts",
    response=answers(ForEverybody),
    tags=["schemes"],
    operation_id="public_counts",
    auth=None,
)
def counts(request: HttpRequest, scheme: Text) -> dict[str, Any]:
    """How many people a scheme fits, by ward: small counts are null. For everybody."""
    about = place_rules.scheme(scheme).about
    found = public_counts(scheme)
    if found is None:
        raise NotFound("Nobody has been counted for this scheme yet.")
    return vars(found) | {"unit": about}
