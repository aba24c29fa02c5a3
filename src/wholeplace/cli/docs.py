"""`wholeplace docs`: the reference pages, written from the files that the program reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wholeplace.cli.scheme import default_place
from wholeplace.core.kernel.errors import NotFound, WholeplaceError
from wholeplace.core.rules.files.places import is_place

app = typer.Typer(help="Write the reference pages of a place.", no_args_is_help=True)


class OutOfDate(WholeplaceError):
    """A page says something else than the files do."""


@app.callback()
def docs() -> None:
    """A group even while it has one command."""


@app.command("write")
def write(
    out: Annotated[Path, typer.Option(help="The folder of the pages.")] = Path("docs"),
    place: Annotated[Path | None, typer.Option(help="The place's folder.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when a page is out of date.")
    ] = False,
) -> None:
    """Write the pages on schemes, facts, states, roles and sources; safe to repeat.

    Example: wholeplace docs write --check
    """
    folder = place or default_place()
    if not is_place(folder):
        raise NotFound(f"{folder} is not a place: it has no folder `facts`.", do="Give --place.")
    changed = out_of_date(folder, out)
    if check and changed:
        raise OutOfDate(
            f"Out of date: {', '.join(sorted(changed))}.", do="Run `wholeplace docs write`."
        )
    for name, text in changed.items():
        file = out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        typer.echo(f"Wrote {file}.")
    if not changed:
        typer.echo("Every page is up to date.")


def out_of_date(place: Path, out: Path) -> dict[str, str]:
    """The pages that are missing in `out` or say something else, with what they should say."""
    from wholeplace.cli._reference import pages

    return {
        name: text
        for name, text in pages(place).items()
        if not (out / name).is_file() or (out / name).read_text(encoding="utf-8") != text
    }
