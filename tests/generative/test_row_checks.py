"""The fast checks of a source's rows and the slow ones find the same faults."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wholeplace.core.identity.numbers import UPN_LETTERS, nhs_check_digit, upn_check_letter
from wholeplace.core.rules.files.inherit import read_each
from wholeplace.core.rules.files.yaml import load_text
from wholeplace.population.engines.duckdb import connect
from wholeplace.rooms.records.source import layout, reasons, stage
from wholeplace.rooms.records.source import spec as s
from wholeplace.rooms.records.source.slow import check_row
from wholeplace.rooms.records.source.spaces import SPACES

PLACE = Path(__file__).parents[2] / "places" / "birmingham"
SOURCES = read_each(PLACE, "sources", s.source_of)
FILES = {f"{name} {n}": file for name, one in SOURCES.items() for n, file in one.files.items()}
WRITTEN = """
source: checked
name: What has a check of its own
agency: police
lawful_basis: protecting-people-from-harm
what: Every kind of field that a row by itself can have wrong in more than one way.
dated_by: manifest
delivers: either
files:
  checked:
    file: checked.csv
    what: One row a person.
    table: resident
    key: key
    makes_people: true
    change: {column: change, added: A, changed: C, ended: D}
    fields:
      nhs: {column: nhs, type: nhs_number}
      test_nhs: {column: test_nhs, type: nhs_number, also_invented: true}
      upn: {column: upn, type: upn}
      sex: {column: sex, type: code, required: true, codes: {"1": M, "2": F, "N": X}}
      born: {column: born, type: date, ages: [2, 25]}
      written: {column: written, type: date, format: day_month_year, ages: [0, 120]}
      start: {column: start, type: date, format: day_month_year}
      end: {column: end, type: date, format: day_month_year}
      iso_end: {column: iso_end, type: date, latest: load_day}
    in_order: [[start, end], [start, iso_end], [born, written]]
