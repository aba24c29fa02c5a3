"""What a day brings in the files of each agency, as SQL over the tables of its last delivery.

Every table of a source is `new_NAME` in the engine, a copy of its last delivery, and is brought
to the next by the statements here. `event` has a row a person to whom something happens:
true_person, kind, turn (0 to 1), heard (0 to 1, the source's own) and what it brings; `whose`
gives each record of the source its true_person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

HEARD = 0.7
"""Of what happens to a person an agency hears of this share by its next delivery."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How one agency names what every agency has; "" for what it does not hold.

    `days` is how the source writes a day as text, in DuckDB's strftime. `address` maps its
    columns to expressions over a row `a` of benefits' addresses.
    """

    people: str
    key: str
    family: str
    given: str
    born: str
    phone: str
    days: str
    address: dict[str, str] = field(default_factory=dict)
    address_from: str = ""
    previous: str = ""
    died: str = ""
    capitals: bool = False
    first_only: bool = False
    involvement: str = ""
    ends: tuple[tuple[str, str, str], ...] = ()
    """Tables, with first and last day, of what ends when somebody dies."""


UK, ISO = "%d/%m/%Y", "%Y-%m-%d"
LINES = {
    "address_1": "a.line_1",
    "address_2": "a.line_2",
    "town": "a.town",
    "postcode": "a.postcode",
}
LAYOUTS = {
    "council-benefits": Layout(
        "residents",
        "person_key",
        "family_name",
        "given_names",
        "date_of_birth",
        "phone",
        ISO,
        died="date_of_death",
        ends=(
            ("household_members", "from_date", "to_date"),
            ("benefit_spells", "start_date", "end_date"),
            ("jobs", "start_date", "end_date"),
        ),
    ),
    "council-housing": Layout(
        "tenants",
        "tenant_ref",
        "surname",
        "first_names",
        "date_of_birth",
        "phone",
        UK,
        address={"uprn": "a.uprn", **LINES},
        address_from="address_from",
        first_only=True,
        involvement="involvement_ref",
        ends=(("tenancies", "start_date", "end_date"), ("involvements", "from_date", "to_date")),
    ),
    "schools": Layout(
        "pupils",
        "pupil_id",
        "legal_surname",
        "legal_forenames",
        "date_of_birth",
        "contact_phone",
        UK,
        address={"uprn": "a.uprn", **LINES},
        involvement="involvement_id",
        ends=(("enrolments", "from_date", "to_date"), ("involvements", "from_date", "to_date")),
    ),
    "community-health": Layout(
        "patients",
        "patient_id",
        "family_name",
        "given_names",
        "date_of_birth",
        "phone",
        ISO,
        address=LINES,
        address_from="address_from",
        previous="previous_family_name",
        died="date_of_death",
        involvement="involvement_id",
        ends=(("involvements", "from_date", "to_date"),),
    ),
    "police": Layout(
        "persons",
        "person_urn",
        "surname",
        "forenames",
        "date_of_birth",
        "phone",
        UK,
        address={
            "last_known_address": "concat_ws(' ', a.line_1, a.line_2)",
            "town": "a.town",
            "postcode": "a.postcode",
        },
        capitals=True,
        involvement="involvement_urn",
        ends=(("involvements", "from_date", "to_date"),),
    ),
}


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the statements of one source for one day.

    `types` gives each table's columns with their types, which decide how a day is written;
    `last` the highest number that an involvement ever had.
    """

    layout: Layout
    types: dict[str, dict[str, str]]
    day: str
    last: int = 0

    def as_day(self, table: str, column: str, value: str) -> str:
        """A date as the column holds it: a date, or text as the source writes it."""
        if self.types[table][column] == "DATE":
            return f"({value})::DATE"
        return f"strftime(({value})::DATE, '{self.layout.days}')"

    def read_day(self, table: str, column: str) -> str:
        """The date that a column holds."""
        if self.types[table][column] == "DATE":
            return column
        return f"strptime({column}, '{self.layout.days}')::DATE"

    def written(self, value: str) -> str:
        """A family name as the source writes it."""
        return f"upper({value})" if self.layout.capitals else value

    def given(self) -> str:
        """True given names as the source writes them."""
        true = "coalesce(nullif(e.true_given_names, ''), e.true_family_name)"
        if not self.layout.first_only:
            return true
        held = self.layout.given
        return (
            f"CASE WHEN starts_with({true}, {held}) THEN {held} ELSE split_part({true}, ' ', 1) END"
        )

    def happens(self, kind: str) -> str:
        """The end of an UPDATE of people to whom something of a kind happened, and it heard."""
        one = self.layout
        return (
            f" FROM event AS e JOIN whose AS w USING (true_person) WHERE w.record_key ="
            f" new_{one.people}.{one.key} AND e.kind = '{kind}' AND e.heard < {HEARD}"
        )

    def statements(self) -> Iterator[str]:
        """Everything that the day brings to people's own rows and to what hangs on them."""
        one, people = self.layout, f"new_{self.layout.people}"
        born = self.as_day(one.people, one.born, "e.true_date_of_birth")
        yield (
            f"UPDATE {people} SET {one.given} = {self.given()}, {one.born} = {born},"
            f" {one.family} = {self.written('e.true_family_name')}" + self.happens("correction")
        )
        before = f", {one.previous} = {one.family}" if one.previous else ""
        yield (
            f"UPDATE {people} SET {one.family} = {self.written('e.new_name')}{before}"
            + self.happens("name")
        )
        yield f"UPDATE {people} SET {one.phone} = e.new_phone" + self.happens("phone")
        yield from self.moves()
        yield from self.deaths()
        yield from self.involvements()

    def moves(self) -> Iterator[str]:
        """New addresses, where the source keeps them with the person."""
        one = self.layout
        if not one.address:
            return
        cells = [f"{column} = {value}" for column, value in one.address.items()]
        if one.address_from:
            day = self.as_day(one.people, one.address_from, f"DATE '{self.day}'")
            cells.append(f"{one.address_from} = {day}")
        tail = self.happens("move").replace(" WHERE ", " JOIN addresses AS a ON a.uprn ="
                                            " e.new_uprn WHERE ")  # fmt: skip
        yield f"UPDATE new_{one.people} SET {', '.join(cells)}" + tail

    def deaths(self) -> Iterator[str]:
        """Days of death, and the end of what ends with a life."""
        one = self.layout
        died = f"DATE '{self.day}' - 1"
        if one.died:
            day = self.as_day(one.people, one.died, died)
            yield f"UPDATE new_{one.people} SET {one.died} = {day}" + self.happens("death")
        for table, first, last in one.ends:
            day = self.as_day(table, last, died)
            yield (
                f"UPDATE new_{table} SET {last} = {day} FROM event AS e JOIN whose AS w USING"
                f" (true_person) WHERE w.record_key = new_{table}.{one.key} AND e.kind = 'death'"
                f" AND e.heard < {HEARD} AND {last} IS NULL"
                f" AND coalesce({self.read_day(table, first)} <= {died}, true)"
            )

    def involvements(self) -> Iterator[str]:
        """Somebody else works with a person from the day on, in place of who did."""
        one = self.layout
        if not one.involvement:
            return
        last = self.as_day("involvements", "to_date", f"DATE '{self.day}' - 1")
        began = self.read_day("involvements", "from_date")
        yield (
            f"UPDATE new_involvements SET to_date = {last} FROM event AS e JOIN whose AS w USING"
            f" (true_person) WHERE w.record_key = new_involvements.{one.key} AND"
            f" e.kind = 'involvement' AND to_date IS NULL AND {began} < DATE '{self.day}'"
        )
        first = self.as_day("involvements", "from_date", f"DATE '{self.day}'")
        yield f"""
            INSERT INTO new_involvements BY NAME
            SELECT 'I' || lpad((n.most + row_number() OVER (ORDER BY w.record_key))::VARCHAR, 9,
                    '0') AS {one.involvement},
                w.record_key AS {one.key}, o.team, o.worker, o.role, o.phone, o.kind,
                {first} AS from_date
            FROM event AS e JOIN whose AS w USING (true_person)
            CROSS JOIN (SELECT greatest(max(substr({one.involvement}, 2)::BIGINT),
                    {self.last}) AS most,
                count(*) AS rows FROM old_involvements) AS n
            JOIN (SELECT *, row_number() OVER (ORDER BY {one.involvement}) AS place
                FROM old_involvements) AS o ON o.place = 1 + floor(e.turn * n.rows)
            WHERE e.kind = 'involvement'
                AND w.record_key IN (SELECT {one.key} FROM new_{one.people})"""


