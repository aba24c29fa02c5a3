"""The community health extract of one ward: patients, attendances, and who works with them.

The health system has an NHS number for nine in ten, codes sex as the NHS does (1 male, 2
female, 9 neither, 0 not known), keeps dates as dates and knows no UPRN.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from wholeplace.population.city.columns import blank, days, keys, text
from wholeplace.population.city.dwellings import NEVER, STREET_FIRST
from wholeplace.population.city.faults import Written, write_down
from wholeplace.population.city.identifiers import Texts
from wholeplace.population.city.involvements import Team, involvement_columns, make_involvements
from wholeplace.population.city.names import name_pool
from wholeplace.population.city.streams import Ints
from wholeplace.population.city.truth import ADULT, Counters, Truth, full_name_before
from wholeplace.population.city.variants import variants

SOURCE = "community-health"
COVERED = 0.95
FORMER_NAME_TOLD, KNOWN_AS = 0.6, 0.04
PATIENTS_A_PRACTICE = 8_000
SEXES = np.array(("1", "2", "9", "0"), dtype=object)
ETHNIC = np.array(tuple("ABJHHKMNNCCRS"), dtype=object)
"""The NHS's letter for each naming community (NHS Data Dictionary, ETHNIC CATEGORY CODE)."""

PLACES = (
    ("Rea Valley Hospital", "accident_and_emergency"),
    ("Cole Bank Hospital", "accident_and_emergency"),
    ("Rea Valley Hospital", "outpatient"),
    ("Anvil Street Walk-in Centre", "walk_in"),
    ("At home", "health_visit"),
)
PLACE_WEIGHTS = (0.25, 0.2, 0.3, 0.15, 0.1)
TEAMS = (
    Team("Community mental health", "care co-ordinator", "mental health", youngest=14),
    Team("Health visiting", "health visitor", "a young child's health", oldest=4),
    Team("School nursing", "school nurse", "a child's health", youngest=5, oldest=17),
    Team("District nursing", "district nurse", "care at home", youngest=50),
    Team("Midwifery", "community midwife", "pregnancy", youngest=16, oldest=45, women=True),
    Team("Drug and alcohol service", "recovery worker", "substance use", youngest=18),
)

Tables = dict[str, pa.Table]


def health_extract(truth: Truth, counters: Counters) -> tuple[Tables, Written]:
    """The extract's tables, and the records that patients.parquet has."""
    covered = truth.ward.draws(f"{SOURCE} patients").chance(COVERED, len(truth.number))
    written = write_down(truth, np.flatnonzero(covered), SOURCE)
    number = counters.take(SOURCE, len(written.who))
    return {
        "patients": patients(truth, written, number),
        "attendances": attendances(truth, written, number, counters),
        "involvements": involvements(truth, written, number, counters),
    }, written


def patients(truth: Truth, written: Written, number: Ints) -> pa.Table:
    """One row a patient, the dead among them."""
    ward, who = truth.ward, written.who
    at, where = truth.addresses, written.dwelling
    told = ward.draws(f"{SOURCE} former names").chance(FORMER_NAME_TOLD, len(who))
    told &= truth.before[who] > 0
    second, died = at.line_2[where], ward.died[who]
    return pa.table(
        {
            "patient_id": keys("CH", number),
            "nhs_number": text(written.nhs),
            "given_names": text(written.given),
            "family_name": text(written.family),
            "previous_family_name": blank(text(full_name_before(truth, who)), ~told),
            "known_as": text(known_as(truth, written)),
            "date_of_birth": days(written.born),
            "sex": text(SEXES[ward.people.sex[who]]),
            "ethnicity": text(ETHNIC[ward.people.community[who]]),
            "phone": text(written.phone),
            "email": emails(truth, who),
            "address_1": text(at.line_1[where]),
            "address_2": blank(text(second), second == ""),
            "town": text(at.town[where]),
            "postcode": text(written.postcode),
            "address_from": days(written.since),
            "gp_practice": text(practices(truth, who)),
            "date_of_death": days(died, died == NEVER),
        }
    )


