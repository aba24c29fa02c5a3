"""A small benefits extract that a test can spoil: rows as dictionaries, files as the council's."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.conf import settings

from wholeplace.flows.load_extract import Outcome, find_source, load_extract

DAY = dt.date(2026, 6, 15)
COLUMNS = {
    "residents": "person_key title given_names family_name date_of_birth sex nhs_number"
    " ni_number phone email language do_not_contact unsafe_address date_of_death",
    "addresses": "uprn line_1 line_2 town postcode lsoa_code",
    "households": "household_key uprn tenure landlord from_date to_date",
    "household_members": "member_key household_key person_key role from_date to_date",
    "benefit_spells": "spell_key person_key benefit start_date end_date weekly_amount"
    " housing_costs",
    "jobs": "job_key person_key employer start_date end_date expected_weeks hours_a_week"
    " reported_on",
    "accounts": "account_key household_key kind weekly_charge weekly_help arrears as_at_date",
}

Tables = dict[str, list[dict[str, Any]]]


def row(file: str, **values: str) -> dict[str, str]:
    """A row with every column of the file, empty unless given."""
    return dict.fromkeys(COLUMNS[file].split(), "") | values


HOMES = {"R1": "H1", "R2": "H1", "R3": "H2"}


def small_extract() -> Tables:
    """Three people in two homes: R1 and R2 together, R3 alone."""
    return {
        "residents": _residents(),
        **_homes(),
        "benefit_spells": [
            row("benefit_spells", spell_key=f"S{n}", person_key=f"R{n}", benefit="uc",
                start_date="2025-01-01", weekly_amount="85.50", housing_costs="Y")
            for n in (1, 2, 3)
        ],
        "jobs": [
            row("jobs", job_key="J1", person_key="R1", employer="Canal Bakery",
                start_date="2026-06-01", expected_weeks="30", hours_a_week="37.5",
                reported_on="2026-06-03")
        ],
    }  # fmt: skip


def _residents() -> list[dict[str, Any]]:
    people = [("R1", "Amina", "O'Brien-Khan"), ("R2", "Zoë", "Nguyễn"), ("R3", "John", "Smith")]
    return [
        row("residents", person_key=key, given_names=given, family_name=family, sex="U",
            date_of_birth="1985-02-28", ni_number=f"QQ 12 34 5{n} C",
            do_not_contact="N", unsafe_address="N")
        for n, (key, given, family) in enumerate(people)
    ]  # fmt: skip


def _homes() -> Tables:
    return {
        "addresses": [
            row("addresses", uprn=f"10000{n}", line_1=f"{n} Long Road", town="Birmingham",
                postcode="b1 1aa", lsoa_code="DEMO01001")
            for n in (1, 2)
        ],
        "households": [
            row("households", household_key=f"H{n}", uprn=f"10000{n}", tenure="council",
                landlord="Birmingham City Council", from_date="2020-01-01")
            for n in (1, 2)
        ],
        "household_members": [
            row("household_members", member_key=f"M{person[1]}", household_key=home,
                person_key=person, role="claimant", from_date="2020-01-01")
            for person, home in HOMES.items()
        ],
        "accounts": [
            row("accounts", account_key=f"A{n}", household_key=f"H{n}", kind="rent",
                weekly_charge="101.20", weekly_help="66.20", arrears="-12.00",
                as_at_date="2026-05-31")
            for n in (1, 2)
        ],
    }  # fmt: skip


def write(tables: Tables, folder: Path) -> Path:
    """The tables as the extract's files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in COLUMNS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns.split(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(tables[name])
    return folder


def tell(folder: Path, as_at: str | None = None, **more: str) -> Path:
    """A manifest that says of which day the files tell, and what else is given."""
    told = {"source": "council-benefits", **({"as_at": as_at} if as_at else {}), **more}
    (folder / "manifest.json").write_text(json.dumps(told))
    return folder


def write_changes(changes: Tables, folder: Path, as_at: str | None = None) -> Path:
    """A delivery of changes: each row has a `change`, A, C or D; files without rows are empty."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in COLUMNS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*columns.split(), "change"], lineterminator="\n")
            writer.writeheader()
            writer.writerows(changes.get(name, []))
    return tell(folder, as_at, delivers="changes")


def load(folder: Path, day: dt.date = DAY, *, correction: bool = True) -> Outcome:
    """Load a folder as the place's source says.

    All tests' loads are of one day, so that each corrects the one before, unless told otherwise.
    """
    source = find_source(settings.PLACE, "council-benefits")
    return load_extract(folder, source, day=day, correction=correction)
