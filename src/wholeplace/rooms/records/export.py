"""What is said of everybody as the snapshot's tables, under the reader's row security.

One query a table, streamed out by COPY; ends are the last day included, an empty end is still
running, money is in pence. Each row says since when it has been known: from the latest record
of the versions that it is joined from. What was superseded stands in a second query, with the
moment at which the first of its versions ceased. `one_person.py` gives the same rows of one
person out of what their page reads anyway. For a refresh the same queries read the rows of some
persons alone (`changes.py` says whose), so that nothing is said of them in another way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
from django.db import connection

from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.records.transfer import pull

INT, TEXT, DAY, FLAG = pa.int64(), pa.string(), pa.date32(), pa.bool_()
MOMENT = pa.timestamp("us")  # in UTC

# A person's place in a household (`{m}` and `h`) counts from the later of the two first days
# (not known when either is not) to the earlier of the two last.
LIVED_FROM = """
CASE WHEN {m}.from_date IS NOT NULL AND h.from_date IS NOT NULL
     THEN greatest({m}.from_date, h.from_date) END
"""
LIVED_TO = "least({m}.to_date, h.to_date)"
# An account is the household's; it is told of those who answer for it.
ANSWERING = ("claimant", "partner")
# A bar that an officer or the person set counts as the file's own mark does.
SILENCING = "('do_not_contact', 'objected')"
UNSAFE = "('unsafe_address')"

# Its tables have long names, so that no name in `code` can mean one of them by mistake.
WARD_OF = """
(SELECT its_ward.code FROM places_area its_area
   JOIN places_areaparent its_parent ON its_parent.area_id = its_area.id
   JOIN places_area its_ward ON its_ward.id = its_parent.parent_id AND its_ward.kind = 'ward'
  WHERE its_area.code = {code} ORDER BY its_parent.share DESC, its_ward.code LIMIT 1)
"""
WARDS = f"""
SELECT s.code, {WARD_OF.format(code="s.code")} AS ward_code
  FROM places_area s WHERE s.kind = 'lsoa'
"""


@dataclass(frozen=True)
class Touched:
    """Persons whose rows are to be read anew, and the keys that their rows are joined by.

    Attributes:
        persons: their numbers.
        households: keys of every household that any of them was ever said to be in.
        uprns: of every home that such a household was ever said to have.
    """

    persons: Sequence[int] = ()
    households: Sequence[str] = ()
    uprns: Sequence[str] = ()

    def values(self) -> dict[str, str | list[str]]:
        """The parameters of a query that is narrowed to them."""
        numbers = ",".join(map(str, self.persons))
        keys = {"households": list(self.households), "uprns": list(self.uprns)}
        return {"persons": f"{{{numbers}}}", **keys}


_KEYS = {"persons": "bigint", "households": "text", "uprns": "text"}


@dataclass(frozen=True)
class Side:
    """What stands now, or what stood before: the condition and the moments of knowledge.

    Attributes:
        before: what stood before.
        touched: of these persons alone; None is everybody.
    """

    before: bool
    touched: Touched | None = None

    def among(self, column: str, keys: str) -> str:
        """A further condition: only what `touched` names.

        The comparison is one that row security lets go first, so that the rows of others cost
        nothing but to be passed over.
        """
        if self.touched is None:
            return ""
        return f" AND {column} = ANY(%({keys})s::{_KEYS[keys]}[])"

    def stood(self, *versions: str) -> str:
        """These versions stand, or stood together for a while."""
        if self.before:
            return f"{_first(*versions)} < coalesce({_last(*versions)}, 'infinity')"
        return " AND ".join(f"{each}.superseded_at IS NULL" for each in versions)

    def chosen(self, *versions: str) -> str:
        """The same, and in what stood before one of them has been superseded since."""
        return f"{_first(*versions)} < {_last(*versions)}" if self.before else self.stood(*versions)

    def moments(self, *versions: str, of: str = "") -> str:
        """Since when a row of these versions has been known and, of what stood before, to when.

        Args:
            of: an aggregate of the first moments of equal rows.
        """
        known = f"{of}({_first(*versions)}) AT TIME ZONE 'UTC'"
        return f"{known}, {_last(*versions)} AT TIME ZONE 'UTC'" if self.before else known


def _first(*versions: str) -> str:
    return f"greatest({', '.join(f'{each}.recorded_at' for each in versions)})"


def _last(*versions: str) -> str:
    """NULL while all of them stand: `least` passes over what is NULL."""
    return f"least({', '.join(f'{each}.superseded_at' for each in versions)})"


def _lived(side: Side) -> str:
    return f"""
