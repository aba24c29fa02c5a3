"""What stands round every page: the place, the reader, and where they may go."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from wholeplace.core.rules.files.places import place_settings
from wholeplace.web.look.model import Link, Shell, SignedIn
from wholeplace.web.navigation import navigation_for


def shell(request: HttpRequest) -> dict[str, Any]:
    """Django's context processor: `shell` for every template."""
    return {"shell": shell_for(request), "actor": getattr(request, "actor", None)}


def shell_for(request: HttpRequest) -> Shell:
    """The shell, from what the middleware has already read: it asks the database nothing."""
    made = getattr(request, "_shell", None)
    if made is None:
        made = request._shell = _make(request)
    return made


def _make(request: HttpRequest) -> Shell:
    standing = getattr(request, "standing", None)
    actor = getattr(request, "actor", None)
    name, demonstration = place_named(settings.PLACE)
    if standing is None:
        return Shell(place=name, sign_in_url="/sign-in", demonstration=demonstration)
    links = navigation_for(actor.rights if actor else frozenset(), request.path_info)
    footer = (Link("Change role", "/role"),) if len(request.standings) > 1 else ()
    return Shell(
        place=name,
        signed_in=SignedIn(standing.user_name or "You", standing.role, standing.agency),
        sign_out_url="/sign-out",
        navigation=links,
        footer=footer,
        demonstration=demonstration,
    )


@lru_cache(maxsize=4)
def place_named(folder: Path) -> tuple[str, bool]:
    """The place's name, and whether everybody in it is invented."""
    said = place_settings(folder)
    place = said.get("place", said)
    return str(place.get("name", folder.name.capitalize())), bool(place.get("demonstration", True))
