"""How a scenario's tests add up to one word, and that the list is whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts.scenarios import LIST, verdict

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("outcomes", "word"),
    [
        ([], "not yet"),
        (["passed"], "pass"),
        (["passed", "passed"], "pass"),
        (["passed", "failed"], "fail"),
        (["passed", "skipped"], "not yet"),
        (["skipped", "failed"], "fail"),
    ],
)
def test_one_word_a_scenario(outcomes: list[str], word: str) -> None:
    assert verdict(outcomes) == word


def test_the_list_has_every_scenario_once_and_in_order() -> None:
    lines = (ROOT / LIST).read_text(encoding="utf-8").splitlines()
    numbers = [line.split("\t")[0] for line in lines]
    briefs = [f"{brief:02}.{n}" for brief in range(1, 14) for n in range(1, 6)]
    briefs += ["13.6", "13.7", "13.8"] + [f"15.{n}" for n in range(1, 6)]
    assert numbers == briefs + [f"J{n}" for n in range(1, 11)]
    assert len(numbers) == 83
