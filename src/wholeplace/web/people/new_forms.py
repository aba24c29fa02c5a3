"""The boxes of somebody new, and whom the worker says it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from wholeplace.flows.record_person import FIRST_BORN, LONGEST
from wholeplace.web.look.forms import ActionForm, DateField, say_plainly

NEW = "new"
SEXES = [("", "Not known"), ("F", "Female"), ("M", "Male"), ("X", "Another")]


def _text(label: str, *, needed: bool = False, help_text: str = "") -> forms.CharField:
    field = forms.CharField(label=label, required=needed, max_length=LONGEST, help_text=help_text)
    field.error_messages["max_length"] = f"{label} must be {LONGEST} letters or fewer"
    return field


class NewPerson(ActionForm):
    """Who somebody says they are. Only the names are needed; more finds them more surely."""

    nothing_done = "Nobody was recorded. What you typed is still here."

    given_names = _text("Given names", needed=True)
    family_name = _text("Family name", needed=True)
    date_of_birth = DateField(
        label="Date of birth",
        called="The date of birth",
        required=False,
        earliest=FIRST_BORN,
        latest=timezone.localdate,
    )
    sex = forms.ChoiceField(label="Sex", choices=SEXES, required=False)
    previous_family_name = _text("Previous family name")
    known_as = _text("Known as")
    nhs_number = _text("NHS number", help_text="10 figures, on any letter from the NHS")
    upn = _text("Pupil number (UPN)", help_text="A letter and 12 figures")
    ni_number = _text("National Insurance number", help_text="For example QQ 12 34 56 C")
    phone = _text("Phone")
    email = _text("E-mail")
    line_1 = _text("Address line 1")
    line_2 = _text("Address line 2")
    town = _text("Town")
    postcode = _text("Postcode")


class Who(forms.Form):
    """One of those shown, or somebody new."""

    nothing_done = "Nobody was recorded. What you typed is still here."
    use_required_attribute = False

    who = forms.ChoiceField(label="Who is it?", widget=forms.RadioSelect)

    def __init__(self, *args: Any, possible: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [*possible, (NEW, "It is somebody new")]
        say_plainly(self.fields["who"], "who")
