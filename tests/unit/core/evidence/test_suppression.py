"""What is published cannot be worked back to a small count."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeplace.core.evidence.suppression import Publishing, Shown, shown_count, suppressed

RULE = Publishing()
EXACT = Publishing(round_to=1)
rules = st.builds(Publishing, few=st.integers(5, 12), round_to=st.integers(1, 15))
counts = st.lists(st.integers(0, 40), max_size=8)


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, 0), (1, None), (5, None), (6, 10), (7, 10), (12, 10), (13, 15), (102, 100), (103, 105)],
)
def test_few_are_hidden_and_others_are_rounded(count, shown):
    assert shown_count(count, RULE) == shown


def test_a_total_counts_what_is_hidden_as_its_middle():
    assert suppressed([20, 3, 0], RULE) == Shown((20, None, 0), 25)
    assert suppressed([20, 3, 0], EXACT).total == 23
    assert suppressed([1, 1], EXACT).total == 6
    assert suppressed([], RULE) == Shown((), 0)


@pytest.mark.parametrize("rule", [RULE, EXACT, Publishing(few=6, round_to=4)])
def test_nothing_that_is_published_narrows_down_a_hidden_count(rule):
    """Every table of four small areas: whatever is shown, a hidden area may be any of 1 to few.

    Whoever knows the rule, every shown area, the total and the differences between them is left
    with all of these tables, whatever they then work out.
    """
    same = defaultdict(list)
    for table in product(range(rule.few + 4), repeat=4):
        same[suppressed(table, rule)].append(table)
    hidden = 0
    for shown, tables in same.items():
        for place, part in enumerate(shown.parts):
            if part is None:
                hidden += 1
                assert {table[place] for table in tables} == set(range(1, rule.few + 1)), shown
    assert hidden


@given(counts, rules, st.data())
def test_changing_hidden_counts_changes_nothing_that_is_shown(table, rule, data):
    few = st.integers(1, rule.few)
    other = [data.draw(few) if 1 <= count <= rule.few else count for count in table]
    assert suppressed(other, rule) == suppressed(table, rule)


@given(counts, rules)
def test_no_small_number_is_shown_and_none_is_far_from_the_truth(table, rule):
    shown = suppressed(table, rule)
    step = rule.round_to
    for count, part in zip(table, shown.parts, strict=True):
        assert part is None or part == 0 or part > rule.few
        assert (part is None) == (1 <= count <= rule.few)
        assert part is None or abs(part - count) <= step
    parts = len(table) - shown.hidden
    assert abs(shown.total - sum(table)) <= parts * step + shown.hidden * rule.few / 2 + step / 2


@given(counts, rules)
def test_the_total_less_the_parts_is_known_beforehand(table, rule):
    shown = suppressed(table, rule)
    rest = shown.total - sum(part or 0 for part in shown.parts)
    assert abs(rest - shown.hidden * (rule.few + 1) / 2) <= rule.round_to / 2


def test_a_place_may_hide_more_and_never_less():
    assert Publishing(few=9).few == 9
    for wrong in ({"few": 4}, {"round_to": 0}):
        with pytest.raises(ValueError, match="always hidden"):
            Publishing(**wrong)
