"""`wholeplace places`: areas, their parents and published figures."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wholeplace.cli.session import database

if TYPE_CHECKING:
    from wholeplace.rooms.places.queries import Deprivation

app = typer.Typer(help="Load and show areas and their figures.", no_args_is_help=True)
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("load")
def load(
    folder: Annotated[Path, typer.Argument(help="Folder of official open files.")],
    as_json: JsonOption = False,
) -> None:
    """Load official open files in their own layouts; load them again and nothing changes.

    Example: wholeplace places load ../shared/data/birmingham
    """
    with database():
        from django.conf import settings
        from rich.console import Console

        from wholeplace.flows.load_places import load_places

        with Console(stderr=True, quiet=as_json).status("Reading the files"):
            put = load_places(folder, settings.PLACE)
    if as_json:
        typer.echo(json.dumps(vars(put)))
        return
    told = ", ".join(f"{count:,} {name}" for name, count in vars(put).items())
    typer.echo(f"Loaded {told}.")


@app.command("show")
def show(
    as_at: Annotated[
        str, typer.Option(help="The day, such as 2026-06-01; today if not given.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Show what is loaded, and the share of small areas in England's most deprived tenth.

    Example: wholeplace places show --json
    """
    with database():
        from wholeplace.flows.load_places import show_places

        counts, deprived = show_places(_day(as_at))
    if as_json:
        found = [_data(row) for row in deprived]
        typer.echo(json.dumps({"areas": counts, "most_deprived_decile": found}, indent=2))
        return
    for name, count in counts.items():
        typer.echo(f"{count:>8,}  {name}")
    for row in deprived:
        typer.echo(
            f"{row.share:.4f} of the {row.areas:,} small areas of {row.vintage} are in the most"
            f" deprived decile ({row.inside:,})."
        )


def _data(row: Deprivation) -> dict[str, object]:
    return {
        "vintage": row.vintage,
        "areas": row.areas,
        "inside": row.inside,
        "share": round(row.share, 4),
    }


def _day(text: str) -> date:
    from wholeplace.core.kernel.errors import UserMistake

    if not text:
        return date.today()  # noqa: DTZ011 - the reader's own day
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UserMistake(f"{text} is not a day.", do="Write it like 2026-06-01.") from error
