"""The schools' extract of one ward: pupils, enrolments, attendance by term, and who helps.

The schools' system has legal and preferred surnames, a UPN for nearly all, ethnicity in the
Department for Education's letters, dates as 01/06/2026, and a parent's telephone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from wholeplace.population.city.columns import blank, keys, repeated, text, uk_days
from wholeplace.population.city.dwellings import NEVER, STREET_FIRST
from wholeplace.population.city.faults import RATES, Written, kept, number_of, parts_of, write_down
from wholeplace.population.city.homes import HEAD, PARTNER, UNSAID
from wholeplace.population.city.identifiers import UPN_LETTERS, Texts, phones, upns
from wholeplace.population.city.involvements import Team, involvement_columns, make_involvements
from wholeplace.population.city.names import name_pool
from wholeplace.population.city.streams import Bools, Draws, Ints
from wholeplace.population.city.truth import Counters, Truth

SOURCE = "schools"
FIRST_YEAR, FIRST_SECONDARY, LAST_YEAR = 4, 11, 15
"""Age on 31 August before the school year: Reception, year 7, year 11."""

PRIMARY_SIZE, SECONDARY_SIZE, MOST_SCHOOLS = 420, 1000, 20
"""Pupils of a school; a ward has two of each at least, so that a pupil can move."""

WITH_SIBLINGS, MOVED_ANYWAY, MOVED_WITH_HOME, PREFERRED = 0.9, 0.05, 0.5, 0.04
SEXES = np.array(("M", "F", "M", "F"), dtype=object)
ETHNIC_CODES = "WBRI WIRI APKN AIND AIND ABAN BCRB BAFR BAFR WOTH WOTH CHNE OOTH"
"""The Department for Education's code for each naming community (school census)."""

YEAR_GROUPS = np.array(("R", *(str(year) for year in range(1, 12))), dtype=object)
TERMS = ((9, 2, 12, 19, 144), (1, 6, 3, 27, 116), (4, 14, 7, 20, 130))
"""First and last month and day of each term, and its sessions (two a school day)."""

TEAMS = (
    Team("Special educational needs", "SEN caseworker", "a plan for special needs"),
    Team("Education welfare", "education welfare officer", "attendance"),
    Team("Educational psychology", "educational psychologist", "assessment"),
    Team("Early help in schools", "family support worker", "early help"),
)
Tables = dict[str, pa.Table]


@dataclass(frozen=True, slots=True)
class Schooling:
    """One entry a pupil: `who` indexes the ward's people; `age` is on 31 August before the year.

    `first` and `now` are school numbers of the phase's first and present school, `began` the
    day the phase began and `moved` the day of the move to `now` (NEVER: none). `upn` is theirs
    for life.
    """

    who: Ints
    age: Ints
    first: Ints
    now: Ints
    primary: Ints
    began: Ints
    moved: Ints
    upn: Texts


def school_year(day: int) -> int:
    """The calendar year in which the school year of a day (since 1970) began."""
    when = date.fromordinal(day + date(1970, 1, 1).toordinal())
    return when.year if when.month >= 9 else when.year - 1


def make_schooling(truth: Truth) -> Schooling:
    """Everybody of school age in the ward, their schools and their UPN."""
    ward, start = truth.ward, school_year(truth.ward.day)
    _, month, year = parts_of(ward.people.born)
    age = start - year - (month >= 9)
    who = np.flatnonzero((age >= FIRST_YEAR) & (age <= LAST_YEAR) & truth.alive)
    age, draws = age[who], ward.draws("schooling")
    elder = age >= FIRST_SECONDARY
    primary = schools(draws, truth, who, ~elder, PRIMARY_SIZE, 2000)
    secondary = schools(draws, truth, who, elder, SECONDARY_SIZE, 4000)
    began = number_of(start - (age - np.where(elder, FIRST_SECONDARY, FIRST_YEAR)), 9, 1)
    first = np.where(elder, secondary, primary)
    moved = move_days(draws, truth, who, began)
    primaries, secondaries = (
        1 + school_count(age[~elder], PRIMARY_SIZE),
        1 + school_count(age[elder], SECONDARY_SIZE),
    )
    base = first - first % MOST_SCHOOLS
    following = base + (first - base + 1) % np.where(elder, secondaries, primaries)
    entered = start - (age - FIRST_YEAR)
    return Schooling(
        who=who,
        age=age,
        first=first,
        now=np.where(moved == NEVER, first, following),
        primary=primary,
        began=began,
        moved=moved,
        upn=upns(primary, entered, serials(primary, entered)),
    )


