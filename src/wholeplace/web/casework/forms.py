"""What is asked of an officer who decides, ends, checks or asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from wholeplace.flows.apply_and_decide import BudgetChoice
from wholeplace.web.look.forms import ActionForm, DateField, MoneyField
from wholeplace.web.look.words import pounds

PAYEES = [
    ("customer", "The person"),
    ("landlord", "Their landlord"),
    ("council_tax_account", "Their council tax account"),
]


def _words(label: str, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), **more
    )


class Award(ActionForm):
    """An award: how much a week, from which money, to whom, and why."""

    weekly = MoneyField(label="Weekly amount", called="The weekly amount", least=1)
    budget = forms.TypedChoiceField(
        label="Which money?", coerce=int, widget=forms.RadioSelect, empty_value=None
    )
    payee_kind = forms.ChoiceField(label="Who is paid?", choices=PAYEES, widget=forms.RadioSelect)
    payee_name = forms.CharField(label="Name of who is paid", max_length=120)
    payee_reference = forms.CharField(
        label="Their reference",
        required=False,
        max_length=60,
        help_text="A tenancy or council tax account number. Leave empty when the person is paid.",
    )
    reasons = _words("Reasons", help_text="The person reads these in the letter.")

    def __init__(self, budgets: Sequence[BudgetChoice], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["budget"].choices = [(budget.id, _budget_words(budget)) for budget in budgets]


def _budget_words(budget: BudgetChoice) -> str:
    """A source with what is free in it, and why it cannot be used where it cannot."""
    words = f"{budget.source_name}, {budget.year_shown}, {pounds(budget.available_pence)} free"
    return words if budget.fits == "yes" else f"{words}. Not for this person: {budget.why}"


class Refusal(ActionForm):
    """A refusal: only its reasons."""

    reasons = _words(
        "Reasons",
        help_text="Say which test is not met and what shows it. The person reads this.",
    )


class Grant(ActionForm):
    """A yes without a payment: only its reasons."""

    reasons = _words("Reasons", help_text="The person reads these in the letter.")


class Reason(ActionForm):
    """Why, in words that are kept."""

    reason = _words("Reason")


class EndAward(ActionForm):
    """From which day an award ends, and why."""

    happened_on = DateField(
        label="On which day did it end?", called="The day it ended", latest=timezone.localdate
    )
    reason = _words("Reason")


class Note(ActionForm):
    """What was checked."""

    note = _words("What did you check?")


class AskInformation(ActionForm):
    """What is asked of the person."""

    what = _words("What do we need to know?", help_text="The person reads this.")


class Received(ActionForm):
    """On which day information came; the facts' own questions follow."""

    happened_on = DateField(
        label="On which day did it come?", called="The day it came", latest=timezone.localdate
    )


class Narrow(forms.Form):
    """Filters of the list of applications."""

    use_required_attribute = False
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[
            ("", "Any"),
            ("received", "Received"),
            ("waiting", "Waiting for information"),
            ("awarded", "Awarded"),
            ("granted", "Granted"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
    )
