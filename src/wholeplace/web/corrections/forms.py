"""Saying that something is wrong; answering that."""

from __future__ import annotations

from django import forms

from wholeplace.core.identity.typed import LONGEST
from wholeplace.core.kernel import reasons
from wholeplace.rooms.records.correction_requests import CORRECTED, STANDS
from wholeplace.web.look.forms import ActionForm, DateField
from wholeplace.web.people.held import SEXES

SHOULD_BE = "What should it be?"


class Wrong(ActionForm):
    """What it should be, as a text, and how one knows."""

    field_order = ("should_be", "why")
    should_be = forms.CharField(label=SHOULD_BE, max_length=LONGEST)
    why = forms.CharField(
        label="How do you know?",
        help_text="The agency reads this. Leave out what others told you in confidence.",
        max_length=reasons.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WrongDay(Wrong):
    """The same of a day."""

    should_be = DateField(label=SHOULD_BE)


class WrongSex(Wrong):
    """The same of a person's sex."""

    should_be = forms.ChoiceField(
        label=SHOULD_BE,
        choices=[(code, words) for code, words in SEXES.items() if words],
        widget=forms.RadioSelect,
    )


FORMS: dict[str, type[Wrong]] = {
    "date_of_birth": WrongDay,
    "date_of_death": WrongDay,
    "sex": WrongSex,
}


class Answer(ActionForm):
    """What the agency asked answers."""

    kind = forms.ChoiceField(
        label="What did you find?",
        choices=[
            (CORRECTED, "It was wrong, and is corrected in our own system"),
            (STANDS, "It is right as it stands"),
        ],
        widget=forms.RadioSelect,
    )
    why = forms.CharField(
        label="Why?",
        help_text="Needed where it stands. The agency that asked reads it.",
        max_length=reasons.LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
