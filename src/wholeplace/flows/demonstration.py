"""The demonstration place: an invented council's records, loaded, trawled and worked.

It goes the way that a council's own data would: the files are written, loaded through their
source file, trawled, and worked on by the invented staff through the same actions as the
pages. A second start finds everything as it was left.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.conf import settings

from wholeplace.core.rules.yaml import load
from wholeplace.flows import governance
from wholeplace.flows.demonstration_casework import work_the_list
from wholeplace.flows.load_extract import find_source, load_extract
from wholeplace.flows.load_places import load_demonstration_places
from wholeplace.flows.run_trawl import carry_out, start
from wholeplace.population.city.make import Request, make_city
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.queries import system_membership
from wholeplace.rooms.records.loads import loads

SOURCE = "council-benefits"
SCHEME = "transition-payments"
SEED = 2026
WEEKS_AGO = 5  # the first trawl's day, so that some of what it found has been worked


def ensure(*, people: int, today: dt.date | None = None) -> list[str]:
    """Make the demonstration where it is not there yet; safe to repeat and to kill.

    Args:
        people: how many residents to invent, the first time.
        today: the day that the records speak of; the real day when not given.

    Returns:
        Lines that say who can sign in.
    """
    place = Path(settings.PLACE)
    mark = Path(settings.HOME) / "demonstration.done"
    governance.set_up(place, demonstration=True)
    if not (mark.exists() or _holds_other_records()):
        _make(place, people, today or dt.date.today())  # noqa: DTZ011 - a calendar day here
        mark.touch()
    return _who(place)


def _holds_other_records() -> bool:
    """Whether somebody has loaded records of their own, which invented ones must not replace."""
    with acting(system_membership("system-loader"), purpose="loading", route="demonstration"):
        return any(Path(load.folder) != _folder() for load in loads() if load.state == "finished")


def _folder() -> Path:
    return Path(settings.HOME) / "demonstration"


def _make(place: Path, people: int, today: dt.date) -> None:
    folder = _folder()
    load_demonstration_places(place)
    make_city(Request(people=people, seed=SEED, as_at=today, place=place), folder, force=True)
    load_extract(folder, find_source(place, SOURCE), day=today)
    worker = system_membership("system-worker")
    for day in (today - dt.timedelta(weeks=WEEKS_AGO), today):
        run = start(SCHEME, as_at=day, membership_id=worker, route="demonstration")
        carry_out(run, membership_id=worker, route="demonstration")
        if day != today:
            work_the_list(run, scheme=SCHEME, today=today)


def _who(place: Path) -> list[str]:
    staff = load(place / "governance" / "demonstration-staff.yaml").value
    lines = [f"Everybody can sign in with the password {staff['password']}"]
    roles = load(place / "governance" / "roles.yaml").value
    for username, member in staff["staff"].items():
        lines.append(f"  {username:<18} {member['name']}, {roles[member['role']]['name'].lower()}")
    return lines
