"""A place's areas from official open files, or a demonstration's own, to the store of record."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from wholeplace.core.rules.files.places import place_folder
from wholeplace.population.geography import demonstration_geography, read_place
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.queries import system_membership
from wholeplace.rooms.places import queries
from wholeplace.rooms.places.actions import Put, put_geography
from wholeplace.rooms.places.queries import Deprivation

LOADER = "system-loader"
PURPOSE = "loading"
ROUTE = "places load"


def load_places(folder: Path, place: Path) -> Put:
    """Read the official open files in `folder` and store what they say; safe to repeat.

    Args:
        folder: the files in their publishers' own layouts.
        place: the place's folder, whose wards.csv gives the hexagon of each ward.

    Raises:
        WrongLayout: a file is missing or is not in its published layout; nothing was stored.
    """
    geography = read_place(folder)
    with acting(system_membership(LOADER), purpose=PURPOSE, route=ROUTE):
        return put_geography(geography=geography, invented=False, hexagons=_hexagons(place))


def load_demonstration_places(place: Path) -> Put:
    """Store the place's real wards and its invented small areas; safe to repeat."""
    with acting(system_membership(LOADER), purpose=PURPOSE, route=ROUTE):
        return put_geography(geography=demonstration_geography(place), invented=True)


def _hexagons(place: Path) -> dict[str, tuple[int, int]]:
    if not (place_folder(place, "areas") / "wards.csv").exists():
        return {}
    areas = demonstration_geography(place).areas
    return {
        area.code: (area.hex_q, area.hex_r)
        for area in areas
        if area.hex_q is not None and area.hex_r is not None
    }


def show_places(day: dt.date) -> tuple[dict[str, int], list[Deprivation]]:
    """What is stored, and how many small areas of each vintage are in the most deprived decile."""
    with acting(system_membership(LOADER), purpose=PURPOSE, route="places show"):
        return queries.counts(), queries.share_in_decile(day)
