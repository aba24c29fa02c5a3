"""Three schemes that somebody wrote from prose with the documents alone, as a place of their own.

`tests/spec/outside` inherits from Birmingham. Each scheme is checked, explained for a yes, a no
and a possible, asked about, and trawled over an invented city.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from wholeplace.cli.scheme import app
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.files.scheme_loader import load_place, load_schemes
from wholeplace.core.rules.schemes import Scheme
from wholeplace.population.city.make import Request, make_city
from wholeplace.population.facts import groupings_of
from wholeplace.population.geography import demonstration_geography
from wholeplace.population.snapshot import Snapshot
from wholeplace.population.snapshot.extract import snapshot_from_extract
from wholeplace.population.trawl import count_schemes, trawl

HERE = Path(__file__).parent
BIRMINGHAM = HERE.parents[1] / "places" / "birmingham"
GRANT, GUARANTEE, WINTER = OURS = (
    "young-family-grant",
    "care-leavers-rent-guarantee",
    "winter-heating-help",
)
MADE_FOR = date(2026, 12, 7)

FAMILY = {
    "tenure": "private_rent",
    "children_under_five": "2",
    "weekly_rent": "£180.00",
    "weekly_rent_help": "£30.00",
    "weekly_income": "£280.00",
}
LEAVER = {
    "date_of_birth": "2007-05-01",
    "time_in_care": "104 weeks",
    "private_home_offered": "yes",
    "offered_rent": "£120.00",
}
COLD = {"time_on(pension_credit)": "since 2020-02-03", "central_heating": "no"}
PLAIN = {GRANT: FAMILY, GUARANTEE: LEAVER, WINTER: COLD}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The place in a folder beside Birmingham, as the documents say that it must stand."""
    places = tmp_path_factory.mktemp("places")
    (places / "birmingham").symlink_to(BIRMINGHAM)
    return Path(shutil.copytree(HERE / "outside", places / "outside"))


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


# -- check ------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", OURS)
def test_nothing_is_wrong_and_nothing_is_pointed_out(place: Path, name: str) -> None:
    found = json.loads(run("check", place / "schemes" / f"{name}.yaml", "--json").output)
    assert (found["ok"], found["warnings"]) == (True, [])


@pytest.mark.parametrize(
    ("name", "written", "instead", "said"),
    [
        (GRANT, "rent_to_find > left_after_rent", "rent_to_find > 100", "write the value like `£"),
        (GRANT, "children_under_five >=", "children_under_5 >=", "mean `children_under_five`?"),
        (GRANT, "tenure = private_rent", "tenure = private_renter", "mean `private_rent`?"),
        (GRANT, "funding: [local]", "funding: [local-fund]", "did you mean `local`?"),
        (GUARANTEE, ", childrens-services]", "]", "`may_read` leaves out"),
        (GUARANTEE, "value: 13 weeks", "value: 3 months", "months have no fixed length"),
        (GUARANTEE, "time_in_care: 90 days", "time_in_care: 91 days", "says no and comes to yes"),
        (WINTER, "not central_heating", "not centralheating", "did you mean `central_heating`?"),
        (WINTER, "as_at: 2026-12-01", "as_at: 2027-12-01", "rates/winter_heating_help.yaml"),
    ],
)
def test_an_officers_mistake_is_named_with_its_line(
    place: Path, tmp_path: Path, name: str, written: str, instead: str, said: str
) -> None:
    text = (place / "schemes" / f"{name}.yaml").read_text()
    assert written in text
    draft = tmp_path / f"{name}.yaml"
    draft.write_text(text.replace(written, instead))
    found = run("check", draft, "--place", place)
    assert isinstance(found.exception, UserMistake)
    assert said in str(found.exception)
    assert str(found.exception).startswith(f"{draft}:")


def test_a_scheme_without_worked_cases_is_refused(place: Path, tmp_path: Path) -> None:
    text, _, _ = (place / "schemes" / f"{GRANT}.yaml").read_text().partition("cases:")
    (tmp_path / f"{GRANT}.yaml").write_text(text)
    found = run("check", tmp_path / f"{GRANT}.yaml", "--place", place)
    assert "the key `cases` is missing" in str(found.exception)


# -- explain and ask --------------------------------------------------------------------------
def explained(place: Path, name: str, *, day: str = "2026-12-07", **said: str) -> Any:
    """What is said of the plain person, some of whose facts are said otherwise."""
    facts = {**PLAIN[name], **said}
    path = place.parent / "facts.yaml"
    path.write_text("".join(f"{fact}: {value}\n" for fact, value in facts.items()))
    found = run("explain", name, "--place", place, "--facts", path, "--as-at", day, "--enough")
    if found.exception is not None:
        raise found.exception
    return found.output


@pytest.mark.parametrize(
    ("name", "paid"),
    [
        (GRANT, "Pays Household support grant: £150.00 once"),
        (GUARANTEE, "up to four weeks' rent: £480.00 once"),
        (WINTER, "where winter_heating_help is £300.00 (1 April 2026 to 31 March 2027, Cabinet"),
    ],
)
def test_a_yes_and_what_it_pays(place: Path, name: str, paid: str) -> None:
    output = explained(place, name)
    assert "Answer: YES" in output
    assert paid in output


