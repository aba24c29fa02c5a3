"""`governance/believed.yaml`: read strictly, each fault at its place and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from wholeplace.core.rules.files.believed_file import FIELDS, place_believed
from wholeplace.core.rules.files.faults import FileMistake

PLACES = Path(__file__).resolve().parents[4] / "places"
BELIEVED = """\
words:
  latest: It came last.
fields:
  nhs_number:
    - {by: confirmed}
    - by: registers
      agencies: [health, schools]
      why: Health gives it out.
  phone:
    - {by: latest}
    - {by: most, why: "Most say so."}
source: For these tests
"""


def place(folder: Path, text: str = BELIEVED) -> Path:
    (folder / "governance").mkdir(parents=True, exist_ok=True)
    (folder / "facts").mkdir(exist_ok=True)
    agencies = "agencies:\n  health: {name: H}\n  schools: {name: S}\n"
    (folder / "governance" / "agencies.yaml").write_text(agencies, encoding="utf-8")
    (folder / "governance" / "believed.yaml").write_text(text, encoding="utf-8")
    return folder


def test_it_tells_the_order_and_the_words_of_each_rule(tmp_path):
    file = place_believed(place(tmp_path))
    assert [step.by for step in file.fields["nhs_number"]] == ["confirmed", "registers"]
    assert file.why("nhs_number", "registers", 1) == "Health gives it out."
    assert file.why("phone", "latest", 0) == "It came last."
    assert file.why("phone", "most", 1) == "Most say so."
    assert file.why("address", "undecided", None).startswith("Agencies say different things")


def test_a_place_without_one_believes_only_what_all_say(tmp_path):
    assert place_believed(tmp_path).fields == {}


@pytest.mark.parametrize("name", ["birmingham", "solihull-example"])
def test_every_places_file_is_right_and_names_every_field(name):
    assert set(place_believed(PLACES / name).fields) == set(FIELDS)


@pytest.mark.parametrize(
    ("was", "instead", "at", "words"),
    [
        ("nhs_number:", "nhs_numbr:", (4, 3), "did you mean `nhs_number`?"),
        ("{by: confirmed}", "{by: confirm}", (5, 12), "'confirmed', 'registers'"),
        ("{by: confirmed}", "{by: latest, agencies: [health]}", (5, 20), "asks nobody"),
        ("[health, schools]", "[helth, schools]", (7, 18), "did you mean `health`?"),
        ("[health, schools]", "[health, health]", (7, 26), "`health` is named twice"),
        ("      agencies: [health, schools]\n", "", (6, 11), "nobody is named"),
        ("      why: Health gives it out.\n", "", (6, 11), "add `why`"),
        ("{by: most, why:", "{by: latest, why:", (11, 12), "was asked before"),
        ("    - {by: latest}\n    - {by: most, why: \"Most say so.\"}\n", "    []\n", (10, 5),
         "must not be empty"),
        ("words:", "word:", (1, 1), "did you mean `words`?"),
        ("  latest:", "  newest:", (2, 3), "unknown key `newest`"),
    ],
)  # fmt: skip
def test_each_fault_stands_at_its_line_and_column(tmp_path, was, instead, at, words):
    assert was in BELIEVED
    with pytest.raises(FileMistake) as told:
        place_believed(place(tmp_path, BELIEVED.replace(was, instead, 1)))
    assert [(fault.line, fault.column) for fault in told.value.faults] == [at]
    assert words in str(told.value)


def test_a_place_that_inherits_takes_it_whole_or_has_its_own(tmp_path):
    base = place(tmp_path / "base")
    second = tmp_path / "second"
    (second / "governance").mkdir(parents=True)
    (second / "place.toml").write_text('inherits = "base"\n', encoding="utf-8")
    assert place_believed(second) == place_believed(base)
    own = BELIEVED.replace("It came last.", "Last.")
    (second / "governance" / "believed.yaml").write_text(own, encoding="utf-8")
    assert place_believed(second).words.latest == "Last."
