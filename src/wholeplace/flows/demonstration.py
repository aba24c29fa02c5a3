"""The demonstration place: an invented council's records, loaded, trawled and worked.

It goes the way that a council's own data would: the files are written, loaded through their
source file, trawled, and worked on by the invented staff through the same actions as the
pages. A second start finds everything as it was left.

It is made in an empty database and in no other. The audit trail says that a making was begun
and finished, and a file beside it says the same of this home: a start that was killed goes on
only where the two agree, so that a database that was restored here is left as it is.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.files.inherit import place_document
from wholeplace.core.rules.files.places import place_files
from wholeplace.flows import governance, place_rules
from wholeplace.flows.demonstration_adoption import adopt_a_child
from wholeplace.flows.demonstration_casework import ASSESSORS, work_the_list
from wholeplace.flows.demonstration_identity import decide_some
from wholeplace.flows.link_people import LINKER, link_people
from wholeplace.flows.load_extract import find_source, load_extract
from wholeplace.flows.load_places import load_demonstration_places
from wholeplace.flows.run_trawl import carry_out, start
from wholeplace.population.city.make import Request, make_city, manifest_of
from wholeplace.population.city.next_day import make_days
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.queries import (
    loader_of,
    membership_by_username,
    system_membership,
)
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.audit.queries import newest_own
from wholeplace.rooms.identity import queries as identity
from wholeplace.rooms.records.loads import holds_records, loads
from wholeplace.rooms.schemes import queries as trawls

SCHEME = "transition-payments"
SEED = 2026
WEEKS_AGO = 5  # the first trawl's day, so that some of what it found has been worked
WEEKLY = 5  # deliveries of changes, of which the last is today's
SINCE = "since"  # in the city's folder: what changed in each week
BEGUN, DONE = "demonstration.begin", "demonstration.finish"


@dataclass(frozen=True)
class Making:
    """One making of the demonstration, as its mark tells of it."""

    mark: str
    people: int
    day: str  # ISO; a start on a later day goes on with the day of the first


def ensure(*, people: int, today: dt.date | None = None) -> list[str]:
    """Make the demonstration in an empty database; safe to repeat and to kill.

    Args:
        people: how many residents to invent, the first time.
        today: the day that the records speak of; the real day when not given.

    Returns:
        Lines that say who can sign in.
    """
    place = Path(settings.PLACE)
    governance.set_up(place, demonstration=False)
    making = _left_unfinished()
    if making is None and not _holds_anything():
        day = today or dt.date.today()  # noqa: DTZ011 - a calendar day here
        making = _begin(Making(uuid.uuid4().hex, people, day.isoformat()))
    if making is not None:
        governance.set_up(place, demonstration=True)
        _make(place, making.people, dt.date.fromisoformat(making.day))
        _note(DONE, asdict(making))
    return [*_made_with_others(people), *_who(place)]


def _left_unfinished() -> Making | None:
    """The making that was begun in this database, from this home, and not finished."""
    begun, done = _noted(BEGUN), _noted(DONE)
    if begun is None or done is not None:
        return None
    try:
        here = json.loads(_mark().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    strangers = any(_folder() not in Path(found.folder).parents for found in _loads())
    return Making(**begun) if here == begun and not strangers else None


def _begin(making: Making) -> Making:
    """Marks it in this home and then in the database, before anything is made."""
    _mark().parent.mkdir(parents=True, exist_ok=True)
    _mark().write_text(json.dumps(asdict(making)), encoding="utf-8")
    _note(BEGUN, asdict(making))
    return making


def _holds_anything() -> bool:
    """Whether the database holds people, a load or a trawl, whoever's they are."""
    if holds_records():
        return True
    with acting(system_membership("system-worker"), purpose="loading", route="demonstration"):
        return bool(trawls.runs(limit=1))


def _mark() -> Path:
    return Path(settings.HOME) / "demonstration.begun"


