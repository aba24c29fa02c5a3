"""One record made comparable: what linking compares, of fields as an agency stores them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias

from wholeplace.core.identity import standardise as plain

Value: TypeAlias = "str | int | date | None"


def comparable(record: Mapping[str, Any]) -> dict[str, Value]:
    """The columns that linking compares, of one record.

    Args:
        record: any of the fields that linking reads (`given_names`, `date_of_birth`, `line_1`
            and so on); a date as a date, the rest as text.

    Returns:
        Each column, None where it cannot be told. The same as the population engine makes of
        whole columns, but for the record's number.
    """
    born = plain.birth_date(record.get("date_of_birth"))
    given = record.get("given_names")
    return {
        "source": record.get("source"),
        "first": plain.first_name(given),
        "canon": plain.canonical_first_name(given),
        "further": plain.further_names(given),
        "known": plain.canonical_first_name(record.get("known_as")),
        "surname": plain.surname(record.get("family_name")),
        "previous": plain.surname(record.get("previous_family_name")),
        "sex": plain.sex(record.get("sex")),
        "born": born,
        "born_text": None if born is None else f"{born:%Y%m%d}",
        "born_key": plain.birth_key(born),
        "birth_year": None if born is None else born.year,
        **_home(record),
        "phone": plain.phone(record.get("phone")),
        "email": plain.email(record.get("email")),
        "nhs": plain.nhs_number(record.get("nhs_number")),
        "ni": plain.ni_number(record.get("ni_number")),
        "upn": plain.upn(record.get("upn")),
    }


def _home(record: Mapping[str, Any]) -> dict[str, Value]:
    code = plain.postcode(record.get("postcode"))
    lines = [line for line in (record.get("line_1"), record.get("line_2")) if line is not None]
    house = plain.house(" ".join(lines))
    return {
        "postcode": code,
        "sector": plain.sector(code),
        "house": house,
        "home": plain.home(code, house),
        "uprn": plain.uprn(record.get("uprn")),
    }
