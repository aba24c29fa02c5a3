"""Recording an adoption order, and deciding on one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from wholeplace.rooms.people.seals import CEASED, NewName
from wholeplace.web.look.forms import ActionForm, DateField

NUMBER_HINT = "Only a new one. Leave it empty if there is none yet."


class RecordOrder(ActionForm):
    """Which records are closed, by which order, and who the child is from then on."""

    nothing_done = "Nothing was recorded. What you typed is still here."
    records = forms.MultipleChoiceField(
        label="Which records are of the child as they were?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = forms.CharField(
        label="References of other records of the child",
        required=False,
        max_length=500,
        help_text="Search for the child by name and birth date first: a record that is left out"
        " stays open to its agency. One reference a line.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    order_on = DateField(
        label="On which day was the order made?",
        called="The day of the order",
        latest=timezone.localdate,
    )
    ceased = forms.ChoiceField(
        label="How did care cease?",
        choices=[(code, f"{code}: {words}") for code, words in CEASED.items()],
        widget=forms.RadioSelect,
    )
    given_names = forms.CharField(label="New given names", max_length=200)
    family_name = forms.CharField(label="New family name", max_length=200)
    nhs_number = forms.CharField(
        label="NHS number", required=False, max_length=20, help_text=NUMBER_HINT
    )
    upn = forms.CharField(
        label="Pupil number (UPN)", required=False, max_length=20, help_text=NUMBER_HINT
    )
    phone = forms.CharField(
        label="Phone number of the family", required=False, max_length=40, help_text=NUMBER_HINT
    )

    def __init__(self, choices: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"records": [ref for ref, _ in choices], **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["records"].choices = list(choices)

    def refs(self) -> list[str]:
        """The references of every record that was chosen or typed."""
        return [*self.cleaned_data["records"], *self.cleaned_data["others"].split()]

    def new(self) -> NewName:
        """Who the child is from the order on."""
        names = ("given_names", "family_name", "nhs_number", "upn", "phone")
        return NewName(**{name: self.cleaned_data[name] for name in names})


class Decide(ActionForm):
    """What the second worker saw."""

    nothing_done = "Nothing was decided. What you typed is still here."
    reason = forms.CharField(
        label="How do you know?",
        max_length=1000,
        help_text="For example: saw the sealed order of the family court. It is kept.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
