"""Forms refuse in plain words, beside the right box, and link to it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from look_gallery.pages import WRONG, Everything, OneQuestion

from wholeplace.web.look.forms import (
    ActionForm,
    DateField,
    GovukRenderer,
    MoneyField,
    problems_of,
    put_errors,
)

KEY = {"key": "6f1b2c1e-43cf-4b0e-a7a8-0f2b6f7c9f10"}


class Job(ActionForm):
    """A small form drawn by our renderer whatever the settings say."""

    default_renderer = GovukRenderer()
    started = DateField(
        called="The date the job started",
        earliest=date(2026, 1, 1),
        latest=lambda: date(2026, 12, 31),
    )
    rent = MoneyField(called="The rent", least=1, most=200_000, required=False)


def refusal(field: forms.Field, value: Any) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        field.clean(value)
    return caught.value


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (["1", "6", "2026"], date(2026, 6, 1)),
        ([" 01 ", "06", "2026"], date(2026, 6, 1)),
        (["29", "February", "2028"], date(2028, 2, 29)),
        (["29", "feb", "2028"], date(2028, 2, 29)),
    ],
)
def test_a_date_may_name_its_month(typed: list[str], day: date) -> None:
    assert DateField().clean(typed) == day


@pytest.mark.parametrize(
    ("typed", "text", "parts"),
    [
        (["", "", ""], "Enter the date", (0, 1, 2)),
        (["31", "", "2026"], "The date must include a month", (1,)),
        (["", "", "2026"], "The date must include a day and a month", (0, 1)),
        (["32", "1", "2026"], "The date must be a real date, so check the day", (0,)),
        (["1", "13", "2026"], "The date must be a real date, so check the month", (1,)),
        (["1", "Floreal", "2026"], "The date must be a real date, so check the month", (1,)),
        (["29", "2", "2026"], "The date must be a real date", (0, 1, 2)),
        (["1", "6", "26"], "The date must have a year of 4 numbers, like 2026", (2,)),
        (["１", "6", "2026"], "The date must be a real date, so check the day", (0,)),
    ],
)
def test_a_date_says_which_box_is_wrong(
    typed: list[str], text: str, parts: tuple[int, ...]
) -> None:
    error = refusal(DateField(), typed)
    assert error.messages == [text]
    assert error.params == {"parts": parts}


def test_a_date_keeps_its_bounds_and_both_ends_are_allowed() -> None:
    field = DateField(earliest=date(2026, 1, 1), latest=lambda: date(2026, 12, 31))
    assert field.clean(["1", "1", "2026"]) == date(2026, 1, 1)
    assert field.clean(["31", "12", "2026"]) == date(2026, 12, 31)
    assert "1 January 2026 or later" in refusal(field, ["31", "12", "2025"]).messages[0]
    assert "31 December 2026 or earlier" in refusal(field, ["1", "1", "2027"]).messages[0]


@pytest.mark.parametrize(
    ("typed", "pence"),
    [
        ("35", 3500),
        ("£35.50", 3550),
        ("1,234.5", 123450),
        (" £ 1,234.56 ", 123456),
        (".5", 50),
        ("35.", 3500),
        ("0", 0),
    ],
)
def test_money_is_typed_as_people_type_it(typed: str, pence: int) -> None:
    assert MoneyField().clean(typed) == pence


@pytest.mark.parametrize(
    "typed", ["lots", "3.4.5", "1e3", "£", ".", "-", "35.505", "３５", "9" * 13, "NaN"]
)
def test_money_that_is_not_an_amount_is_refused(typed: str) -> None:
    assert refusal(MoneyField(), typed).messages[0].startswith("The amount must")


def test_money_keeps_its_bounds_and_debts_only_where_asked() -> None:
    field = MoneyField(least=1, most=200_000)
    assert field.clean("2000.00") == 200_000
    assert "£0.01 or more" in refusal(field, "0").messages[0]
    assert "£2,000.00 or less" in refusal(field, "2000.01").messages[0]
    assert "£0.00 or more" in refusal(MoneyField(), "-5").messages[0]
    assert MoneyField(least=-1000).clean("−5") == -500


def test_nothing_typed_is_nothing_when_nothing_is_needed() -> None:
    assert MoneyField(required=False).clean("") is None
    assert DateField(required=False).clean(["", "", ""]) is None


def test_a_saved_value_comes_back_into_its_boxes() -> None:
    html = str(Job(initial={"started": date(2026, 6, 1), "rent": 123450}))
    boxes = re.findall(r'name="started_(\w+)" value="(\d+)"', html)
    assert boxes == [("day", "1"), ("month", "6"), ("year", "2026")]
    assert 'value="1,234.50"' in html


def test_only_the_wrong_box_of_a_date_is_marked_and_linked() -> None:
    form = Job({**KEY, "started_day": "31", "started_month": "", "started_year": "2026"})
    assert not form.is_valid()
    html = str(form)
    assert html.count("govuk-input--error") == 1
    assert html.count('aria-invalid="true"') == 1
    assert 'aria-describedby="id_started_error"' in html
    (problem,) = problems_of(form)
    assert problem.href == "#id_started_1"
    assert f'id="{problem.href[1:]}"' in html


def test_every_error_links_to_a_box_that_exists() -> None:
    form = Everything(WRONG, renderer=GovukRenderer())
    assert not form.is_valid()
    html = str(form)
    problems = problems_of(form)
    assert len(problems) == 9
    for problem in problems:
        assert f'id="{problem.href[1:]}"' in html, problem
    assert not any("This field is required" in problem.text for problem in problems)


def test_ids_are_used_once() -> None:
    ids = re.findall(r' id="([^"]+)"', str(Everything(WRONG, renderer=GovukRenderer())))
    assert sorted(ids) == sorted(set(ids))


def test_each_opening_has_its_own_key_and_carries_the_version() -> None:
    opened = [str(Job(version=7)) for _ in range(2)]
    keys = [re.findall(r'name="key" value="([0-9a-f-]{36})"', html) for html in opened]
    assert keys[0] != keys[1]
    assert 'name="version" value="7"' in opened[0]


def test_a_form_without_its_key_says_what_to_do() -> None:
    form = Job({"started_day": "1", "started_month": "6", "started_year": "2026"})
    assert not form.is_valid()
    (problem,) = problems_of(form)
    assert "Open the page again" in problem.text
    assert problem.href == ""


def test_a_version_that_was_taken_out_is_refused() -> None:
    sent = {**KEY, "started_day": "1", "started_month": "6", "started_year": "2026"}
    assert not Job(sent, version=7).is_valid()
    assert Job({**sent, "version": "7"}, version=7).is_valid()


def test_an_actions_refusal_goes_beside_its_box() -> None:
    form = Job({**KEY, "started_day": "1", "started_month": "6", "started_year": "2026"})
    assert form.is_valid()
    put_errors(form, {"rent": "More than the rent", "fund": "The fund is spent"})
    assert [problem.href for problem in problems_of(form)] == ["", "#id_rent"]


def test_one_question_a_page_has_its_heading() -> None:
    assert str(OneQuestion(renderer=GovukRenderer())).count("<h1") == 1


def test_what_was_typed_is_escaped() -> None:
    sent = {**WRONG, "name": "<script>", "reasons": "</textarea>", "started_day": '"><b>'}
    html = str(Everything(sent, renderer=GovukRenderer()))
    assert "<script>" not in html and "<b>" not in html
    assert html.count("</textarea>") == 1