def school_count(pupils: Ints, size: int) -> int:
    """How many schools of that size a ward's pupils need, one less than the ward has."""
    return int(np.clip(len(pupils) // size, 1, MOST_SCHOOLS - 1))


def schools(draws: Draws, truth: Truth, who: Ints, these: Bools, size: int, lowest: int) -> Ints:
    """A school's number for each pupil, mostly that of brothers and sisters."""
    ward = truth.ward
    count = 1 + school_count(who[these], size)
    of_home = draws.between(0, count - 1, len(ward.homes.area))[ward.people.home[who]]
    own = draws.between(0, count - 1, len(who))
    chosen = np.where(draws.chance(WITH_SIBLINGS, len(who)), of_home, own)
    return lowest + ward.number % 100 * MOST_SCHOOLS + chosen


def move_days(draws: Draws, truth: Truth, who: Ints, began: Ints) -> Ints:
    """The day each pupil changed school within the phase, or NEVER: some did when they moved."""
    count, day = len(who), truth.ward.day
    since = truth.since[who]
    with_home = draws.chance(MOVED_WITH_HOME, count) & (since > began + 30) & (since < day - 7)
    anyway = draws.chance(MOVED_ANYWAY, count) & (began < day - 90)
    when = began + 30 + np.asarray(draws.uniform(count) * (day - began - 60), dtype=np.int64)
    return np.where(with_home, since, np.where(anyway, when, NEVER))


def serials(school: Ints, year: Ints) -> Ints:
    """Each pupil's number among those who began at the school that year."""
    order = np.lexsort((year, school))
    pair = school[order] * 10_000 + year[order]
    found = np.empty(len(school), dtype=np.int64)
    found[order] = np.arange(len(school)) - np.searchsorted(pair, pair, side="left")
    return found % 1000


def schools_extract(
    truth: Truth, schooling: Schooling, counters: Counters
) -> tuple[Tables, Written]:
    """The extract's tables, and the records that pupils.csv has."""
    written = write_down(truth, schooling.who, SOURCE)
    number = counters.take(SOURCE, len(written.who))
    pupil = np.searchsorted(schooling.who, written.who)
    return {
        "pupils": pupils(truth, schooling, written, number, pupil),
        "enrolments": enrolments(schooling, written, number, counters),
        "attendance": attendance(truth, schooling, written, number, counters),
        "involvements": involvements(truth, written, number, counters),
    }, written


def pupils(
    truth: Truth, schooling: Schooling, written: Written, number: Ints, pupil: Ints
) -> pa.Table:
    """One row a pupil; `pupil` indexes Schooling for each record."""
    people, at, where = truth.ward.people, truth.addresses, written.dwelling
    draws = truth.ward.draws(f"{SOURCE} details")
    second = at.line_2[where]
    unsaid = people.sex[written.who] >= UNSAID - 1
    sex = np.where(unsaid, people.born[written.who] % 2, people.sex[written.who])
    return pa.table(
        {
            "pupil_id": keys("SP", number),
            "upn": text(upns_as_written(truth, schooling, pupil)),
            "legal_surname": text(written.family),
            "legal_forenames": text(written.given),
            "preferred_surname": text(preferred(truth, written, draws)),
            "date_of_birth": uk_days(written.born),
            "sex": text(SEXES[sex]),
            "ethnicity": text(
                np.array(ETHNIC_CODES.split(" "), dtype=object)[people.community[written.who]]
            ),
            "nhs_number": text(written.nhs),
            "contact_phone": text(contacts(truth, written, draws)),
            "uprn": keys("999", truth.uprn[where]),
            "address_1": text(at.line_1[where]),
            "address_2": blank(text(second), second == ""),
            "town": text(at.town[where]),
            "postcode": text(written.postcode),
        }
    )


def upns_as_written(truth: Truth, schooling: Schooling, pupil: Ints) -> Texts:
    """UPNs where there is one; a few have a check letter that fails."""
    rates, draws = RATES[SOURCE], truth.ward.draws(f"{SOURCE} upns")
    present = draws.chance(rates.upn, len(pupil))
    wrong = draws.chance(rates.upn_wrong, len(pupil)) & present
    step = draws.between(1, 22, len(pupil))
    found = kept(schooling.upn[pupil], present)
    letters = UPN_LETTERS.tolist()
    for at in np.flatnonzero(wrong).tolist():
        turn = (letters.index(found[at][0]) + int(step[at])) % len(letters)
        found[at] = letters[turn] + found[at][1:]
    return found


def preferred(truth: Truth, written: Written, draws: Draws) -> Texts:
    """The surname that some use at school: another adult's of the home; None for most."""
    people, family = truth.ward.people, truth.ward.names.family
    names = np.zeros(len(truth.ward.homes.area), dtype=np.int64)
    for part in (HEAD, PARTNER):
        adults = np.flatnonzero(people.part == part)
        names[people.home[adults]] = family[adults]
    other = names[people.home[written.who]]
    uses = draws.chance(PREFERRED * 2, len(other)) & (other != family[written.who])
    return kept(name_pool().words[other], uses)


def contacts(truth: Truth, written: Written, draws: Draws) -> Texts:
    """A parent's telephone for nearly every pupil."""
    told = draws.chance(RATES[SOURCE].phone, len(written.who))
    return kept(phones(truth.home_line[written.who]), told)


def school_name(school: int) -> str:
    """The invented name of a school by its number."""
    kind = "Academy" if school >= 4000 else "Primary School"
    first = STREET_FIRST[school * 7 % len(STREET_FIRST)]
    return f"{first} {('Lane', 'Park', 'Hill', 'Green')[school // 3 % 4]} {kind}"


def named(school: Ints) -> Texts:
    """Names of schools by their numbers."""
    names = {one: school_name(one) for one in np.unique(school).tolist()}
    found: Texts = np.empty(len(school), dtype=object)
    found[:] = [names[one] for one in school.tolist()]
    return found


def enrolments(
    schooling: Schooling, written: Written, number: Ints, counters: Counters
) -> pa.Table:
    """The present place of every pupil, the one before a move, and the primary school before."""
    pupil, school, since, until = places(schooling)
    year = schooling.age[pupil] - FIRST_YEAR - years_ago(schooling, pupil, until)
    return pa.table(
        {
            "enrolment_id": keys("EN", counters.take("schools enrolments", len(pupil))),
            "pupil_id": keys("SP", number[pupil]),
            "school_code": text(codes(school)),
            "school": text(named(school)),
            "year_group": text(YEAR_GROUPS[year]),
            "from_date": uk_days(since),
            "to_date": uk_days(until, until == NEVER),
        }
    )


def places(schooling: Schooling) -> tuple[Ints, Ints, Ints, Ints]:
    """Pupil, school, first and last day (NEVER: still there) of each place, in order."""
    count = len(schooling.who)
    every = np.arange(count)
    moved = schooling.moved < NEVER
    elder = schooling.age >= FIRST_SECONDARY
    late = np.where(moved, schooling.moved, schooling.began)
    start = schooling.began - 7 * 365 - 2
    parts = (
        (every, schooling.now, late, np.full(count, NEVER)),
        (every[moved], schooling.first[moved], schooling.began[moved], late[moved] - 1),
        (every[elder], schooling.primary[elder], start[elder], schooling.began[elder] - 32),
    )
    pupil, school, since, until = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((since, pupil))
    return pupil[order], school[order], since[order], until[order]


def years_ago(schooling: Schooling, pupil: Ints, until: Ints) -> Ints:
    """How many school years before the present one a day lies: 0 for NEVER."""
    elder = schooling.age >= FIRST_SECONDARY
    phase = schooling.age - np.where(elder, FIRST_SECONDARY, FIRST_YEAR)
    _, _, began = parts_of(schooling.began)
    _, month, year = parts_of(np.where(until == NEVER, 0, until))
    ago = (began + phase)[pupil] - (year - (month < 9))
    return np.where(until == NEVER, 0, ago)


def codes(school: Ints) -> Texts:
    """Seven figures: the authority's three and the school's four."""
    found: Texts = np.empty(len(school), dtype=object)
    found[:] = [f"999{one}" for one in school.tolist()]
    return found


def terms_before(day: int) -> list[tuple[int, int, int]]:
    """The last three terms that ended before a day: first and last day, and sessions."""
    year = date.fromordinal(day + date(1970, 1, 1).toordinal()).year
    found = []
    for at in (year - 2, year - 1, year):
        for month, first, last_month, last, sessions in TERMS:
            start = date(at, month, first).toordinal() - date(1970, 1, 1).toordinal()
            end = date(at, last_month, last).toordinal() - date(1970, 1, 1).toordinal()
            found.append((start, end, sessions))
    return sorted(term for term in found if term[1] < day)[-3:]


def attendance(
    truth: Truth, schooling: Schooling, written: Written, number: Ints, counters: Counters
) -> pa.Table:
    """Sessions that each pupil could attend and did, at the school where the term began."""
    pupil, school, since, until, could, went = attended(truth, schooling)
    order = np.lexsort((since, pupil))
    row = pupil[order]
    return pa.table(
        {
            "attendance_id": keys("SA", counters.take("schools attendance", len(row))),
            "pupil_id": keys("SP", number[row]),
            "school": text(named(school[order])),
            "kind": repeated("school_term", len(row)),
            "from_date": uk_days(since[order]),
            "to_date": uk_days(until[order]),
            "sessions_possible": pa.array(could[order]),
            "sessions_attended": pa.array(went[order]),
        }
    )


def attended(truth: Truth, schooling: Schooling) -> list[Ints]:
    """Pupil, school, first and last day, sessions and those attended, term by term."""
    draws = truth.ward.draws(f"{SOURCE} attendance")
    count = len(schooling.who)
    missed = np.where(draws.chance(0.2, count), 0.18, 0.055)
    rows = []
    for start, end, sessions in terms_before(truth.ward.day):
        there = np.flatnonzero(schooling.began <= start)
        school = np.where(schooling.moved <= start, schooling.now, schooling.first)[there]
        lost = np.floor(draws.uniform(count)[there] * 2 * missed[there] * sessions)
        same = (np.full(len(there), value) for value in (start, end, sessions))
        rows.append((there, school, *same, sessions - lost.astype(np.int64)))
    return [np.concatenate(part) for part in zip(*rows, strict=True)]


def involvements(truth: Truth, written: Written, number: Ints, counters: Counters) -> pa.Table:
    """Those who help pupils: about one pupil in eight."""
    draws = truth.ward.draws(f"{SOURCE} involved")
    chosen = draws.chance(0.13, len(number)) & ~written.copy
    found = make_involvements(truth, SOURCE, written.who, chosen, TEAMS)
    cells = involvement_columns(found, counters, SOURCE)
    return pa.table(
        {
            "involvement_id": cells.pop("key"),
            "pupil_id": keys("SP", number[found.row]),
            **cells,
            "from_date": uk_days(found.since),
            "to_date": uk_days(found.until, found.until == NEVER),
        }
    )
