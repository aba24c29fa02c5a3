"""What is held of a person, laid out: what stands now, since when, and when it was recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.html import strip_tags

from wholeplace.flows.single_view import LAST, NUMBERS
from wholeplace.rooms.records import queries as records
from wholeplace.rooms.records.queries import Held, Holding, Version
from wholeplace.web.look.marks import day, link, money
from wholeplace.web.look.model import Action, Column, SummaryRow
from wholeplace.web.look.words import long_day

BENEFITS = {
    "uc": "Universal Credit",
    "jsa": "Jobseeker’s Allowance",
    "esa": "Employment and Support Allowance",
    "is": "Income Support",
    "ib": "Incapacity Benefit",
    "sda": "Severe Disablement Allowance",
    "pc": "Pension Credit",
    "hb": "Housing Benefit",
    "cts": "Council Tax Support",
    "pip": "Personal Independence Payment",
    "ca": "Carer’s Allowance",
}
TENURES = {
    "owned": "Owned outright",
    "mortgage": "Owned with a mortgage",
    "council": "Rented from the council",
    "housing_association": "Rented from a housing association",
    "private_rent": "Rented privately",
    "supported": "Supported housing",
}
SEXES = {"M": "Male", "F": "Female", "X": "Another", "U": None}
LANGUAGES = {
    "ar": "Arabic",
    "bn": "Bengali",
    "cy": "Welsh",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "gu": "Gujarati",
    "hi": "Hindi",
    "ku": "Kurdish",
    "pa": "Punjabi",
    "pl": "Polish",
    "ps": "Pashto",
    "pt": "Portuguese",
    "ro": "Romanian",
    "so": "Somali",
    "ti": "Tigrinya",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
KINDS = {"rent": "Rent", "council_tax": "Council tax"}
ROLES = {"non_dependant": "Other adult"}

# What only some agencies' files say of a person.
MORE = {
    "known_as": "Known as",
    "previous_family_name": "Family name before",
    "nhs_number": "NHS number",
    "upn": "Pupil number",
    "service": "Registered with",
}

RECORDED = Column("Recorded")
BENEFIT_COLUMNS = (
    Column("Benefit", heading=True),
    Column("From"),
    Column("To"),
    Column("A week", numeric=True),
    Column("Housing costs"),
    RECORDED,
)
JOB_COLUMNS = (
    Column("Employer", heading=True),
    Column("From"),
    Column("To"),
    Column("Expected"),
    Column("Hours a week", numeric=True),
    RECORDED,
)
ACCOUNT_COLUMNS = (
    Column("Account", heading=True),
    Column("As at"),
    Column("Charge a week", numeric=True),
    Column("Help a week", numeric=True),
    Column("Arrears", numeric=True),
    RECORDED,
)
HOUSEHOLD_COLUMNS = (
    Column("Person", heading=True),
    Column("Born"),
    Column("Place in the household"),
    Column("From"),
    Column("To"),
    RECORDED,
)
HOME_COLUMNS = (
    Column("Address", heading=True),
    Column("From"),
    Column("To"),
    Column("Home"),
    Column("Place in the household"),
    RECORDED,
)


Values = Mapping[str, Any]
Cells = tuple[object, ...]


@dataclass(frozen=True)
class Section:
    """A table of one kind of statement."""

    title: str
    columns: tuple[Column, ...]
    rows: list[Cells]


@dataclass(frozen=True)
class Shown:
    """Everything held now, ready for its template."""

    who: list[SummaryRow]
    sections: list[Section]
    holding: Holding


def held_of(person_id: int, *, sensitive: bool, linked: bool = False, wrong: str = "") -> Shown:
    """What this reader may see of what is held.

    Args:
        sensitive: whether the reader sees benefits, jobs and debts (class P3) at all.
        linked: whether others of the household are links to their own records.
        wrong: where the reader says that a field of the record is wrong; "" where they may not.
    """
    holding = records.person_statements(person_id)
    sections = []
    if holding.homes or not any(address_of(one.values) for one in holding.resident):
        sections.append(_section("Homes", HOME_COLUMNS, holding.homes, home))
    if holding.household:
        rows = [(*other(one.values, linked), _told(one)) for one in holding.household]
        sections.append(Section("Others in the household", HOUSEHOLD_COLUMNS, rows))
    if sensitive:
        sections += [
            _section("Benefits", BENEFIT_COLUMNS, holding.benefit_spells, benefit),
            _section("Jobs", JOB_COLUMNS, holding.jobs, job),
            _section("Rent and council tax", ACCOUNT_COLUMNS, holding.accounts, account),
        ]
    return Shown(_who(holding, wrong), sections, holding)


def _section(
    title: str, columns: tuple[Column, ...], found: tuple[Held, ...], row: Callable[[Values], Cells]
) -> Section:
    return Section(title, columns, [(*row(one.values), _told(one)) for one in found])


def _told(one: Held) -> str:
    return long_day(one.recorded_at.date())


# Each row of `_who` that says something of one field, or two.
_ASKED = {
    "Name": ("given_names", "family_name"),
    "Born": ("date_of_birth",),
    "Sex": ("sex",),
    "National Insurance number": ("ni_number",),
    "Phone": ("phone",),
    "Email": ("email",),
    "Died": ("date_of_death",),
    "Address": ("address",),
    "NHS number": ("nhs_number",),
    "Pupil number": ("upn",),
}


def _who(holding: Holding, wrong: str) -> list[SummaryRow]:
    rows: list[SummaryRow] = []
    for one in holding.resident or holding.former:
        note = f"{one.agency}, recorded {_told(one)}"
        if one.ended_at:
            note += f"; no longer in its files since {long_day(one.ended_at.date())}"
        rows += [SummaryRow("Name", full_name(one.values), note=note)]
        rows += [SummaryRow(words, value) for words, value in who_says(one.values)]
    if wrong and holding.resident:
        rows = [replace(row, actions=_actions(row.key, wrong)) for row in rows]
    return rows


def _actions(title: str, wrong: str) -> tuple[Action, ...]:
    """Where to say that a row is wrong."""
    fields = _ASKED.get(title, ())
    about = {field: field.replace("_", " ") if len(fields) > 1 else title for field in fields}
    return tuple(
        Action(
            "Wrong?" if len(fields) == 1 else f"{about[field].capitalize()} wrong?",
            f"{wrong}/{field}",
            about[field],
        )
        for field in fields
    )


def full_name(said: Values) -> str:
    """Title, given names and family name."""
    return " ".join(said[k] for k in ("title", "given_names", "family_name") if said[k])


def who_says(said: Values) -> list[tuple[str, object]]:
    """What a person's own row says, beside the name."""
    rows: list[tuple[str, object]] = [
        ("Born", day(said["date_of_birth"])),
        ("Sex", SEXES.get(said["sex"], said["sex"])),
        ("National Insurance number", number(said, "ni_number")),
        ("Phone", said["phone"]),
        ("Email", said["email"]),
        ("Language", LANGUAGES.get(said["language"], said["language"])),
    ]
    if said["date_of_death"]:
        rows.append(("Died", day(said["date_of_death"])))
    if address := address_of(said):
        rows.append(("Address", address))
    return rows + [(words, number(said, name)) for name, words in MORE.items() if said.get(name)]


