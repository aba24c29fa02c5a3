"""Parquet beside CSV: the same rows are read alike, and what is damaged is refused."""

from __future__ import annotations

import csv
import datetime as dt
import math
import tempfile
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.records.staged import (
    DAY,
    PLACE,
    faults,
    receive,
    source,
    staged,
    tell,
    write,
)

from wholeplace.population.engines.duckdb import EngineSettings, connect
from wholeplace.population.engines.duckdb import identifier as q
from wholeplace.rooms.records.source import layout, reasons, rows, stage
from wholeplace.rooms.records.source.spaces import SPACES
from wholeplace.rooms.records.source.wrong import WrongFile, place

PATIENTS = source("community-health")
EVERY = [
    (name, file)
    for name in sorted(path.stem for path in (PLACE / "sources").glob("*.yaml"))
    for file in source(name).files
]
MIDNIGHT = dt.datetime.combine(dt.date(2016, 2, 29), dt.time())
COLUMNS = PATIENTS.files["patients"].columns


def patients(**columns: pa.Array | list[object]) -> pa.Table:
    """Patients with the columns given and the others empty, of no type at all."""
    count = len(next(iter(columns.values())))
    needed = {
        "patient_id": pa.array([f"C{n}" for n in range(count)]),
        "given_names": pa.array(["Zoë"] * count),
        "family_name": pa.array(["Nguyễn"] * count),
    }
    every = dict.fromkeys(COLUMNS, pa.nulls(count)) | needed | columns
    return pa.table(every)


@pytest.fixture
def folder(tmp_path):
    """Attendances and involvements as CSV, without rows; no patients yet."""
    write(tmp_path, PATIENTS, {})
    (tmp_path / "patients.csv").unlink()
    return tmp_path


def read(folder, table: pa.Table) -> list[dict[str, object]]:
    pq.write_table(table, folder / "patients.parquet")
    return staged(receive(folder, PATIENTS), folder)["patients"]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.date32(), [dt.date(2016, 2, 29)]),
        (pa.date64(), [dt.date(2016, 2, 29)]),
        (pa.timestamp("s"), [MIDNIGHT]),
        (pa.timestamp("ns"), [MIDNIGHT]),
        (pa.string(), ["2016-02-29"]),
        (pa.large_string(), [" 2016-02-29 "]),
        (pa.dictionary(pa.int8(), pa.string()), ["2016-02-29"]),
    ],
    ids=str,
)
def test_a_day_is_a_day_in_whatever_type_it_comes(folder, kind, values):
    (row,) = read(folder, patients(date_of_birth=pa.array(values, kind)))
    assert (row["date_of_birth"], row["fine"]) == (dt.date(2016, 2, 29), True)


def test_a_moment_within_a_day_is_no_day(folder):
    at = pa.array([MIDNIGHT + dt.timedelta(hours=9)], pa.timestamp("us"))
    pq.write_table(patients(date_of_birth=at), folder / "patients.parquet")
    told = faults(receive(folder, PATIENTS), folder)
    assert "not a day of the calendar" in told["patients", 0]["date_of_birth"]


@pytest.mark.parametrize(
    "kind", [pa.int64(), pa.float64(), pa.decimal128(19, 0), pa.uint64()], ids=str
)
def test_a_number_that_names_somebody_may_come_as_a_number(folder, kind):
    numbers = pa.array([9434765919, None, 9434765918], pa.int64()).cast(kind)
    first, second, third = read(folder, patients(nhs_number=numbers))
    assert (first["nhs_number"], first["fine"]) == ("9434765919", True)
    assert (second["nhs_number"], second["fine"]) == (None, True)
    assert third["fine"] is False


def test_codes_may_come_as_whole_numbers_and_what_is_not_a_number_is_empty(folder):
    sexes = pa.array([1.0, 9.0, float("nan"), float("inf"), 1.5])
    rows = read(folder, patients(sex=sexes))
    assert [row["sex"] for row in rows] == ["M", "X", None, None, None]
    assert [row["fine"] for row in rows] == [True, True, True, False, False]


