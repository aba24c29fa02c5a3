"""`/`: the first page of each role: what is due, what is new, who waits."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wholeplace.web.audit import views as audit
from wholeplace.web.gate import actor_of, page
from wholeplace.web.system import views as system

# The first right that somebody holds decides which page is their home.
HOMES: tuple[tuple[str, Callable[[HttpRequest], HttpResponse]], ...] = (
    ("audit.read", audit.search),
    ("system.read", system.state),
)


@page()
def home(request: HttpRequest) -> HttpResponse:
    """The home of the role that is acting."""
    rights = actor_of(request).rights
    for right, view in HOMES:
        if right in rights:
            return view(request)
    return render(request, "home/plain.html")
