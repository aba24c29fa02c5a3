"""The fast checks of a source's rows and the slow ones find the same faults."""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wholeplace.core.rules.files.inherit import read_one
from wholeplace.population.engines.duckdb import connect
from wholeplace.rooms.records.source import layout, reasons, stage
from wholeplace.rooms.records.source import spec as s
from wholeplace.rooms.records.source.slow import check_row

PLACE = Path(__file__).parents[2] / "places" / "birmingham"
SOURCE = read_one(PLACE, "sources", "council-benefits", s.source_of)
DAY = dt.date(2026, 6, 15)

# Neither quotation marks nor line ends are kept from values: a CSV file can hold both.
anything = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0"), max_size=12
)
NEAR = (
    *("2026-06-15", "2026-06-16", "2026-02-29", "2024-02-29", "1900-01-01", "1899-12-31"),
    *("2100-12-31", "2101-01-01", "0000-01-01", "99999-01-01", "2026-6-1", "infinity", "epoch"),
    *("-1", "0", "-0", "+1", "007", "1.5", "1.50", "1.500", "-0.00", ".5", "5.", "1e5", "NaN"),
    *("999999999.99", "168", "168.0001", "0.00001", "5000", "5000.00", "5000.01", "-100000"),
    *("2147483648", "1 000.00", " 5 ", "\xa05", "５"),
    *("QQ123456A", "qq123456a", "AB123456D", "AB 12 34 56 C", "BG123456A", "ſs123456a"),
    *("ßa123456", "B1_1AA", "b11aa", "B1 1AA", "EC1A1BB", "B999"),
    *("Y", "N", "y", "true", "x" * 201, "e\u0301" * 60, "\x7f", "a\tb", "a\nb", "a\u2028b"),
)
nearly = st.sampled_from(NEAR)


def values(field: s.AnyField) -> st.SearchStrategy[str]:
    good = [st.just("")]
    if isinstance(field, s.CodeField):
        good.append(st.sampled_from(field.codes))
    elif isinstance(field, s.DateField):
        good.append(st.dates(dt.date(1890, 1, 1), dt.date(2110, 1, 1)).map(str))
    elif isinstance(field, (s.MoneyField, s.NumberField)):
        good.append(st.decimals(-10_000, 10_000, places=2).map(str))
    elif isinstance(field, s.IntegerField):
        good.append(st.integers(-10, 4_000).map(str))
    elif isinstance(field, s.FlagField):
        good.append(st.sampled_from([field.yes, field.no]))
    else:
        good.append(st.text("Abc 'é-", max_size=12))
    return st.one_of(*good, nearly, anything)


def rows(file: s.FileSpec) -> st.SearchStrategy[dict[str, str]]:
    fields = {field.column: values(field) for field in file.fields.values()}
    keys = {column: st.one_of(st.just("K1"), nearly, anything) for column in file.columns}
    return st.fixed_dictionaries(keys | fields)


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
        "fields": fields,
        "person": None,
        "makes_people": True,
        "most_set_aside_percent": 100,
    }
    whole = {name: getattr(file, name) for name in s.FileSpec.model_fields} | only
    return SOURCE.model_copy(update={"files": {"only": s.FileSpec(**whole)}})


def fast(source: s.SourceSpec, given_rows: list[dict[str, str]]) -> list[tuple[str, ...]]:
    file = source.files["only"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / file.file).open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, file.columns, lineterminator="\n", quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows(given_rows)
        arrived = layout.receive(folder, source, DAY).files
        with connect(folder) as engine:
            stage.stage(engine, arrived, DAY)
            found = engine.execute(
                "SELECT n, field, coalesce(value, ''), reason FROM faults WHERE reason <> ?",
                [reasons.TWICE],
            ).fetchall()
    return sorted(found)


def check(name: str, given_rows: list[dict[str, str]]) -> None:
    source = alone(SOURCE.files[name])
    slow = [
        (n, fault.column, fault.value, fault.reason)
        for n, one in enumerate(given_rows)
        for fault in check_row(source.files["only"], one, s.Reading(DAY, DAY))
    ]
    assert fast(source, given_rows) == sorted(slow)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_fast_and_slow_checks_agree(data):
    name = data.draw(st.sampled_from(sorted(SOURCE.files)))
    check(name, data.draw(st.lists(rows(SOURCE.files[name]), min_size=1, max_size=25)))


def test_they_agree_on_every_near_miss_in_every_column():
    for name, file in SOURCE.files.items():
        check(name, [dict.fromkeys(file.columns, value) for value in NEAR])