BENEFITS_MOVES = """
CREATE OR REPLACE TEMP TABLE moving AS
SELECT h.household_key, e.new_uprn, 'H' || lpad((n.most + row_number() OVER (
    ORDER BY h.household_key))::VARCHAR, 9, '0') AS next_key
FROM event AS e JOIN people AS p USING (true_person)
JOIN new_households AS h ON h.household_key = p.household_key
CROSS JOIN (SELECT max(substr(household_key, 2)::BIGINT) AS most FROM new_households) AS n
WHERE e.kind = 'move' AND e.leads AND e.heard < 0.7 AND h.to_date IS NULL
    AND h.from_date::DATE < DATE '{day}';
INSERT INTO new_households BY NAME
SELECT m.next_key AS household_key, m.new_uprn AS uprn, h.tenure, h.landlord, '{day}' AS from_date
FROM moving AS m JOIN new_households AS h USING (household_key);
INSERT INTO new_household_members BY NAME
SELECT 'M' || lpad((n.most + row_number() OVER (ORDER BY o.member_key))::VARCHAR, 9, '0')
        AS member_key, m.next_key AS household_key, o.person_key, o.role, '{day}' AS from_date
FROM moving AS m JOIN new_household_members AS o USING (household_key)
CROSS JOIN (SELECT greatest(max(substr(member_key, 2)::BIGINT), {last}) AS most
    FROM new_household_members WHERE member_key < 'M9') AS n
WHERE o.to_date IS NULL;
UPDATE new_household_members SET to_date = greatest(from_date::DATE, DATE '{day}' - 1)
FROM moving AS m WHERE m.household_key = new_household_members.household_key AND to_date IS NULL;
UPDATE new_households SET to_date = DATE '{day}' - 1
FROM moving AS m WHERE m.household_key = new_households.household_key
"""

