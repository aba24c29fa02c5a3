"""Characters that nobody sees are refused wherever a file is read, with the place."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeplace.core.rules.born import check_born
from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.files.faults import FileMistake
from wholeplace.core.rules.files.unseen import UNSEEN, unseen
from wholeplace.core.rules.files.yaml import load_text
from wholeplace.core.rules.lexer import RuleMistake, tokens
from wholeplace.core.rules.stated import FactMistake, StatedFacts

BIDI = [0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069]
CONTROLS = [n for n in (*range(32), *range(0x7F, 0xA0)) if chr(n) not in "\t\n\r"]


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ('a: 1\nname: "no\\0thing"\n', 2, 7),
        ('a: 1\n"k\\x07": 1\n', 2, 1),
        ('a: ["x", "\\u202E"]\n', 1, 10),
        ('a: "x\\ry"\n', 1, 4),
        ('a: "\\uD800"\n', 1, 4),
        ("a: 1\nname: no\x00thing\n", 2, 9),
        ("a: 1\n# see\u202e\n", 2, 6),
        ("a: |\n  in a \x1b block\n", 2, 8),
    ],
)
def test_a_file_with_one_is_refused_at_its_line_and_column(written, line, column):
    with pytest.raises(FileMistake) as mistake:
        load_text(written, "scheme.yaml")
    fault = mistake.value.faults[0]
    assert (fault.line, fault.column) == (line, column)
    assert "a character that nobody can see (U+" in fault.what
    assert fault.do == "remove it"


@given(
    st.sampled_from(CONTROLS + BIDI), st.sampled_from(["x: {}", 'x: "{}"', "{}: 1", "x: |\n {}"])
)
def test_every_one_of_them_is_refused_written_out_and_as_an_escape(number, shape):
    for text in (shape.format(chr(number)), f'x: "\\U{number:08x}"', f'"\\U{number:08x}": 1'):
        with pytest.raises(FileMistake, match="nobody can see"):
            load_text(text)


@given(st.characters(exclude_categories=["Cc", "Cs"]))
def test_what_can_be_seen_is_taken(sign):
    assert bool(unseen(sign)) == (ord(sign) in BIDI)
    assert UNSEEN.search("tab\tand\r\nlines £ é") is None


def test_an_underscore_before_a_name_is_no_strange_character():
    with pytest.raises(RuleMistake, match="a name begins with a letter; use a plain word"):
        list(tokens("__import__"))


def test_nobody_states_a_birth_that_is_yet_to_come():
    derive = {"latest": {"table": "persons", "column": "date_of_birth", "by": "date_of_birth"}}
    spec = {"name": "date_of_birth", "meaning": "Born.", "type": "date", "question": "When?"}
    more = {"class": "P2", "agency": "a", "example": "date_of_birth <= 2008-06-01"}
    facts = {"date_of_birth": FactSpec.model_validate({**spec, **more, "derive": derive})}
    day = dt.date(2026, 6, 8)
    check_born(StatedFacts({}, facts), day)
    check_born(StatedFacts({"date_of_birth": "2026-06-08"}, facts), day)
    with pytest.raises(FactMistake, match=r"2026-06-09 lies after .* 8 June 2026"):
        check_born(StatedFacts({"date_of_birth": "2026-06-09"}, facts), day)