def number(said: Values, name: str) -> str | None:
    """A value; a number of the person by another agency’s record, by its last figures."""
    value: str | None = said[name]
    others = name in NUMBERS and not said.get("own", True)
    return f"ends in {value[-LAST:]}" if value and others else value


def address_of(said: Values) -> str:
    """An address on one line; empty when none is held."""
    return ", ".join(said[k] for k in ("line_1", "line_2", "town", "postcode") if said.get(k))


def to(last: Any) -> object:
    """A last day; none means that it still runs."""
    return day(last, short=True) if last else "Still"


def role_of(said: Values) -> str:
    """A place in a household, in words."""
    role = str(said["role"])
    return ROLES.get(role, role.capitalize())


def home(said: Values) -> Cells:
    """A home as a row."""
    return (
        address_of(said) or None,
        day(said["from_date"], short=True),
        to(said["to_date"]),
        TENURES.get(said["tenure"] or "", said["tenure"]),
        role_of(said),
    )


def other(said: Values, linked: bool) -> Cells:
    """Somebody of the household as a row."""
    name = link(said["name"], f"/people/{said['ref']}") if linked else said["name"]
    return (
        name,
        day(said["date_of_birth"], short=True),
        role_of(said),
        day(said["from_date"], short=True),
        to(said["to_date"]),
    )


def benefit(said: Values) -> Cells:
    """A benefit as a row."""
    housing = said["housing_costs"]
    return (
        BENEFITS.get(said["benefit"], said["benefit"]),
        day(said["start_date"], short=True),
        to(said["end_date"]),
        money(said["weekly_pence"]),
        None if housing is None else "Yes" if housing else "No",
    )


def job(said: Values) -> Cells:
    """A job as a row."""
    weeks, hours = said["expected_weeks"], said["hours_a_week"]
    return (
        said["employer"],
        day(said["start_date"], short=True),
        to(said["end_date"]),
        None if weeks is None else f"{weeks} weeks",
        None if hours is None else f"{hours:g}",
    )


def account(said: Values) -> Cells:
    """A rent or council tax account as a row."""
    return (
        KINDS.get(said["kind"], said["kind"]),
        day(said["as_at_date"], short=True),
        money(said["weekly_charge_pence"]),
        money(said["weekly_help_pence"]),
        money(said["arrears_pence"]),
    )


FILES = {
    "resident": "Who they are",
    "member": "Place in a household",
    "benefitspell": "Benefit",
    "job": "Job",
}
VERSION_COLUMNS = (
    Column("Recorded", heading=True),
    Column("Believed until"),
    Column("About"),
    Column("What was said"),
)


def version(one: Version) -> Cells:
    """One version of one statement as a row."""
    said = one.values
    words = {
        "resident": lambda: ", ".join([full_name(said), *_words(who_says(said))]),
        "member": lambda: _days(role_of(said), said["from_date"], said["to_date"]),
        "benefitspell": lambda: _days(
            BENEFITS.get(said["benefit"], said["benefit"]), said["start_date"], said["end_date"]
        ),
        "job": lambda: _days(said["employer"] or "A job", said["start_date"], said["end_date"]),
    }[one.table]()
    until = long_day(one.superseded_at.date()) if one.superseded_at else "Still"
    return (long_day(one.recorded_at.date()), until, FILES[one.table], words)


def _words(rows: list[tuple[str, object]]) -> list[str]:
    return [f"{name.lower()} {strip_tags(str(value))}" for name, value in rows if value]


def _days(what: str, first: Any, last: Any) -> str:
    return f"{what}, {long_day(first)} to {long_day(last) if last else 'now'}"