def emails(truth: Truth, who: Ints) -> pa.Array:
    """Some adults' address, at example.net."""
    draws, plain = truth.ward.draws(f"{SOURCE} emails"), name_pool().plain
    some = draws.chance(0.4, len(who)) & (truth.years[who] >= ADULT)
    number = truth.number[who].astype(str).astype(object)
    return blank(text(plain[truth.ward.names.first[who]] + number + "@example.net"), ~some)


def known_as(truth: Truth, written: Written) -> Texts:
    """The short form that some say they are called by; None for most."""
    count = len(written.who)
    some = truth.ward.draws(f"{SOURCE} known as").chance(KNOWN_AS, count)
    found: Texts = np.full(count, None, dtype=object)
    for at in np.flatnonzero(some).tolist():
        found[at] = next(iter(variants().get(written.first[at], ())), None)
    return found


def practices(truth: Truth, who: Ints) -> Texts:
    """Each household's general practice, one of the ward's."""
    ward = truth.ward
    count = max(2, len(truth.number) // PATIENTS_A_PRACTICE)
    kinds = ("Surgery", "Medical Practice", "Health Centre")
    names = [
        f"{STREET_FIRST[(ward.number * 5 + at * 11) % len(STREET_FIRST)]} {kinds[at % 3]}"
        for at in range(count)
    ]
    chosen = ward.draws("practices").between(0, count - 1, len(ward.homes.area))
    found: Texts = np.array(names, dtype=object)[chosen[ward.people.home[who]]]
    return found


def attendances(truth: Truth, written: Written, number: Ints, counters: Counters) -> pa.Table:
    """Visits of the last two years: about one patient in four had some, up to three."""
    ward = truth.ward
    draws = ward.draws(f"{SOURCE} attendances")
    times = draws.pick((0.72, 0.16, 0.08, 0.04), len(written.who)) * ~written.copy
    row = np.repeat(np.arange(len(written.who)), times)
    who = written.who[row]
    began = np.maximum(ward.day - draws.between(0, 730, len(row)), ward.people.born[who])
    place = draws.pick(PLACE_WEIGHTS, len(row))
    stayed = np.where((place < 2) & draws.chance(0.2, len(row)), draws.between(1, 9, len(row)), 0)
    keep = np.flatnonzero(began <= ward.died[who])
    keep = keep[np.lexsort((began[keep], row[keep]))]
    row, began, place, stayed = row[keep], began[keep], place[keep], stayed[keep]
    ended = np.minimum(began + stayed, np.minimum(ward.day, ward.died[written.who[row]]))
    names, kinds = (np.array(part, dtype=object) for part in zip(*PLACES, strict=True))
    return pa.table(
        {
            "attendance_id": keys("AT", counters.take(f"{SOURCE} attendances", len(row))),
            "patient_id": keys("CH", number[row]),
            "place": text(names[place]),
            "kind": text(kinds[place]),
            "from_date": days(began),
            "to_date": days(ended),
        }
    )


def involvements(truth: Truth, written: Written, number: Ints, counters: Counters) -> pa.Table:
    """Practitioners who work with patients: young children, elders, and some others."""
    draws = truth.ward.draws(f"{SOURCE} involved")
    years = truth.years[written.who]
    share = np.where(years < 5, 0.35, np.where(years >= 75, 0.2, 0.03))
    chosen = draws.chance(share, len(number)) & ~written.copy
    found = make_involvements(truth, SOURCE, written.who, chosen, TEAMS)
    cells = involvement_columns(found, counters, SOURCE)
    return pa.table(
        {
            "involvement_id": cells.pop("key"),
            "patient_id": keys("CH", number[found.row]),
            **cells,
            "from_date": days(found.since),
            "to_date": days(found.until, found.until == NEVER),
        }
    )