SELECT m.person_id, h.id AS household_id, h.source_key AS household_key, h.uprn, m.role,
       h.tenure,
       {LIVED_FROM.format(m="m")} AS from_date, {LIVED_TO.format(m="m")} AS to_date, m.agency_id,
       {_first("m", "h")} AS recorded_at, {_last("m", "h")} AS superseded_at
  FROM records_member m
  JOIN records_household h ON h.source_key = m.household_key AND h.agency_id = m.agency_id
 WHERE {side.stood("m", "h")}{side.among("m.person_id", "persons")}
   {side.among("h.source_key", "households")}
"""


# A bar changes what is known of a person when it is set and when it is ended.
def _persons_now(side: Side) -> str:
    return f"""
SELECT p.id, p.ref, r.date_of_birth, r.date_of_death,
       r.do_not_contact OR coalesce(b.silent, false),
       r.unsafe_address OR coalesce(b.unsafe, false),
       greatest(r.recorded_at, b.changed_at) AT TIME ZONE 'UTC'
  FROM records_resident r
  JOIN people_person p ON p.id = r.person_id{side.among("p.id", "persons")}
  LEFT JOIN (SELECT person_id, bool_or(kind IN {SILENCING} AND ended_at IS NULL) AS silent,
                    bool_or(kind IN {UNSAFE} AND ended_at IS NULL) AS unsafe,
                    greatest(max(recorded_at), max(ended_at)) AS changed_at
               FROM people_contactbar GROUP BY person_id) b
         ON b.person_id = r.person_id
 WHERE r.superseded_at IS NULL{side.among("r.person_id", "persons")}
"""


_BAR_CHANGES = """
SELECT person_id, recorded_at AS moment FROM people_contactbar
UNION SELECT person_id, ended_at FROM people_contactbar WHERE ended_at IS NOT NULL
"""


def _persons_before(side: Side) -> str:
    return f"""
WITH changes AS ({_BAR_CHANGES}), residents AS NOT MATERIALIZED (
    SELECT * FROM records_resident r WHERE true{side.among("r.person_id", "persons")}
), cuts AS (
    SELECT id, recorded_at AS moment FROM residents
     WHERE superseded_at IS NOT NULL OR person_id IN (SELECT person_id FROM changes)
    UNION SELECT r.id, c.moment FROM residents r JOIN changes c USING (person_id)
     WHERE r.recorded_at < c.moment AND c.moment < coalesce(r.superseded_at, 'infinity')
), spans AS (
    SELECT r.*, c.moment AS since, coalesce(
           lead(c.moment) OVER (PARTITION BY id ORDER BY c.moment), r.superseded_at) AS until
      FROM cuts c JOIN residents r USING (id)
), barred AS (
    SELECT s.id, s.since, bool_or(b.kind IN {SILENCING}) AS silent,
           bool_or(b.kind IN {UNSAFE}) AS unsafe
      FROM spans s JOIN people_contactbar b ON b.person_id = s.person_id
           AND b.recorded_at <= s.since AND s.since < coalesce(b.ended_at, 'infinity')
     GROUP BY s.id, s.since
)
SELECT p.id, p.ref, s.date_of_birth, s.date_of_death,
       s.do_not_contact OR coalesce(b.silent, false),
       s.unsafe_address OR coalesce(b.unsafe, false),
       s.since AT TIME ZONE 'UTC', s.until AT TIME ZONE 'UTC'
  FROM spans s JOIN people_person p ON p.id = s.person_id{side.among("p.id", "persons")}
  LEFT JOIN barred b ON b.id = s.id AND b.since = s.since
 WHERE s.until IS NOT NULL
"""


def _persons(side: Side) -> str:
    return _persons_before(side) if side.before else _persons_now(side)


def _residences(side: Side) -> str:
    return f"""
WITH wards AS MATERIALIZED ({WARDS})
SELECT l.person_id, l.household_id, l.uprn, a.lsoa_code, w.ward_code, l.role, l.tenure,
       l.from_date, l.to_date, {side.moments("l", "a")}
  FROM ({_lived(side)}) l
  JOIN records_address a ON a.source_key = l.uprn AND a.agency_id = l.agency_id
  LEFT JOIN wards w ON w.code = a.lsoa_code
 WHERE (l.to_date IS NULL OR l.from_date IS NULL OR l.from_date <= l.to_date)
   AND {side.chosen("l", "a")}{side.among("a.source_key", "uprns")}
"""


def _spells(side: Side) -> str:
    return f"""
SELECT person_id, benefit, start_date, end_date, weekly_pence, housing_costs, {side.moments("t")}
  FROM records_benefitspell t
 WHERE {side.chosen("t")}{side.among("t.person_id", "persons")}
"""


def _jobs(side: Side) -> str:
    return f"""
SELECT person_id, employer, start_date, end_date, expected_weeks, hours_a_week, reported_on,
       {side.moments("t")}
  FROM records_job t WHERE {side.chosen("t")}{side.among("t.person_id", "persons")}
