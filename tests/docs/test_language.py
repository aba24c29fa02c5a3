"""The examples of docs/language.md run, and mean what the page says."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from wholeplace.core.rules.cases import run_cases
from wholeplace.core.rules.check import Vocabulary, check_rule
from wholeplace.core.rules.computed import WorkedOut, Workings
from wholeplace.core.rules.computed_check import check_worked_out
from wholeplace.core.rules.evaluate import evaluate
from wholeplace.core.rules.explain import explain
from wholeplace.core.rules.facts import _KINDS, FactSpec
from wholeplace.core.rules.files.checked import checked_scheme
from wholeplace.core.rules.files.inherit import place_document
from wholeplace.core.rules.files.rates_file import rate_of
from wholeplace.core.rules.files.scheme_file import SchemeFile
from wholeplace.core.rules.files.scheme_loader import (
    build_scheme,
    load_place,
    load_scheme,
    read_scheme,
)
from wholeplace.core.rules.files.stated_file import stated_facts
from wholeplace.core.rules.files.strict import read_model
from wholeplace.core.rules.files.yaml import load_text
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.orders import rank
from wholeplace.core.rules.rates import Rate, RateTable
from wholeplace.core.rules.stated import StatedFacts
from wholeplace.core.rules.tree import FactUse
from wholeplace.core.rules.warning.warnings import warnings_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "language.md").read_text()
PLACE = load_place(ROOT / "places" / "birmingham")
AS_AT = dt.date(2026, 6, 1)
TRUTH = {True: "yes", False: "no", None: "unknown"}


def table(heading: str) -> list[list[str]]:
    """The rows of every table of the page whose first column has this heading."""
    found: list[list[str]] = []
    inside = False
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith(f"| {heading} |"):
            inside = True
        elif not line.startswith("|"):
            inside = False
        elif inside and not line.startswith("|---"):
            found.append([cell.strip("`") if cell.startswith("`") else cell for cell in cells])
    return found


def block(kind: str) -> str:
    match = re.search(rf"```yaml {kind}\n(.*?)```", PAGE, re.DOTALL)
    assert match is not None
    return match.group(1)


def page_rates() -> dict[str, Rate | RateTable]:
    """The place's dated figures, and those that the page shows."""
    shown = {"benefit_cap": "rate", "help_by_income": "table"}
    made = {name: rate_of(load_text(block(kind)), name) for name, kind in shown.items()}
    return {**PLACE.rates, **made}


def value_of(text: str, written: str) -> str:
    pairs = [pair.split(": ", 1) for pair in written.split("; ") if pair]
    values: dict[str, Any] = {
        name: load_text(f"value: {value}").value["value"] for name, value in pairs
    }
    rates = page_rates()
    facts = WorkedOut(StatedFacts(values, PLACE.facts), Workings(PLACE.facts, rates), AS_AT)

    def read(use: FactUse) -> Any:
        return facts.fact(use.name, use.key.args, AS_AT).value

    vocabulary = Vocabulary(PLACE.facts, rates=rates)
    found = evaluate(check_rule(text, vocabulary).tree, AS_AT, read)
    assert found is None or isinstance(found, bool)
    return TRUTH[found]


@pytest.mark.parametrize("row", table("Write"), ids=lambda row: row[0])
def test_an_example_means_what_the_page_says(row: list[str]) -> None:
    rule, written, expected = row
    assert value_of(rule, written) == expected


@pytest.mark.parametrize("row", table("Refused"), ids=lambda row: row[0])
def test_what_is_refused_and_what_to_write(row: list[str]) -> None:
    refused, instead = row
    with pytest.raises(RuleMistake):
        check_rule(refused, Vocabulary(PLACE.facts))
    check_rule(instead, Vocabulary(PLACE.facts))


def test_there_are_examples() -> None:
    assert len(table("Write")) >= 30
    assert len(table("Refused")) >= 8


def test_the_facts_shown_can_be_worked_out() -> None:
    texts = re.findall(r"```yaml fact\n(.*?)```", PAGE, re.DOTALL)
    documents = [load_text(text) for text in texts]
    named = {document.value["name"]: document for document in documents}
    facts = {name: read_model(document, FactSpec) for name, document in named.items()}
    assert {spec.derive.kind for spec in facts.values()} == {"rule", "related", "stated"}
    whole = {**PLACE.facts, **facts}
    faults = check_worked_out(whole, PLACE.rates, lambda name: named.get(name) or load_text(""))
    assert faults == []


