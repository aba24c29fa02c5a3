"""A place that inherits: which files it has, what its schemes come to, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.unit.core.rules.inherited import AMENDED, AMENDED_FACT, FILES, PLACE, SCHEME, two_places

from wholeplace.core.rules.files.checked import checked_scheme
from wholeplace.core.rules.files.faults import FileMistake
from wholeplace.core.rules.files.inherit import place_document
from wholeplace.core.rules.files.places import (
    place_chain,
    place_file,
    place_files,
    place_folder,
    place_settings,
    place_stamp,
)
from wholeplace.core.rules.files.scheme_loader import (
    load_place,
    load_scheme,
    load_schemes,
    read_scheme,
    scheme_document,
    scheme_names,
)
from wholeplace.core.rules.schemes import Scheme

GOLDEN = Path(__file__).parent / "golden"
WARM = "schemes/warm-rooms.yaml"
EDITED = {
    "scheme": f"second/{WARM}",
    "fact": "second/facts/age.yaml",
    "base": f"base/{WARM}",
    "place": "second/place.toml",
}


def second_scheme(folder: Path, changed: dict[str, str] | None = None) -> Scheme:
    place = two_places(folder, changed)
    return checked_scheme(scheme_document(place / WARM), load_place(place), "warm-rooms")[0]


# -- what is refused, in which words ----------------------------------------------------------
def _edited(folder: Path, edit: str) -> str:
    which, _, rest = edit.partition(" ")
    old, _, new = rest.replace("\\n", "\n").partition(" => ")
    name = EDITED[which]
    assert old in FILES[name], f"{name} no longer says {old}"
    place = two_places(folder, {name: FILES[name].replace(old, new, 1)})
    try:
        rules = load_place(place)
        checked_scheme(scheme_document(place / WARM), rules, "warm-rooms")
        load_schemes(place, rules)
    except FileMistake as mistake:
        assert all(fault.line >= 1 and fault.column >= 1 for fault in mistake.faults)
        return " | ".join(str(fault) for fault in mistake.faults).replace(f"{folder}/", "")
    return "nothing wrong"


def test_amendments_are_refused_in_these_words(tmp_path: Path) -> None:
    file = GOLDEN / "inherit.txt"
    lines = [line for line in file.read_text().splitlines() if line[:2] in ("> ", "< ")]
    pairs = [(one[2:], two[2:]) for one, two in zip(lines[::2], lines[1::2], strict=True)]
    said = [(edit, _edited(tmp_path / str(at), edit)) for at, (edit, _) in enumerate(pairs)]
    if os.environ.get("WHOLEPLACE_GOLDEN") == "write":
        file.write_text("\n\n".join(f"> {edit}\n< {words}" for edit, words in said) + "\n")
        pytest.fail(f"wrote {file}: read it")
    assert said == pairs
    assert all(words != "nothing wrong" for _, words in said)


# -- files ------------------------------------------------------------------------------------
def test_the_nearest_file_of_each_name(tmp_path: Path) -> None:
    place = two_places(tmp_path)
    assert place_chain(place) == (place, tmp_path / "base")
    assert {name: path.parts[-3] for name, path in place_files(place, "facts").items()} == {
        "age": "second",
        "weekly_rent": "base",
    }
    assert place_file(place, "letters", "award.md") == place / "letters/award.md"
    assert place_file(place, "letters", "refusal.md") == tmp_path / "base/letters/refusal.md"
    assert place_file(place, "letters", "none.md") is None
    assert place_folder(place, "areas") == tmp_path / "base/areas"
    assert place_folder(place, "nothing") == place / "nothing"


def test_settings_are_inherited_but_not_what_is_each_places_own(tmp_path: Path) -> None:
    changed = {"base/place.toml": 'name = "Base"\ndemonstration = true\n'}
    assert place_settings(two_places(tmp_path, changed)) == {
        "name": "Second",
        "demonstration": True,
    }


def test_a_scheme_is_left_out(tmp_path: Path) -> None:
    place = two_places(tmp_path)
    assert scheme_names(place) == ["warm-rooms"]
    assert scheme_names(tmp_path / "base") == ["cool-rooms", "warm-rooms"]
    with pytest.raises(FileMistake, match="no such file"):
        place_document(place, "schemes", "cool-rooms")


def test_the_stamp_changes_with_any_file_of_the_chain(tmp_path: Path) -> None:
    place = two_places(tmp_path)
    before = place_stamp(place)
    for name in ("base/facts/weekly_rent.yaml", "second/schemes/warm-rooms.yaml"):
        os.utime(tmp_path / name, ns=(0, len(name)))
        assert place_stamp(place) != before
        before = place_stamp(place)
    two_places(tmp_path, {"second/place.toml": PLACE.replace("Second", "Other")})
    assert place_stamp(place) != before


# -- what the amended scheme is ---------------------------------------------------------------
def test_an_amended_scheme_is_one_whole_text(tmp_path: Path) -> None:
    place = two_places(tmp_path)
    rules = load_place(place)
    scheme = load_scheme(place / WARM, rules)
    assert scheme.criteria["grown_up"].text == "is grown up"
    assert scheme.pays["heating"].weeks == 10
    assert [case.name for case in scheme.cases] == ["eighteen today. rent of £99.90", "sixteen"]
    again = read_scheme(scheme.text, rules)
    assert (again.version, again.text) == (scheme.version, scheme.text)
    assert load_scheme(tmp_path / "base" / WARM, rules).version != scheme.version


def test_a_scheme_that_is_not_amended_is_the_bases_own(tmp_path: Path) -> None:
    place = two_places(tmp_path)
    (place / WARM).unlink()
    scheme = load_scheme(place / WARM, load_place(place))
    assert scheme.text == SCHEME


def test_the_order_of_what_is_amended_does_not_matter(tmp_path: Path) -> None:
    lines = AMENDED.splitlines()
    at = lines.index("amend:")
    turned = "\n".join([*lines[: at + 1], *reversed(lines[at + 1 : at + 4]), *lines[at + 4 :]])
    first = second_scheme(tmp_path / "one")
    assert second_scheme(tmp_path / "two", {f"second/{WARM}": turned}).version == first.version


def test_a_whole_file_replaces_the_bases(tmp_path: Path) -> None:
    whole = SCHEME.replace("name: Warm rooms", "name: Warmer rooms")
    assert second_scheme(tmp_path, {f"second/{WARM}": whole}).text == whole


def test_a_new_file_is_added(tmp_path: Path) -> None:
    new = {"second/schemes/hot-rooms.yaml": SCHEME.replace("warm-rooms", "hot-rooms")}
    assert scheme_names(two_places(tmp_path, new)) == ["hot-rooms", "warm-rooms"]


def test_facts_and_funds_are_amended_too(tmp_path: Path) -> None:
    fund = "funding: local\ninherits: base\nreason: Ours\namend: {name: Our money}\n"
    rules = load_place(two_places(tmp_path, {"second/governance/funding/local.yaml": fund}))
    assert rules.facts["age"].question == "How old now"
    assert rules.facts["weekly_rent"].question == "What is it?"
    assert rules.funding["local"].name == "Our money"


def test_any_file_of_governance_is_amended(tmp_path: Path) -> None:
    bases = "inherits: base\nreason: Ours\namend: {bases.public-task.purpose: To warm}\n"
    rules = load_place(two_places(tmp_path, {"second/governance/lawful-bases.yaml": bases}))
    assert rules.bases["public-task"].purpose == "To warm"
    assert rules.bases["public-task"].law == "The law"


def test_three_places_one_after_the_other(tmp_path: Path) -> None:
    third = {
        "third/place.toml": 'inherits = "second"\n',
        f"third/{WARM}": AMENDED.split("remove")[0]
        .replace("inherits: base", "inherits: second")
        .replace("£180.00", "£200.00")
        .replace("is grown up", "is no child")
        .replace("weeks: 10", "weeks: 12"),
    }
    two_places(tmp_path, third)
    place = tmp_path / "third"
    rules = load_place(place)
    scheme = load_scheme(place / WARM, rules)
    assert scheme.pays["heating"].weeks == 12
    assert scheme.criteria["grown_up"].text == "is no child"
    assert [case.name for case in scheme.cases] == ["eighteen today. rent of £99.90", "sixteen"]
    assert rules.facts["age"].question == "How old now"
    assert scheme_names(place) == ["warm-rooms"]


def test_a_fault_of_a_place_between_points_at_that_place(tmp_path: Path) -> None:
    third = {
        "third/place.toml": 'inherits = "second"\n',
        f"third/{WARM}": "scheme: warm-rooms\ninherits: second\nreason: Ours\n"
        "amend: {pays.heating.for.weeks: 12}\n",
        f"second/{WARM}": AMENDED.replace("criteria.grown_up.text: is grown up", "name: 3"),
    }
    two_places(tmp_path, third)
    place = tmp_path / "third"
    with pytest.raises(FileMistake) as caught:
        load_scheme(place / WARM, load_place(place))
    [fault] = caught.value.faults
    assert (fault.file, fault.line) == (str(tmp_path / "second" / WARM), 6)


def test_places_in_a_circle_are_refused(tmp_path: Path) -> None:
    circle = {"base/place.toml": '# round\ninherits = "third"\n'}
    circle["third/place.toml"] = 'inherits = "second"\n'
    place = two_places(tmp_path, circle)
    with pytest.raises(FileMistake, match="base ← second ← third ← base") as caught:
        place_chain(tmp_path / "base")
    assert "in a circle" in str(caught.value)
    with pytest.raises(FileMistake, match="second ← third ← base ← second"):
        load_place(place)


def test_a_draft_amends_what_the_place_inherits(tmp_path: Path) -> None:
    place = two_places(tmp_path)
    draft = tmp_path / "draft.yaml"
    draft.write_text(AMENDED.replace("weeks: 10", "weeks: 26"))
    rules = load_place(place)
    assert load_scheme(draft, rules, place).pays["heating"].weeks == 26


def test_a_reason_is_not_part_of_the_rule(tmp_path: Path) -> None:
    other = {f"second/{WARM}": AMENDED.replace("Higher rents here", "Because")}
    fact = {"second/facts/age.yaml": AMENDED_FACT}
    first = second_scheme(tmp_path / "one")
    assert second_scheme(tmp_path / "two", other | fact).version == first.version