"""


def _accounts(side: Side) -> str:
    """Equal rows of several memberships are one, known since the first of them."""
    return f"""
SELECT l.person_id, l.household_id, c.kind, c.weekly_charge_pence, c.weekly_help_pence,
       c.arrears_pence, c.as_at_date, {side.moments("l", "c", of="min")}
  FROM records_account c
  JOIN ({_lived(side)}) l ON l.household_key = c.household_key AND l.agency_id = c.agency_id
 WHERE {side.chosen("l", "c")} AND l.role IN {ANSWERING}
   {side.among("c.household_key", "households")}
 GROUP BY 1, 2, 3, 4, 5, 6, 7{", 9" if side.before else ""}
"""


_INDICATORS = """
SELECT a.code, i.name, i.value, i.valid_from, i.valid_to
  FROM places_indicator i JOIN places_area a ON a.id = i.area_id
 WHERE a.kind IN ('lsoa', 'ward')
"""

_TABLES: dict[str, tuple[Callable[[Side], str], dict[str, pa.DataType]]] = {
    "persons": (
        _persons,
        {
            "person_id": INT,
            "ref": TEXT,
            "date_of_birth": DAY,
            "died_on": DAY,
            "do_not_contact": FLAG,
            "unsafe_address": FLAG,
        },
    ),
    "residences": (
        _residences,
        {
            "person_id": INT,
            "household_id": INT,
            "uprn": TEXT,
            "lsoa_code": TEXT,
            "ward_code": TEXT,
            "role": TEXT,
            "tenure": TEXT,
            "from_date": DAY,
            "to_date": DAY,
        },
    ),
    "benefit_spells": (
        _spells,
        {
            "person_id": INT,
            "benefit": TEXT,
            "start_date": DAY,
            "end_date": DAY,
            "weekly_pence": INT,
            "housing_costs": FLAG,
        },
    ),
    "jobs": (
        _jobs,
        {
            "person_id": INT,
            "employer": TEXT,
            "start_date": DAY,
            "end_date": DAY,
            "expected_weeks": INT,
            "hours_a_week": pa.float64(),
            "reported_on": DAY,
        },
    ),
    "accounts": (
        _accounts,
        {
            "person_id": INT,
            "household_id": INT,
            "kind": TEXT,
            "weekly_charge_pence": INT,
            "weekly_help_pence": INT,
            "arrears_pence": INT,
            "as_at_date": DAY,
        },
    ),
}

_FIGURES = {
    "area_code": TEXT,
    "indicator": TEXT,
    "value": pa.float64(),
    "from_date": DAY,
    "to_date": DAY,
}


def snapshot_sources(
    progress: Callable[[str], None] = lambda step: None,
    touched: Touched | None = None,
) -> Mapping[str, Callable[[], pa.Table]]:
    """Each of the snapshot's tables, as a function that reads it when its turn comes.

    Args:
        progress: called with what is being read.
        touched: the rows of these persons alone; None is everybody's. Figures of areas are
            read whole.

    Raises:
        Refused: the acting role may not make snapshots.
    """
    ready()
    now = Side(before=False, touched=touched)
    reads = {name: _reader(name, now, progress) for name in _TABLES}

    def figures() -> pa.Table:
        progress("Reading indicators")
        return pull(_INDICATORS, [], _FIGURES)

    return reads | {"indicators": figures}


def snapshot_history(
    progress: Callable[[str], None] = lambda step: None,
    touched: Touched | None = None,
) -> Mapping[str, Callable[[], pa.Table]]:
    """The superseded rows of each table that has a history, likewise.

    Figures of areas and the wards that areas lie in have none: those of today are read.

    Raises:
        Refused: the acting role may not make snapshots.
    """
    ready()
    before = Side(before=True, touched=touched)
    return {name: _reader(name, before, progress) for name in _TABLES}


def ready() -> None:
    """Make sure that the acting role may make snapshots, and plan its reading for many rows.

    Raises:
        Refused: it may not.
    """
    require_actor().require("snapshot.make")
    with connection.cursor() as cursor:
        # Every row of every table is read once. The policies make the planner expect few, and
        # it would join row by row, or merge by the agency alone and compare each of its rows
        # with each. A hash takes every column joined by. The settings end with the transaction.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute("SET LOCAL enable_mergejoin = off")


def _reader(name: str, side: Side, progress: Callable[[str], None]) -> Callable[[], pa.Table]:
    query, columns = _TABLES[name]
    moments = {"known_from": MOMENT} | ({"known_to": MOMENT} if side.before else {})
    values = side.touched.values() if side.touched else []

    def read() -> pa.Table:
        if side.touched and not side.touched.persons:
            return pa.schema(list((columns | moments).items())).empty_table()
        progress(f"Reading {name}{' as they were' if side.before else ''}")
        return pull(query(side), values, columns | moments)

    return read
