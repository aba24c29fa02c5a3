"""Releasing payments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from wholeplace.web.look.forms import ActionForm, DateField


class Release(ActionForm):
    """One payment."""


class ReleaseSelected(ActionForm):
    """Several payments, ticked in a list; the boxes stand in the list itself."""

    payment = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": "Tick at least one payment"}
    )

    def __init__(self, payments: list[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payment"].choices = [(number, number) for number in payments]


class StartRun(ActionForm):
    """Everything due by a day."""

    as_at = DateField(
        label="Release everything due by", called="The day", latest=timezone.localdate
    )
