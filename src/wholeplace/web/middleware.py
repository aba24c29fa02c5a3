"""One acting context and one transaction a request.

Middleware rather than a wrapper of the view: templates and API answers are often rendered
after the view returns, and would then see no rows.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve

from wholeplace.core.kernel.errors import Refused
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.queries import membership_for

PURPOSE = "casework"


class ActingMiddleware:
    """Enters the signed-in user's membership for the whole of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = None  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            return self.get_response(request)
        membership = membership_for(request.user.pk, request.session.get("membership"))
        if membership is None:
            return self.get_response(request)
        try:
            return self._act(request, membership)
        except Refused:
            logout(request)
            return HttpResponse(status=302, headers={"Location": "/sign-in"})

    def _act(self, request: HttpRequest, membership: int) -> HttpResponseBase:
        with acting(membership, purpose=PURPOSE, route=_route(request)) as actor:
            request.actor = actor  # type: ignore[attr-defined]
            response = self.get_response(request)
            if response.streaming:
                raise RuntimeError("Answers are not streamed: make a job and a file.")
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response


def _route(request: HttpRequest) -> str:
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return "none"
    return match.view_name or match.route
