"""`wholeplace prepare`."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    demonstration: Annotated[
        bool,
        typer.Option("--demonstration", help="Also the invented staff and areas of the place."),
    ] = False,
) -> None:
    """Make the tables or bring them up to date, with the place's roles; safe to repeat.

    Run it before the first load and after each upgrade. `wholeplace run` does it by itself.
    """
    from wholeplace.site.main import open_database
    from wholeplace.site.ready import make_ready

    with open_database():
        for line in make_ready(demonstration=demonstration):
            print(line)
