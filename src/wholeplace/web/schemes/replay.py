"""`/trawls/<id>/replay`: ask a trawl again as it was kept, and see whether it is the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows import jobs, replay_trawl
from wholeplace.rooms.schemes import queries, replays
from wholeplace.rooms.schemes.replays import DifferenceLine, ReplayLine
from wholeplace.web.gate import actor_of, page, page_after
from wholeplace.web.look.forms import ActionForm
from wholeplace.web.look.marks import link, moment, status, tag
from wholeplace.web.look.model import Column, SummaryRow
from wholeplace.web.look.words import counted, long_day
from wholeplace.web.schemes.bullets import bulleted
from wholeplace.web.submit import Asking, ask, posted

SIZE = 50
STATES = {
    "waiting": ("Waiting to begin", "grey"),
    "running": ("Running", "blue"),
    "identical": ("Identical", "green"),
    "different": ("Different", "orange"),
    "failed": ("Failed", "red"),
}
TRUTH = {True: "yes", False: "no", None: "not known"}
LINES = (Column("Asked", heading=True), Column("By"), Column("Result"))
PEOPLE = (
    Column("Person", heading=True),
    Column("Reference"),
    Column("Kept"),
    Column("In the replay"),
    Column("Tests that came out otherwise"),
    Column("What can have caused it"),
)


@page("trawl.run", hidden=True, methods=("GET", "POST"))
def start(request: HttpRequest, run_id: int) -> HttpResponse:
    """Ask for a replay; the worker carries it out."""
    run = queries.run(run_id).line
    asking = Asking(
        title="Replay this trawl",
        button="Replay the trawl",
        back=f"/trawls/{run_id}/about",
        intro=(
            f"The rules that were kept are asked again, as at {long_day(run.as_at)}, of what was "
            "known when the trawl was run. The answer is compared with the work list.",
            "No finding is changed.",
        ),
    )

    def act(said: dict[str, Any]) -> str:
        actor = actor_of(request)
        number = replay_trawl.start(run_id, membership_id=actor.membership_id, route=actor.route)
        jobs.carry_out_replay.defer(membership=actor.membership_id, replay_id=number)
        return f"/trawls/{run_id}/replays/{number}"

    return ask(request, asking, ActionForm(posted(request)), act)


@page("trawl.read", hidden=True)
def replayed(request: HttpRequest, run_id: int, replay_id: int) -> HttpResponse:
    """How far a replay has come, or what it came to."""
    line = replay_trawl.seen(replay_id, route=actor_of(request).route)
    if line.run_id != run_id:
        raise NotFound("There is no such record.")
    going_on = line.state in ("waiting", "running")
    settled = line.state in ("identical", "different")
    after = page_after(request)
    found = replays.differences(replay_id, after=after, size=SIZE + 1) if settled else []
    here = f"/trawls/{run_id}/replays/{replay_id}"
    texts = {step.key: step.text for step in queries.run(run_id).funnel}
    context = {
        "line": line,
        "back": f"/trawls/{run_id}/about",
        "going_on": going_on,
        "about": _about(line) if settled else [],
        "columns": PEOPLE,
        "rows": [_row(one, texts) for one in found[:SIZE]],
        "next": f"{here}?{urlencode({'after': found[SIZE - 1].id})}" if len(found) > SIZE else "",
        "first": here if after else "",
    }
    response = render(request, "schemes/replay.html", context)
    if going_on:
        response.headers["Refresh"] = "3"
    return response


def replay_rows(run_id: int) -> list[tuple[object, ...]]:
    """A trawl's newest replays, for the page about it."""
    return [
        (
            link(moment(one.asked_at), f"/trawls/{run_id}/replays/{one.id}"),
            one.asked_by,
            tag(*STATES[one.state]),
        )
        for one in replays.replays(run_id)
    ]


def _about(line: ReplayLine) -> list[SummaryRow]:
    return [
        SummaryRow("Asked by", line.asked_by),
        SummaryRow("Done", moment(line.finished_at)),
        SummaryRow("In the work list", counted(line.kept or 0, "person", "people")),
        SummaryRow("In the work list and not in the replay", f"{line.missing:,}"),
        SummaryRow("In the replay and not in the work list", f"{line.extra:,}"),
        SummaryRow("In both, answered otherwise", f"{line.changed:,}"),
    ]


def _row(one: DifferenceLine, texts: Mapping[str, str]) -> tuple[object, ...]:
    tests = [
        f"{texts.get(key, key)}: {TRUTH[then]}, now {TRUTH[now]}"
        for key, (then, now) in one.criteria.items()
    ]
    return (
        link(one.name, f"/people/{one.person_ref}"),
        one.person_ref,
        status(one.kept) if one.kept else "Not found",
        status(one.replayed) if one.replayed else "Not found",
        bulleted(tests) if tests else "–",
        replay_trawl.WORDS[one.reason],
    )
