"""Sharing agreements: read strictly, each fault at its line and with what to write instead."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from wholeplace.core.rules.files.faults import FileMistake
from wholeplace.core.rules.files.sharing_file import place_agreements

PLACES = Path(__file__).resolve().parents[4] / "places"
AGREEMENT = """\
agreement: one
name: One
what: Names and homes
lawful_basis: task
purposes: [casework]
roles: [assessor]
valid: {from: 2026-04-01, to: 2027-03-31}
shares:
  - {from: housing, to: [benefits], classes: [P2], whom: linked}
source: For these tests
"""
BASES = """\
bases:
  task:
    name: Task
    law: The law
    purpose: To help
    agencies: [housing, health]
    valid: {from: 2026-04-01, to: 2030-03-31}
"""


def place(folder: Path, text: str = AGREEMENT, name: str = "one") -> Path:
    sharing = folder / "governance" / "sharing"
    sharing.mkdir(parents=True, exist_ok=True)
    (folder / "facts").mkdir(exist_ok=True)
    (folder / "governance" / "lawful-bases.yaml").write_text(BASES, encoding="utf-8")
    (folder / "governance" / "roles.yaml").write_text("assessor: {name: A}\n", encoding="utf-8")
    agencies = "".join(f"  {code}: {{name: X}}\n" for code in ("housing", "benefits", "police"))
    (folder / "governance" / "agencies.yaml").write_text(f"agencies:\n{agencies}", encoding="utf-8")
    (sharing / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_an_agreement_says_who_reads_what_of_whom(tmp_path):
    one = place_agreements(place(tmp_path))["one"]
    (share,) = one.shares
    assert (share.from_, share.to, share.classes, share.whom) == (
        "housing",
        ["benefits"],
        ["P2"],
        "linked",
    )
    assert (one.valid.from_, one.valid.to) == (dt.date(2026, 4, 1), dt.date(2027, 3, 31))


@pytest.mark.parametrize("name", ["birmingham", "solihull-example"])
def test_every_places_agreements_are_right(name):
    assert {"single-view", "benefits-and-housing", "who-is-who"} <= set(
        place_agreements(PLACES / name)
    )


@pytest.mark.parametrize(
    ("was", "instead", "at", "words"),
    [
        ("agreement: one", "agreement: other", 1, "`other` and its file `one.yaml`"),
        ("lawful_basis: task", "lawful_basis: tasks", 4, "did you mean `task`?"),
        ("roles: [assessor]", "roles: [assesor]", 6, "did you mean `assessor`?"),
        ("roles: [assessor]", "roles: []", 6, "must not be empty"),
        ("source: For", "source: x\nsources: For", 11, "did you mean `source`?"),
        ("to: 2027-03-31", "to: 2025-03-31", 7, "ends before it begins"),
        (", to: 2027-03-31", "", 7, "the lawful basis holds from 1 April 2026 to 31 March 2030"),
        ("from: 2026-04-01", "from: 2026-03-31", 7, "the lawful basis holds"),
        ("from: housing", "from: hosing", 9, "did you mean `housing`?"),
        ("from: housing", "from: police", 9, "does not cover what `police` holds"),
        ("to: [benefits]", "to: [benefit]", 9, "did you mean `benefits`?"),
        ("to: [benefits]", "to: [housing]", 9, "reads its own statements anyway"),
        ("classes: [P2]", "classes: [P3]", 9, "add P2"),
        ("classes: [P2]", "classes: [P0]", 9, "'P2', 'P3' or 'P4'"),
        ("whom: linked", "whom: all", 9, "'linked' or 'everybody'"),
        ("whom: linked", "whom: linked, why: x", 9, "unknown key `why`"),
    ],
)
def test_each_fault_stands_at_its_line(tmp_path, was, instead, at, words):
    assert was in AGREEMENT
    with pytest.raises(FileMistake) as told:
        place_agreements(place(tmp_path, AGREEMENT.replace(was, instead, 1)))
    assert [fault.line for fault in told.value.faults] == [at]
    assert words in str(told.value)


def test_a_place_that_inherits_may_amend_an_agreement(tmp_path):
    base = place(tmp_path / "base")
    second = tmp_path / "second"
    (second / "governance" / "sharing").mkdir(parents=True)
    (second / "place.toml").write_text('inherits = "base"\n', encoding="utf-8")
    (second / "governance" / "sharing" / "one.yaml").write_text(
        "inherits: base\nagreement: one\nreason: It ends sooner here\n"
        "amend:\n  valid.to: 2026-12-31\n",
        encoding="utf-8",
    )
    assert place_agreements(second)["one"].valid.to == dt.date(2026, 12, 31)
    assert place_agreements(base)["one"].valid.to == dt.date(2027, 3, 31)
