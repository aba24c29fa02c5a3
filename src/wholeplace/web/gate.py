"""Who may open a page: signed in, acting, and with the right that it asks.

The database asks again beneath. A page about one record answers "no such record" to those who
may not see it; a page of a kind of work that a role does not do says so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils.http import urlencode

from wholeplace.core.kernel.errors import NotFound, Refused
from wholeplace.rooms.agencies.acting import Actor

LARGEST = 2**63 - 1  # PostgreSQL's bigint: no record has a larger number
View = Callable[..., HttpResponse]


def page(
    needs: str = "", *, hidden: bool = False, methods: tuple[str, ...] = ("GET",)
) -> Callable[[View], View]:
    """A view for people who are signed in.

    Args:
        needs: the right that opens it; none for everybody who acts.
        hidden: answer "no such record" rather than "not in your role".
        methods: GET means GET and HEAD.
    """
    allowed = {*methods, "HEAD"} if "GET" in methods else set(methods)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            refusal = _sign_in_first(request)
            if refusal is not None:
                return refusal
            _require(actor_of(request), needs, hidden)
            if any(isinstance(part, int) and part > LARGEST for part in kwargs.values()):
                raise NotFound("There is no such record.")
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def actor_of(request: HttpRequest) -> Actor:
    """Who acts in this request; raises Refused when the account has no access left."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise Refused("Your access has ended or has not begun.", do="Ask your manager to renew it.")
    return actor


def page_after(request: HttpRequest) -> int:
    """The last record of the page before, from the address; 0 on the first page."""
    typed = request.GET.get("after", "")
    return min(int(typed), LARGEST) if typed.isdecimal() and len(typed) < 20 else 0


def _sign_in_first(request: HttpRequest) -> HttpResponse | None:
    if request.user.is_authenticated:
        return None
    address = "/sign-in"
    if request.method in ("GET", "HEAD") and request.path != "/":
        address += "?" + urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(address)


def _require(actor: Actor, right: str, hidden: bool) -> None:
    if not right or actor.can(right):
        return
    if hidden:
        raise NotFound("There is no such record.")
    actor.require(right)
