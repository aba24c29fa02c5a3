"""The police extract of one ward: people known to them, and the officers who work with them.

The police system writes surnames in capitals, all forenames in one field, dates as 01/06/2026,
and the last address it heard of.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from wholeplace.population.city.columns import keys, text, uk_days
from wholeplace.population.city.dwellings import NEVER
from wholeplace.population.city.faults import Written, objects, write_down
from wholeplace.population.city.homes import WOMAN
from wholeplace.population.city.identifiers import Texts
from wholeplace.population.city.involvements import Team, involvement_columns, make_involvements
from wholeplace.population.city.streams import Ints
from wholeplace.population.city.truth import Counters, Truth
from wholeplace.population.city.variants import variants

SOURCE = "police"
YOUNGEST = 10
"""The age of criminal responsibility (Children and Young Persons Act 1933, section 50)."""

WOMEN_KNOWN, MEN_KNOWN = 0.05, 0.11
ALIAS = 0.06
SEXES = np.array(("M", "F", "U", "U"), dtype=object)
TEAMS = (
    Team("Neighbourhood policing", "neighbourhood officer", "problem solving"),
    Team("Domestic abuse unit", "safeguarding officer", "victim of domestic abuse"),
    Team("Offender management", "offender manager", "integrated offender management"),
    Team("Missing persons", "missing person co-ordinator", "missing from home"),
)

Tables = dict[str, pa.Table]


def police_extract(truth: Truth, counters: Counters) -> tuple[Tables, Written]:
    """The extract's tables, and the records that persons.csv has."""
    ward = truth.ward
    count = len(truth.number)
    share = np.where(ward.people.sex == WOMAN, WOMEN_KNOWN, MEN_KNOWN)
    known = ward.draws(f"{SOURCE} known").chance(share, count) & (truth.years >= YOUNGEST)
    written = write_down(truth, np.flatnonzero(known & truth.alive), SOURCE)
    number = counters.take(SOURCE, len(written.who))
    return {
        "persons": persons(truth, written, number),
        "involvements": involvements(truth, written, number, counters),
    }, written


def persons(truth: Truth, written: Written, number: Ints) -> pa.Table:
    """One row a person known to the police."""
    at, where = truth.addresses, written.dwelling
    lines = zip(at.line_1[where].tolist(), at.line_2[where].tolist(), strict=True)
    return pa.table(
        {
            "person_urn": keys("WP", number),
            "surname": text(objects([name.upper() for name in written.family.tolist()])),
            "forenames": text(written.given),
            "known_as": text(aliases(truth, written)),
            "date_of_birth": uk_days(written.born),
            "sex": text(SEXES[truth.ward.people.sex[written.who]]),
            "nhs_number": text(written.nhs),
            "phone": text(written.phone),
            "last_known_address": text(
                objects([f"{first} {second}" if second else first for first, second in lines])
            ),
            "town": text(at.town[where]),
            "postcode": text(written.postcode),
        }
    )


def aliases(truth: Truth, written: Written) -> Texts:
    """Another name that some are known by, where their name has one; None for most."""
    count = len(written.who)
    some = truth.ward.draws(f"{SOURCE} aliases").chance(ALIAS, count)
    found: Texts = np.full(count, None, dtype=object)
    for at in np.flatnonzero(some).tolist():
        found[at] = next(iter(variants().get(written.first[at], ())), None)
    return found


def involvements(truth: Truth, written: Written, number: Ints, counters: Counters) -> pa.Table:
    """Officers who work with them: about one person in four."""
    draws = truth.ward.draws(f"{SOURCE} involved")
    chosen = draws.chance(0.24, len(number)) & ~written.copy
    found = make_involvements(truth, SOURCE, written.who, chosen, TEAMS)
    cells = involvement_columns(found, counters, SOURCE)
    return pa.table(
        {
            "involvement_urn": cells.pop("key"),
            "person_urn": keys("WP", number[found.row]),
            **cells,
            "from_date": uk_days(found.since),
            "to_date": uk_days(found.until, found.until == NEVER),
        }
    )
