"""What `wholeplace trawl` says of trawls that were kept. Imported when Django is ready."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

import typer

from wholeplace.core.kernel.dates import show_day
from wholeplace.flows import compare_trawls, replay_trawl
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.schemes import overlap_queries, replays
from wholeplace.rooms.schemes.compare_queries import KINDS, Pair

ROUTE = "command trawl"
PURPOSE = "finding people a scheme may help"
PAGE = 1_000
NAMES = {
    "new": "new",
    "gone": "fell out",
    "now_yes": "now yes",
    "now_possible": "now only possible",
    "same": "the same",
}


def replay(run: int, membership: int) -> dict[str, Any]:
    """A replay carried out at once: its counts, and everybody about whom it differs."""
    line = replay_trawl.replay_of(run, membership_id=membership, route=ROUTE)
    with acting(membership, purpose=PURPOSE, route=ROUTE):
        found = replays.differences(line.id, size=PAGE) if line.state == "different" else []
    counts = {name: getattr(line, name) for name in ("kept", "missing", "extra", "changed")}
    return {
        "run": run,
        "replay": line.id,
        "state": line.state,
        **counts,
        "differences": [
            {
                "person": one.person_ref,
                "kept": one.kept,
                "replayed": one.replayed,
                "criteria": {key: list(values) for key, values in one.criteria.items()},
                "can_be": replay_trawl.WORDS[one.reason],
            }
            for one in found
        ],
    }


def tell_replay(data: dict[str, Any]) -> None:
    """The same in lines."""
    typer.echo(f"Trawl {data['run']}: the replay is {data['state']}.")
    typer.echo(f"  {data['kept']} in the work list; {data['missing']} of them not in the replay,")
    typer.echo(f"  {data['extra']} only in the replay, {data['changed']} answered otherwise")
    for one in data["differences"]:
        then, now = one["kept"] or "not found", one["replayed"] or "not found"
        typer.echo(f"  {one['person']}  {then}, in the replay {now}: {one['can_be']}")


def compare(run: int, earlier: int | None, membership: int, *, listed: bool) -> dict[str, Any]:
    """Two trawls of a scheme side by side."""
    with acting(membership, purpose=PURPOSE, route=ROUTE):
        both = compare_trawls.pair(run, earlier)
        people = _moved(both) if listed else None
    data = {
        "scheme": both.later.scheme,
        "earlier": {"run": both.earlier.id, "as_at": both.earlier.as_at.isoformat()},
        "later": {"run": both.later.id, "as_at": both.later.as_at.isoformat()},
        "rules_changed": both.rules_changed,
        "figures_changed": both.figures_changed,
        "counts": dict(both.counts),
    }
    return data if people is None else data | {"people": people}


def _moved(both: Pair) -> list[dict[str, Any]]:
    """Everybody who moved, kind by kind, with the tests and why."""
    found: list[dict[str, Any]] = []
    for kind in KINDS:
        after: int | None = 0
        while after is not None:
            page = compare_trawls.changes(both, kind, after=after, size=PAGE)
            found += [
                {
                    "person": one.person.person_ref,
                    "kind": kind,
                    "reasons": list(one.reasons),
                    "tests": [asdict(test) for test in one.tests],
                }
                for one in page.items
            ]
            after = page.next_after
    return found


def tell_compare(data: dict[str, Any]) -> None:
    """The same in lines."""
    days = [show_day(dt.date.fromisoformat(data[which]["as_at"])) for which in ("earlier", "later")]
    typer.echo(f"{data['scheme']} as at {days[1]}, compared with {days[0]}")
    told = ", ".join(f"{NAMES[kind]} {data['counts'][kind]}" for kind in NAMES)
    typer.echo(f"  {told}")
    changed = {True: "changed", False: "the same", None: "not kept with the earlier trawl"}
    typer.echo(f"  the scheme's rules: {changed[data['rules_changed']]}")
    typer.echo(f"  the place's facts and figures: {changed[data['figures_changed']]}")
    for one in data.get("people", []):
        why = " ".join(compare_trawls.WORDS[reason] for reason in one["reasons"])
        tests = ", ".join(test["key"] for test in one["tests"])
        typer.echo(f"  {one['person']}  {NAMES[one['kind']]:<17} {why} ({tests})")


def overlaps(membership: int) -> dict[str, Any]:
    """The current trawl of each scheme, and how many people each two have in common."""
    with acting(membership, purpose=PURPOSE, route=ROUTE):
        found = overlap_queries.overlaps()
    return {
        "runs": [asdict(run) | {"as_at": run.as_at.isoformat()} for run in found.runs],
        "pairs": [
            {"first": one, "second": other, "people": people}
            for (one, other), people in found.pairs.items()
        ],
        "people_by_schemes": dict(found.people_by_schemes),
        "in_several": found.in_several,
    }


def tell_overlaps(data: dict[str, Any]) -> None:
    """The same in lines."""
    if not data["runs"]:
        typer.echo("No trawl is done yet.")
    for run in data["runs"]:
        day = show_day(dt.date.fromisoformat(run["as_at"]))
        typer.echo(f"{run['scheme']}, trawl {run['run_id']} as at {day}")
    for pair in data["pairs"]:
        both = pair["first"] != pair["second"]
        named = f"{pair['first']} and {pair['second']}" if both else pair["first"]
        typer.echo(f"  {named}: {pair['people']}")
    typer.echo(f"In more than one: {data['in_several']}")
