"""Make an invented city: its people, and what five agencies hold of them, in one folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.files.places import place_folder
from wholeplace.population.city.areas import CityAreas, city_areas
from wholeplace.population.city.benefits_extract import benefits_extract
from wholeplace.population.city.files import CSV, PARQUET, Files
from wholeplace.population.city.health_extract import health_extract
from wholeplace.population.city.housing_extract import housing_extract
from wholeplace.population.city.identifiers import MOST_PEOPLE
from wholeplace.population.city.police_extract import police_extract
from wholeplace.population.city.schools_extract import make_schooling, schools_extract
from wholeplace.population.city.streams import Ints, whole
from wholeplace.population.city.truth import Counters, Truth, make_truth
from wholeplace.population.city.truth_table import people_table, whose
from wholeplace.population.city.ward import make_ward

MAKER = "wholeplace city make"
LAYOUT = 4
"""Raised whenever the same request would give other bytes than before."""

INVENTED = "Every person in these files is invented."
FORMATS = {
    "council-benefits": CSV,
    "council-housing": CSV,
    "schools": CSV,
    "community-health": PARQUET,
    "police": CSV,
}
"""The agencies, each a folder of the city, and the format in which each sends its files."""

AREA_FILES = ("council.csv", "constituencies.csv", "wards.csv", "small_areas.csv")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Request:
    """What city to make: the same request gives the same bytes.

    `place` is a place's folder; `open_data` a folder of official open files, or None for the
    place's own invented small areas; `as_at` the reference day; `both` asks for every table
    in CSV and in Parquet.
    """

    people: int
    seed: int
    as_at: date
    place: Path
    open_data: Path | None = None
    both: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What was made: the folder, its manifest, and whether it was already there."""

    folder: Path
    manifest: dict[str, Any]
    already: bool


