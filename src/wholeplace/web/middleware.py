"""One acting context and one transaction a request, and errors turned into pages.

Middleware rather than a wrapper of the view: templates and API answers are often rendered
after the view returns, and would then see no rows.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import logout
from django.contrib.messages import get_messages
from django.db import DataError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.urls import Resolver404, resolve

from wholeplace.core.kernel.errors import Refused, WholeplaceError
from wholeplace.flows import place_rules
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.queries import Standing, standings_of
from wholeplace.rooms.audit import actions as audit
from wholeplace.web import errors

PURPOSE = "casework"
OWN_PURPOSE = "own record"


class ActingMiddleware:
    """Enters the signed-in user's membership for the whole of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with place_rules.looked_at_once():
            response = self._answer(request)
        if isinstance(response, HttpResponseNotAllowed):  # Django's own is an empty page
            return _private(errors.wrong_method(request, response["Allow"]))
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = request.standing = None
        request.standings = []
        if request.path_info.startswith("/static/") or not request.user.is_authenticated:
            return self.get_response(request)
        standing = _standing(request)
        if standing is None:
            return _private(self.get_response(request))
        try:
            response = self._act(request, standing)
        except Refused:  # the membership ended between two questions
            logout(request)
            return HttpResponse(status=302, headers={"Location": "/sign-in"})
        except Exception:
            _unsay(request)  # nothing was done, so nothing may be announced later
            raise
        _note_refusal(request, standing, response)
        return _private(response)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """An error of ours as its page; what the request wrote is undone."""
        if isinstance(exception, DataError):
            return errors.unkeepable(request)
        if not isinstance(exception, WholeplaceError):
            return None
        return errors.respond(request, exception)

    def _act(self, request: HttpRequest, standing: Standing) -> HttpResponseBase:
        purpose = OWN_PURPOSE if standing.role_code == "resident" else PURPOSE
        with acting(standing.membership_id, purpose=purpose, route=_route(request)) as actor:
            request.actor = actor
            response = self.get_response(request)
            if response.streaming:
                raise RuntimeError("Answers are not streamed: make a job and a file.")
            if response.status_code >= 500 or getattr(response, "undo", False):
                transaction.set_rollback(True)
                _unsay(request)
            return response


def _standing(request: HttpRequest) -> Standing | None:
    """The membership chosen at sign-in while it is live, else the user's first."""
    found = standings_of(request.user.pk)
    request.standings = found
    chosen = request.session.get("membership")
    standing = next((s for s in found if s.membership_id == chosen), found[0] if found else None)
    request.standing = standing
    return standing


def _note_refusal(request: HttpRequest, standing: Standing, response: HttpResponseBase) -> None:
    """A refusal is written down in a transaction of its own, for the request's was undone."""
    if response.status_code != 403:
        return
    with acting(standing.membership_id, purpose=PURPOSE, route=_route(request)):
        about = getattr(response, "about_person", None)
        audit.record("access.refuse", person_id=about, detail={"method": request.method})


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """Nobody else on this computer may page back to it after signing out."""
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def _unsay(request: HttpRequest) -> None:
    messages = get_messages(request)
    if hasattr(messages, "_queued_messages"):
        messages._queued_messages = []


def _route(request: HttpRequest) -> str:
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return "none"
    return match.view_name or match.route
