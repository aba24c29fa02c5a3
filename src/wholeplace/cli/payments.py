"""`wholeplace payments`: what is due, and letting it go."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import asdict
from typing import Annotated, Any

import typer

from wholeplace.cli._as import membership_of
from wholeplace.cli._days import day_or_today
from wholeplace.cli.session import database
from wholeplace.core.kernel.dates import show_day
from wholeplace.core.kernel.money import format_pence

app = typer.Typer(help="Weekly payments: what is due, and releasing it.", no_args_is_help=True)
ROUTE = "command payments"
By = Annotated[str, typer.Option(help="Who acts: the name that they sign in with.")]
AsAt = Annotated[str, typer.Option("--as-at", help="A day, YYYY-MM-DD; today when not given.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("due")
def due(by: By, as_at: AsAt = "", as_json: Json = False) -> None:
    """Say what falls due by a day and has not been released.

    Example: wholeplace payments due --by grace.lindqvist
    """
    day = day_or_today(as_at)
    with database():
        from wholeplace.rooms.agencies.acting import acting
        from wholeplace.rooms.casework.queries import due_payments

        with acting(membership_of(by, "payment.read"), purpose="releasing payments", route=ROUTE):
            found = due_payments(day, size=1_000)
    if as_json:
        typer.echo(json.dumps(_due_data(found), indent=2))
        return
    typer.echo(f"{found.total} payments, {format_pence(found.total_pence)}, due by {show_day(day)}")
    for line in found.items:
        week = f"week {line.week_number} of {line.weeks}"
        why = f" ({line.why_not})" if line.why_not else ""
        typer.echo(
            f"  {line.id:>6}  {show_day(line.due_on):<28}  {format_pence(line.amount_pence):>10}"
            f"  {line.payee_name}, {week}{why}"
        )


@app.command("run")
def run(by: By, as_at: AsAt = "", as_json: Json = False) -> None:
    """Release everything due by a day, each payment once; safe to repeat after a crash.

    Example: wholeplace payments run --by grace.lindqvist --json
    """
    day = day_or_today(as_at)
    with database():
        result = _run(membership_of(by, "payment.release"), day, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(asdict(result) | {"as_at": day.isoformat()}, indent=2))
        return
    typer.echo(f"Released {result.released} payments, {format_pence(result.pence)}.")
    for number, why in result.refused:
        typer.echo(f"  payment {number} was left: {why}")


def _run(membership: int, day: dt.date, *, quiet: bool) -> Any:
    from rich.progress import Progress

    from wholeplace.flows.pay import carry_out_run, take_up_or_start

    run_id = take_up_or_start(as_at=day, membership_id=membership, route=ROUTE)
    with Progress(disable=quiet or not os.isatty(2), transient=True) as bars:
        bar = bars.add_task("Releasing", total=None)
        return carry_out_run(
            run_id,
            membership_id=membership,
            route=ROUTE,
            progress=lambda done, of: bars.update(bar, completed=done, total=of),
        )


def _due_data(found: Any) -> dict[str, Any]:
    return {
        "as_at": found.as_at.isoformat(),
        "total": found.total,
        "total_pence": found.total_pence,
        "payments": [
            {
                "id": line.id,
                "due_on": line.due_on.isoformat(),
                "amount_pence": line.amount_pence,
                "payee": line.payee_name,
                "reference": line.payee_reference,
                "week": line.week_number,
                "of": line.weeks,
                "why_not": line.why_not,
            }
            for line in found.items
        ],
    }
