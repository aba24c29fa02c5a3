"""Where agencies disagree about one person, in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeplace.core.identity import disagree
from wholeplace.core.identity.disagree import Disagreement, disagreements, one_slip

WORDS = st.text("abc", max_size=6)


@pytest.mark.parametrize(
    ("field", "a", "b", "how"),
    [
        ("given_names", "ZOË", "Zoe", disagree.WRITTEN_OTHERWISE),
        ("given_names", "Zoe Ann", "Zoe", disagree.PART),
        ("given_names", "Kate", "Catherine", disagree.SHORT_FORM),
        ("given_names", "Aisha", "Asiha", disagree.SLIP),
        ("given_names", "Aisha", "Ruth", disagree.DIFFERENT),
        ("given_names", "محمد", "Ruth", disagree.DIFFERENT),
        ("family_name", "O'BRIEN", "O’Brien", disagree.WRITTEN_OTHERWISE),
        ("family_name", "Shah", "Shan", disagree.SLIP),
        ("family_name", "Shah", "Wilson", disagree.DIFFERENT),
        ("date_of_birth", "2001-03-04", "2001-04-03", disagree.TURNED),
        ("date_of_birth", "2001-03-04", "2001-03-05", disagree.SLIP),
        ("date_of_birth", "2001-03-04", "1981-07-24", disagree.DIFFERENT),
        ("address", "1 HIGH ST, B1 1AA", "1 High St, B1 1AA", disagree.WRITTEN_OTHERWISE),
        ("phone", "07700 900123", "07700900123", disagree.WRITTEN_OTHERWISE),
        ("nhs_number", "9990000001", "9990000002", disagree.DIFFERENT),
    ],
)
def test_how_two_values_differ(field, a, b, how):
    assert disagreements({field: [a, b]}) == (Disagreement(field, how),)
    assert disagreements({field: [b, a]}) == (Disagreement(field, how),)


def test_what_all_say_alike_is_no_disagreement():
    assert disagreements({"family_name": ["Shah", "Shah"], "phone": ["1"], "address": []}) == ()


def test_of_three_the_widest_difference_is_told():
    said = {"family_name": ["Shah", "SHAH", "Wilson"], "sex": ["F", "M"]}
    assert [one.how for one in disagreements(said)] == [disagree.DIFFERENT, disagree.DIFFERENT]


def slips(word: str) -> set[str]:
    """Slow: every word that one slip makes."""
    letters, found = "abc", set()
    for n in range(len(word) + 1):
        found |= {word[:n] + x + word[n:] for x in letters}
        found.add(word[:n] + word[n + 1 :])
        found |= {word[:n] + x + word[n + 1 :] for x in letters if n < len(word)}
        found.add(word[:n] + word[n : n + 2][::-1] + word[n + 2 :])
    return found - {word}


@given(WORDS, WORDS)
def test_one_slip_is_what_one_slip_makes(a, b):
    assert one_slip(a, b) == (b in slips(a)) == one_slip(b, a)


@given(WORDS, st.data())
def test_every_slip_is_known(a, data):
    b = data.draw(st.sampled_from(sorted(slips(a))))
    assert one_slip(a, b)
