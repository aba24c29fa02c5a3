"""Each check of the other agencies' files by name, with values that are right, wrong and near."""

from __future__ import annotations

import pytest
from tests.integration.records.staged import faults, receive, source, staged, write

PUPIL = {"pupil_id": "S1", "legal_surname": "Nguyễn", "legal_forenames": "Zoë"}
PATIENT = {"patient_id": "C1", "given_names": "Zoë", "family_name": "Nguyễn"}
PERSON = {"person_urn": "W1", "surname": "NGUYỄN", "forenames": "ZOË"}

DIGITS = "This is not an NHS number: it does not have ten digits."
CHECK = "This is not an NHS number: its last digit does not follow from the others."
SHAPE = "This is not a UPN: a letter, eleven digits, and a digit or letter."
LETTER = "This is not a UPN: its first letter does not follow from the rest."
UNBORN = "This day of birth is after the day of which the file tells."
NO_DAY = "This is not a day of the calendar written like 01/06/2026."
LONG = "This is longer than 120 characters."


def younger(age: int) -> str:
    return f"Born on this day, somebody is younger than {age} on the day of which the file tells."


def older(age: int) -> str:
    return f"Born on this day, somebody is older than {age} on the day of which the file tells."


# Each file tells of 1 June 2026 and is loaded a fortnight later.
PUPILS = [
    ("upn", "B801200005001", None),
    ("upn", "b801200005001", None),
    ("upn", "A801200005001", LETTER),
    ("upn", "B801200005010", LETTER),
    ("upn", "M801200005000", None),
    ("upn", "M80120000500A", None),
    ("upn", "B80120000500A", LETTER),
    ("upn", "B80120000500O", SHAPE),
    ("upn", "B80120000500", SHAPE),
    ("upn", "B8012000050011", SHAPE),
    ("upn", "B801 200005001", SHAPE),
    ("upn", "", None),
    ("date_of_birth", "01/06/2024", None),
    ("date_of_birth", "02/06/2024", younger(2)),
    ("date_of_birth", "02/06/2000", None),
    ("date_of_birth", "01/06/2000", older(25)),
    ("date_of_birth", "01/06/1981", older(25)),  # a pupil of 45
    ("date_of_birth", "02/06/2026", younger(2)),
    ("date_of_birth", "31/02/2015", NO_DAY),
    ("date_of_birth", "2015-06-01", NO_DAY),
    ("date_of_birth", "1/6/2015", NO_DAY),
    ("date_of_birth", "06/15/2015", NO_DAY),
    ("date_of_birth", "29/02/2016", None),
    ("date_of_birth", "29/02/2015", NO_DAY),
    ("sex", "F", None),
    ("sex", "U", "This is not one of: M, F."),
]
PATIENTS = [
    ("nhs_number", "9434765919", None),
    ("nhs_number", "943 476 5919", None),
    ("nhs_number", "9434765918", CHECK),
    ("nhs_number", "9344765919", CHECK),
    ("nhs_number", "943476591", DIGITS),
    ("nhs_number", "943-476-5919", DIGITS),
    ("nhs_number", "９434765919", DIGITS),
    ("nhs_number", "4444444444", "This is not an NHS number: all its digits are alike."),
    ("nhs_number", "0000000000", "This is not an NHS number: all its digits are alike."),
    ("nhs_number", "9990000026", None),
    ("nhs_number", "", None),
    ("date_of_birth", "2026-06-01", None),
    ("date_of_birth", "2026-06-02", UNBORN),
    ("date_of_birth", "1905-06-02", None),
    ("date_of_birth", "1905-06-01", older(120)),
    ("date_of_birth", "1896-06-01", older(120)),  # 130 years
    ("date_of_birth", "01/06/1996", "This is not a day of the calendar written like 2026-06-01."),
    ("sex", "1", None),
    ("sex", "M", "This is not one of: 1, 2, 9, 0."),
    ("given_names", "x" * 10_000, LONG),
    ("given_names", "x" * 121, LONG),
    ("given_names", "x" * 120, None),
    ("given_names", "ا" * 120, None),
    ("given_names", "👩" * 121, LONG),
    ("given_names", "عبد الرحمن", None),
    ("given_names", "👩‍👩‍👧 Ada", None),
    ("given_names", "A\x07da", "This holds a control character."),
    ("given_names", "   ", "This must not be empty."),
    ("patient_id", "", "This must not be empty."),
]
PERSONS = [
    ("sex", "U", None),
    ("date_of_birth", "01/06/2026", None),
    ("date_of_birth", "02/06/2026", UNBORN),
    ("date_of_birth", "01/06/1896", older(120)),
]