@pytest.mark.parametrize(
    ("name", "said", "from_when"),
    [
        (GRANT, {"children_under_five": "1"}, "before the scheme ends on 31 March 2027"),
        (GUARANTEE, {"date_of_birth": "2009-03-15"}, "Eligible from 15 March 2027"),
        (GUARANTEE, {"date_of_birth": "2001-12-07"}, "Time alone does not change this"),
        (WINTER, {"central_heating": "yes"}, "Time alone does not change this"),
    ],
)
def test_a_no_and_from_when(place: Path, name: str, said: dict[str, str], from_when: str) -> None:
    output = explained(place, name, **said)
    assert "Answer: NO" in output
    assert from_when in output


@pytest.mark.parametrize(
    ("name", "unsaid", "first", "enough"),
    [
        (GRANT, ["weekly_income"], "left_after_rent", ["left_after_rent"]),
        (GUARANTEE, ["time_in_care"], "time_in_care", ["time_in_care"]),
        (
            GUARANTEE,
            ["time_in_care", "private_home_offered"],
            "time_in_care",
            ["time_in_care", "private_home_offered"],
        ),
        (WINTER, ["central_heating"], "central_heating", ["central_heating"]),
        (
            WINTER,
            ["central_heating", "time_on(pension_credit)"],
            "pension_credit_household",
            ["pension_credit_household", "central_heating"],
        ),
    ],
)
def test_a_possible_the_next_question_and_a_set_that_settles_it(
    place: Path, name: str, unsaid: list[str], first: str, enough: list[str]
) -> None:
    output = explained(place, name, **dict.fromkeys(unsaid, "unknown"))
    assert "Answer: POSSIBLE" in output
    asked = next(line for line in output.splitlines() if line.startswith("Ask first:"))
    assert asked.endswith(f"({first})")
    _, _, after = output.partition("Enough, whatever the answers")
    questions = after.splitlines()[1 : 1 + len(enough)]
    assert [line.rpartition("(")[2].rstrip(")") for line in questions] == enough


def test_last_years_figure_is_never_taken(place: Path) -> None:
    with pytest.raises(
        UserMistake, match=r"no figure of `winter_heating_help` for 1 December 2027"
    ):
        explained(place, WINTER, day="2027-12-01")


def test_next_years_figure_is_one_line_more(place: Path, tmp_path: Path) -> None:
    places = tmp_path / "places"
    places.mkdir()
    (places / "birmingham").symlink_to(BIRMINGHAM)
    later = Path(shutil.copytree(place, places / "outside"))
    rate = later / "rates" / "winter_heating_help.yaml"
    line = "  - {from: 2027-04-01, to: 2028-03-31, value: £320.00, source: A later decision}\n"
    rate.write_text(rate.read_text() + line)
    assert "£320.00 once" in explained(later, WINTER, day="2027-12-01")


# -- trawl ------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def schemes(place: Path) -> dict[str, Scheme]:
    found = {scheme.key: scheme for scheme in load_schemes(place, load_place(place))}
    assert set(OURS) < set(found)
    return found


@pytest.fixture(scope="module")
def snapshot(
    tmp_path_factory: pytest.TempPathFactory, schemes: dict[str, Scheme], place: Path
) -> Snapshot:
    home = tmp_path_factory.mktemp("made")
    make_city(Request(2000, 5, MADE_FOR, place), home / "city")
    return snapshot_from_extract(
        home / "city" / "council-benefits",
        demonstration_geography(home / "city"),
        home / "snapshot",
        groupings=groupings_of(schemes[GRANT].place.facts),
    )


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        (GRANT, {"rent_takes_most"}),
        (GUARANTEE, {"care_leaver", "private_home"}),
        (WINTER, {"no_central_heating"}),
    ],
)
def test_a_trawl_finds_whom_to_ask_and_says_yes_to_nobody(
    snapshot: Snapshot, schemes: dict[str, Scheme], name: str, asked: set[str]
) -> None:
    """What no agency supplies is unknown of everybody found, and all else is met."""
    result = trawl(snapshot, schemes[name], MADE_FOR)
    residents = snapshot.path.parent / "city" / "council-benefits" / "residents.csv"
    assert result.people == residents.read_text().count("\n") - 1 > 2000
    assert result.yes == 0
    assert 0 < result.possible < 600
    assert result.found is not None
    criteria = [item.key for item in schemes[name].used_criteria()]
    expected = {key: None if key in asked else True for key in criteria}
    assert all(row == expected for row in result.found["criteria"].to_pylist())


def test_all_are_counted_in_one_pass_as_each_is_alone(
    snapshot: Snapshot, schemes: dict[str, Scheme]
) -> None:
    ours = [schemes[name] for name in OURS]
    together = count_schemes(snapshot, ours, MADE_FOR)
    alone = [trawl(snapshot, scheme, MADE_FOR) for scheme in ours]
    assert [(one.yes, one.possible) for one in together] == [
        (one.yes, one.possible) for one in alone
    ]
