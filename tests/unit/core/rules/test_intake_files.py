"""Who is told of a possible duplicate at intake: nobody without the file, and no fault passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from wholeplace.core.rules.files.faults import FileMistake
from wholeplace.core.rules.files.intake_file import place_intake

PLACES = Path(__file__).resolve().parents[4] / "places"
INTAKE = """\
roles: [assessor]
purposes: [casework]
at_least_bits: 7
tells:
  - {of: housing, to: [benefits], ring: {service: the housing desk, phone: "0121 496 0244"}}
source: For these tests
"""
ROLES = "assessor: {name: A, rights: [person.record]}\nreader: {name: R, rights: []}\n"
AGENCIES = "agencies:\n  housing: {name: H}\n  benefits: {name: B}\n"


def place(folder: Path, text: str) -> Path:
    files = {"intake": text, "roles": ROLES, "agencies": AGENCIES}
    (folder / "governance").mkdir()
    (folder / "facts").mkdir()
    for name, held in files.items():
        if held:
            (folder / "governance" / f"{name}.yaml").write_text(held, encoding="utf-8")
    return folder


def test_a_file_says_who_is_told_of_whose_people_and_whom_they_ring(tmp_path):
    file = place_intake(place(tmp_path, INTAKE))
    assert file is not None
    (tell,) = file.tells
    assert (tell.of, tell.to, tell.ring.phone) == ("housing", ["benefits"], "0121 496 0244")


def test_a_place_without_the_file_tells_nobody(tmp_path):
    assert place_intake(place(tmp_path, "")) is None


def test_birmingham_tells_only_its_own_council(tmp_path):
    file = place_intake(PLACES / "birmingham")
    assert file is not None
    assert {tell.of for tell in file.tells} == {"council-housing"}


@pytest.mark.parametrize(
    ("was", "wrong", "said"),
    [
        ("[assessor]", "[asessor]", "there is no role called `asessor`"),
        ("[assessor]", "[reader]", "`reader` records nobody"),
        ("of: housing", "of: police", "there is no agency called `police`"),
        ("to: [benefits]", "to: [housing]", "an agency knows its own people anyway"),
        ("at_least_bits: 7", "at_least_bits: 0", "this must be 2.0 or more"),
        ("0121 496 0244", "ring us", "yaml:5:"),
        ("source: For these tests\n", "", "source"),
    ],
)
def test_each_fault_is_told(tmp_path, was, wrong, said):
    assert was in INTAKE
    with pytest.raises(FileMistake) as found:
        place_intake(place(tmp_path, INTAKE.replace(was, wrong)))
    assert said in str(found.value)
