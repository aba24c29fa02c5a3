"""What to look for in the audit trail."""

from __future__ import annotations

from typing import Any

from django import forms

from wholeplace.rooms.people.references import person_number
from wholeplace.web.look.forms import DateField


class Find(forms.Form):
    """By person, by member of staff, by day; at least one of them."""

    nothing_done = "Nothing was searched for. What you typed is still here."
    use_required_attribute = False
    person = forms.CharField(
        label="Person’s reference", required=False, max_length=20, help_text="For example P0A1B2C3D"
    )
    username = forms.CharField(
        label="Username of a member of staff", required=False, max_length=150
    )
    day = DateField(label="Day", called="The day", required=False)

    def clean_person(self) -> int | None:
        """The number behind the reference."""
        typed = self.cleaned_data["person"]
        if not typed:
            return None
        number = person_number(typed)
        if number is None:
            raise forms.ValidationError("A reference is P and 8 letters or digits")
        return number

    def clean(self) -> dict[str, Any]:
        """A person's trail is read whole, so it is not narrowed by the other two."""
        cleaned = super().clean() or {}
        if cleaned.get("person") and (cleaned.get("username") or cleaned.get("day")):
            self.add_error("person", "Search by person, or by staff and day, not by both")
        if not self.errors and not any(cleaned.values()):
            self.add_error("person", "Enter a reference, a username or a day")
        return cleaned
