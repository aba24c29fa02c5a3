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
def make(
    full: Annotated[
        bool, typer.Option("--full", help="Read every row, also where a refresh would do.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make a snapshot of what is current; older ones but the last are deleted.

    Only what changed since the last one is read, where that can be told. It may be deleted at
    any time: then everything is read.

    Example: wholeplace snapshot make
    """
    with database():
        made = _make(full=full, quiet=as_json)
    rows = dict(made.manifest.rows)
    if as_json:
        said = {"snapshot": str(made.path), "rows": rows, **_origin(made)}
        typer.echo(json.dumps(said, indent=2))
        return
    told = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in rows.items())
    typer.echo(f"Snapshot {made.path.name}: {told}.")
    typer.echo(_how(made))


def _origin(made: Snapshot) -> dict[str, object]:
    origin = made.manifest.origin
    return {
        "made": origin.made,
        "why_full": origin.why,
        "former": origin.former,
        "rows_changed": origin.changed,
        "rows_in_all": made.manifest.whole,
    }


def _how(made: Snapshot) -> str:
    """How it was made, in a sentence."""
    origin = made.manifest.origin
    if origin.former:
        return f"Refreshed: {origin.changed:,} of {made.manifest.whole:,} rows changed."
    return f"Every row was read. {origin.why}"


def _make(*, full: bool, quiet: bool) -> Snapshot:
    from django.conf import settings
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from wholeplace.flows.take_snapshot import STEPS, take_snapshot

    columns = (TextColumn("{task.description:<32}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, disable=quiet or not os.isatty(2), transient=True) as bars:
        bar = bars.add_task("", total=STEPS)
        return take_snapshot(
            place=settings.PLACE,
            full=full,
            progress=lambda step: bars.update(bar, advance=1, description=step),
        )
