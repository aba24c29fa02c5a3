"""The checks of one row, written to be read: what the fast checks must agree with."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from wholeplace.rooms.records.source import reasons
from wholeplace.rooms.records.source import spec as s

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONEY = re.compile(r"-?[0-9]{1,9}(\.[0-9]{2})?")
_WHOLE = re.compile(r"-?[0-9]{1,10}")
_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,4})?")
_NI = re.compile(r"[A-Za-z]{2}[0-9]{6}[A-Da-d]")
_POSTCODE = re.compile(r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]?[0-9][A-Za-z]{2}")
_NI_NEVER = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}


@dataclass(frozen=True, order=True)
class RowFault:
    """One wrong value: its column, what stood there, and why it is wrong."""

    column: str
    value: str
    reason: str


def check_row(file: s.FileSpec, row: Mapping[str, str], day: dt.date) -> list[RowFault]:
    """Everything wrong with one row by itself, at most one fault a column and pair of dates.

    Args:
        file: how the file is checked.
        row: column → value as it stands in the file.
        day: the day of loading.
    """
    values = {column: (row.get(column) or "").strip(" ") for column in file.columns}
    found: list[RowFault] = []

    def note(column: str, reason: str | None) -> None:
        if reason:
            found.append(RowFault(column, values[column], reason))

    note(file.key, _key(values[file.key]))
    if file.person:
        note(file.person.column, _key(values[file.person.column]))
    for field in file.fields.values():
        value = values[field.column]
        note(field.column, _value(field, value, day) if value else _empty(field))
    for first, last in file.in_order:
        start, end = (values[file.fields[name].column] for name in (first, last))
        if _is_day(start) and _is_day(end) and end < start:
            note(file.fields[last].column, reasons.ends_first(file.fields[first].column))
    return found


def _empty(field: s.AnyField) -> str | None:
    return reasons.EMPTY if field.required else None


def _key(value: str) -> str | None:
    return _text(value, s.LONGEST_KEY) if value else reasons.EMPTY


def _value(field: s.AnyField, value: str, day: dt.date) -> str | None:
    if isinstance(field, s.TextField):
        return _text(value, field.most)
    if isinstance(field, s.ReferenceField):
        return _text(value, s.LONGEST_KEY)
    if isinstance(field, s.CodeField):
        return None if value in field.codes else reasons.not_a_code(field.codes)
    if isinstance(field, s.FlagField):
        return None if value in (field.yes, field.no) else reasons.not_a_flag(field)
    if isinstance(field, s.DateField):
        return _day(field, value, day)
    if isinstance(field, s.NiNumberField):
        return None if _is_ni(field, value) else reasons.NOT_NI
    if isinstance(field, s.PostcodeField):
        return None if _POSTCODE.fullmatch(value.replace(" ", "")) else reasons.NOT_POSTCODE
    return _figure(field, value)


def _text(value: str, most: int) -> str | None:
    if len(value) > most:
        return reasons.too_long(most)
    if any((ord(c) < 32 and c not in "\t\n\r") or ord(c) == 127 for c in value):
        return reasons.CONTROL
    return None


def _is_day(value: str) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _day(field: s.DateField, value: str, today: dt.date) -> str | None:
    if not _is_day(value):
        return reasons.NOT_A_DATE
    found = dt.date.fromisoformat(value)
    if found < field.earliest:
        return reasons.too_early(field)
    if found > (today if field.latest == "load_day" else field.latest):
        return reasons.too_late(field)
    return None


def _figure(field: s.MoneyField | s.IntegerField | s.NumberField, value: str) -> str | None:
    shape, wrong, unit = {
        "money": (_MONEY, reasons.NOT_MONEY, "£"),
        "integer": (_WHOLE, reasons.NOT_WHOLE, ""),
        "number": (_NUMBER, reasons.NOT_NUMBER, ""),
    }[field.type]
    if not shape.fullmatch(value):
        return wrong
    if Decimal(value) < field.least:
        return reasons.too_small(field.least, unit)
    if Decimal(value) > field.most:
        return reasons.too_big(field.most, unit)
    return None


def _is_ni(field: s.NiNumberField, value: str) -> bool:
    """Source of the rule: HM Revenue and Customs, National Insurance Manual NIM39110."""
    shape = _NI.fullmatch(value.replace(" ", ""))
    if not shape:
        return False
    prefix = shape[0][:2].upper()
    if prefix in field.also:
        return True
    issued = prefix[0] not in "DFIQUV" and prefix[1] not in "DFIOQUV"
    return issued and prefix not in _NI_NEVER
