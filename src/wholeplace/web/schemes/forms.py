"""Starting a trawl, narrowing its work list, setting a finding aside."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from wholeplace.web.look.forms import ActionForm, DateField


class StartTrawl(ActionForm):
    """Which scheme, read as at which day."""

    scheme = forms.ChoiceField(label="Scheme")
    as_at = DateField(
        label="As at which day?",
        called="The day",
        latest=timezone.localdate,
        help_text="The facts of this day are read. Usually today.",
    )

    def __init__(self, schemes: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        several = [("", "Choose a scheme"), *schemes]  # nobody trawls for the wrong one by haste
        self.fields["scheme"].choices = schemes if len(schemes) == 1 else several


ANSWERS = ("yes", "possible")
STATES = {
    "new": "New",
    "opened": "Opened",
    "contacted": "Written to",
    "applied": "Applied",
    "set_aside": "Set aside",
}
APPLIED = {"no": "Have not applied", "yes": "Have applied"}


class Narrow(forms.Form):
    """Filters of a work list."""

    use_required_attribute = False
    answer = forms.ChoiceField(
        required=False, choices=[(name, name) for name in ANSWERS], widget=forms.HiddenInput
    )
    state = forms.ChoiceField(label="State", required=False, choices=[("", "Any"), *STATES.items()])
    applied = forms.ChoiceField(
        label="For this scheme", required=False, choices=[("", "Anybody"), *APPLIED.items()]
    )


class Reason(ActionForm):
    """Why, in words that are kept."""

    reason = forms.CharField(
        label="Reason",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why"},
    )
