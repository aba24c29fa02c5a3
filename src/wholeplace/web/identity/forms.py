"""What a reviewer is asked."""

from __future__ import annotations

from django import forms

from wholeplace.web.look.forms import ActionForm

ANSWERS = [
    ("same", "They are about one person"),
    ("different", "They are about two people"),
    ("unsure", "I am not sure: leave it to others"),
]


def _words(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class Answer(ActionForm):
    """One person, two people, or not sure; and what shows it."""

    answer = forms.ChoiceField(
        label="Are these records about one person?",
        choices=ANSWERS,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether they are one person, or that you are not sure."},
    )
    reasons = _words("What shows it?", "Whoever looks at this pair later reads it, with your name.")


class Undo(ActionForm):
    """Why a decision was wrong."""

    reasons = _words("Why is it wrong?", "It is kept beside the decision, with your name.")
