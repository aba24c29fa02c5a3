"""Errors as pages, or as problem JSON for the API: what happened, why, and what to do.

What is absent and what is hidden answer with the same bytes: the page for "not found" holds
nothing of the address, and no token that changes from one answer to the next.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from wholeplace.core.kernel.errors import (
    UNKEEPABLE,
    NotFound,
    Refused,
    Stale,
    UserMistake,
    WholeplaceError,
)
from wholeplace.rooms.people.seals import RecordRestricted
from wholeplace.web.context import shell_for

API = "/api/"
PROBLEM = "application/problem+json; charset=utf-8"
ABSENT = NotFound("There is no such record.", do="Check the reference, or search for it.")


class BadRequest(UserMistake):
    """What was sent cannot be read at all."""

    http_status = 400


class WrongMethod(UserMistake):
    """The address is there, and is not asked this way."""

    http_status = 405


def respond(request: HttpRequest, error: WholeplaceError) -> HttpResponse:
    """The answer to an error of ours; the middleware undoes what the request wrote."""
    if isinstance(error, NotFound):
        error = ABSENT
    answer = problem(error) if request.path_info.startswith(API) else _page(request, error)
    answer.undo = True
    if isinstance(error, RecordRestricted):
        answer.about_person = error.person_id  # for the trail, and for nobody else
    return answer


def problem(error: WholeplaceError) -> JsonResponse:
    """An error as problem JSON."""
    return JsonResponse(error.as_data(), status=error.http_status, content_type=PROBLEM)


def _page(request: HttpRequest, error: WholeplaceError) -> HttpResponse:
    template = "error"
    if isinstance(error, NotFound):
        template = "absent"
    elif isinstance(error, RecordRestricted):
        template = "restricted"
    elif isinstance(error, Refused):
        template = "refused"
    elif isinstance(error, Stale):
        template = "stale"
    context: dict[str, Any] = {
        "error": error,
        "shell": replace(shell_for(request), sign_out_url=""),
        "href": getattr(request, "_back", request.path if request.method == "POST" else "/"),
    }
    return HttpResponse(
        render_to_string(f"errors/{template}.html", context), status=error.http_status
    )


def wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    """An address that only a form's button opens, typed or opened again by hand."""
    error = WrongMethod(
        "This address cannot be opened by itself.",
        why="It carries something out when a button on a page is pressed.",
        do="Go back to the page with the button.",
    )
    answer = respond(request, error)
    answer["Allow"] = allowed
    return answer


def unkeepable(request: HttpRequest) -> HttpResponse:
    """A value that the database cannot hold: a NUL character, a number without end."""
    return respond(request, UNKEEPABLE)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's own 400."""
    return respond(
        request,
        BadRequest("This request could not be read.", do="Go back and try again."),
    )


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's own 403."""
    return respond(request, Refused("You may not do this.", do="Go back to your home page."))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without this session's token: most often one left open since before sign-in."""
    return respond(
        request,
        Refused(
            "This form has expired.",
            why="It was opened before you signed in, or cookies are switched off.",
            do="Go back, open the page again, and send it once more.",
        ),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's own 404: no such address."""
    return respond(request, ABSENT)


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours. It asks the database nothing, for the database may be the fault."""
    error = WholeplaceError(
        "Sorry, something went wrong on our side.",
        why="It has been written down for the people who look after Wholeplace.",
        do="Try again in a few minutes.",
    )
    return respond(request, error)
