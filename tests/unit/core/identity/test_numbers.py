"""NHS numbers and UPNs by their check digit and letter; the examples are other people's."""

from __future__ import annotations

import pytest

from wholeplace.core.identity.numbers import (
    UPN_LETTERS,
    is_nhs_number,
    is_upn,
    nhs_check_digit,
    upn_check_letter,
)

# Of the NHS's own documents, and one of its numbers for tests.
KNOWN = ["9434765919", "4010232137", "9449310475", "9990000026"]


@pytest.mark.parametrize("number", KNOWN)
def test_a_known_nhs_number_passes_and_no_neighbour_of_it_does(number):
    assert is_nhs_number(number)
    for place, digit in enumerate(number):
        for other in set("0123456789") - {digit}:
            assert not is_nhs_number(number[:place] + other + number[place + 1 :])


@pytest.mark.parametrize("number", KNOWN)
def test_two_neighbouring_digits_swapped_are_noticed(number):
    swapped = {
        number[:n] + number[n + 1] + number[n] + number[n + 2 :]
        for n in range(9)
        if number[n] != number[n + 1]
    }
    assert swapped
    assert not any(is_nhs_number(other) for other in swapped)


@pytest.mark.parametrize(
    "number",
    ["", "943476591", "94347659190", "943 476 5919", "943476591X", "９434765919", "9434765919\n"],
)
def test_what_has_not_ten_digits_is_no_nhs_number(number):
    assert not is_nhs_number(number)


def test_ten_digits_alike_are_what_is_typed_when_there_is_no_number():
    assert [nhs_check_digit(str(n) * 9) for n in range(10)] == list("0123456789")
    assert not any(is_nhs_number(str(n) * 10) for n in range(10))


def test_nine_digits_that_would_need_a_check_of_ten_begin_no_number():
    (nine,) = [f"94347659{n}" for n in range(10) if not nhs_check_digit(f"94347659{n}")]
    assert not any(is_nhs_number(f"{nine}{n}") for n in range(10))


def test_a_upn_has_the_letter_that_follows_from_the_rest():
    assert is_upn("B801200005001")
    for letter in set(UPN_LETTERS) - {"B"}:
        assert not is_upn(f"{letter}801200005001")


def test_a_temporary_upn_ends_in_a_letter_that_counts_as_its_place():
    # A counts as 0, as a last digit 0 does; each letter after it as one more.
    assert upn_check_letter("80120000500A") == upn_check_letter("801200005000")
    assert upn_check_letter("80120000500D") == upn_check_letter("801200005003")
    assert is_upn(upn_check_letter("80120000500Z") + "80120000500Z")


@pytest.mark.parametrize(
    "number",
    ["", "B80120000500", "B8012000050011", "b801200005001", "X80120000A001", "1801200005001"]
    + [f"B80120000500{letter}" for letter in "IOS"],
)
def test_what_has_another_shape_is_no_upn(number):
    assert not is_upn(number)