def make_city(
    request: Request, out: Path, *, force: bool = False, progress: Progress | None = None
) -> Made:
    """Write the city into `out`, wholly or not at all.

    Everything is written beside `out` and put in place by a rename, so a folder of that name
    is always whole. The same request again is answered by the folder already there.

    Raises:
        UserMistake: the number of people is out of range; `out` holds something else; another
            city is there and `force` was not given.
    """
    if not 1 <= request.people <= MOST_PEOPLE:
        raise UserMistake(
            f"A city of {request.people} people cannot be made.",
            do=f"Ask for 1 to {MOST_PEOPLE:,}.",
        )
    areas = city_areas(request.place, request.open_data)
    wanted = about(request, areas)
    there = manifest_of(out)
    if there is not None and {key: there.get(key) for key in wanted} == wanted:
        return Made(out, there, already=True)
    refuse_to_spoil(out, there, force)
    half = out.with_name(out.name + ".tmp")
    clear(half)
    manifest = {**wanted, "files": write_city(request, areas, half, progress)}
    (half / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    put_in_place(half, out)
    return Made(out, manifest, already=False)


def about(request: Request, areas: CityAreas) -> dict[str, Any]:
    """The manifest's account of what was asked for and what it was made from."""
    return {
        "made_by": MAKER,
        "layout": LAYOUT,
        "people": request.people,
        "seed": request.seed,
        "as_at": request.as_at.isoformat(),
        "areas": areas.source,
        "fingerprint": areas.fingerprint,
        "formats": [CSV, PARQUET] if request.both else "each agency's own",
        "invented": INVENTED,
    }


def manifest_of(folder: Path, maker: str = MAKER) -> dict[str, Any] | None:
    """The manifest of what this maker made here before, or None."""
    try:
        found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("made_by") == maker else None


def refuse_to_spoil(out: Path, there: dict[str, Any] | None, force: bool) -> None:
    """Stop before anything is written over that should not be.

    Raises:
        UserMistake: `out` is not an own city, or is another one and `force` was not given.
    """
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if there is None:
        raise UserMistake(
            f"{out} holds something that this command did not make.",
            why="It has no manifest of an invented city.",
            do="Name a new folder.",
        )
    if not force:
        raise UserMistake(
            f"{out} already holds another city of {there.get('people')} people.",
            do="Name a new folder, or use --force to make this one in its place.",
        )


def clear(half: Path) -> None:
    """An empty folder to write in, without what a killed run left there.

    Raises:
        UserMistake: the folder holds something that no run of this command left.
    """
    mark = half / "unfinished"
    if half.exists():
        if any(half.iterdir()) and not mark.exists():
            raise UserMistake(f"{half} is in the way.", do="Move it, or name another folder.")
        shutil.rmtree(half)
    half.mkdir(parents=True)
    mark.write_text("A run of `wholeplace city make` that has not finished.\n", encoding="utf-8")


def put_in_place(half: Path, out: Path) -> None:
    """Give the finished folder its name; an older city goes only once the new one is whole."""
    old = out.with_name(out.name + ".old")
    if out.exists():
        if old.exists():
            shutil.rmtree(old)
        out.rename(old)
    (half / "unfinished").unlink()
    half.replace(out)
    if old.exists():
        shutil.rmtree(old)


def share_out(people: int, weights: np.ndarray[Any, np.dtype[np.float64]]) -> Ints:
    """Whole numbers adding up to `people` in proportion to `weights` (largest remainder)."""
    exact = people * weights / weights.sum()
    found = whole(exact)
    short = people - int(found.sum())
    order = np.argsort(-(exact - found), kind="stable")
    found[order[:short]] += 1
    return found


def write_city(
    request: Request, areas: CityAreas, folder: Path, progress: Progress | None
) -> dict[str, dict[str, Any]]:
    """Write every file, a ward at a time; returns each file's rows and SHA-256."""
    day = (request.as_at - date(1970, 1, 1)).days
    wanted = share_out(request.people, areas.population)
    in_ward = np.bincount(areas.ward, wanted, minlength=len(areas.ward_codes))
    counters, done = Counters(), 0
    late: list[Rows] = []
    with Files(folder) as files:
        for number in np.flatnonzero(in_ward).tolist():
            ward = make_ward(areas, number, wanted, request.seed, day)
            rows, after = rows_of_ward(make_truth(ward, counters), counters)
            for name, table in rows:
                files.write(name, table, formats_of(name, request))
            late += after
            done += int(in_ward[number])
            if progress:
                progress(done, request.people)
        for name, table in late:
            files.write(name, table, formats_of(name, request))
    if request.open_data is None:
        (folder / "areas").mkdir()
        for name in AREA_FILES:
            shutil.copyfile(place_folder(request.place, "areas") / name, folder / "areas" / name)
    found = dict(files.summaries())
    write_manifests(folder, found, request.as_at)
    return found


Rows = tuple[str, pa.Table]


def rows_of_ward(truth: Truth, counters: Counters) -> tuple[list[Rows], list[Rows]]:
    """Every agency's rows of one ward, and those that must stand after all wards'."""
    schooling = make_schooling(truth)
    benefits, late, written = benefits_extract(truth, counters)
    first = pa.concat_tables([benefits["residents"], late["residents"]])
    extracts = {
        "council-benefits": (benefits, written),
        "council-housing": housing_extract(truth, counters),
        "schools": schools_extract(truth, schooling, counters),
        "community-health": health_extract(truth, counters),
        "police": police_extract(truth, counters),
    }
    rows = [
        (f"{source}/{name}", table)
        for source, (tables, _) in extracts.items()
        for name, table in tables.items()
    ]
    rows.append(("people", people_table(truth, schooling)))
    for source, (tables, records) in extracts.items():
        people = first if source == "council-benefits" else next(iter(tables.values()))
        rows.append(("truth", whose(truth, records, source, people.column(0))))
    return rows, [(f"council-benefits/{name}", table) for name, table in late.items()]


def formats_of(name: str, request: Request) -> tuple[str, ...]:
    """In which formats a table is written: its agency's own or, when asked for, both."""
    if name == "people":
        return (CSV,)
    if request.both or name == "truth":
        return (CSV, PARQUET)
    return (FORMATS[name.split("/")[0]],)


def write_manifests(
    folder: Path,
    found: dict[str, dict[str, Any]],
    as_at: date,
    maker: str = MAKER,
    delivers: str = "full",
) -> None:
    """A manifest in each agency's folder, as its sender would write it."""
    for source in FORMATS:
        inside = {
            path.removeprefix(f"{source}/"): summary
            for path, summary in found.items()
            if path.startswith(f"{source}/")
        }
        told = {
            "made_by": maker,
            "source": source,
            "as_at": as_at.isoformat(),
            "delivers": delivers,
            "invented": INVENTED,
            "files": inside,
        }
        text = json.dumps(told, indent=2) + "\n"
        (folder / source / "manifest.json").write_text(text, encoding="utf-8")