"""
CHECKED = s.source_of(load_text(WRITTEN), "checked").files["checked"]
FILES["checked"] = CHECKED
DAY = dt.date(2026, 6, 15)
AS_AT = dt.date(2024, 2, 29)

# Neither quotation marks nor line ends are kept from values: a CSV file can hold both.
anything = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0"), max_size=12
)
NEAR = (
    *("2026-06-15", "2026-06-16", "2026-02-29", "2024-02-29", "1900-01-01", "1899-12-31"),
    *("2100-12-31", "2101-01-01", "0000-01-01", "99999-01-01", "2026-6-1", "infinity", "epoch"),
    *("01/06/2026", "1/6/2026", "31/02/2026", "29/02/2024", "06/15/2026", "01-06-2026", "//"),
    *("01/06-2026", "01-06/2026"),
    *("00/00/0000", "01/01/0000", "01/06/99999", "0１/06/2026", "01/06/26", "32/01/2020"),
    # Ages on 29 February 2024, to the day: of 0, 2, 25 and 120 years.
    *("2024-03-01", "01/03/2022", "28/02/2022", "28/02/1998", "01/03/1998", "28/02/1999"),
    *("1903-02-28", "1903-03-01", "28/02/1903", "01/03/1903", "1904-02-29", "29/02/1904"),
    *("-1", "0", "-0", "+1", "007", "1.5", "1.50", "1.500", "-0.00", ".5", "5.", "1e5", "NaN"),
    *("999999999.99", "168", "168.0001", "0.00001", "5000", "5000.00", "5000.01", "-100000"),
    *("2147483648", "1 000.00", " 5 ", "\xa05", "５"),
    *("QQ123456A", "qq123456a", "AB123456D", "AB 12 34 56 C", "BG123456A", "ſs123456a"),
    *("9434765919", "943 476 5919", "9434765918", "943-476-5919", "0000000000", "4444444444"),
    *("9990000026", "９990000026", "94347659190", "+434765919", "943476591", "9 434765919 "),
    *("B801200005001", "b801200005001", "A801200005001", "B80120000500A", "B80120000500I"),
    *("S801200005001", "ſ801200005001", "B80120000500ſ", "B8012000050 1", "B8012000050011"),
    *("ßa123456", "B1_1AA", "b11aa", "B1 1AA", "EC1A1BB", "B999"),
    *("Y", "N", "y", "true", "x" * 201, "e\u0301" * 60, "\x7f", "a\tb", "a\nb", "a\u2028b"),
    *("\u00a0", "\u2007Ada\u202f", "\u3000", "\u200b", "\ufeffAda\u2060", "\tAda\n", "\u2028Y"),
    *("A\u00a0B", "\u200b5\u200d", "2026-06-01\u00a0", " \u00a0 \u200b\u00a0", "\u0085", "\u180e"),
    *("nan", "NaN", "inf", "-inf", "Infinity", "Nan", "\u00a0NaN"),
    *("1", "9", "A", "C", "D", "M", "\u202eabc", "👩‍👩‍👧" * 30, "x" * 10_000, "م" * 121),
)
nearly = st.sampled_from(NEAR)
around = st.text(SPACES + "\u0085\x0b", max_size=3)


@st.composite
def nhs_numbers(draw: st.DrawFn) -> str:
    nine = draw(st.text("0123456789", min_size=9, max_size=9))
    return nine + (nhs_check_digit(nine) or "0")


@st.composite
def upns(draw: st.DrawFn) -> str:
    eleven = draw(st.text("0123456789", min_size=11, max_size=11))
    rest = eleven + draw(st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUVWXYZ"))
    return upn_check_letter(rest) + rest


def days(field: s.DateField) -> st.SearchStrategy[str]:
    form = "%d/%m/%Y" if field.format == "day_month_year" else "%Y-%m-%d"
    return st.dates(dt.date(1890, 1, 1), dt.date(2110, 1, 1)).map(lambda day: day.strftime(form))


def values(field: s.AnyField) -> st.SearchStrategy[str]:
    good = [st.just("")]
    if isinstance(field, s.CodeField):
        good.append(st.sampled_from(list(field.stored)))
    elif isinstance(field, s.DateField):
        good.append(days(field))
    elif isinstance(field, (s.MoneyField, s.NumberField)):
        good.append(st.decimals(-10_000, 10_000, places=2).map(str))
    elif isinstance(field, s.IntegerField):
        good.append(st.integers(-10, 4_000).map(str))
    elif isinstance(field, s.FlagField):
        good.append(st.sampled_from([field.yes, field.no]))
    elif isinstance(field, s.NhsNumberField):
        good.append(nhs_numbers())
    elif isinstance(field, s.UpnField):
        good.append(upns())
    else:
        good.append(st.text("Abc 'é-", max_size=12))
    return st.one_of(*good, nearly, anything, st.tuples(around, good[-1], around).map("".join))


def rows(file: s.FileSpec) -> st.SearchStrategy[dict[str, str]]:
    fields = {field.column: values(field) for field in file.fields.values()}
    keys = {column: st.one_of(st.just("K1"), nearly, anything) for column in file.columns}
    change = st.one_of(st.sampled_from(["A", "C", "D", "D "]), nearly)
    return st.fixed_dictionaries(keys | fields | {"change": change})


def alone(file: s.FileSpec) -> s.SourceSpec:
    """A source of this one file, without what only other files can settle."""
    fields = {
        name: s.TextField(type="text", column=f.column, required=f.required, most=s.LONGEST_KEY)
        if isinstance(f, s.ReferenceField)
        else f
        for name, f in file.fields.items()
    }
    if file.person:
        column = file.person.column
        text = s.TextField(type="text", column=column, required=True, most=s.LONGEST_KEY)
        fields = {"whose": text, **fields}
    only = {
        "file": "only.csv",
        "fields": fields,
        "person": None,
        "makes_people": True,
        "most_set_aside_percent": 100,
    }
    whole = {name: getattr(file, name) for name in s.FileSpec.model_fields} | only
    return SOURCES["police"].model_copy(update={"files": {"only": s.FileSpec(**whole)}})


def write(folder: Path, file: s.FileSpec, given_rows: list[dict[str, str]], changes: bool) -> None:
    told = {"as_at": AS_AT.isoformat(), "delivers": "changes" if changes else "full"}
    (folder / "manifest.json").write_text(json.dumps(told))
    columns = [*file.columns, *(["change"] if changes else [])]
    with (folder / file.file).open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(
            out, columns, lineterminator="\n", quoting=csv.QUOTE_ALL, extrasaction="ignore"
        )
        writer.writeheader()
        writer.writerows(given_rows)


def fast(
    source: s.SourceSpec, given_rows: list[dict[str, str]], changes: bool
) -> list[tuple[str, ...]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, source.files["only"], given_rows, changes)
        delivery = layout.receive(folder, source, DAY)
        assert (delivery.as_at, delivery.files["only"].changes) == (AS_AT, changes)
        with connect(folder) as engine:
            stage.stage(engine, delivery.files, DAY)
            found = engine.execute(
                "SELECT n, field, coalesce(value, ''), reason FROM faults WHERE reason <> ?",
                [reasons.TWICE],
            ).fetchall()
    return sorted(found)


def check(name: str, given_rows: list[dict[str, str]], *, changes: bool = False) -> None:
    source = alone(FILES[name])
    reading = s.Reading(DAY, AS_AT, changes)
    slow = [
        (n, fault.column, fault.value, fault.reason)
        for n, one in enumerate(given_rows)
        for fault in check_row(source.files["only"], one, reading)
    ]
    assert fast(source, given_rows, changes) == sorted(slow)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_fast_and_slow_checks_agree(data):
    name = data.draw(st.sampled_from(sorted(FILES)))
    given_rows = data.draw(st.lists(rows(FILES[name]), min_size=1, max_size=25))
    check(name, given_rows, changes=data.draw(st.booleans()))


def near_misses(file: s.FileSpec) -> list[dict[str, str]]:
    return [dict.fromkeys([*file.columns, "change"], value) for value in NEAR]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_they_agree_on_all_that_has_a_check_of_its_own(data):
    """Mostly values that are right, or nearly: each row is drawn a column at a time."""
    columns = {field.column: list(_many(data, field)) for field in CHECKED.fields.values()}
    given_rows = [
        {"key": f"K{n}", "change": "ACD"[n % 3], **{c: values[n] for c, values in columns.items()}}
        for n in range(MANY)
    ]
    check("checked", given_rows, changes=data.draw(st.booleans()))


MANY = 60


def _many(data: st.DataObject, field: s.AnyField) -> Iterator[str]:
    """Values of a field by a generator whose seed is drawn: many at the price of one."""
    chance = random.Random(data.draw(st.integers(0, 2**32)))
    for _ in range(MANY):
        yield chance.choice([_right, _right, _right, lambda *_: chance.choice(NEAR)])(chance, field)


def _right(chance: random.Random, field: s.AnyField) -> str:
    if isinstance(field, s.NhsNumberField):
        nine = f"{chance.randrange(10**9):09}"
        return nine + (chance.choice([nhs_check_digit(nine), "7"]) or "0")
    if isinstance(field, s.UpnField):
        rest = f"{chance.randrange(10**11):011}{chance.choice('0123456789' + UPN_LETTERS)}"
        return chance.choice([upn_check_letter(rest), "B"]) + rest
    if isinstance(field, s.CodeField):
        return chance.choice(list(field.stored))
    assert isinstance(field, s.DateField)
    near = chance.choice([AS_AT, dt.date(AS_AT.year - 2, 3, 1), DAY, dt.date(1904, 2, 29)])
    day = near + dt.timedelta(days=chance.randrange(-400, 400))
    return day.strftime("%d/%m/%Y" if field.format == "day_month_year" else "%Y-%m-%d")


def test_they_agree_on_every_near_miss_in_every_column():
    for name, file in FILES.items():
        check(name, near_misses(file))


@pytest.mark.parametrize("code", ["A", "C", "D", "", "E"])
def test_they_agree_on_every_near_miss_in_a_delivery_of_changes(code):
    """Of a row that ended nothing is read but its key."""
    found = near_misses(FILES["schools pupils"])
    check("schools pupils", [row | {"change": code} for row in found], changes=True)
