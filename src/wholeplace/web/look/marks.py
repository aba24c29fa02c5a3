"""The leaves of a page as HTML: tags, links, days and money for a table's cells.

They are written in Python, not templates, because a page holds hundreds of them.
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from wholeplace.web.look import words

COLOURS = frozenset(
    {"", "grey", "green", "teal", "blue", "purple", "magenta", "red", "orange", "yellow"}
)

# State → (words, colour). Colour is never the only sign: the words are always there.
STATES: dict[str, tuple[str, str]] = {
    "yes": ("Yes", "green"),
    "no": ("No", "red"),
    "unknown": ("Not known yet", "yellow"),
    "possible": ("Possible", "yellow"),
    "not-applicable": ("Does not apply", "grey"),
    "protected": ("Protected", "purple"),
    "identified": ("Found", "blue"),
    "referred": ("Referred", "blue"),
    "applied": ("Applied", "blue"),
    "information-requested": ("Waiting for information", "orange"),
    "decided": ("Decided", "teal"),
    "awarded": ("Awarded", "green"),
    "granted": ("Granted", "green"),
    "refused": ("Refused", "red"),
    "queued": ("Waiting for money", "orange"),
    "offered": ("Offered", "teal"),
    "notified": ("Told", "teal"),
    "paying": ("Being paid", "green"),
    "changed": ("Changed", "blue"),
    "suspended": ("Suspended", "orange"),
    "ended": ("Ended", "grey"),
    "tracked": ("Followed up", "blue"),
    "closed": ("Closed", "grey"),
    "reconsideration-requested": ("Reconsideration asked for", "purple"),
    "upheld": ("Upheld", "grey"),
    "scheduled": ("Scheduled", "grey"),
    "reserved": ("To be paid", "blue"),
    "confirmed": ("Confirmed", "green"),
    "completed": ("Completed", "grey"),
    "withdrawn": ("Withdrawn", "grey"),
    "new": ("New", "blue"),
    "opened": ("Opened", "teal"),
    "contacted": ("Written to", "teal"),
    "set-aside": ("Set aside", "grey"),
    "received": ("Received", "blue"),
    "waiting": ("Waiting for information", "orange"),
    "whole": ("Done", "green"),
    "finished": ("Done", "green"),
    "due": ("Due", "blue"),
    "overdue": ("Overdue", "red"),
    "released": ("Released", "green"),
    "paid": ("Paid", "green"),
    "held": ("Held", "orange"),
    "cancelled": ("Cancelled", "grey"),
    "reversed": ("Reversed", "magenta"),
    "failed": ("Failed", "red"),
    "running": ("Running", "blue"),
    "done": ("Done", "green"),
}


def tag(text: object, colour: str = "") -> SafeString:
    """A coloured tag. An unknown colour is a mistake in the page, so it raises KeyError."""
    if colour not in COLOURS:
        raise KeyError(f"There is no tag colour {colour!r}.")
    extra = f" govuk-tag--{colour}" if colour else ""
    return format_html('<strong class="govuk-tag{}">{}</strong>', extra, text)


def status(state: str) -> SafeString:
    """A state's tag, in words. A state nobody listed reads as itself, in grey."""
    key = state.replace("_", "-")
    text, colour = STATES.get(key, (key.replace("-", " ").capitalize(), "grey"))
    return tag(text, colour)


def link(text: object, href: str, about: str = "") -> SafeString:
    """A link; `about` is read out after its words, for rows that all say "Open"."""
    if not about:
        return format_html('<a class="govuk-link" href="{}">{}</a>', href, text)
    return format_html(
        '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden"> {}</span></a>',
        href,
        text,
        about,
    )


def day(value: date | None, short: bool = False) -> SafeString:
    """A day as a `<time>`; what is not known says so."""
    if value is None:
        return unknown()
    text = words.short_day(value) if short else words.long_day(value)
    # Digits, letters and spaces only, so there is nothing to escape.
    return mark_safe(f'<time datetime="{value.isoformat()[:10]}">{text}</time>')


def moment(value: datetime | None) -> SafeString:
    """A moment as a `<time>`, in England's time."""
    if value is None:
        return unknown()
    return mark_safe(f'<time datetime="{value.isoformat()}">{words.long_moment(value)}</time>')


def money(amount_pence: int | None) -> SafeString:
    """Pence as pounds that never break across lines."""
    if amount_pence is None:
        return unknown()
    return mark_safe(f'<span class="wp-money">{words.pounds(amount_pence)}</span>')


def unknown() -> SafeString:
    """What nobody has said: never an empty cell, which could mean no or nought."""
    return mark_safe(f'<span class="wp-unknown">{words.NOT_KNOWN}</span>')
