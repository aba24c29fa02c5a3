"""`wholeplace city`: invented people for demonstrations, tests and benchmarks."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

from wholeplace.population.city.areas_maker import write_area_files
from wholeplace.population.geography import read_place

app = typer.Typer(help="Make invented people, and the areas they live in.", no_args_is_help=True)


@app.command("areas")
def areas(
    open_data: Annotated[Path, typer.Option(help="Folder of official open files.")],
    out: Annotated[Path, typer.Option(help="The place's areas folder, with characters.csv.")],
) -> None:
    """Make a demonstration place's area files afresh.

    Example: wholeplace city areas --open-data ../shared/data/birmingham
    --out places/birmingham/areas
    """
    with (out / "characters.csv").open(encoding="utf-8", newline="") as file:
        characters = {row["ward_code"]: row["character"] for row in csv.DictReader(file)}
    for path in write_area_files(read_place(open_data), characters, out):
        typer.echo(path)
