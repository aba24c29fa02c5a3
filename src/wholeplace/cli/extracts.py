"""`wholeplace extracts`: load the files that an agency hands over."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from wholeplace.cli.session import database
from wholeplace.core.kernel.errors import WholeplaceError

if TYPE_CHECKING:
    from wholeplace.flows.load_extract import Outcome

app = typer.Typer(help="Load what an agency's systems export.", no_args_is_help=True)
SHOWN = 10
LONDON = ZoneInfo("Europe/London")


@app.callback()
def extracts() -> None:
    """A group even while it has one command."""


@app.command("load")
def load(
    folder: Annotated[Path, typer.Argument(help="The folder with the extract's files.")],
    source: Annotated[str, typer.Option(help="The source file's name.")] = "council-benefits",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check and load an extract; load it again and nothing changes.

    A file in the wrong layout refuses all of it. A row that fails a check is set aside with its
    line, field, value and reason, and the rest is loaded.

    Example: wholeplace extracts load var/city --json
    """
    with database():
        try:
            outcome = _load(folder, source, quiet=as_json)
        except WholeplaceError as error:
            if as_json:
                typer.echo(json.dumps({"ok": False, "what": error.what, "do": error.do}))
            raise
    if as_json:
        typer.echo(json.dumps(_data(outcome), indent=2))
    else:
        _tell(outcome)


def _load(folder: Path, name: str, *, quiet: bool) -> Outcome:
    from django.conf import settings
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from wholeplace.flows.load_extract import find_source, load_extract, steps

    source = find_source(settings.PLACE, name)
    columns = (
        TextColumn("{task.description:<32}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, disable=quiet or not os.isatty(2), transient=True) as bars:
        bar = bars.add_task("", total=steps(source))

        def step(words: str) -> None:
            bars.update(bar, advance=1, description=words)

        today = datetime.now(UTC).astimezone(LONDON).date()
        return load_extract(folder, source, day=today, progress=step)


def _data(outcome: Outcome) -> dict[str, Any]:
    return {
        "ok": True,
        "load": outcome.load_id,
        "same_files_as": outcome.same_as,
        "files": {name: counts.as_data() for name, counts in outcome.counts.items()},
        "set_aside": [vars(one) for one in outcome.aside],
    }


def _tell(outcome: Outcome) -> None:
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
    for one in outcome.aside[:SHOWN]:
        typer.echo(f"{one.file}, line {one.line}: {one.field} “{one.value}”: {one.reason}")
    if len(outcome.aside) > SHOWN:
        typer.echo(f"… and {len(outcome.aside) - SHOWN} more; --json lists them all.")
    if outcome.written == 0:
        same = f" These are the files of load {outcome.same_as}." if outcome.same_as else ""
        typer.echo(f"Nothing has changed.{same}")
    typer.echo(f"Load {outcome.load_id} is done.")
