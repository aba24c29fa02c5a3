"""`wholeplace scheme`: answers, exit codes, and places of faults."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from wholeplace.cli.scheme import app
from wholeplace.core.kernel.errors import UserMistake

PLACE = Path(__file__).parents[3] / "places" / "birmingham"
SCHEME = PLACE / "schemes" / "transition-payments.yaml"


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    path = tmp_path / "facts.yaml"
    path.write_text("jobs_started: 1\njob_start_date: 2026-06-01\narea_imd_decile: 2\n")
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Any:
    def write(old: str, new: str) -> Path:
        text = SCHEME.read_text()
        assert old in text
        path = tmp_path / SCHEME.name
        path.write_text(text.replace(old, new, 1))
        return path

    return write


def test_check_says_what_it_found() -> None:
    found = run("check", SCHEME)
    assert found.exit_code == 0
    assert "14 worked cases come to what they say." in found.output


def test_check_as_json() -> None:
    found = json.loads(run("check", SCHEME, "--json").output)
    assert found["ok"] is True
    assert "area_imd_decile__on__job_start_date" in found["reads"]
    assert {case["answer"] for case in found["cases"]} == {"yes", "no", "possible"}


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "what"),
    [
        ("owner: benefits", "owner: a\nowner: benefits", 4, 1, "given twice"),
        ("about: person", "abuot: person", 6, 1, "unknown key `abuot`"),
        ('when: "jobs_started >= 1"', 'when: "jobs_strated >= 1"', 36, 12, "jobs_strated"),
        ('when: "jobs_started >= 1"', 'when: "jobs_started >= £1.00"', 36, 25, "a number"),
        ('when: "jobs_started >= 1"', 'when: "jobs_started >= 1;"', 36, 29, "`;`"),
        ('when: "jobs_started >= 1"', 'when: "jobs_started >= 1 -- x"', 36, 30, "comments"),
        ('when: "jobs_started >= 1"', 'when: "jobs_started >= １"', 36, 28, "fullwidth"),
        ("expect: {eligible: yes", "expect: {eligible: no", 93, 13, "it says no and comes to yes"),
    ],
)
def test_faults_have_a_place(
    broken: Any, old: str, new: str, line: int, column: int, what: str
) -> None:
    found = run("check", broken(old, new), "--place", PLACE, "--json")
    assert found.exit_code == 2
    places = [(fault["line"], fault["column"]) for fault in json.loads(found.output)["faults"]]
    assert (line, column) in places
    assert what in found.output


def test_ten_thousand_parentheses(broken: Any) -> None:
    rule = "(" * 10_000 + "jobs_started >= 1" + ")" * 10_000
    path = broken('"jobs_started >= 1"', f'"{rule}"')
    found = run("check", path, "--place", PLACE)
    assert isinstance(found.exception, UserMistake)
    assert found.exception.exit_code == 2
    assert f"{path}:36:4012: this rule is 20,017 characters long" in str(found.exception)


def test_explain_in_words_and_as_json(facts: Path) -> None:
    words = run("explain", "transition-payments", "--facts", facts, "--as-at", "2026-06-08")
    assert words.exit_code == 0
    assert "Answer: NO" in words.output
    assert "[no] lived in a priority area" in words.output
    found = json.loads(
        run("explain", SCHEME, "--facts", facts, "--as-at", "2026-06-08", "--json").output
    )
    assert (found["answer"], found["failed"], found["missing"]) == ("no", ["priority_area"], [])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("explain", "transition-payment", "--as-at", "2026-06-08"), "did you mean"),
        (("explain", "transition-payments", "--as-at", "8 June"), "is not a day"),
        (("explain", "../etc/passwd", "--as-at", "2026-06-08"), "no scheme called"),
    ],
)
def test_mistakes_are_the_users(arguments: tuple[str, ...], words: str, facts: Path) -> None:
    found = run(*arguments, "--facts", facts)
    assert isinstance(found.exception, UserMistake)
    assert words in str(found.exception).lower().replace("“", "")


def test_lists() -> None:
    assert "transition-payments: " in run("list").output
    names = [item["fact"] for item in json.loads(run("facts", "--json").output)]
    assert "time_on(qualifying_benefits)" in names


def test_what_is_pointed_out_is_said_while_worked_cases_fail(broken: Any) -> None:
    path = broken('"jobs_started >= 1"', '"jobs_started >= 1 and jobs_started < 1"')
    found = run("check", path, "--place", PLACE)
    assert found.exit_code != 0
    assert "nobody can meet `job_started`" in found.output
    assert "it says yes and comes to no" in str(found.exception)
    data = json.loads(run("check", path, "--place", PLACE, "--json").output)
    assert data["ok"] is False and data["faults"] and data["warnings"]


def test_check_names_the_facts_that_only_amounts_read() -> None:
    output = run("check", SCHEME).output
    (line,) = [line for line in output.splitlines() if line.startswith("Its amounts read also ")]
    assert "weekly_rent" in line


def test_an_amount_that_cannot_be_known_is_expected_as_unknown(broken: Any) -> None:
    path = broken("housing_support: £35.00", "housing_support: unknown")
    found = run("check", path, "--place", PLACE)
    assert "housing_support should be unknown and comes to £35.00 a week" in str(found.exception)
    text = path.read_text().replace("weekly_rent: £112.00", "weekly_rent: unknown", 1)
    path.write_text(text)
    assert run("check", path, "--place", PLACE).exit_code == 0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("housing_support: £35.00", "housing_support: lots", "`lots` is not an amount of money; "),
        ("{housing_support: £35.00", "{housing_suport: £35.00", "no payment called `housing_sup"),
        (
            "settings:\n",
            "settings:\n  idle: {value: 3, meaning: nothing}\n",
            "no rule reads the setting `idle`; name it in a rule or remove it",
        ),
    ],
)
def test_what_a_case_or_a_setting_cannot_say_has_a_place(
    broken: Any, old: str, new: str, words: str
) -> None:
    path = broken(old, new)
    found = str(run("check", path, "--place", PLACE).exception)
    assert words in found and found.startswith(f"{path}:") and found.count("\n") == 0


def test_two_cases_of_one_name_are_refused(broken: Any) -> None:
    name = re.findall(r"^  - name: (.*)$", SCHEME.read_text(), re.MULTILINE)
    path = broken(f"  - name: {name[1]}", f"  - name: {name[0]}")
    found = str(run("check", path, "--place", PLACE).exception)
    assert "another case above is called" in found and "give each case a name of its own" in found


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("lead: benefits-assessor", "lead: benefits-assesor", "did you mean `benefits-assessor`?"),
        ("release: finance-officer", "release: finance-oficer", "no role or lead called `finance-"),
        ("owner: benefits-service", "owner: benefit-service", "no service called `benefit-service"),
    ],
)
def test_who_is_not_known_to_answer_is_pointed_out(
    broken: Any, old: str, new: str, words: str
) -> None:
    found = run("check", broken(old, new), "--place", PLACE)
    assert found.exit_code == 0
    (warning,) = [line for line in found.output.splitlines() if line.startswith("Warning: ")]
    assert words in warning and "or add it to governance/leads.yaml" in warning


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("agency", "council-parks", ":6:9: there is no agency called `council-parks`; "),
        ("example", "adult_age >< 3", ":7:22: "),
        ("derive", "stated", ":8:9: `stated` is a block of keys; write `derive: {stated: {}}`"),
    ],
)
def test_what_a_file_of_a_fact_cannot_say_has_a_place(
    tmp_path: Path, key: str, value: str, words: str
) -> None:
    (tmp_path / "birmingham").symlink_to(PLACE)
    (tmp_path / "mine" / "facts").mkdir(parents=True)
    (tmp_path / "mine" / "place.toml").write_text('name = "Mine"\ninherits = "birmingham"\n')
    fact = {"agency": "stated", "example": "adult_age >= 3", "derive": "{stated: {}}", key: value}
    (tmp_path / "mine" / "facts" / "adult_age.yaml").write_text(
        "name: adult_age\nmeaning: An age\ntype: number\nquestion: How old?\nclass: P2\n"
        f'agency: {fact["agency"]}\nexample: "{fact["example"]}"\nderive: {fact["derive"]}\n'
    )
    found = run("check", SCHEME, "--place", tmp_path / "mine")
    assert f"adult_age.yaml{words}" in str(found.exception)
