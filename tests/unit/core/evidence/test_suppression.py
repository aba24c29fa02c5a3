"""What is published cannot be worked back to a small count."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeplace.core.evidence.suppression import (
    Between,
    Publishing,
    Shown,
    shown_count,
    suppressed,
)

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


def test_a_total_is_what_the_shown_parts_allow():
    assert suppressed([20, 3, 0], RULE) == Shown((20, None, 0), Between(19, 27))
    assert suppressed([20, 3, 0], EXACT).total == Between(21, 25)
    assert suppressed([1, 1], EXACT).total == Between(2, 10)
    assert suppressed([1] * 8 + [2, 2], RULE).total == Between(10, 50)  # twelve people
    assert suppressed([6, 12], RULE).total == Between(12, 24)
    assert suppressed([], RULE) == Shown((), Between(0, 0))


@given(rules, st.integers(0, 60))
def test_the_total_of_one_count_is_every_count_that_is_shown_so(rule, count):
    """The slow way: look at every count there is."""
    shown = suppressed([count], rule)
    same = [n for n in range(120) if shown_count(n, rule) == shown.parts[0]]
    assert same == list(range(shown.total.least, shown.total.most + 1))


@given(counts, rules)
def test_the_true_total_is_always_between(table, rule):
    shown = suppressed(table, rule)
    assert shown.total.least <= sum(table) <= shown.total.most
    alone = [suppressed([count], rule).total for count in table]
    assert shown.total.least == sum(one.least for one in alone)
    assert shown.total.most == sum(one.most for one in alone)


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
    for count, part in zip(table, shown.parts, strict=True):
        assert part is None or part == 0 or part > rule.few
        assert (part is None) == (1 <= count <= rule.few)
        assert part is None or abs(part - count) <= rule.round_to


def test_a_place_may_hide_more_and_never_less():
    assert Publishing(few=9).few == 9
    for wrong in ({"few": 4}, {"round_to": 0}):
        with pytest.raises(ValueError, match="always hidden"):
            Publishing(**wrong)
