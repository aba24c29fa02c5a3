"""`wholeplace snapshot`: everybody's current rows in Parquet, for the population engine."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated

import typer

from wholeplace.cli.session import database

if TYPE_CHECKING:
    from wholeplace.population.snapshot import Snapshot

app = typer.Typer(help="Make the population engine's snapshot.", no_args_is_help=True)


@app.callback()
def snapshot() -> None:
    """A group even while it has one command."""


@app.command("make")
def make(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Make a snapshot of what is current; older ones but the last are deleted.

    Example: wholeplace snapshot make
    """
    with database():
        made = _make(quiet=as_json)
    rows = dict(made.manifest.rows)
    if as_json:
        typer.echo(json.dumps({"snapshot": str(made.path), "rows": rows}, indent=2))
        return
    told = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in rows.items())
    typer.echo(f"Snapshot {made.path.name}: {told}.")


def _make(*, quiet: bool) -> Snapshot:
    from django.conf import settings
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from wholeplace.flows.take_snapshot import STEPS, take_snapshot

    columns = (TextColumn("{task.description:<32}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, disable=quiet or not os.isatty(2), transient=True) as bars:
        bar = bars.add_task("", total=STEPS)
        return take_snapshot(
            place=settings.PLACE,
            progress=lambda step: bars.update(bar, advance=1, description=step),
        )