def _note(action: str, detail: dict[str, Any]) -> None:
    with acting(system_membership("system-loader"), purpose="loading", route="demonstration"):
        audit.record(action, detail=detail)


def _noted(action: str) -> dict[str, Any] | None:
    with acting(system_membership("system-loader"), purpose="loading", route="demonstration"):
        return newest_own(action)


def _loads() -> list[Any]:
    with acting(system_membership("system-loader"), purpose="loading", route="demonstration"):
        return [found for found in loads() if found.state == "finished"]


def _folder() -> Path:
    return Path(settings.HOME) / "demonstration"


def _make(place: Path, people: int, today: dt.date) -> None:
    load_demonstration_places(place)
    _load_deliveries(place, people, today)
    with acting(system_membership(LINKER), purpose="linking", route="demonstration"):
        linked = identity.last_run()
    if linked is None:
        link_people()
    decide_some()
    adopt_a_child(today)
    for day in (today - dt.timedelta(weeks=WEEKS_AGO), today):
        run = _trawl(SCHEME, day)
        if day != today:
            work_the_list(run, scheme=SCHEME, today=today)
    for scheme in _others():
        with suppress(UserMistake):  # a place's own scheme may refuse: its trawl says why
            _trawl(scheme, today)


def _load_deliveries(place: Path, people: int, today: dt.date) -> None:
    """Every agency's files of some weeks ago, and then what changed in each week since."""
    first, *later = (today - dt.timedelta(weeks=ago) for ago in range(WEEKLY, -1, -1))
    make_city(Request(people=people, seed=SEED, as_at=first, place=place), _folder(), force=True)
    _load(place, _folder(), first)
    since = make_days(_folder(), later, _folder() / SINCE).folder
    for day in later:
        _load(place, since / day.isoformat() / "changes", day)


def _load(place: Path, folder: Path, day: dt.date) -> None:
    """Each agency's extract that the place has a source for; what is loaded is left as it is."""
    for name in place_files(place, "sources"):
        if not (folder / name).is_dir():
            continue
        source = find_source(place, name)
        with acting(loader_of(source.agency), purpose="loading", route="demonstration"):
            there = [one for one in loads() if one.state == "finished" and one.source == name]
        if all(one.as_at != day for one in there):
            load_extract(folder / name, source, day=day)


def _others() -> list[str]:
    """The place's other schemes that may be looked for in the records."""
    known = (place_rules.scheme(key) for key in place_rules.names() if key != SCHEME)
    return [one.key for one in known if "trawl" in one.found_by]


def _trawl(scheme: str, day: dt.date) -> int:
    """The scheme's trawl of the day, whole: one that a killed start asked for is carried out."""
    worker = system_membership("system-worker")
    with acting(worker, purpose="loading", route="demonstration"):
        asked = [line.id for line in trawls.runs(scheme) if line.as_at == day]
    run = min(asked) if asked else None
    if run is None:
        run = start(scheme, as_at=day, membership_id=worker, route="demonstration")
    return carry_out(run, membership_id=worker, route="demonstration")


def _made_with_others(people: int) -> list[str]:
    """A line where another number of people was asked for than there are."""
    made = _noted(DONE) or (manifest_of(_folder()) if _has_staff() else None)
    if made is None or made.get("people") == people:
        return []
    return [
        f"The place was made earlier with {made['people']} people; PEOPLE applies to a new home."
    ]


def _has_staff() -> bool:
    return membership_by_username(ASSESSORS[0], "contact.write") is not None


def _who(place: Path) -> list[str]:
    if not _has_staff():
        return ["The database holds records of its own, so nothing was invented."]
    staff = place_document(place, "governance", "demonstration-staff").value
    lines = [f"Everybody can sign in with the password {staff['password']}"]
    roles = place_document(place, "governance", "roles").value
    for username, member in staff["staff"].items():
        lines.append(f"  {username:<18} {member['name']}, {roles[member['role']]['name'].lower()}")
    return lines
