"""`wholeplace extracts`: load the files that agencies hand over."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from wholeplace.cli._quality import quality
from wholeplace.cli.session import database
from wholeplace.core.kernel.errors import UserMistake, WholeplaceError

if TYPE_CHECKING:
    from wholeplace.flows.load_extract import Outcome
    from wholeplace.flows.load_extracts import NotLoaded

app = typer.Typer(
    help="Load what agencies' systems export, and tell how good it is.", no_args_is_help=True
)
SHOWN = 10
LONDON = ZoneInfo("Europe/London")


@app.callback()
def extracts() -> None:
    """What agencies hand over."""


@app.command("load")
def load(
    folder: Annotated[
        Path, typer.Argument(help="The folder of an extract, or of several, a folder each.")
    ],
    source: Annotated[
        str | None, typer.Option(help="The source file's name; without it, every source found.")
    ] = None,
    correction: Annotated[
        bool, typer.Option("--correction", help="These files replace those of the same day.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a list.")] = False,
) -> None:
    """Check and load extracts; load them again and nothing changes.

    A file in the wrong layout refuses all of its source, and no other. A row that fails a check
    is set aside with its line, field, value and reason, and the rest is loaded. A delivery for
    a day before the last, or for the same day in other files, is refused.

    Example: wholeplace extracts load var/city --json
    """
    with database():
        try:
            done = _load(folder, source, correction=correction, quiet=as_json)
        except WholeplaceError as error:
            if as_json:
                typer.echo(json.dumps([_refused(source, error)]))
            raise
    if as_json:
        typer.echo(json.dumps([_data(one) for one in done], indent=2))
    else:
        for one in done:
            _tell(one, several=len(done) > 1)
    _fail_for(done)


def _load(
    folder: Path, source: str | None, *, correction: bool, quiet: bool
) -> list[Outcome | NotLoaded]:
    from django.conf import settings
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from wholeplace.flows.load_extracts import find_extracts, load_extracts

    found = find_extracts(folder, settings.PLACE, source)
    columns = (TextColumn("{task.description:<48}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, disable=quiet or not os.isatty(2), transient=True) as bars:
        bar = bars.add_task("", total=None)

        def step(name: str, words: str) -> None:
            bars.update(bar, description=f"{name}: {words}" if len(found) > 1 else words)

        today = datetime.now(UTC).astimezone(LONDON).date()
        return load_extracts(found, settings.PLACE, day=today, correction=correction, progress=step)


def _fail_for(done: Sequence[Outcome | NotLoaded]) -> None:
    """Raise for what was not loaded: its own error where it is one, else how many of how many."""
    from wholeplace.flows.load_extracts import NotLoaded

    failed = [one for one in done if isinstance(one, NotLoaded)]
    if len(done) == 1 and failed:
        raise failed[0].error
    if failed:
        names = ", ".join(one.source for one in failed)
        others = "The others were. " if len(failed) < len(done) else ""
        raise UserMistake(
            f"{len(failed)} of {len(done)} sources were not loaded: {names}.",
            do=f"{others}What each needs is said above.",
        )


def _data(one: Outcome | NotLoaded) -> dict[str, Any]:
    from wholeplace.flows.load_extracts import NotLoaded

    if isinstance(one, NotLoaded):
        return _refused(one.source, one.error)
    return {
        "ok": True,
        "source": one.source,
        "load": one.load_id,
        "same_files_as": one.same_as,
        "files": {name: counts.as_data() for name, counts in one.counts.items()},
        "set_aside": [each.as_data() for each in one.aside],
    }


def _refused(source: str | None, error: WholeplaceError) -> dict[str, Any]:
    said = {"what": error.what, "why": error.why, "do": error.do}
    return {"ok": False, "source": source, **said}


def _tell(one: Outcome | NotLoaded, *, several: bool) -> None:
    from wholeplace.flows.load_extracts import NotLoaded

    if several:
        typer.echo(f"{one.source}:")
    if isinstance(one, NotLoaded):
        if several:
            typer.echo(f"{one.error}")
        return
    _tell_counts(one)
    for each in one.aside[:SHOWN]:
        typer.echo(f"{_place(each.file, each.line)}: {each.field} “{each.value}”: {each.reason}")
    if len(one.aside) > SHOWN:
        typer.echo(f"… and {len(one.aside) - SHOWN} more; --json lists them all.")
    if one.written == 0:
        same = f" These are the files of load {one.same_as}." if one.same_as else ""
        typer.echo(f"Nothing has changed.{same}")
    typer.echo(f"Load {one.load_id} is done.")


def _place(file: str, line: int) -> str:
    from wholeplace.rooms.records.source.wrong import place

    return place(file, line)


def _tell_counts(outcome: Outcome) -> None:
    from rich.console import Console
    from rich.table import Table

    columns = ("read", "added", "changed", "same", "ended", "set aside")
    table = Table("file", box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, justify="right")
    for name, counts in outcome.counts.items():
        data = counts.as_data()
        table.add_row(name, *(f"{data[c.replace(' ', '_')]:,}" for c in columns))
    Console().print(table)
    for name, counts in outcome.counts.items():
        if counts.kept:
            typer.echo(
                f"{name}: {counts.kept:,} rows are in the file no more and were not ended, because"
                " the key of a row cannot be read and that row may be one of them."
            )
        if counts.with_person:
            typer.echo(f"{name}: {counts.with_person:,} rows ended because their person did.")
        if counts.unknown:
            typer.echo(f"{name}: {counts.unknown:,} rows that are to end were not held.")


app.command("quality")(quality)
