"""The current statements as the snapshot's tables, under the reader's row security.

One query a table, streamed out by COPY; ends are the last day included, an empty end is still
running, money is in pence. Rows of a version that was superseded are left out. `one_person.py`
gives the same rows of one person out of what their page reads anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
from django.db import connection

from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.records.transfer import pull

INT, TEXT, DAY, FLAG = pa.int64(), pa.string(), pa.date32(), pa.bool_()

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

_LIVED = f"""
SELECT m.person_id, h.id AS household_id, h.source_key AS household_key, h.uprn, m.role,
       h.tenure,
       {LIVED_FROM.format(m="m")} AS from_date, {LIVED_TO.format(m="m")} AS to_date, m.agency_id
  FROM records_member m
  JOIN records_household h ON h.source_key = m.household_key AND h.agency_id = m.agency_id
       AND h.superseded_at IS NULL
 WHERE m.superseded_at IS NULL
"""

_PERSONS = f"""
SELECT p.id, p.ref, r.date_of_birth, r.date_of_death,
       r.do_not_contact OR coalesce(b.silent, false),
       r.unsafe_address OR coalesce(b.unsafe, false)
  FROM records_resident r
  JOIN people_person p ON p.id = r.person_id
  LEFT JOIN (SELECT person_id, bool_or(kind IN {SILENCING}) AS silent,
                    bool_or(kind IN {UNSAFE}) AS unsafe
               FROM people_contactbar WHERE ended_at IS NULL GROUP BY person_id) b
         ON b.person_id = r.person_id
 WHERE r.superseded_at IS NULL
"""

WARD_OF = """
(SELECT w.code FROM places_area s JOIN places_areaparent x ON x.area_id = s.id
   JOIN places_area w ON w.id = x.parent_id AND w.kind = 'ward'
  WHERE s.code = {code} ORDER BY x.share DESC, w.code LIMIT 1)
"""

_RESIDENCES = f"""
WITH wards AS MATERIALIZED (
    SELECT s.code, {WARD_OF.format(code="s.code")} AS ward_code
      FROM places_area s WHERE s.kind = 'lsoa')
SELECT l.person_id, l.household_id, l.uprn, a.lsoa_code, w.ward_code, l.role, l.tenure,
       l.from_date, l.to_date
  FROM ({_LIVED}) l
  JOIN records_address a ON a.source_key = l.uprn AND a.agency_id = l.agency_id
       AND a.superseded_at IS NULL
  LEFT JOIN wards w ON w.code = a.lsoa_code
 WHERE l.to_date IS NULL OR l.from_date IS NULL OR l.from_date <= l.to_date
"""

_SPELLS = """
SELECT person_id, benefit, start_date, end_date, weekly_pence, housing_costs
  FROM records_benefitspell WHERE superseded_at IS NULL
"""

_JOBS = """
SELECT person_id, employer, start_date, end_date, expected_weeks, hours_a_week, reported_on
  FROM records_job WHERE superseded_at IS NULL
"""

_ACCOUNTS = f"""
SELECT DISTINCT l.person_id, l.household_id, c.kind, c.weekly_charge_pence, c.weekly_help_pence,
       c.arrears_pence, c.as_at_date
  FROM records_account c
  JOIN ({_LIVED}) l ON l.household_key = c.household_key AND l.agency_id = c.agency_id
 WHERE c.superseded_at IS NULL AND l.role IN {ANSWERING}
"""

_INDICATORS = """
SELECT a.code, i.name, i.value, i.valid_from, i.valid_to
  FROM places_indicator i JOIN places_area a ON a.id = i.area_id
 WHERE a.kind IN ('lsoa', 'ward')
"""

_TABLES: dict[str, tuple[str, dict[str, pa.DataType]]] = {
    "persons": (
        _PERSONS,
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
        _RESIDENCES,
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
        _SPELLS,
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
        _JOBS,
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
        _ACCOUNTS,
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
    "indicators": (
        _INDICATORS,
        {
            "area_code": TEXT,
            "indicator": TEXT,
            "value": pa.float64(),
            "from_date": DAY,
            "to_date": DAY,
        },
    ),
}


def snapshot_sources(
    progress: Callable[[str], None] = lambda step: None,
) -> Mapping[str, Callable[[], pa.Table]]:
    """Each of the snapshot's tables, as a function that reads it when its turn comes.

    Raises:
        Refused: the acting role may not make snapshots.
    """
    require_actor().require("snapshot.make")
    with connection.cursor() as cursor:
        # Every row of every table is read once. The policies make the planner expect few, and
        # it would join row by row. The settings end with the transaction.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("SET LOCAL enable_nestloop = off")

    def reader(name: str) -> Callable[[], pa.Table]:
        def read() -> pa.Table:
            progress(f"Reading {name}")
            return pull(_TABLES[name][0], [], _TABLES[name][1])

        return read

    return {name: reader(name) for name in _TABLES}
