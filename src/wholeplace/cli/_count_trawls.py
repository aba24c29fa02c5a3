"""What `wholeplace trawl count` says. Imported when Django is ready."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import typer

from wholeplace.core.kernel.dates import show_day
from wholeplace.flows import count_schemes, place_rules

ROUTE = "command trawl count"
COUNTED = (
    "yes and possible: one for each {about}; no: all others of the {people} people, "
    "also who answers for no {about}; each test below: of all {people} people"
)


def count(names: Sequence[str], day: dt.date, membership: int) -> dict[str, Any]:
    """The counts of the schemes named, or of all."""
    found = count_schemes.count(names, as_at=day, membership_id=membership, route=ROUTE)
    return {
        "as_at": day.isoformat(),
        "known_at": found.known_at.isoformat(),
        "schemes": [
            {**result.as_data(), "about": place_rules.scheme(result.scheme).about}
            for result in found.results
        ],
        "left_out": [{"scheme": key, "why": why} for key, why in found.left_out],
    }


def tell_count(data: dict[str, Any]) -> None:
    """The same in lines."""
    day = show_day(dt.date.fromisoformat(data["as_at"]))
    typer.echo(f"As at {day}, from what was known at {data['known_at'][:16].replace('T', ' ')} UTC")
    for one in data["schemes"]:
        typer.echo(
            f"{one['scheme']}: {one['yes']} yes, {one['possible']} possible, {one['no']} no"
            f" (basis: {one['lawful_basis']['name']}; read: {', '.join(one['agencies'])})"
        )
        if one["about"] != "person":
            typer.echo(f"  {COUNTED.format(about=one['about'], people=one['people'])}")
        for criterion in one["criteria"]:
            told = ", ".join(f"{criterion[name]} {name}" for name in ("yes", "no", "unknown"))
            typer.echo(f"  {criterion['text']}: {told}")
    for one in data["left_out"]:
        typer.echo(f"{one['scheme']}: not counted. {one['why']}")
