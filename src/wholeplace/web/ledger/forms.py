"""Putting money into a budget."""

from __future__ import annotations

from django import forms
from django.utils import timezone

from wholeplace.web.look.forms import ActionForm, DateField, MoneyField


class Allocate(ActionForm):
    """An allocation: how much, on which day, by which decision."""

    amount = MoneyField(label="Amount", called="The amount", least=1)
    happened_on = DateField(
        label="Day of the decision", called="The day of the decision", latest=timezone.localdate
    )
    memo = forms.CharField(
        label="Which decision gives this money?",
        max_length=200,
        help_text="For example Cabinet, 12 May 2026, item 7",
    )
