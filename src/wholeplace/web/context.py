"""What every page's template may use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def place(request: HttpRequest) -> dict[str, Any]:
    """Who acts, for the header and the navigation."""
    return {"actor": getattr(request, "actor", None)}