def test_the_whole_scheme_is_right_and_its_cases_come_true() -> None:
    scheme = read_scheme(block("scheme"), PLACE)
    results = run_cases(scheme)
    assert [result.problems for result in results] == [(), (), ()]


def test_a_scheme_may_stand_on_the_basis_and_the_money_shown(tmp_path: Path) -> None:
    (tmp_path / "birmingham").symlink_to(ROOT / "places" / "birmingham")
    (tmp_path / "mine" / "governance" / "funding").mkdir(parents=True)
    (tmp_path / "mine" / "place.toml").write_text('name = "Mine"\ninherits = "birmingham"\n')
    governance = tmp_path / "mine" / "governance"
    new = "inherits: birmingham\nreason: Ours alone.\namend:\n  bases.winter-fund:"
    bases = block("basis").replace("bases:\n  winter-fund:", new)
    (governance / "lawful-bases.yaml").write_text(bases)
    (governance / "funding" / "winter-money.yaml").write_text(block("fund"))
    text = block("scheme").replace(
        "lawful_basis: public-task-benefits", "lawful_basis: winter-fund"
    )
    text = text.replace("funding: [local]", "funding: [winter-money, local]")
    scheme = read_scheme(text, load_place(tmp_path / "mine"))
    assert scheme.lawful_basis == "winter-fund"
    assert [result.problems for result in run_cases(scheme)] == [(), (), ()]


def test_the_order_comes_to_what_it_says() -> None:
    scheme = read_scheme(f"{block('scheme')}\n{block('order')}", PLACE)
    people = scheme.order("shortlist").cases[0].people
    assert set(people) == {"ann", "ben", "cat", "dan"}
    eligible = {"age": 30, "weekly_rent": "£100.00"}
    told = {ref: StatedFacts({**eligible, **facts}, PLACE.facts) for ref, facts in people.items()}
    found = rank(scheme, scheme.order("shortlist"), told.items(), AS_AT)
    assert [one.ref for one in found.placed] == ["cat", "ben", "ann"]
    assert [one.ref for one in found.waiting] == ["dan"]


def test_the_facts_can_be_stated() -> None:
    facts = stated_facts(load_text(block("facts")), PLACE)
    path = ROOT / "places" / "birmingham" / "schemes" / "transition-payments.yaml"
    found = explain(load_scheme(path, PLACE), facts, AS_AT)
    assert found.answer == "yes"


def test_every_key_and_derivation_is_described() -> None:
    keys = {name for cell in table("Key") for name in re.findall(r"[a-z_]+", cell[0])}
    assert set(SchemeFile.model_fields) <= keys
    derived = {row[0].split(":")[0] for row in table("`derive:`")}
    assert derived == set(_KINDS)


def test_the_amendment_is_one_of_the_example_place() -> None:
    second = ROOT / "places" / "solihull-example"
    document = load_text(block("amendment"), "language.md")
    whole = place_document(second, "schemes", "transition-payments", document)
    scheme, cases = checked_scheme(whole, load_place(second), "transition-payments")
    assert scheme.pays["housing_support"].counting == "additional"
    assert [case.name for case in cases][-1] == "the most that is paid here"
    match = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert match is not None
    said = tomllib.loads((second / "place.toml").read_text())
    assert tomllib.loads(match.group(1)) == said


def test_what_the_page_says_is_pointed_out() -> None:
    text = block("scheme").replace('when: "age >= 18"', 'when: "age >= 18 and age < 16"')
    text = text[: text.index("cases:")] + (
        "cases:\n  - {name: none, as_at: 2026-11-02, facts: {}, expect: {eligible: possible}}\n"
    )
    document = load_text(text, "language.md")
    found = warnings_of(build_scheme(document, PLACE), document).found
    assert "`age >= 18` and `age < 16` exclude each other" in found[0].what


def test_the_day_from_which_the_page_says_it_fits() -> None:
    said = load_text(block("later"), "language.md").value
    scheme = read_scheme(block("scheme"), PLACE)
    assert scheme.key == said["scheme"]
    found = explain(scheme, StatedFacts(said["facts"], PLACE.facts), said["as_at"])
    assert found.answer == "no" and found.later is not None
    assert found.later.shown == said["later"]