BENEFITS_BIRTHS = """
INSERT INTO new_residents BY NAME
SELECT b.person_key, b.given_names, b.family_name, b.born AS date_of_birth, b.sex,
    'en' AS language, 'N' AS do_not_contact, 'N' AS unsafe_address FROM birth AS b;
INSERT INTO new_household_members BY NAME
SELECT 'M' || lpad((n.most + row_number() OVER (ORDER BY b.person_key))::VARCHAR, 9, '0')
        AS member_key, o.household_key, b.person_key, 'child' AS role, b.born AS from_date
FROM birth AS b JOIN whose AS w ON w.true_person = b.mother
JOIN (SELECT person_key, max(household_key) AS household_key FROM new_household_members
    WHERE to_date IS NULL GROUP BY person_key) AS o ON o.person_key = w.record_key
CROSS JOIN (SELECT greatest(max(substr(member_key, 2)::BIGINT), {last}) AS most
    FROM new_household_members WHERE member_key < 'M9') AS n
WHERE w.record_key < 'P9'
"""

BENEFITS_JOBS = """
INSERT INTO new_jobs BY NAME
SELECT 'J' || lpad((n.most + row_number() OVER (ORDER BY w.record_key))::VARCHAR, 9, '0')
        AS job_key, w.record_key AS person_key, o.employer,
    DATE '{day}' - floor(e.turn * 7)::INTEGER AS start_date, o.expected_weeks, o.hours_a_week,
    '{day}' AS reported_on
FROM event AS e JOIN whose AS w USING (true_person)
CROSS JOIN (SELECT greatest(max(substr(job_key, 2)::BIGINT), {last}) AS most, count(*) AS rows
    FROM old_jobs) AS n
JOIN (SELECT *, row_number() OVER (ORDER BY job_key) AS place FROM old_jobs) AS o
    ON o.place = 1 + floor(e.turn * n.rows)
WHERE e.kind = 'job' AND e.heard < 0.7 AND w.record_key < 'P9'
"""

HEALTH_BIRTHS = """
INSERT INTO new_patients BY NAME
SELECT 'CH' || lpad((n.most + row_number() OVER (ORDER BY b.true_person))::VARCHAR, 9, '0')
        AS patient_id, b.nhs_number, b.given_names, b.family_name, b.born AS date_of_birth,
    CASE b.sex WHEN 'M' THEN '1' ELSE '2' END AS sex, p.ethnicity, p.address_1, p.address_2,
    p.town, p.postcode, b.born AS address_from, p.gp_practice
FROM birth AS b JOIN (SELECT true_person, min(record_key) AS record_key FROM whose GROUP BY ALL)
    AS w ON w.true_person = b.mother
JOIN new_patients AS p ON p.patient_id = w.record_key
CROSS JOIN (SELECT max(substr(record_key, 3)::BIGINT) AS most FROM whose) AS n
ORDER BY b.true_person
"""
