"""Fields of our own: a date as three boxes and an amount in pounds.

Both say what is wrong in the design system's words and name the box that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NoReturn

from django import forms
from django.core.exceptions import ValidationError

from wholeplace.web.look import words

PARTS = ("day", "month", "year")
WIDTHS = ("2", "2", "4")
MONTH_NUMBERS = {name[:3].lower(): number for number, name in enumerate(words.MONTHS, 1)}
Bound = date | Callable[[], date] | None


class PartedDateInput(forms.MultiWidget):
    """Three boxes for day, month and year, in one group with a legend."""

    template_name = "wholeplace/date.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes = {part: forms.TextInput(attrs={"inputmode": "numeric"}) for part in PARTS}
        super().__init__(boxes, attrs)

    def decompress(self, value: date | None) -> list[str]:
        """A day as its three boxes."""
        if value is None:
            return ["", "", ""]
        return [str(value.day), str(value.month), str(value.year)]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Django's context with each box's label, width and whether it is the wrong one."""
        wrong = (attrs or {}).pop("data-wrong", ())
        invalid = (attrs or {}).pop("aria-invalid", None)
        context = super().get_context(name, value, attrs)
        for position, box in enumerate(context["widget"]["subwidgets"]):
            bad = position in wrong
            box["label"] = PARTS[position].capitalize()
            box["attrs"]["class"] = (
                f"govuk-input govuk-date-input__input govuk-input--width-{WIDTHS[position]}"
                f"{' govuk-input--error' if bad else ''}"
            )
            if bad and invalid:
                box["attrs"]["aria-invalid"] = invalid
        return context


class DateField(forms.MultiValueField):
    """A day typed as three boxes. The month may be a number or a name.

    Args:
        called: what the day is, to begin its errors: "The date the job started".
        earliest, latest: bounds, themselves allowed; a callable is asked at each check.
    """

    widget = PartedDateInput

    def __init__(
        self,
        *,
        called: str = "The date",
        earliest: Bound = None,
        latest: Bound = None,
        **kwargs: Any,
    ) -> None:
        self.called = called
        self.earliest = earliest
        self.latest = latest
        boxes = tuple(forms.CharField(required=False) for _ in PARTS)
        kwargs.setdefault("require_all_fields", False)
        super().__init__(boxes, **kwargs)

    def clean(self, value: Any) -> date | None:
        """The day, or None when nothing was typed and nothing need be."""
        if isinstance(value, date):
            typed = [str(value.day), str(value.month), str(value.year)]
        else:
            typed = [str(part or "").strip() for part in (value or ("", "", ""))]
        if not any(typed):
            if self.required:
                self._fail(f"Enter {self.called[0].lower()}{self.called[1:]}", (0, 1, 2))
            return None
        day = self._whole(typed)
        self._within(day)
        self.run_validators(day)
        return day

    def compress(self, data_list: list[Any]) -> date | None:
        """Part of Django's contract; `clean` does the work."""
        return self.clean(data_list)

    def _fail(self, text: str, parts: tuple[int, ...]) -> NoReturn:
        raise ValidationError(text, code="invalid", params={"parts": parts})

    def _whole(self, typed: list[str]) -> date:
        missing = tuple(place for place, text in enumerate(typed) if not text)
        if missing:
            named = words.listed([f"a {PARTS[place]}" for place in missing])
            self._fail(f"{self.called} must include {named}", missing)
        day, month, year = typed
        number = MONTH_NUMBERS.get(month[:3].lower()) if month.isalpha() else _digits(month)
        if _digits(year) is None or len(year) != 4:
            self._fail(f"{self.called} must have a year of 4 numbers, like 2026", (2,))
        if _digits(day) is None or not 1 <= int(day) <= 31:
            self._fail(f"{self.called} must be a real date, so check the day", (0,))
        if number is None or not 1 <= number <= 12:
            self._fail(f"{self.called} must be a real date, so check the month", (1,))
        try:
            return date(int(year), number, int(day))
        except ValueError:
            self._fail(f"{self.called} must be a real date", (0, 1, 2))

    def _within(self, day: date) -> None:
        first = self.earliest() if callable(self.earliest) else self.earliest
        last = self.latest() if callable(self.latest) else self.latest
        if first is not None and day < first:
            self._fail(f"{self.called} must be {words.long_day(first)} or later", (0, 1, 2))
        if last is not None and day > last:
            self._fail(f"{self.called} must be {words.long_day(last)} or earlier", (0, 1, 2))


class MoneyInput(forms.TextInput):
    """A box with a pound sign before it."""

    template_name = "wholeplace/money.html"


class MoneyField(forms.Field):
    """An amount typed in pounds, cleaned to whole pence.

    Args:
        called: what the amount is, to begin its errors: "The weekly amount".
        least, most: bounds in pence, themselves allowed.
    """

    widget = MoneyInput

    def __init__(
        self,
        *,
        called: str = "The amount",
        least: int = 0,
        most: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.called = called
        self.least = least
        self.most = most
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Narrow, with a keypad that has a decimal point."""
        return {"inputmode": "decimal", "spellcheck": "false", "class": "govuk-input--width-5"}

    def prepare_value(self, value: Any) -> Any:
        """Pence as pounds to edit; what was typed, as typed."""
        if isinstance(value, int):
            return words.pounds(value).replace("£", "").replace(words.MINUS, "-")
        return value

    def clean(self, value: Any) -> int | None:
        """Whole pence, or None when nothing was typed and nothing need be."""
        text = str(value if value is not None else "").strip()
        if not text:
            if self.required:
                raise ValidationError(f"Enter {self.called[0].lower()}{self.called[1:]}")
            return None
        pence = self._pence(text.removeprefix("£").replace(",", "").replace(" ", ""))
        if pence < self.least:
            raise ValidationError(f"{self.called} must be {words.pounds(self.least)} or more")
        if self.most is not None and pence > self.most:
            raise ValidationError(f"{self.called} must be {words.pounds(self.most)} or less")
        self.run_validators(pence)
        return pence

    def _pence(self, text: str) -> int:
        sign = -1 if text[:1] in ("-", words.MINUS) else 1
        whole, dot, part = text.lstrip(f"-{words.MINUS}").partition(".")
        if _digits(whole or "0") is None or (dot and _digits(part or "0") is None):
            raise ValidationError(f"{self.called} must be a number of pounds, like 35 or 35.50")
        if len(part) > 2:
            raise ValidationError(f"{self.called} must have no more than 2 numbers for pence")
        if not whole and not part:
            raise ValidationError(f"{self.called} must be a number of pounds, like 35 or 35.50")
        if len(whole) > 12:
            raise ValidationError(f"{self.called} must be less than a million million pounds")
        return sign * (int(whole or "0") * 100 + int(part.ljust(2, "0") or "0"))


def _digits(text: str) -> int | None:
    """The whole number that ASCII digits make, else None: full-width digits are not digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None
