"""`wholeplace fund`: what money there is, held and spent; and putting money in."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from wholeplace.cli._as import membership_of
from wholeplace.cli._days import day_or_today
from wholeplace.cli.session import database
from wholeplace.core.kernel.money import format_pence, parse_pence
from wholeplace.core.money.books import financial_year

app = typer.Typer(help="Funding: allocation, spent, committed, available.", no_args_is_help=True)
ROUTE = "command fund"
By = Annotated[str, typer.Option(help="Who acts: the name that they sign in with.")]


@app.command("show")
def show(
    by: By = "system-worker",
    scheme: Annotated[str, typer.Option(help="One scheme only.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show every budget, and check that balances are the sum of their transfers.

    Example: wholeplace fund show --json
    """
    with database():
        from wholeplace.rooms.agencies.acting import acting
        from wholeplace.rooms.audit import actions as audit
        from wholeplace.rooms.ledger import queries

        with acting(membership_of(by, "fund.read"), purpose="funding", route=ROUTE):
            lines = queries.budgets(scheme or None)
            wrong = queries.disagreements()
            audit.record("fund.view", detail={"budgets": len(lines)})
    if as_json:
        budgets = [asdict(line) | {"year": line.year_shown} for line in lines]
        typer.echo(json.dumps({"budgets": budgets, "books_agree": not wrong}, indent=2))
    else:
        _tell(lines)
    if wrong:
        typer.echo("The kept balances are not the sums of their transfers.", err=True)
        raise typer.Exit(1)


def _tell(lines: list[Any]) -> None:
    for line in lines:
        typer.echo(f"{line.source_name}, {line.scheme}, {line.year_shown}")
        for word in ("allocation", "spent", "committed", "available"):
            typer.echo(f"  {word:<11}{format_pence(getattr(line, f'{word}_pence')):>16}")
    if not lines:
        typer.echo("There is no budget yet: wholeplace fund allocate makes one.")


@app.command("allocate")
def allocate(
    by: By,
    source: Annotated[str, typer.Option(help="A file of the place's governance/funding.")],
    scheme: Annotated[str, typer.Option(help="The scheme's name.")],
    amount: Annotated[str, typer.Option(help="Such as £50,000.00.")],
    memo: Annotated[str, typer.Option(help="Why, in a few words.")],
    day: Annotated[str, typer.Option(help="When it happened; today when not given.")] = "",
) -> None:
    """Put money into the budget of a source and scheme, in the financial year of the day.

    Example: wholeplace fund allocate --source local --scheme transition-payments
    --amount £50,000.00 --memo "Cabinet, 14 May" --by grace.lindqvist
    """
    pence, happened = parse_pence(amount), day_or_today(day)
    with database():
        from wholeplace.flows.fund import put_money
        from wholeplace.rooms.agencies.acting import acting

        with acting(membership_of(by, "fund.allocate"), purpose="funding", route=ROUTE):
            put_money(source=source, scheme=scheme, pence=pence, happened_on=happened, memo=memo)
    year = financial_year(happened)
    typer.echo(f"{format_pence(pence)} put into {source} for {scheme}, {year}/{(year + 1) % 100}.")
