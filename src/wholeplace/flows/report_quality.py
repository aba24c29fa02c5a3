"""How good the deliveries of each source are, asked for every agency by its own account."""

from __future__ import annotations

from pathlib import Path

from wholeplace.core.rules.files.places import place_files
from wholeplace.flows.load_extract import find_source
from wholeplace.rooms.agencies import queries as agencies
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.records import quality_report
from wholeplace.rooms.records.quality_report import Delivery

PURPOSE = "data quality"
ROUTE = "extracts quality"


def report(place: Path, source: str | None = None) -> dict[str, list[Delivery]]:
    """Source → its deliveries, the oldest first; of one source, or of all that have any.

    Raises:
        NotFound: the place has no such source.
        UserMistake: no account loads files for its agency.
    """
    found: dict[str, list[Delivery]] = {}
    for name in [source] if source else place_files(place, "sources"):
        loader = agencies.loader_of(find_source(place, name).agency)
        with acting(loader, purpose=PURPOSE, route=ROUTE):
            told = quality_report.deliveries(name)
        if told or source:
            found[name] = told
    return found