def test_a_number_without_an_end_is_no_text_and_a_name_of_spaces_is_none(folder):
    """As floats in a column of texts, and as texts: from programs that know no empty value."""
    wrong = [math.inf, -math.inf, math.nan, 7.0]
    rows = read(folder, patients(phone=pa.array(wrong)))
    assert [(row["phone"], row["fine"]) for row in rows] == [
        ("inf", False), ("-inf", False), (None, True), ("7", True)
    ]  # fmt: skip
    names = pa.array(["\u00a0", "\u200b\u3000", "\u202fZoë\u2007", "NaN"])
    pq.write_table(patients(given_names=names), folder / "patients.parquet")
    told = faults(receive(folder, PATIENTS), folder)
    empty, none = "This must not be empty.", reasons.NO_NUMBER
    assert {n: said["given_names"] for (_, n), said in told.items()} == {
        0: empty,
        1: empty,
        3: none,
    }


def test_days_flags_and_money_are_read_in_the_words_of_their_fields(tmp_path):
    """Where the source writes days as 01/06/2026, flags as Y and N, and pounds with pence."""
    spec = source("council-benefits")
    write(tmp_path, spec, {"residents": [
        {"person_key": "R1", "given_names": "A", "family_name": "B", "sex": "U",
         "do_not_contact": "N", "unsafe_address": "N"}
    ]})  # fmt: skip
    (tmp_path / "benefit_spells.csv").unlink()
    spells = {
        "spell_key": ["S1", "S2"],
        "person_key": ["R1", "R1"],
        "benefit": ["uc", "uc"],
        "start_date": pa.array([dt.date(2026, 6, 1), None]),
        "end_date": pa.nulls(2),
        "weekly_amount": [85.5, 100.0],
        "housing_costs": [True, None],
    }
    for amounts in ([85.5, 100.0], [Decimal("85.5000"), Decimal("100.0000")]):
        pq.write_table(
            pa.table(spells | {"weekly_amount": amounts}), tmp_path / "benefit_spells.parquet"
        )
        first, second = staged(receive(tmp_path, spec), tmp_path)["benefit_spells"]
        assert (first["weekly_pence"], second["weekly_pence"]) == (8550, 10000)
        assert (first["housing_costs"], second["housing_costs"]) == (True, None)
        assert (first["fine"], second["fine"]) == (True, True)
    spec = source("police")
    write(tmp_path, spec, {})
    (tmp_path / "persons.csv").unlink()
    every = dict.fromkeys(spec.files["persons"].columns, pa.nulls(1))
    born = pa.array([dt.date(2016, 2, 29)])
    one = {"person_urn": ["W1"], "surname": ["A"], "forenames": ["B"], "date_of_birth": born}
    pq.write_table(pa.table(every | one), tmp_path / "persons.parquet")
    (row,) = staged(receive(tmp_path, spec), tmp_path)["persons"]
    assert (row["date_of_birth"], row["fine"]) == (dt.date(2016, 2, 29), True)


def ended_badly(raw: bytes) -> bytes:
    """With what tells of its columns spoiled."""
    begins = len(raw) - 8 - int.from_bytes(raw[-8:-4], "little")
    return raw[:begins] + b"\xff" * 40 + raw[begins + 40 :]


def damaged(raw: bytes) -> bytes:
    """With its pages spoiled, but not what tells of its columns at the end."""
    return raw[:4] + bytes(b ^ 0xA5 for b in raw[4:400]) + raw[400:]


