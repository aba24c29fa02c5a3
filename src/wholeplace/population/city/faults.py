"""How the records of an agency differ from the truth, at the rates of one table.

`write_down` gives people as one agency has them written. Each fault is drawn from a stream of
its own, named by agency and fault, so that a rate changed for one moves nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from wholeplace.population.city.homes import HEAD, WOMAN
from wholeplace.population.city.identifiers import LINES, Texts, nhs_numbers, phones
from wholeplace.population.city.names import name_pool
from wholeplace.population.city.streams import Bools, Draws, Floats, Ints
from wholeplace.population.city.truth import ADULT, Truth
from wholeplace.population.city.variants import variants

EPOCH = np.datetime64("1970-01-01", "D")
LONG_AGO = int((np.datetime64("1910-01-01", "D") - EPOCH).astype(np.int64))
"""What some systems write when nobody knows a birth date."""

DEFAULTS = (0.5, 0.3, 0.2)
"""A default date is 1 January of the year, the 15th of the month, or 1 January 1910."""

CAN_SWAP = 132 / 365.25
"""Of birth dates: those whose day could be a month, and another one."""

NO_POSTCODE_KINDS = (0.5, 0.3, 0.2)
"""In place of a postcode stand its first half, NFA (no fixed abode) or UNKNOWN."""

KEYS_NEAR = dict(zip("abcdefghijklmnopqrstuvwxyz", "snvfrgjkojkinmlpwtdyicsxtz", strict=True))


@dataclass(frozen=True, slots=True)
class Rates:
    """How often each thing is so in one agency's records; 0 where the agency holds no such thing.

    Numbers: how many records have one, and of those how many have a wrong one. `ni_number` is
    of people from 16. `typing` is of each name, given and family apart. `married_name` is of
    women from 18. `shared_phone` is of telephones of adults: somebody else's of the household.
    `duplicate` is of people: how many have a second record.
    """

    covers: str
    nhs_number: float = 0.05
    nhs_wrong: float = 0.005
    ni_number: float = 0.0
    upn: float = 0.0
    upn_wrong: float = 0.0
    typing: float = 0.03
    variant: float = 0.04
    swapped: float = 0.005
    default_date: float = 0.02
    old_address: float = 0.08
    no_postcode: float = 0.002
    married_name: float = 0.03
    duplicate: float = 0.02
    phone: float = 0.7
    shared_phone: float = 0.15


RATES: dict[str, Rates] = {
    "council-benefits": Rates("everybody", ni_number=0.80, no_postcode=0.0, phone=0.78),
    "council-housing": Rates(
        "about a fifth of households, with everybody in them", ni_number=0.40, phone=0.75
    ),
    "schools": Rates(
        "every child of school age, 4 to 16",
        upn=0.98,
        upn_wrong=0.002,
        married_name=0.0,
        phone=0.97,
        shared_phone=0.0,
    ),
    "community-health": Rates("95% of everybody", nhs_number=0.90, phone=0.70),
    "police": Rates("about 8% of people from 10", phone=0.45),
}
"""The one table of rates: the program draws by it, the guide shows it, a test measures it."""

TITLES = {
    "covers": "Who is in it",
    "nhs_number": "NHS number present",
    "nhs_wrong": "… and wrong, half of those with a check digit that fails",
    "ni_number": "National Insurance number present (from 16)",
    "upn": "UPN present",
    "upn_wrong": "… and wrong, its check letter failing",
    "typing": "Typing error in the given name, and in the family name",
    "variant": "Nickname or other spelling of the given name",
    "swapped": "Day and month of birth swapped",
    "default_date": "Default birth date",
    "old_address": "Old address",
    "no_postcode": "No postcode where one stands: half of one, “NFA”, “UNKNOWN”",
    "married_name": "Surname before or after marriage (women from 18)",
    "duplicate": "Second record of a person",
    "phone": "Telephone present (adults; in schools a parent's)",
    "shared_phone": "… and another's of the household",
}


def rates_table() -> str:
    """The table of rates in Markdown, as the guide shows it."""
    head = f"| | {' | '.join(RATES)} |"
    rule = "|---|" + "---|" * len(RATES)
    lines = [head, rule]
    for one in fields(Rates):
        shown = [_shown(getattr(rates, one.name)) for rates in RATES.values()]
        lines.append(f"| {TITLES[one.name]} | {' | '.join(shown)} |")
    return "\n".join(lines) + "\n"


def _shown(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return f"{round(value * 100, 3):g}%" if value else "—"


@dataclass(frozen=True, slots=True)
class Written:
    """Records as an agency has them; an entry a record, second records of a person last.

    `who` indexes the ward's people; `family` is as written; `dwelling` may be a former one and
    `since` is the day they came to it; numbers and phones are None where there is none.
    `postcode` is the dwelling's or, of a few, what somebody typed in its place.
    """

    who: Ints
    copy: Bools
    first: Texts
    middle: Texts
    family: Texts
    born: Ints
    nhs: Texts
    ni: Texts
    phone: Texts
    dwelling: Ints
    since: Ints
    old: Bools
    postcode: Texts

    @property
    def given(self) -> Texts:
        """First and middle names with a space between."""
        both = zip(self.first.tolist(), self.middle.tolist(), strict=True)
        return objects([f"{first} {middle}" if middle else first for first, middle in both])


def objects(values: list[str]) -> Texts:
    """Strings as an array of objects, whatever their lengths."""
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def write_down(truth: Truth, who: Ints, source: str) -> Written:
    """These people as the agency has them, its faults in, some of them twice."""
    rates, ward = RATES[source], truth.ward

    def draws(fault: str) -> Draws:
        return ward.draws(f"{source} {fault}")

    again = who[draws("duplicates").chance(rates.duplicate, len(who))]
    both = np.concatenate([who, again])
    first, family = names_as_written(truth, both, source)
    dwelling, since, old = addresses_as_written(draws("addresses"), truth, both, rates)
    names = ward.names
    return Written(
        who=both,
        copy=np.arange(len(both)) >= len(who),
        first=first,
        middle=name_pool().words[np.where(names.first[both] == 0, 0, names.middle[both])],
        family=family,
        born=dates_as_written(draws("dates"), truth, both, rates),
        nhs=nhs_as_written(draws("nhs numbers"), truth, both, rates),
        ni=kept(
            truth.ni[both],
            draws("ni numbers").chance(rates.ni_number, len(both)) & (truth.years[both] >= 16),
        ),
        phone=phones_as_written(draws("phones"), truth, both, rates),
        dwelling=dwelling,
        since=since,
        old=old,
        postcode=postcodes_as_written(draws("postcodes"), truth, dwelling, rates),
    )


def kept(values: Texts, keep: Bools) -> Texts:
    """The values to keep, else None."""
    found = values.copy()
    found[~keep] = None
    return found


def share_of(rate: float, of: Bools, eligible: Bools) -> Floats:
    """The chance for each eligible entry that makes `rate` of the entries `of` so, at most 1."""
    chance = min(1.0, rate * int(of.sum()) / max(int((of & eligible).sum()), 1))
    return np.where(of & eligible, chance, 0.0)


def names_as_written(truth: Truth, who: Ints, source: str) -> tuple[Texts, Texts]:
    """First and family names: married or not, by another form, mistyped."""
    rates, ward = RATES[source], truth.ward
    words, names = name_pool().words, ward.names
    count = len(who)
    first = words[np.where(names.first == 0, names.family, names.first)[who]]
    family = full_family(truth, who)
    women = (ward.people.sex[who] == WOMAN) & (truth.years[who] >= ADULT)
    other = np.where(truth.before > 0, truth.before, truth.husbands)[who]
    chance = share_of(rates.married_name, women, other > 0)
    changed = ward.draws(f"{source} married names").chance(chance, count)
    family = np.where(changed, words[other], family)
    draws = ward.draws(f"{source} variants")
    forms = variants()
    has = np.array([name in forms for name in first.tolist()], dtype=np.bool_)
    chosen = draws.chance(share_of(rates.variant, np.ones(count, dtype=np.bool_), has), count)
    turn = draws.uniform(count)
    for at in np.flatnonzero(chosen).tolist():
        others = forms[first[at]]
        first[at] = others[int(turn[at] * len(others))]
    draws = ward.draws(f"{source} typing")
    return mistyped(draws, first, rates.typing), mistyped(draws, family, rates.typing)


def full_family(truth: Truth, who: Ints) -> Texts:
    """Family names as they are, with a second after a hyphen for some."""
    words, names = name_pool().words, truth.ward.names
    family, double = words[names.family[who]], words[names.double[who]]
    found: Texts = np.where(names.double[who] > 0, family + "-" + double, family)
    return found


def mistyped(draws: Draws, names: Texts, rate: float) -> Texts:
    """The names, some of them mistyped."""
    chosen = draws.chance(rate, len(names))
    where, how = draws.uniform(len(names)), draws.uniform(len(names))
    found = names.copy()
    for at in np.flatnonzero(chosen).tolist():
        found[at] = slip(names[at], float(where[at]), float(how[at]))
    return found


def slip(name: str, where: float, how: float) -> str:
    """A name with one slip of the fingers: swapped, left out, doubled or a key beside.

    `where` and `how` are from 0 up to 1. What comes out is never what went in.
    """
    if not name:
        return name
    at = min(1 + int(where * (len(name) - 1)), len(name) - 1)
    if how < 0.3 and at + 1 < len(name) and name[at] != name[at + 1]:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    if how < 0.55 and len(name) > 3:
        return name[:at] + name[at + 1 :]
    if how < 0.75:
        return name[:at] + name[at] + name[at:]
    near = KEYS_NEAR.get(name[at].lower(), "e")
    return name[:at] + near + name[at + 1 :] if near != name[at] else name + near


def dates_as_written(draws: Draws, truth: Truth, who: Ints, rates: Rates) -> Ints:
    """Birth dates: a few are defaults, a few have day and month swapped."""
    ward, count = truth.ward, len(who)
    born = ward.people.born[who]
    day, month, year = parts_of(born)
    first, middle = number_of(year, 1, 1), number_of(year, month, 15)
    adult = truth.years[who] >= ADULT
    kind = draws.pick(DEFAULTS, count)
    default = np.where(kind == 0, first, middle)
    default = np.where((kind == 2) & adult, LONG_AGO, default)
    is_default = draws.chance(rates.default_date, count)
    can = (day <= 12) & (day != month)
    swap = draws.chance(rates.swapped / CAN_SWAP, count) & can & ~is_default
    swapped = number_of(year, np.where(can, day, month), np.where(can, month, day))
    found = np.where(is_default, default, np.where(swap, swapped, born))
    return np.where(found <= np.minimum(ward.day, ward.died[who]), found, born)


def parts_of(born: Ints) -> tuple[Ints, Ints, Ints]:
    """Day, month and year of days since 1970."""
    date = EPOCH + born.astype("timedelta64[D]")
    month = date.astype("datetime64[M]")
    day = (date - month.astype("datetime64[D]")).astype(np.int64) + 1
    months = month.astype(np.int64)
    return day, months % 12 + 1, months // 12 + 1970


def number_of(year: Ints, month: Ints | int, day: Ints | int) -> Ints:
    """Days since 1970 of a day of the calendar."""
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    return np.asarray(months.astype("datetime64[D]").astype(np.int64) + day - 1)


def nhs_as_written(draws: Draws, truth: Truth, who: Ints, rates: Rates) -> Texts:
    """NHS numbers where there is one; a few have a figure wrong, a few are another number."""
    count = len(who)
    present = draws.chance(rates.nhs_number, count)
    wrong, fails = draws.chance(rates.nhs_wrong, count), draws.chance(0.5, count)
    place, step = draws.between(3, 9, count), draws.between(1, 9, count)
    others = nhs_numbers(draws.between(1, 899_000, count), truth.ward.seed)
    found = kept(truth.nhs[who], present)
    for at in np.flatnonzero(wrong & present).tolist():
        number, cut = found[at], int(place[at])
        figure = (int(number[cut]) + int(step[at])) % 10
        found[at] = f"{number[:cut]}{figure}{number[cut + 1 :]}" if fails[at] else others[at]
    return found


def phones_as_written(draws: Draws, truth: Truth, who: Ints, rates: Rates) -> Texts:
    """Telephones of adults: their own or, of some, that of the household's head."""
    count = len(who)
    adult = (truth.years[who] >= ADULT) & draws.chance(rates.phone, count)
    other = truth.ward.people.part[who] != HEAD
    shared = draws.chance(share_of(rates.shared_phone, adult, other), count)
    line = np.where(shared, truth.home_line[who], truth.line[who])
    return kept(phones(line % LINES), adult)


def addresses_as_written(
    draws: Draws, truth: Truth, who: Ints, rates: Rates
) -> tuple[Ints, Ints, Bools]:
    """Dwelling, since when, and whether it is an old address."""
    old = draws.chance(rates.old_address, len(who))
    earlier = truth.since[who] - draws.between(200, 2500, len(who))
    born = truth.ward.people.born[who]
    return (
        np.where(old, truth.former[who], truth.dwelling[who]),
        np.where(old, np.maximum(earlier, born), truth.since[who]),
        old,
    )


def postcodes_as_written(draws: Draws, truth: Truth, dwelling: Ints, rates: Rates) -> Texts:
    """Postcodes of dwellings; of a few half is missing, or they are words."""
    found: Texts = truth.addresses.postcode[dwelling]
    kind = draws.pick(NO_POSTCODE_KINDS, len(found))
    for at in np.flatnonzero(draws.chance(rates.no_postcode, len(found))).tolist():
        found[at] = (found[at].split(" ")[0], "NFA", "UNKNOWN")[int(kind[at])]
    return found
