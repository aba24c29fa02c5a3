"""`wholeplace city`: invented people for demonstrations, tests and benchmarks."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import wholeplace
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.city.areas_maker import write_area_files
from wholeplace.population.city.make import FORMATS, Made, Request, make_city
from wholeplace.population.city.next_day import Next, make_next
from wholeplace.population.geography import read_place

app = typer.Typer(help="Make invented people, and the areas they live in.", no_args_is_help=True)

PLACE = Path(wholeplace.__file__).parents[2] / "places" / "birmingham"


@app.command("make")
def make(
    people: Annotated[int, typer.Option(help="How many residents, children too.")],
    out: Annotated[Path, typer.Option(help="The folder to write.")],
    seed: Annotated[int, typer.Option(help="Another seed, another city.")] = 1,
    as_at: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The day the extract speaks of.")
    ] = datetime(2026, 6, 1),  # noqa: DTZ001 - a day, whatever the zone
    open_data: Annotated[
        Path | None, typer.Option(help="Folder of official open files, for real postcodes.")
    ] = None,
    place: Annotated[Path, typer.Option(help="A place's folder.")] = PLACE,
    both: Annotated[bool, typer.Option("--both", help="Every table in CSV and Parquet.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace another invented city.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Write what five agencies hold of the same invented people, each in its own layout.

    A folder an agency, and truth.csv, which says whose each record is. The same request gives
    the same bytes. A killed run leaves nothing that looks whole; run it again.

    Example: wholeplace city make --people 20000 --seed 1 --out var/city
    """
    if seed < 0:
        raise UserMistake("The seed is a whole number from 0.", do="Use --seed 1, say.")
    request = Request(people, seed, as_day(as_at), place, open_data, both)
    with progress_bar() as bar:
        task = bar.add_task("people", total=people)
        made = make_city(
            request, out, force=force, progress=lambda done, _: bar.update(task, completed=done)
        )
    typer.echo(answer(made, as_json=as_json))


def progress_bar() -> Progress:
    """How many people are made so far, on standard error."""
    return Progress(
        TextColumn("Making people"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def as_day(moment: datetime) -> date:
    """The day of a moment given as a day."""
    return moment.date()


def answer(made: Made, *, as_json: bool) -> str:
    """What was made, for a person or a program."""
    if as_json:
        found = {"folder": str(made.folder), "already": made.already, **made.manifest}
        return json.dumps(found, indent=2)
    files, counts = made.manifest["files"], {}
    for path in files:  # an agency's first file has its people
        source = path.split("/")[0]
        if source in FORMATS and source not in counts:
            counts[source] = files[path]["rows"]
    state = "was already there" if made.already else "is ready"
    known = ", ".join(f"{count:,} in {source}" for source, count in counts.items())
    return f"The city in {made.folder} {state}: {made.manifest['people']:,} people; {known}."


@app.command("next")
def next_(
    city: Annotated[Path, typer.Argument(help="The folder of a city, or of an earlier next.")],
    out: Annotated[Path, typer.Option(help="The folder to write.")],
    share: Annotated[str, typer.Option(help="Of how many people something changes.")] = "1%",
    as_at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Its day; by default the day after the city's."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace another next delivery.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Write every agency's next delivery, as changes and as full picture, and the truth of both.

    The folders `changes` and `full` have a folder an agency each, and say the same. The same
    request on the same city gives the same bytes.

    Example: wholeplace city next var/city --out var/tuesday --share 1%
    """
    day = as_day(as_at) if as_at else None
    made = make_next(Next(city, part_of(share), day), out, force=force)
    if as_json:
        typer.echo(answer(made, as_json=True))
        return
    rows = {path: summary["rows"] for path, summary in made.manifest["files"].items()}
    changed = sum(count for path, count in rows.items() if path.startswith("changes/"))
    state = "was already there" if made.already else "is ready"
    typer.echo(f"The delivery of {made.manifest['as_at']} in {out} {state}: {changed:,} changes.")


def part_of(share: str) -> float:
    """A share as a number from 0 to 1: "1%" or "0.01"."""
    text = share.strip()
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise UserMistake(f"“{share}” is no share.", do="Use --share 1%, say.") from None


@app.command("areas")
def areas(
    open_data: Annotated[Path, typer.Option(help="Folder of official open files.")],
    out: Annotated[Path, typer.Option(help="The place's areas folder, with characters.csv.")],
) -> None:
    """Make a demonstration place's area files afresh.

    Example: wholeplace city areas --open-data ../shared/data/birmingham
    --out places/birmingham/areas
    """
    try:
        with (out / "characters.csv").open(encoding="utf-8", newline="") as file:
            characters = {row["ward_code"]: row["character"] for row in csv.DictReader(file)}
    except OSError as error:
        raise UserMistake(
            f"{out} has no characters.csv.", do="Say there what each ward is like first."
        ) from error
    for path in write_area_files(read_place(open_data), characters, out):
        typer.echo(path)
