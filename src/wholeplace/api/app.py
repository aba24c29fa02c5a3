"""The API itself: who may call it and what it is made of."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.security import django_auth

from wholeplace.api import problems


def _signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The description of the API is for those who may call it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return problems.answer(problems.SignInFirst("Sign in first."))
        return view(request, *args, **kwargs)

    return guarded


api = NinjaAPI(
    title="Wholeplace",
    version="1",
    auth=django_auth,  # the session's cookie, and its token on everything but GET
    docs_url=None,
    docs_decorator=_signed_in,
)
problems.handle(api)
