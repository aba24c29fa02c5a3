"""What facts about one person are derived from, as the snapshot would hold it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from wholeplace.core.kernel.errors import NotFound
from wholeplace.population.facts import PersonRows, Row
from wholeplace.population.facts.rows import Household
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.records.export import ANSWERING
from wholeplace.rooms.records.held import Held, Holding, as_known, fetch, statements_of

# What the agency calls each table, for the source that stands beside a value.
_FILES = {
    "persons": "residents",
    "residences": "households",
    "benefit_spells": "benefits paid",
    "jobs": "jobs reported",
    "accounts": "rent and council tax accounts",
}


def person_rows(
    person_id: int, held: Holding | None = None, *, known_at: dt.datetime | None = None
) -> PersonRows:
    """Everything that facts about one person are derived from.

    Args:
        held: what `person_statements` gave, where it has just been read.
        known_at: only what stood at that moment; None: what stands now. Figures of areas, and
            the wards that areas lie in, have no history and are those of now.

    Raises:
        NotFound: no such person for this reader, or nothing is said of them, or was then.
    """
    return _Reading(known_at).rows(person_id, held)


# What facts are derived from, of all that is held.
_SECTIONS = ("resident", "homes", "benefit_spells", "jobs", "accounts")


class _Reading:
    """Rows of persons as known at one moment, each person and each household read once.

    Who lives with a person is read when a fact first asks for it, all of them at once, and only
    for those who see everybody of their agency: to others a household would look smaller than it
    is.
    """

    def __init__(self, known_at: dt.datetime | None) -> None:
        self._known_at = known_at
        whole = require_actor().reach == "agency"
        self._others = self._household if whole else None
        self._read: dict[int, PersonRows] = {}
        self._households: dict[int, list[PersonRows] | None] = {}

    def rows(self, person_id: int, held: Holding | None = None) -> PersonRows:
        if held is None:
            held = statements_of([person_id], _SECTIONS, self._known_at)[person_id]
        if not held.resident:
            then = self._known_at is not None
            why = "Nobody of that number was known at that moment." if then else ""
            raise NotFound("There is no such person.", why=why)
        self._read[person_id] = _rows(person_id, held, self._others)
        return self._read[person_id]

    def _household(self, household: int) -> list[PersonRows] | None:
        """Everybody with a residence of the household; None when one of them cannot be read."""
        if household not in self._households:
            self._households[household] = self._together(household)
        return self._households[household]

    def _together(self, household: int) -> list[PersonRows] | None:
        query = _MEMBERS if self._known_at is None else as_known(_MEMBERS)
        found = fetch(query, {"household": household, "known_at": self._known_at})
        new = [person for (person,) in found if person not in self._read]
        told = statements_of(new, _SECTIONS, self._known_at) if new else {}
        if not all(held.resident for held in told.values()):
            return None
        self._read |= {one: _rows(one, held, self._others) for one, held in told.items()}
        return [self._read[person] for (person,) in found]


# Not somebody whom the file of people has left out since: the household is without them.
_MEMBERS = """
SELECT DISTINCT m.person_id FROM records_member m
  JOIN records_household h ON h.source_key = m.household_key AND h.agency_id = m.agency_id
 WHERE h.id = %(household)s AND m.superseded_at IS NULL
   AND (EXISTS (SELECT 1 FROM records_resident t
                 WHERE t.person_id = m.person_id AND t.superseded_at IS NULL)
        OR NOT EXISTS (SELECT 1 FROM records_resident r WHERE r.person_id = m.person_id))
 ORDER BY m.person_id
"""


def _rows(person_id: int, held: Holding, household: Household | None) -> PersonRows:
    return PersonRows(
        person=_person(person_id, held.resident[0]),
        residences=tuple(_residences(person_id, held)),
        benefit_spells=tuple(_own("benefit_spells", person_id, one) for one in held.benefit_spells),
        jobs=tuple(_own("jobs", person_id, one) for one in held.jobs),
        accounts=tuple(_accounts(person_id, held)),
        indicators=_area_figures,
        household=household,
    )


def _row(
    table: str, one: Held, values: dict[str, Any], recorded_at: dt.datetime | None = None
) -> Row:
    source = f"The benefits service’s {_FILES[table]}"
    return Row(values, source, recorded_at or one.recorded_at)


def _own(table: str, person_id: int, one: Held) -> Row:
    return _row(table, one, {"person_id": person_id, **one.values})


def _person(person_id: int, one: Held) -> Row:
    said = one.values
    values = {
        "person_id": person_id,
        "ref": said["ref"],
        "date_of_birth": said["date_of_birth"],
        "died_on": said["date_of_death"],
        "do_not_contact": said["barred"],
        "unsafe_address": said["unsafe"],
    }
    return _row("persons", one, values)


def _residences(person_id: int, held: Holding) -> Iterator[Row]:
    """Homes with a known address, save those whose days contradict each other."""
    for one in held.homes:
        said = one.values
        first, last = said["lived_from"], said["lived_to"]
        if said["line_1"] is None or (first and last and first > last):
            continue
        kept = ("household_id", "uprn", "lsoa_code", "ward_code", "role", "tenure")
        values = {"person_id": person_id, **{name: said[name] for name in kept}}
        values |= {"from_date": first, "to_date": last}
        recorded = max(one.recorded_at, said["household_recorded_at"])
        yield _row("residences", one, values, recorded)


def _accounts(person_id: int, held: Holding) -> Iterator[Row]:
    """Each account once for each household in which the person answers for it."""
    told: list[dict[str, Any]] = []
    answered = {
        (home.agency, home.values["household_key"], home.values["household_id"])
        for home in held.homes
        if home.values["role"] in ANSWERING
    }
    for one in held.accounts:
        said = {name: value for name, value in one.values.items() if name != "household_key"}
        for agency, key, number in answered:
            if (agency, key) == (one.agency, one.values["household_key"]):
                values = {"person_id": person_id, "household_id": number, **said}
                if values not in told:
                    told.append(values)
                    yield _row("accounts", one, values)


def _area_figures(area_code: str, indicator: str) -> Iterable[Row]:
    rows = fetch(
        "SELECT i.value, i.valid_from, i.valid_to, i.source FROM places_indicator i"
        " JOIN places_area a ON a.id = i.area_id WHERE a.code = %s AND i.name = %s",
        [area_code, indicator],
    )
    return [
        Row(
            values={
                "area_code": area_code,
                "indicator": indicator,
                "value": value,
                "from_date": start,
                "to_date": end,
            },
            source=source,
        )
        for value, start, end, source in rows
    ]
