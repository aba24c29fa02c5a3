"""`wholeplace trawl`: ask a scheme of everybody, as at a day."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from typing import Annotated, Any

import typer

from wholeplace.cli._as import membership_of
from wholeplace.cli._days import day_or_today
from wholeplace.cli.session import database
from wholeplace.core.kernel.dates import show_day
from wholeplace.core.kernel.errors import UserMistake

app = typer.Typer(help="Find the people whom a scheme fits.", no_args_is_help=True)
ROUTE = "command trawl"
PURPOSE = "finding people a scheme may help"
PAGE = 5_000
NOT_CURRENT = {
    "look_back": "a look back: another trawl is the current one",
    "look_ahead": "a look ahead, which is never the current one",
}


@app.callback()
def trawls() -> None:
    """Running a trawl, asking it again, and comparing it."""


@app.command("run")
def run(
    scheme: Annotated[str, typer.Argument(help="The scheme's name.")],
    as_at: Annotated[str, typer.Option("--as-at", help="A day, YYYY-MM-DD; else today.")] = "",
    by: Annotated[str, typer.Option(help="Who asks.")] = "system-worker",
    listed: Annotated[bool, typer.Option("--list", help="Print the people too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Trawl the council's records; everybody listed is written in the audit trail.

    Example: wholeplace trawl run transition-payments --as-at 2026-06-08 --json
    """
    day = day_or_today(as_at)
    with database():
        membership = membership_of(by, "trawl.run")
        run_id = _carry_out(scheme, day, membership, quiet=as_json)
        data = _data(run_id, membership, listed=listed)
    if as_json:
        typer.echo(json.dumps(data, indent=2))
    else:
        _tell(data)


def _carry_out(scheme: str, day: dt.date, membership: int, *, quiet: bool) -> int:
    from rich.progress import Progress

    from wholeplace.flows.run_trawl import STAGES, carry_out, start

    run_id = start(scheme, as_at=day, membership_id=membership, route=ROUTE)
    with Progress(disable=quiet or not os.isatty(2), transient=True) as bars:
        bar = bars.add_task("Trawling", total=STAGES)
        return carry_out(
            run_id,
            membership_id=membership,
            route=ROUTE,
            progress=lambda done, of: bars.update(bar, completed=done, total=of),
        )


def _data(run_id: int, membership: int, *, listed: bool) -> dict[str, Any]:
    from wholeplace.rooms.agencies.acting import acting
    from wholeplace.rooms.schemes import queries

    with acting(membership, purpose=PURPOSE, route=ROUTE):
        found = queries.run(run_id)
        people = _people(run_id) if listed else None
    line = found.line
    data: dict[str, Any] = {
        "run": line.id,
        "scheme": line.scheme,
        "version": found.scheme_hash[:16],
        "facts_version": found.place_hash and found.place_hash[:16],
        "as_at": line.as_at.isoformat(),
        "standing": line.standing,
        "known_at": line.known_at and line.known_at.isoformat(),
        "basis": dict(found.basis),
        "agencies": list(found.agencies),
        "people": line.people,
        "counts": {"yes": line.yes, "possible": line.possible},
        "funnel": [vars(step) for step in found.funnel],
        "flagged": dict(found.flagged),
    }
    return data if people is None else data | {"found": people}


def _people(run_id: int) -> list[dict[str, Any]]:
    """Everybody found: reference, answer, and how each criterion fell."""
    from wholeplace.rooms.casework.queries import work_list
    from wholeplace.rooms.schemes import queries

    found: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = work_list(run_id, after=after, size=PAGE)
        why = queries.criteria_of([item.id for item in page.items])
        found += [
            {
                "person": item.person_ref,
                "answer": item.answer,
                "criteria": why[item.id],
                "may_be_written_to": item.may_be_written_to,
            }
            for item in page.items
        ]
        after = page.next_after
    return found


def _tell(data: dict[str, Any]) -> None:
    day = show_day(dt.date.fromisoformat(data["as_at"]))
    typer.echo(f"{data['scheme']} as at {day}: {data['people']} people asked about")
    if data["standing"] in NOT_CURRENT:
        typer.echo(f"  {NOT_CURRENT[data['standing']]}")
    typer.echo(f"  yes {data['counts']['yes']}, possible {data['counts']['possible']}")
    typer.echo(f"  basis: {data['basis']['name']}; read: {', '.join(data['agencies'])}")
    for step in data["funnel"]:
        left = "" if step["left"] is None else f", {step['left']} left"
        fell = "protected" if step["protected"] else f"{step['yes']} yes, {step['unknown']} unknown"
        typer.echo(f"  {step['text']}: {fell}{left}")
    for person in data.get("found", []):
        bad = [key for key, value in person["criteria"].items() if value is not True]
        typer.echo(f"  {person['person']}  {person['answer']:<8} {', '.join(bad)}")


Run = Annotated[int, typer.Argument(help="The trawl's number.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
By = Annotated[str, typer.Option(help="Who asks.")]


@app.command("replay")
def replay(run: Run, by: By = "system-worker", as_json: AsJson = False) -> None:
    """Ask a trawl again as it was kept, and say whether the work list is the same.

    It changes no finding. The exit code is 1 when the replay differs.

    Example: wholeplace trawl replay 12
    """
    with database():
        from wholeplace.cli import _kept_trawls as kept

        data = kept.replay(run, membership_of(by, "trawl.run"))
    _print(data, as_json, kept.tell_replay)
    if data["state"] != "identical":
        raise typer.Exit(1)


@app.command("compare")
def compare(
    run: Run,
    earlier: Annotated[
        int | None, typer.Option("--with", help="An earlier trawl; else the one before.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Print the people, with why.")] = False,
    by: By = "system-worker",
    as_json: AsJson = False,
) -> None:
    """Who is new, who fell out and whose answer moved since an earlier trawl of the scheme.

    Example: wholeplace trawl compare 12 --with 9 --list
    """
    with database():
        from wholeplace.cli import _kept_trawls as kept

        data = kept.compare(run, earlier, membership_of(by, "trawl.read"), listed=listed)
    _print(data, as_json, kept.tell_compare)


@app.command("overlaps")
def overlaps(by: By = "system-worker", as_json: AsJson = False) -> None:
    """How many people the current trawl of each scheme found, and of each two schemes.

    Example: wholeplace trawl overlaps --json
    """
    with database():
        from wholeplace.cli import _kept_trawls as kept

        data = kept.overlaps(membership_of(by, "trawl.read"))
    _print(data, as_json, kept.tell_overlaps)


def _print(data: dict[str, Any], as_json: bool, tell: Callable[[dict[str, Any]], None]) -> None:
    if as_json:
        typer.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))
    else:
        tell(data)


@app.command("count")
def count(
    schemes: Annotated[list[str] | None, typer.Argument(help="Schemes by name.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every scheme of the place.")] = False,
    as_at: Annotated[str, typer.Option("--as-at", help="A day, YYYY-MM-DD; else today.")] = "",
    by: By = "system-worker",
    as_json: AsJson = False,
) -> None:
    """How many people schemes fit or may fit, in one pass over the latest snapshot.

    Nobody is listed and no trawl is kept. Example: wholeplace trawl count --all --as-at 2026-06-08
    """
    if bool(schemes) is every:
        raise UserMistake("Say which schemes to count.", do="Name them, or write `--all`.")
    day = day_or_today(as_at)
    with database():
        from wholeplace.cli import _count_trawls as counts

        data = counts.count(schemes or [], day, membership_of(by, "trawl.run"))
    _print(data, as_json, counts.tell_count)
