"""The checks of one row, written to be read: what the fast checks must agree with."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from wholeplace.core.identity.numbers import NHS_TESTS, is_nhs_number, is_upn
from wholeplace.rooms.records.source import reasons
from wholeplace.rooms.records.source import spec as s
from wholeplace.rooms.records.source.spaces import trimmed

_DATE = {
    "iso": re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"),
    "day_month_year": re.compile(r"(?P<d>[0-9]{2})/(?P<m>[0-9]{2})/(?P<y>[0-9]{4})"),
}
_MONEY = re.compile(r"-?[0-9]{1,9}(\.[0-9]{2})?")
_WHOLE = re.compile(r"-?[0-9]{1,10}")
_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,4})?")
_NI = re.compile(r"[A-Za-z]{2}[0-9]{6}[A-Da-d]")
_POSTCODE = re.compile(r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]?[0-9][A-Za-z]{2}")
_TEN = re.compile(r"[0-9]{10}")
_UPN = re.compile(r"[A-HJ-NP-RT-Za-hj-np-rt-z][0-9]{11}[0-9A-HJ-NP-RT-Za-hj-np-rt-z]")
_NI_NEVER = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}


@dataclass(frozen=True, order=True)
class RowFault:
    """One wrong value: its column, what stood there, and why it is wrong."""

    column: str
    value: str
    reason: str


def check_row(file: s.FileSpec, row: Mapping[str, str], reading: s.Reading) -> list[RowFault]:
    """Everything wrong with one row by itself, at most one fault a column and pair of dates.

    Args:
        file: how the file is checked.
        row: column → value as it stands in the file.
        reading: the day of loading, the day of which the file tells, and whether of changes.
    """
    change = file.change if reading.changes else None
    columns = (*file.columns, *([change.column] if change else []))
    values = {column: trimmed(row.get(column)) for column in columns}
    found = [RowFault(file.key, values[file.key], reason) for reason in _key(values[file.key])]
    if change:
        code = values[change.column]
        known = reasons.not_a_code(list(change.codes))
        wrong = [] if code in change.codes else [known if code else reasons.EMPTY]
        found += [RowFault(change.column, code, reason) for reason in wrong]
        if code == change.ended:
            return found
    return found + _beside_the_key(file, values, reading)


def _beside_the_key(
    file: s.FileSpec, values: Mapping[str, str], reading: s.Reading
) -> list[RowFault]:
    found: list[RowFault] = []

    def note(column: str, reason: str | None) -> None:
        if reason:
            found.append(RowFault(column, values[column], reason))

    if file.person:
        for reason in _key(values[file.person.column]):
            note(file.person.column, reason)
    for field in file.fields.values():
        value = values[field.column]
        note(field.column, _value(field, value, reading) if value else _empty(field))
    for first, last in file.in_order:
        start, end = (_read_day(file.fields[name], values) for name in (first, last))
        if start and end and end < start:
            note(file.fields[last].column, reasons.ends_first(file.fields[first].column))
    return found


def _empty(field: s.AnyField) -> str | None:
    return reasons.EMPTY if field.required else None


def _key(value: str) -> list[str]:
    reason = _text(value, s.LONGEST_KEY) if value else reasons.EMPTY
    return [reason] if reason else []


def _value(field: s.AnyField, value: str, reading: s.Reading) -> str | None:
    if isinstance(field, s.TextField):
        return _text(value, field.most)
    if isinstance(field, s.ReferenceField):
        return _text(value, s.LONGEST_KEY)
    if isinstance(field, s.CodeField):
        return None if value in field.stored else reasons.not_a_code(list(field.stored))
    if isinstance(field, s.FlagField):
        return None if value in (field.yes, field.no) else reasons.not_a_flag(field)
    if isinstance(field, s.DateField):
        return _day(field, value, reading)
    if isinstance(field, s.MoneyField | s.IntegerField | s.NumberField):
        return _figure(field, value)
    return _name(field, value)


def _name(field: s.AnyField, value: str) -> str | None:
    """A number that names somebody, or a postcode."""
    if isinstance(field, s.NhsNumberField):
        return _nhs(field, value.replace(" ", ""))
    if isinstance(field, s.UpnField):
        return _upn(value)
    if isinstance(field, s.NiNumberField):
        return None if _is_ni(field, value) else reasons.NOT_NI
    return None if _POSTCODE.fullmatch(value.replace(" ", "")) else reasons.NOT_POSTCODE


def _text(value: str, most: int) -> str | None:
    if len(value) > most:
        return reasons.too_long(most)
    if any((ord(c) < 32 and c not in "\t\n\r") or ord(c) == 127 for c in value):
        return reasons.CONTROL
    return reasons.NO_NUMBER if value in reasons.NO_NUMBERS else None


def _read_day(field: s.AnyField, values: Mapping[str, str]) -> dt.date | None:
    return _as_day(field, values[field.column]) if isinstance(field, s.DateField) else None


def _as_day(field: s.DateField, value: str) -> dt.date | None:
    parts = _DATE[field.format].fullmatch(value)
    if not parts:
        return None
    try:
        return dt.date(int(parts["y"]), int(parts["m"]), int(parts["d"]))
    except ValueError:
        return None


def _day(field: s.DateField, value: str, reading: s.Reading) -> str | None:
    found = _as_day(field, value)
    if found is None:
        return reasons.not_a_date(field)
    if field.ages:
        least, most = field.ages
        age = _age(found, reading.as_at)
        if age < least:
            return reasons.too_young(least)
        if age > most:
            return reasons.too_old(most)
    if found < field.earliest:
        return reasons.too_early(field)
    if found > (reading.day if field.latest == "load_day" else field.latest):
        return reasons.too_late(field)
    return None


def _age(born: dt.date, day: dt.date) -> int:
    """In whole years; below 0 before birth."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


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


def _nhs(field: s.NhsNumberField, number: str) -> str | None:
    """Source of the rule: NHS Data Dictionary, attribute NHS NUMBER."""
    if not _TEN.fullmatch(number):
        return reasons.NOT_NHS
    if len(set(number)) == 1:
        return reasons.NHS_ALIKE
    if not is_nhs_number(number):
        return reasons.NHS_CHECK
    if number.startswith(NHS_TESTS) and not field.also_invented:
        return reasons.NHS_TEST
    return None


def _upn(value: str) -> str | None:
    """Source of the rule: Department for Education, guide to unique pupil numbers."""
    if not _UPN.fullmatch(value):
        return reasons.NOT_UPN
    return None if is_upn(value.upper()) else reasons.UPN_CHECK
