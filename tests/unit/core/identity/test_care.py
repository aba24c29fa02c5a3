"""How far a model's figures moved, and how often its links are wrong."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeplace.core.identity.care import Estimate, Moved, drift, estimate, weights

M = {"sex": (0.98, 0.02), "born": (0.9, 0.08, 0.02)}
U = {"sex": (0.49, 0.51), "born": (0.01, 0.09, 0.9)}


def test_a_level_weighs_how_many_times_likelier_it_is_among_one_persons_pairs():
    assert weights(M, U)["sex"][0] == 1.0  # twice as likely


def test_a_model_has_not_moved_from_itself():
    now = weights(M, U)
    assert drift(now, now).moved == ()
    assert drift(now, now).furthest == 0.0


def test_what_moved_is_told_with_the_furthest_first():
    before = {"sex": (1.0, -4.0), "born": (6.0, 0.0, -5.0), "old": (1.0, -1.0)}
    now = {"sex": (1.05, -4.5), "born": (8.0, 0.0, -5.0), "new": (2.0, -2.0)}
    found = drift(before, now)
    assert found.moved == (Moved("born", 0, 6.0, 8.0), Moved("sex", 1, -4.0, -4.5))
    assert (found.added, found.gone, found.furthest) == (("new",), ("old",), 2.0)
    assert found.moved[1].by == -0.5


def test_a_comparison_with_other_levels_is_another_comparison():
    found = drift({"sex": (1.0, -4.0)}, {"sex": (1.0, 0.0, -4.0)})
    assert (found.moved, found.added, found.gone) == ((), ("sex",), ("sex",))


def test_nothing_checked_is_nothing_known():
    assert estimate(0, 0) is None


@pytest.mark.parametrize(("found", "checked"), [(-1, 3), (4, 3), (0, -1)])
def test_what_cannot_be_is_refused(found, checked):
    with pytest.raises(ValueError, match="of"):
        estimate(found, checked)


def test_none_wrong_of_ten_is_not_never_wrong():
    found = estimate(0, 10)
    assert (found.share, found.low) == (0.0, 0.0)
    assert round(found.high, 4) == 0.2775  # z² / (n + z²), z = 1.959964


def test_a_published_interval():
    # Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I.
    found = estimate(81, 263)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)


@given(st.integers(1, 60), st.data())
def test_the_interval_holds_the_share_and_narrows_with_more_of_the_same(checked, data):
    found = data.draw(st.integers(0, checked))
    one, more = estimate(found, checked), estimate(found * 9, checked * 9)
    assert 0.0 <= one.low <= one.share <= one.high <= 1.0
    assert more.high - more.low < one.high - one.low


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.5])
def test_the_interval_holds_the_truth_about_19_times_of_20(share):
    """The slow, obvious way: every sample of 100 that there could be, by how likely it is."""
    held = 0.0
    for found in range(101):
        one: Estimate = estimate(found, 100)
        if one.low <= share <= one.high:
            held += comb(100, found) * share**found * (1 - share) ** (100 - found)
    assert 0.92 < held < 0.985
