"""Fields of the single view, their values and requests to correct them, in words."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wholeplace.rooms.records.correction_requests import (
    ARRIVED,
    CORRECTED,
    OPEN,
    STANDS,
    RequestLine,
)
from wholeplace.web.look.marks import day, link, money, tag
from wholeplace.web.look.model import columns
from wholeplace.web.look.words import long_day
from wholeplace.web.people.held import SEXES

TITLES = {
    "given_names": "Given names",
    "family_name": "Family name",
    "date_of_birth": "Born",
    "sex": "Sex",
    "address": "Address",
    "phone": "Phone",
    "email": "Email",
    "nhs_number": "NHS number",
    "upn": "Pupil number",
    "ni_number": "National Insurance number",
    "date_of_death": "Died",
    "weekly_rent": "Rent a week",
}
# The same within a sentence.
NOUNS = {name: title[0].lower() + title[1:] for name, title in TITLES.items()} | {
    "date_of_birth": "birth date",
    "date_of_death": "date of death",
    "nhs_number": "NHS number",
    "ni_number": "National Insurance number",
}
STATES = {
    OPEN: ("Waiting for an answer", "orange"),
    CORRECTED: ("Corrected there, not here yet", "teal"),
    STANDS: ("It stands", "grey"),
    ARRIVED: ("Corrected", "green"),
}
CORRECTIONS = columns("What", "Says", "Should be", "Asked", "State")


def in_words(field: str, value: str | None) -> object:
    """A value as the single view and requests hold it, for a reader; None where there is none."""
    if not value:
        return None
    if field in ("date_of_birth", "date_of_death"):
        return day(dt.date.fromisoformat(value))
    if field == "weekly_rent":
        return money(int(value))
    return SEXES.get(value, value) if field == "sex" else long(value)


def long(text: str) -> SafeString:
    """A text that may have no space in it: it breaks where it must."""
    return format_html('<span class="wp-long">{}</span>', text)


def since_when(day: dt.date, *, dated: bool) -> str:
    """Since when an agency says something; before the first that is known of it, at least so."""
    return f"since {long_day(day)}" + ("" if dated else " or before")


def state_tag(one: RequestLine) -> object:
    """How a request stands."""
    return tag(*STATES[one.state])


def request_row(one: RequestLine) -> tuple[object, ...]:
    """A request as a row of a person's page."""
    on = long_day(timezone.localdate(one.recorded_at))
    asked = f"{on}, {one.asking_agency}, of {one.agency}"
    return (
        link(TITLES[one.field], f"/corrections/{one.id}", about="request"),
        in_words(one.field, one.said),
        in_words(one.field, one.asked),
        asked,
        state_tag(one),
    )
