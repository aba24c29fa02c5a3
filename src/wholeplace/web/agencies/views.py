"""Signing in and out, and choosing a role.

A wrong name, a wrong password, an ended account and too many tries are told apart by nobody
outside: each answers in the same words, except that after too many tries it says to wait.
"""

from __future__ import annotations

import datetime as dt

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from wholeplace.rooms.agencies.attempts import Limit, attempt, forget, take_back
from wholeplace.rooms.agencies.queries import standings_of
from wholeplace.web.agencies.entry import begin, begin_by_code
from wholeplace.web.agencies.forms import ChooseRole, Code, SignIn
from wholeplace.web.gate import page

QUARTER = dt.timedelta(minutes=15)
BY_NAME = Limit("sign-in name", 10, QUARTER)
BY_ADDRESS = Limit("sign-in address", 100, QUARTER)
CODE_BY_REFERENCE = Limit("code reference", 10, QUARTER)
CODE_BY_ADDRESS = Limit("code address", 30, QUARTER)
WRONG = "The username or password is not right. Check both and try again."
WRONG_CODE = (
    "The reference or code is not right, or the code was used or is too old. "
    "Check both, or ask us for a new code."
)
WAIT = "There were too many tries. Wait 15 minutes, then try again."


def sign_in(request: HttpRequest) -> HttpResponse:
    """`/sign-in`: a username and password."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(_next(request))
    form = SignIn(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _enter(request, form):
        several = len(standings_of(request.user.pk)) > 1
        return HttpResponseRedirect("/role" if several else _next(request))
    context = {"form": form, "next": request.GET.get("next", "")}
    return _fresh(render(request, "agencies/sign_in.html", context))


def _enter(request: HttpRequest, form: SignIn) -> bool:
    name = form.cleaned_data["username"].strip()
    if not _may_try(request, form, ((BY_ADDRESS, _address(request)), (BY_NAME, name.casefold()))):
        return False
    user = authenticate(request, username=name, password=form.cleaned_data["password"])
    if user is None or not standings_of(user.pk):
        form.add_error(None, WRONG)
        return False
    forget(BY_NAME, name.casefold())
    take_back(BY_ADDRESS, _address(request))
    begin(request, user, way="sign-in")
    return True


def code(request: HttpRequest) -> HttpResponse:
    """`/code`: a resident's reference and one-time code."""
    if request.user.is_authenticated:
        return HttpResponseRedirect("/")
    form = Code(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _enter_by_code(request, form):
        return HttpResponseRedirect("/")
    return _fresh(render(request, "agencies/code.html", {"form": form}))


def _enter_by_code(request: HttpRequest, form: Code) -> bool:
    reference = form.cleaned_data["reference"]
    tries = ((CODE_BY_ADDRESS, _address(request)), (CODE_BY_REFERENCE, reference.casefold()))
    if not _may_try(request, form, tries):
        return False
    if begin_by_code(request, reference, form.cleaned_data["code"]):
        take_back(CODE_BY_ADDRESS, _address(request))
        return True
    form.add_error(None, WRONG_CODE)
    return False


def sign_out(request: HttpRequest) -> HttpResponse:
    """`/sign-out`: by POST only, so that a link on another page cannot do it."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    logout(request)
    return HttpResponseRedirect("/sign-in")


@page(methods=("GET", "POST"))
def role(request: HttpRequest) -> HttpResponse:
    """`/role`: choose which membership to act as."""
    standings = request.standings
    now = request.standing
    initial = {"membership": now.membership_id}
    form = ChooseRole(
        standings, request.POST if request.method == "POST" else None, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        request.session["membership"] = form.cleaned_data["membership"]
        request.session.cycle_key()
        return HttpResponseRedirect("/")
    return render(request, "agencies/role.html", {"form": form})


def _may_try(request: HttpRequest, form: forms.Form, tries: tuple[tuple[Limit, str], ...]) -> bool:
    if all(attempt(limit, name) for limit, name in tries):
        return True
    form.add_error(None, WAIT)
    return False


def _address(request: HttpRequest) -> str:
    """Who tries: behind the proxy that WHOLEPLACE_SECURE speaks of, whom that proxy names.

    Only the last hop is the proxy's own word; the ones before it are the caller's.
    """
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")) if settings.SECURE else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return "/"


def _fresh(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
