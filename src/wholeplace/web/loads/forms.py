"""Narrowing what was set aside; correcting a row; saying why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from wholeplace.flows.mend_rejects import Described
from wholeplace.rooms.records.quarantine import Reason
from wholeplace.web.loads.words import in_words
from wholeplace.web.look.forms import ActionForm

STATES = {"open": "Open", "mended": "Corrected", "dropped": "Dropped"}
LONG = 60  # characters of a value that fit a line
MOST = 10_000


class Narrow(forms.Form):
    """Filters of what was set aside. Only what is there can be chosen."""

    use_required_attribute = False
    source = forms.ChoiceField(label="Source", required=False)
    file = forms.ChoiceField(label="File", required=False)
    reason = forms.ChoiceField(label="Reason", required=False)
    state = forms.ChoiceField(label="State", required=False, choices=list(STATES.items()))

    def __init__(self, there: Iterable[Reason], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = list(there)
        for name in ("source", "file", "reason"):
            values = {getattr(one, name) for one in told} | {self.data.get(name, "")} - {""}
            self.fields[name].choices = [
                ("", "Any"),
                *sorted(((v, in_words(name, v)) for v in values), key=lambda said: said[1]),
            ]


class Why(ActionForm):
    """Why, in words that are kept."""

    why = forms.CharField(
        label="Why?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why"},
    )


class Correct(ActionForm):
    """A row's values to be typed right: those at fault first, all others after them."""

    nothing_done = "Nothing was loaded. What you typed is still here."

    def __init__(self, about: Described, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = {f"c{place}": column for place, column in enumerate(about.columns)}
        self.stood = about.row.row
        wrong: dict[str, list[tuple[str, str]]] = {}
        for one in about.row.wrong:
            wrong.setdefault(one.field, []).append((one.value, one.reason))
        self.at_fault = [name for name, column in self.columns.items() if column in wrong]
        for name, column in self.columns.items():
            self.fields[name] = _value(column, self.stood.get(column), wrong.get(column, ()))
        if about.named_another:
            self.fields["same_person"] = forms.BooleanField(
                label="The key names the same person as before",
                required=False,
                help_text="Their name and their birth date have both been corrected.",
            )
        self.fields["why"] = deepcopy(Why.base_fields["why"])
        self.fields["why"].label = "How do you know?"
        self.fields["why"].help_text = "For example: rang the tenant on 3 June. It is kept."

    @property
    def faulty(self) -> list[BoundField]:
        """The boxes of what was wrong."""
        return [self[name] for name in self.at_fault]

    @property
    def others(self) -> list[BoundField]:
        """The boxes of the rest of the row."""
        return [self[name] for name in self.columns if name not in self.at_fault]

    @property
    def others_wrong(self) -> bool:
        """Whether a box of the rest is wrong by now, so that it must be seen."""
        return any(field.errors for field in self.others)

    def typed(self) -> dict[str, str]:
        """Column → what was typed; a box that was left alone is word for word what stood there."""
        said = {}
        for name, column in self.columns.items():
            value, stood = self.cleaned_data[name], self.stood.get(column) or ""
            same = value.replace("\r\n", "\n") == stood.replace("\r\n", "\n")
            said[column] = stood if same else value.replace("\r\n", "\n")
        return said

    def tell(self, faults: Sequence[tuple[str, str]]) -> None:
        """Put each fault beside its box."""
        boxes = {column: name for name, column in self.columns.items()}
        for column, reason in faults:
            self.add_error(boxes.get(column), f"{column}: {reason}")


def _value(column: str, stood: str | None, wrong: Sequence[tuple[str, str]]) -> forms.CharField:
    long = len(stood or "") > LONG or "\n" in (stood or "")
    said = [f"It stands there as “{value}”." if value else "It is empty." for value, _ in wrong[:1]]
    return forms.CharField(
        label=column,
        required=False,
        strip=False,
        max_length=MOST,
        initial=stood or "",
        widget=forms.Textarea(attrs={"rows": 4}) if long else forms.TextInput(),
        help_text=" ".join([*said, *(reason for _, reason in wrong)]),
    )
