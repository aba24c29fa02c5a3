"""The generated pages say what the program's own files say, and a stale page fails."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wholeplace.cli._reference import facts, pages, schemes
from wholeplace.cli.docs import OutOfDate, app, out_of_date
from wholeplace.core.casework import journeys
from wholeplace.core.rules.check import Vocabulary, check_rule
from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme, read_scheme
from wholeplace.core.rules.schemes import PlaceRules
from wholeplace.core.rules.tree import Kind, fact_uses

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "places" / "birmingham"


@functools.cache
def _written() -> tuple[PlaceRules, dict[str, str]]:
    """The place's rules and every page of it, made once."""
    return load_place(PLACE), pages(PLACE)


def test_every_page_is_up_to_date() -> None:
    stale = sorted(out_of_date(PLACE, ROOT / "docs"))
    assert stale == [], "run `wholeplace docs write`"


def test_a_changed_scheme_makes_its_page_and_its_facts_stale(tmp_path: Path) -> None:
    # Given a place whose scheme has another limit and whose fact another question
    place = tmp_path / "place"
    shutil.copytree(PLACE, place)
    _change(place / "schemes" / "transition-payments.yaml", "value: £35.00", "value: £36.00")
    _change(place / "facts" / "weekly_rent.yaml", "the rent a week?", "your rent?")
    # When its pages are compared with ours
    stale = out_of_date(place, ROOT / "docs")
    # Then the two that speak of them are stale, and say the new
    assert set(stale) == {"schemes/transition-payments.md", "facts/weekly_rent.md"}
    assert "| `most_a_week` | £36.00 |" in stale["schemes/transition-payments.md"]
    assert "How much is your rent?" in stale["facts/weekly_rent.md"]


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_writing_mends_and_checking_writes_nothing(tmp_path: Path) -> None:
    run = CliRunner()
    arguments = ["write", "--out", str(tmp_path), "--place", str(PLACE)]
    checked = run.invoke(app, [*arguments, "--check"])
    assert isinstance(checked.exception, OutOfDate)
    assert "schemes/transition-payments.md" in str(checked.exception)
    assert list(tmp_path.iterdir()) == []
    assert run.invoke(app, arguments).exit_code == 0
    again = run.invoke(app, [*arguments, "--check"])
    assert (again.exit_code, again.output) == (0, "Every page is up to date.\n")


def test_a_scheme_page_tells_everything_that_decides() -> None:
    rules, written = _written()
    scheme = load_scheme(PLACE / "schemes" / "transition-payments.yaml", rules)
    page = written["schemes/transition-payments.md"]
    said = [item.text for item in scheme.criteria.values()]
    said += [item.rule.text for item in scheme.criteria.values()]
    codes = [code for pay in scheme.pays.values() for code in pay.funding]
    said += [scheme.place.funding[code].name for code in codes]
    said += [case.name[1:] for case in scheme.cases]
    assert [text for text in said if text not in page] == []
    # The answers are the rules' own: one case's sum and one case's question.
    fits = [case for case in scheme.cases if case.expect.eligible == "yes"]
    assert page.count("**The scheme fits.**") == len(fits) > 0
    assert (
        "**The scheme fits.** Help with rent and council tax in the first weeks of a job: £6.50"
        in page
    )
    assert "**Possible.** To ask: How many weeks is the job expected to last?" in page


def test_every_fact_role_column_and_state_has_its_line() -> None:
    rules, written = _written()
    for name, spec in rules.facts.items():
        assert f"[`{spec.written}`](facts/{name}.md)" in written["facts.md"]
        for said in (spec.meaning, spec.question, f"`{spec.written}`", *spec.codes.values()):
            assert said in written[f"facts/{name}.md"]
    assert "| Finance officer | payments, and nobody's record |" in written["roles.md"]
    assert "| `payment.release` | Finance officer |" in written["roles.md"]
    assert "| `weekly_amount` | pounds, `123.45`, from £0 to £5,000 |" in written["sources.md"]
    for state, event, after in _moves():
        assert f"| {state} | `{event}` | {after} |" in written["states.md"]


def test_a_fact_page_says_where_its_value_comes_from_and_who_uses_it() -> None:
    _, written = _written()
    rent = written["facts/weekly_rent.md"]
    assert "`accounts.weekly_charge_pence`, `accounts.as_at_date`, `accounts.kind`" in rent
    assert "[Targeted discretionary housing payments](../schemes/transition-payments.md)" in rent
    spell = written["facts/benefits_with_breaks.md"]
    assert "gaps of up to 84 days included" in spell
    assert "counted for 28 days after its end" in written["facts/lately_on_benefits.md"]


def test_an_order_is_told_with_its_bands_steps_and_ties() -> None:
    _, written = _written()
    page = written["schemes/housing-transfer-priority.md"]
    assert "| three | is one bedroom short | `bedrooms_lacking = 1` |" in page
    assert "2. By `transfer_requested_on`, the earliest first (they asked for a transfer" in page
    assert "told apart by lot" in page
    assert "housing-transfer-priority.md" in written["facts/bedrooms_lacking.md"]
    assert "In what order" not in written["schemes/transition-payments.md"]


def test_what_only_an_order_reads_is_told_as_what_a_criterion_reads_is() -> None:
    rules, _ = _written()
    text = (PLACE / "schemes" / "housing-transfer-priority.yaml").read_text()
    when = '"may_work and savings <= ctr_savings_limit"'
    scheme = read_scheme(text.replace('"bedrooms_lacking = 1"', when, 1), rules)
    assert "| £6,000.00 |" in schemes.page(scheme)
    made = facts.pages(rules, [scheme])
    for name in ("savings", "may_work", "right_to_work"):  # the last is what may_work rests on
        assert "housing-transfer-priority.md" in made[f"facts/{name}.md"]


@pytest.mark.parametrize("name", sorted(path.stem for path in (PLACE / "facts").iterdir()))
def test_every_fact_shows_a_rule_that_uses_it(name: str) -> None:
    rules, written = _written()
    example = rules.facts[name].example
    assert example is not None, f"give facts/{name}.yaml an `example`"
    rule = check_rule(example, Vocabulary(rules.facts), Kind.BOOLEAN)
    assert name in {use.name for use in fact_uses(rule.tree)}
    assert f"**Example**: `{example}`" in written[f"facts/{name}.md"]


def test_the_facts_are_many_and_each_has_a_file_and_a_page() -> None:
    rules, written = _written()
    assert len(rules.facts) >= 60
    assert {f"facts/{name}.md" for name in rules.facts} <= set(written)
    docs = ROOT / "docs"
    lying = {
        f"{kind}/{file.name}" for kind in ("facts", "schemes") for file in (docs / kind).iterdir()
    }
    assert lying <= set(written), "remove the pages of what is not there any more"


def _moves() -> list[tuple[str, str, str]]:
    return [
        (state.replace("_", " "), event, after.replace("_", " "))
        for family in (journeys.FINDING, journeys.APPLICATION, journeys.AWARD, journeys.PAYMENT)
        for state, moves in family.moves.items()
        for event, after in moves.items()
    ]


@pytest.mark.parametrize("name", ["facts.md", "states.md", "roles.md", "sources.md"])
def test_a_page_says_how_it_is_made(name: str) -> None:
    assert "`wholeplace docs write` made this page from" in _written()[1][name]