@pytest.mark.parametrize(
    ("name", "file", "row", "cases"),
    [
        ("schools", "pupils", PUPIL, PUPILS),
        ("community-health", "patients", PATIENT, PATIENTS),
        ("police", "persons", PERSON, PERSONS),
    ],
)
def test_a_value_is_read_or_set_aside_for_its_reason(tmp_path, name, file, row, cases):
    spec = source(name)
    key = spec.files[file].key
    rows = [row | {key: f"K{n}", field: value} for n, (field, value, _) in enumerate(cases)]
    write(tmp_path, spec, {file: rows})
    found = faults(receive(tmp_path, spec), tmp_path)
    told = {n: found.get((file, n), {}) for n in range(len(cases))}
    assert told == {
        n: {field: reason} if reason else {} for n, (field, _, reason) in enumerate(cases)
    }


def test_a_row_of_which_all_is_empty_says_all_that_it_must_have(tmp_path):
    spec = source("schools")
    write(tmp_path, spec, {"pupils": [PUPIL, {"pupil_id": " "}], "enrolments": [{}]})
    found = faults(receive(tmp_path, spec), tmp_path)
    empty = "This must not be empty."
    names = ("pupil_id", "legal_surname", "legal_forenames")
    assert found["pupils", 1] == dict.fromkeys(names, empty)
    needed = ("enrolment_id", "pupil_id", "school_code", "from_date")
    assert found["enrolments", 0] == dict.fromkeys(needed, empty)


def test_what_is_stored_is_one_form_whatever_the_agency_writes(tmp_path):
    spec = source("community-health")
    given = PATIENT | {
        "nhs_number": "943 476 5919",
        "sex": "2",
        "given_names": " عبد  الرحمن 👩‍👩‍👧 ",
    }
    write(tmp_path, spec, {"patients": [given]})
    (kept,) = staged(receive(tmp_path, spec), tmp_path)["patients"]
    assert (kept["nhs_number"], kept["sex"]) == ("9434765919", "F")
    assert kept["given_names"] == "عبد  الرحمن 👩‍👩‍👧"
    spec = source("schools")
    write(
        tmp_path,
        spec,
        {"pupils": [PUPIL | {"upn": "b801200005001", "date_of_birth": "29/02/2016"}]},
    )
    (kept,) = staged(receive(tmp_path, spec), tmp_path)["pupils"]
    assert (kept["upn"], str(kept["date_of_birth"])) == ("B801200005001", "2016-02-29")


def test_an_end_before_its_start_is_noticed_where_days_come_first(tmp_path):
    """As text, 02/05/2026 comes after 01/06/2026."""
    spec = source("schools")
    place = {"pupil_id": "S1", "school_code": "9992000"}
    days = [
        ("01/06/2026", "02/05/2026"),
        ("02/05/2026", "01/06/2026"),
        ("02/05/2026", "02/05/2026"),
    ]
    rows = [
        place | {"enrolment_id": f"E{n}", "from_date": start, "to_date": end}
        for n, (start, end) in enumerate(days)
    ]
    write(tmp_path, spec, {"pupils": [PUPIL], "enrolments": rows})
    found = faults(receive(tmp_path, spec), tmp_path)
    assert found == {("enrolments", 0): {"to_date": "This day is before the row's from_date."}}


def test_in_changes_nothing_is_read_of_a_row_that_ended_but_its_key(tmp_path):
    spec = source("schools")
    wrong = PUPIL | {"upn": "B801200005002", "legal_surname": ""}
    rows = [
        wrong | {"change": "D", "pupil_id": "S1"},
        wrong | {"change": "C", "pupil_id": "S2"},
        PUPIL | {"change": "A", "pupil_id": "S3"},
        PUPIL | {"change": "X", "pupil_id": "S4"},
        PUPIL | {"change": "", "pupil_id": "S5"},
        {"change": "D", "pupil_id": ""},
    ]
    write(tmp_path, spec, {"pupils": rows}, changes=True)
    delivery = receive(tmp_path, spec)
    empty = "This must not be empty."
    assert faults(delivery, tmp_path) == {
        ("pupils", 1): {"upn": LETTER, "legal_surname": empty},
        ("pupils", 3): {"change": "This is not one of: A, C, D."},
        ("pupils", 4): {"change": empty},
        ("pupils", 5): {"pupil_id": empty},
    }
    kept = staged(delivery, tmp_path)["pupils"]
    assert [row["change"] for row in kept] == ["ended", "changed", "added", None, None, "ended"]
