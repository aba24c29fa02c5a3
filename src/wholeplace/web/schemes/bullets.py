"""A few short lines in one cell of a table."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def bulleted(items: Iterable[str]) -> SafeString:
    """The items as a bulleted list."""
    inner = format_html_join("", "<li>{}</li>", ((item,) for item in items))
    return format_html('<ul class="govuk-list govuk-list--bullet">{}</ul>', inner)