TABLE = patients(patient_id=[f"C{n}" for n in range(2000)])
REFUSED = {
    "empty": (lambda raw: b"", "this file is empty"),
    "cut short": (lambda raw: raw[:-20], "damaged or was cut short"),
    "cut to its mark": (lambda raw: raw[:4], "damaged or was cut short"),
    "cut in half": (lambda raw: raw[: len(raw) // 2], "damaged or was cut short"),
    "spoiled end": (ended_badly, "damaged or was cut short"),
    "spoiled pages": (damaged, "damaged or was cut short"),
    "CSV": (lambda raw: b"patient_id,given_names\n", "this is not a Parquet file"),
    "web page": (lambda raw: b"<!DOCTYPE html>", "this is not a Parquet file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_parquet_file_that_is_not_whole_is_refused(folder, name):
    pq.write_table(TABLE, folder / "patients.parquet")
    path = folder / "patients.parquet"
    spoil, words = REFUSED[name]
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(WrongFile, match=words) as caught:
        staged(receive(folder, PATIENTS), folder)
    assert caught.value.file == "patients.parquet"


WRONG = {
    "a list": (patients(phone=[["1"], []]), "`phone` holds lists or records"),
    "a record": (patients(phone=[{"a": "1"}]), "`phone` holds lists or records"),
    "bytes": (patients(phone=[b"1"]), "`phone` holds bytes"),
    "a moment somewhere": (
        patients(date_of_birth=pa.array([0], pa.timestamp("us", "Europe/London"))),
        "`date_of_birth` holds moments with a time zone",
    ),
    "a time": (patients(phone=pa.array([0], pa.time32("ms"))), "`phone` holds times of day"),
    "missing": (TABLE.drop_columns(["email"]), "the column `email` is missing"),
    "renamed": (
        TABLE.rename_columns([c.replace("email", "e_mail") for c in TABLE.column_names]),
        "Was it renamed to `e_mail`",
    ),
    "extra": (TABLE.append_column("wage", pa.nulls(2000)), "`wage` is not expected"),
    "twice": (TABLE.append_column("email", pa.nulls(2000)), "`email` stands there twice"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_parquet_file_in_another_layout_is_refused(folder, name):
    table, words = WRONG[name]
    pq.write_table(table, folder / "patients.parquet")
    with pytest.raises(WrongFile, match=words) as caught:
        receive(folder, PATIENTS)
    assert str(caught.value).startswith("patients.parquet: ")


def test_a_parquet_file_under_the_name_of_a_csv_file_is_told_from_one(folder):
    pq.write_table(TABLE, folder / "patients.csv")
    with pytest.raises(WrongFile, match="this is a Parquet file under another name"):
        receive(folder, PATIENTS)


def test_the_kind_that_the_source_names_is_read_first_and_else_the_other(folder):
    pq.write_table(TABLE, folder / "patients.parquet")
    assert receive(folder, PATIENTS).files["patients"].path.name == "patients.parquet"
    assert receive(folder, PATIENTS).files["attendances"].path.name == "attendances.csv"
    (folder / "patients.csv").write_text(",".join(COLUMNS) + "\n")
    assert receive(folder, PATIENTS).files["patients"].path.name == "patients.parquet"
    (folder / "patients.parquet").unlink()
    assert receive(folder, PATIENTS).files["patients"].path.name == "patients.csv"
    (folder / "patients.csv").unlink()
    with pytest.raises(WrongFile, match=r"patients.parquet: this file is missing"):
        receive(folder, PATIENTS)


def test_rows_have_numbers_and_no_lines(folder):
    pq.write_table(patients(sex=["1", "M", "2"]), folder / "patients.parquet")
    file = receive(folder, PATIENTS).files["patients"]
    assert layout.places_of(file, [1], 3) == {1: 2}
    assert place("patients.parquet", 2) == "patients.parquet, row 2"
    assert place("patients.csv", 2) == "patients.csv, line 2"
    assert place("patients.csv", None) == "patients.csv"


def test_when_most_rows_fail_the_first_is_told_by_its_row(folder):
    pq.write_table(patients(sex=["1", *["M"] * 150]), folder / "patients.parquet")
    with pytest.raises(WrongFile, match=r"patients.parquet, row 2: 150 of 151 rows fail"):
        staged(receive(folder, PATIENTS), folder)


def test_a_file_without_rows_and_one_of_empty_rows_are_read(folder):
    assert read(folder, TABLE.slice(0, 0)) == []
    pq.write_table(pa.table(dict.fromkeys(COLUMNS, pa.nulls(2))), folder / "patients.parquet")
    told = faults(receive(folder, PATIENTS), folder)
    empty = dict.fromkeys(("patient_id", "given_names", "family_name"), "This must not be empty.")
    assert told == {("patients", 0): empty, ("patients", 1): empty}


def test_a_nul_character_is_no_part_of_a_name(folder):
    """A CSV file with one is refused whole; here it is one value."""
    names = pa.array(["A\0da", "عبد الرحمن", "👩‍👩‍👧" * 10, "x" * 10_000])
    pq.write_table(patients(given_names=names), folder / "patients.parquet")
    told = faults(receive(folder, PATIENTS), folder)
    assert told == {
        ("patients", 0): {"given_names": "This holds a control character."},
        ("patients", 3): {"given_names": "This is longer than 120 characters."},
    }


@pytest.mark.parametrize(("name", "file"), EVERY)
def test_rows_stay_in_the_order_of_the_file_whatever_is_asked_of_them(tmp_path, name, file):
    """Or a row that is set aside is told by another's number, as long lists of codes once did."""
    found = source(name)
    one = {"only": found.files[file].model_copy(update={"file": "only.parquet"})}
    spec = found.model_copy(update={"files": one})
    keys = [f"K{n}" for n in range(3000)]
    columns = dict.fromkeys(one["only"].columns, pa.array([f"x{n % 7}" for n in range(3000)]))
    path = tmp_path / "only.parquet"
    pq.write_table(pa.table(columns | {one["only"].key: keys}), path, row_group_size=150)
    tell(tmp_path)
    (arrived,) = receive(tmp_path, spec).files.values()
    with tempfile.TemporaryDirectory() as home:
        settings = EngineSettings(threads=4)
        with connect(Path(home), settings, reads=(tmp_path,)) as engine:
            engine.execute(
                f"CREATE TABLE read AS SELECT {q(arrived.spec.key)} AS key,"
                f" {rows.fine(arrived.spec, arrived.reading(DAY))} AS fine"
                f" FROM ({stage.trimmed(arrived, arrived.spec.columns)})"
            )
            query = "SELECT count(*), count(*) FILTER (key <> 'K' || rowid) FROM read"
            assert engine.execute(query).fetchall() == [(3000, 0)]


days = st.none() | st.dates(dt.date(1850, 1, 1), dt.date(2120, 1, 1))
plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"))
around = st.text(SPACES, max_size=2)
texts = st.none() | plain | st.tuples(around, plain, around).map("".join)
FLOATS = {None: "", math.nan: "", math.inf: "inf", -math.inf: "-inf", 5.0: "5", -1.5: "-1.5"}
typed = {
    "patient_id": texts,
    "nhs_number": st.none() | st.integers(9434765900, 9434765950),
    "given_names": texts,
    "family_name": texts,
    "date_of_birth": days,
    "sex": st.none() | st.integers(0, 9),
    "address_from": days,
    "date_of_death": days,
    "phone": st.sampled_from(list(FLOATS)),
}


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.lists(st.fixed_dictionaries(typed), max_size=12), max_size=4))
def test_rows_with_types_are_read_as_their_text_in_a_csv_file(folder, groups):
    rows = [row for group in groups for row in group]
    one = {"patients": PATIENTS.files["patients"]}
    spec = PATIENTS.model_copy(update={"files": one})
    columns = {
        name: pa.array([row[name] for row in rows], TYPES.get(name, pa.string())) for name in typed
    }
    every = dict.fromkeys(COLUMNS, pa.nulls(len(rows))) | columns
    pq.write_table(pa.table(every), folder / "patients.parquet")
    by_type = staged(receive(folder, spec), folder)
    (folder / "patients.parquet").unlink()
    with (folder / "patients.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(row | {"phone": FLOATS[row["phone"]]} for row in rows)
    assert staged(receive(folder, spec), folder) == by_type
    (folder / "patients.csv").unlink()


TYPES = {
    "phone": pa.float64(),
    "sex": pa.int8(),
    "nhs_number": pa.int64(),
    **dict.fromkeys(("date_of_birth", "address_from", "date_of_death"), pa.date32()),
}


def test_the_manifest_tells_of_the_file_that_is_read(folder):
    pq.write_table(TABLE, folder / "patients.parquet")
    tell(folder, files={"patients.parquet": {"rows": 2000, "sha256": "0" * 64}})
    with pytest.raises(WrongFile, match=r"patients.parquet: this is not the file"):
        receive(folder, PATIENTS)
