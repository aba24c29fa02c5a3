"""Single values made comparable."""

from __future__ import annotations

from datetime import date

import pytest

from wholeplace.core.identity import standardise as plain


@pytest.mark.parametrize(
    ("given", "first", "further"),
    [
        ("Dr Zoë Anne-Marie", "zoe", " annemarie"),
        ("Rose", "rose", None),
        ("Mr", "mr", None),
        ("  ", None, None),
        (None, None, None),
        ("Mohd. Ali Khan", "mohd", " ali khan"),
    ],
)
def test_given_names(given: str | None, first: str | None, further: str | None) -> None:
    assert plain.first_name(given) == first
    assert plain.further_names(given) == further


def test_names_are_cut_so_that_comparing_them_stays_cheap() -> None:
    assert len(plain.surname("y" * 10_000) or "") == plain.LONGEST
    assert len(plain.further_names("x " * 10_000) or "") <= plain.LONGEST


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0121 496 0123", "01214960123"),
        ("+44 (0)121 496 0123", "01214960123"),
        ("0044 7700 900123", "07700900123"),
        ("none", None),
        ("0000000000", None),
    ],
)
def test_telephones(typed: str, kept: str | None) -> None:
    assert plain.phone(typed) == kept


def test_numbers_count_only_with_their_check() -> None:
    assert plain.nhs_number("943 476 5919") == "9434765919"
    assert plain.nhs_number("943 476 5918") is None
    assert plain.nhs_number("0000000000") is None
    assert plain.upn("A801200001001") is None
    assert plain.ni_number("qq 12 34 56 c") == "QQ123456C"


def test_homes_of_an_agency_that_writes_the_flat_alone_meet_those_of_one_that_writes_all() -> None:
    code = plain.postcode("b6 5rq")
    assert code == "B65RQ"
    assert plain.sector(code) == "B65"
    assert plain.home(code, plain.house("Flat 2")) == plain.home(
        code, plain.house("Flat 2 1 Mill Rd")
    )
    assert plain.house("12b Mill Rd") == "12b"
    assert plain.house("The Old Barn") == "theoldbarn"
    assert plain.home(None, "2") is None


def test_a_date_and_its_swap_have_one_key() -> None:
    assert plain.birth_key(date(1980, 3, 9)) == plain.birth_key(date(1980, 9, 3)) == 19800309
    assert plain.birth_date(date(1899, 12, 31)) is None
