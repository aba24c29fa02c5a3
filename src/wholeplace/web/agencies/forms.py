"""The boxes of signing in."""

from __future__ import annotations

from typing import Any

from django import forms

from wholeplace.rooms.agencies.queries import Standing


class SignIn(forms.Form):
    """A staff member's own account."""

    nothing_done = "You are not signed in yet."
    use_required_attribute = False
    username = forms.CharField(
        label="Username",
        max_length=150,
        error_messages={"required": "Enter your username"},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label="Password",
        max_length=1024,
        strip=False,
        error_messages={"required": "Enter your password"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class Code(forms.Form):
    """What a resident was given: their reference, and a code that works once."""

    nothing_done = "You are not signed in yet."
    use_required_attribute = False
    reference = forms.CharField(
        label="Your reference",
        max_length=40,
        help_text="It begins with P and is on our letters, for example P0A1B2C3D.",
        error_messages={"required": "Enter your reference"},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "class": "govuk-input--width-20"}
        ),
    )
    code = forms.CharField(
        label="Your one-time code",
        max_length=40,
        help_text="Somebody at the council gave or posted this to you. It works once.",
        error_messages={"required": "Enter your one-time code"},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "spellcheck": "false",
                "class": "govuk-input--width-20",
            }
        ),
    )


class ChooseRole(forms.Form):
    """Which of several memberships to act as."""

    use_required_attribute = False
    heading_field = "membership"
    membership = forms.TypedChoiceField(
        label="Which role are you working in?",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the role you are working in",
            "invalid_choice": "Choose one of your own roles",
        },
    )

    def __init__(self, standings: list[Standing], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["membership"].choices = [
            (s.membership_id, ", ".join(p for p in (s.role, s.team, s.agency) if p))
            for s in standings
        ]
