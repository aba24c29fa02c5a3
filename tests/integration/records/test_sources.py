"""The place's own source files fit the tables and the law; a wrong one is told of by its line."""

from __future__ import annotations

import pytest
from tests.integration.records.staged import AS_AT, PLACE, faults, receive, source, staged

from wholeplace.core.rules.files.faults import FileMistake
from wholeplace.core.rules.files.inherit import place_document
from wholeplace.core.rules.files.scheme_loader import load_place
from wholeplace.core.rules.files.yaml import load_text
from wholeplace.population.city.make import Request, make_city
from wholeplace.rooms.records.models import STATEMENTS
from wholeplace.rooms.records.source.spec import source_of

NAMES = sorted(path.stem for path in (PLACE / "sources").glob("*.yaml"))
AGENCIES = ("council-benefits", "council-housing", "schools", "community-health", "police")


def test_the_five_agencies_have_a_source_each():
    assert {source(name).agency for name in NAMES} == set(AGENCIES)


@pytest.mark.parametrize("name", NAMES)
def test_each_field_is_a_column_of_its_table_and_each_needed_column_a_field(name):
    for file in source(name).files.values():
        model = STATEMENTS[file.table]
        columns = {column.name: column for column in model._meta.concrete_fields}
        assert set(file.fields) <= set(columns)
        kept = {"id", "agency_id", "load_id", "source_key", "row_hash", "recorded_at", "person"}
        for column in set(columns) - set(file.fields) - kept:
            known = columns[column]
            assert known.null or known.has_db_default(), f"{file.file}: {column}"
        for field, spec in file.fields.items():
            known = columns[field]
            assert known.null or spec.required or known.has_db_default(), f"{file.file}: {field}"
        assert ("person" in columns) == (bool(file.person) or file.makes_people)


@pytest.mark.parametrize("name", NAMES)
def test_each_source_is_read_on_a_basis_that_its_agency_has(name):
    spec = source(name)
    agencies = place_document(PLACE, "governance", "agencies").value["agencies"]
    assert spec.agency in agencies
    assert spec.agency in load_place(PLACE).bases[spec.lawful_basis].agencies


@pytest.mark.parametrize("name", NAMES)
def test_a_made_city_fits_the_source_in_either_format(two_formats, name):
    """Nothing is set aside but numbers and postcodes that are none, and what speaks of those."""
    folder, spec = two_formats / name, source(name)
    seen = []
    for ending in ("csv", "parquet"):
        files = {
            one: file.model_copy(update={"file": f"{file.file.rpartition('.')[0]}.{ending}"})
            for one, file in spec.files.items()
        }
        delivery = receive(folder, spec.model_copy(update={"files": files}))
        assert delivery.dated
        assert {file.path.suffix for file in delivery.files.values()} == {f".{ending}"}
        told = {
            (field, reason.replace(".parquet", ".csv"))
            for row in faults(delivery, folder).values()
            for field, reason in row.items()
        }
        checks = {one for one in told if one[0] in ("nhs_number", "upn", "postcode")}
        assert all("was set aside, so this one is too" in reason for _, reason in told - checks)
        seen.append((told, staged(delivery, folder)))
        assert all(seen[0][1].values())
    assert seen[0] == seen[1]


@pytest.fixture(scope="module")
def two_formats(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city") / "city"
    make_city(Request(people=1200, seed=5, as_at=AS_AT, place=PLACE, both=True), folder)
    return folder


SMALL = """source: small
name: Small
agency: police
lawful_basis: protecting-people-from-harm
what: People and their visits.
files:
  people:
    file: people.csv
    what: One row a person.
    table: resident
    key: key
    makes_people: true
    fields:
      given_names: {column: given, type: text}
      date_of_birth: {column: born, type: date, ages: [0, 120]}
      sex: {column: sex, type: code, codes: {"1": M, "2": F}}
  visits:
    file: visits.csv
    what: One row a visit.
    table: attendance
    key: visit
    person: {column: key, to: people}
    fields:
      from_date: {column: day, type: date, format: day_month_year}
"""
CHANGE = "    change: {column: change, added: A, changed: C, ended: D}\n"
WRONG = {
    "no people": (("makes_people: true", "makes_people: false"), "exactly one file has"),
    "another file of people": (
        ("    key: visit\n", "    key: visit\n    makes_people: true\n"),
        "exactly one file has `makes_people: true`",
    ),
    "people who are no residents": (
        ("table: resident", "table: job"),
        "10:12: a file that makes people holds residents, and this one holds `job`",
    ),
    "no such table": (("table: attendance", "table: visit"), "`visit` is not one of the choices"),
    "ages the wrong way": (
        ("[0, 120]", "[120, 0]"),
        "15:55: nobody is at least 120 and at most 0 years old",
    ),
    "one age": (("[0, 120]", "[120]"), "this must not be empty"),
    "an age past all": (("[0, 120]", "[0, 151]"), "this must be 150 or less"),
    "another form of day": (("format: day_month_year", "format: american"), "`american` is not"),
    "no codes": (('{"1": M, "2": F}', "{}"), "this must not be empty"),
    "changes without a mark": (
        ("what: People", "delivers: changes\nwhat: People"),
        "the source delivers changes, and `change` does not say how it marks them",
    ),
    "a mark without changes": (
        ("    fields:\n      from_date", CHANGE + "    fields:\n      from_date"),
        "`change` is given, but the source delivers only full pictures",
    ),
    "a name of the program's own": (("sex:", "change:"), "`change` is what the program itself"),
    "how often": (("what: People", "every: fortnight\nwhat: People"), "`fortnight` is not one of"),
    "dated by": (("what: People", "dated_by: hand\nwhat: People"), "`hand` is not one of"),
}


def read(text: str):
    return source_of(load_text(text, "small.yaml"), "small")


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_source_file_is_refused_in_words(name):
    (old, new), words = WRONG[name]
    assert SMALL.count(old) == 1
    with pytest.raises(FileMistake) as caught:
        read(SMALL.replace(old, new))
    assert words in str(caught.value)


def test_the_mark_of_changes_is_whole_and_no_other_column():
    either = SMALL.replace("what: People", "delivers: either\nwhat: People")
    whole = either.replace("    fields:\n", CHANGE + "    fields:\n")
    assert read(whole).files["visits"].change.codes == {"A": "added", "C": "changed", "D": "ended"}
    with pytest.raises(FileMistake, match="two kinds of change have one code"):
        read(whole.replace("changed: C", "changed: A", 1))
    with pytest.raises(FileMistake, match="`born` is also read as another column"):
        read(whole.replace("column: change,", "column: born,", 1))


def test_a_row_belongs_to_a_person_and_to_nothing_else():
    visits = SMALL[SMALL.index("  visits:") :]
    third = visits.replace("visits", "notes").replace("to: people", "to: visits")
    with pytest.raises(
        FileMistake, match="`person` refers to `visits`, which does not make people"
    ):
        read(SMALL + third)


def test_codes_may_be_listed_or_mapped():
    fields = read(SMALL).files["people"].fields
    assert fields["sex"].stored == {"1": "M", "2": "F"}
    listed = read(SMALL.replace('{"1": M, "2": F}', "[M, F]")).files["people"].fields
    assert listed["sex"].stored == {"M": "M", "F": "F"}


def test_what_a_source_does_not_say_is_a_full_picture_of_the_day_of_loading():
    spec = read(SMALL)
    assert (spec.delivers, spec.every, spec.dated_by) == ("full", None, "load_day")
