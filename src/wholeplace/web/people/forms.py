"""Finding a person, and what is recorded about them from their page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from wholeplace.web.look.forms import ActionForm, DateField

FIRST_BORN = dt.date(1890, 1, 1)
BARS = [
    ("do_not_contact", "They asked us not to contact them"),
    ("unsafe_address", "Post to this address is not safe for them"),
    ("objected", "They object to this use of their data"),
]


class Search(forms.Form):
    """One box is enough; more than one narrows."""

    nothing_done = "Nobody was searched for. What you typed is still here."
    use_required_attribute = False
    reference = forms.CharField(label="Reference", required=False, max_length=20)
    name = forms.CharField(
        label="Name",
        required=False,
        max_length=100,
        help_text="Both names, as you heard them; or a family name",
    )
    born = DateField(
        label="Date of birth",
        called="The date of birth",
        required=False,
        earliest=FIRST_BORN,
        latest=timezone.localdate,
    )
    ni_number = forms.CharField(
        label="National Insurance number",
        required=False,
        max_length=20,
        help_text="For example QQ 12 34 56 C",
    )
    postcode = forms.CharField(label="Postcode", required=False, max_length=12)

    def clean_name(self) -> str:
        """A letter alone would list a whole letter of the city."""
        typed = str(self.cleaned_data["name"])
        if len(typed) == 1:
            raise forms.ValidationError("Type at least two letters of the name")
        return typed

    def clean(self) -> dict[str, Any]:
        """At least one box; a search for nothing would be a browse."""
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            self.add_error("reference", "Fill in at least one box")
        return cleaned


class Bar(ActionForm):
    """A reason not to write to somebody."""

    kind = forms.ChoiceField(label="Why may we not write?", choices=BARS, widget=forms.RadioSelect)
    happened_on = DateField(label="Since which day?", called="The day", latest=timezone.localdate)
    reason = forms.CharField(
        label="What was said, and by whom?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class IssueCode(ActionForm):
    """That the person in front of you is who they say."""

    proved = forms.BooleanField(
        label="I have checked who this is, in person or by post to the address that we hold"
    )


class Apply(ActionForm):
    """An application: when and how it came; the questions still open follow."""

    received_on = DateField(
        label="On which day did it come?", called="The day it came", latest=timezone.localdate
    )
    source = forms.ChoiceField(
        label="How did it come?",
        choices=[
            ("trawl", "They answered our letter"),
            ("self", "They asked by themselves"),
            ("referral", "Somebody referred them"),
        ],
        widget=forms.RadioSelect,
    )
    referrer = forms.CharField(
        label="Who referred them?", required=False, max_length=120, help_text="Only for a referral"
    )
    confirmed = forms.BooleanField(
        label="I have gone through what we hold with them, and it is right"
    )
