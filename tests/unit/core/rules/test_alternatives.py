"""What a place offers meanwhile: what fits, then what may; never what is closed or unknown."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wholeplace.cli.scheme import app
from wholeplace.core.rules.alternatives import Alternative, alternatives, meanwhile
from wholeplace.core.rules.explain import explain
from wholeplace.core.rules.files.scheme_loader import load_place, read_scheme
from wholeplace.core.rules.schemes import Scheme
from wholeplace.core.rules.stated import StatedFacts

PLACE = load_place(Path(__file__).parents[4] / "places" / "birmingham")
DAY = dt.date(2026, 6, 1)


TEXT = """
scheme: {key}
name: {name}
owner: us
source: this test
valid: {{from: 2020-01-01, to: {until}}}
about: person
lawful_basis: employment-and-enterprise
may_read: [council-benefits]
criteria: {criteria}
eligible: {{all: {names}}}
found_by: [referral]
journey: {{lead: key-worker, decide_within: 5 working days}}
cases: [{{name: nobody, as_at: 2026-06-01, facts: {{age: 0}}, expect: {{eligible: no}}}}]
"""


def scheme(key: str, *rules: str, until: str = "2030-01-01") -> Scheme:
    criteria = {f"rule_{at}": {"text": rule, "when": rule} for at, rule in enumerate(rules)}
    said = {"key": key, "name": key.capitalize(), "until": until}
    text = TEXT.format(**said, criteria=json.dumps(criteria), names=json.dumps(list(criteria)))
    return read_scheme(text, PLACE)


SCHEMES = (
    scheme("may-fit", "age >= 18", "in_work"),
    scheme("unheard-of", "in_work"),
    scheme("fits", "age >= 18"),
    scheme("also-fits", "age < 65"),
    scheme("closed", "age >= 18", until="2026-05-31"),
    scheme("refuses", "age >= 66"),
)


def test_what_fits_comes_first_and_what_may_fit_needs_something_known() -> None:
    found = alternatives(SCHEMES, StatedFacts({"age": 30}, PLACE.facts), DAY)
    assert found == (
        Alternative("also-fits", "Also-fits", "yes"),
        Alternative("fits", "Fits", "yes"),
        Alternative("may-fit", "May-fit", "possible"),
    )
    assert meanwhile(found) == "Meanwhile: Also-fits fits; Fits fits; May-fit may fit."


def test_a_scheme_is_offered_on_its_last_day_and_not_after() -> None:
    stated = StatedFacts({"age": 30}, PLACE.facts)
    names = [
        {each.scheme for each in alternatives(SCHEMES, stated, day)}
        for day in (dt.date(2026, 5, 31), dt.date(2026, 6, 1))
    ]
    assert names[0] - names[1] == {"closed"}


@pytest.mark.parametrize("age", [17, 18, 64, 65, 66])
@pytest.mark.parametrize("in_work", ["yes", "no", "unknown"])
def test_the_answers_are_the_explanations(age: int, in_work: str) -> None:
    stated = StatedFacts({"age": age, "in_work": in_work}, PLACE.facts)
    offered = {each.scheme: each.answer for each in alternatives(SCHEMES, stated, DAY)}
    for one in SCHEMES:
        said = explain(one, stated, DAY)
        fits = said.answer == "yes" or (
            said.answer == "possible" and any(c.value == "yes" for c in said.criteria)
        )
        assert offered.get(one.key) == (said.answer if fits and one.key != "closed" else None)


def test_nothing_to_offer_says_nothing() -> None:
    assert meanwhile(alternatives(SCHEMES, StatedFacts({}, PLACE.facts), DAY)) == ""


def test_the_command_tells_of_them_only_when_the_answer_is_no(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "facts").mkdir()  # a name is no file two folders below something like a place
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    file = tmp_path / "facts.yaml"
    said = "ward: aston\nneet: yes\nage: 30\ntime_on(qualifying_benefits): 200 days\n"
    file.write_text(said)
    day = ["--facts", str(file), "--as-at", "2026-06-01"]
    run = CliRunner()
    refused = run.invoke(app, ["explain", "lone-parent-support", *day])
    assert "Meanwhile: Youth Employment and Enterprise Rehearsal fits" in refused.output
    fits = run.invoke(app, ["explain", "youth-enterprise", *day])
    assert (fits.exit_code, "Meanwhile" in fits.output) == (0, False)
    data = json.loads(run.invoke(app, ["explain", "lone-parent-support", *day, "--json"]).output)
    assert next(each["scheme"] for each in data["meanwhile"]) == "youth-enterprise"
