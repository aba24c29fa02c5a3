"""Errors of the API as problem JSON: what happened, why, and what to do."""

from __future__ import annotations

from typing import Any

from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from wholeplace.core.kernel.errors import (
    UNKEEPABLE,
    NotFound,
    Refused,
    UserMistake,
    WholeplaceError,
)

TYPE = "application/problem+json; charset=utf-8"
ERRORS = frozenset({400, 401, 403, 404, 409, 422})
ABSENT = NotFound("There is no such record.", do="Check the reference, or search for it.")


class WrongPart(Schema):
    """One part of what was sent, and what is wrong with it."""

    where: str
    why: str


class Problem(Schema):
    """What happened, why, and what to do (RFC 9457's `title` and `status` among them)."""

    title: str
    status: int
    what: str
    why: str
    do: str
    errors: list[WrongPart] = []


def answers(shape: Any) -> dict[Any, Any]:
    """The answers that an operation documents: its own, and a problem for each error."""
    return {200: shape, ERRORS: Problem}


class SignInFirst(Refused):
    """Nobody is signed in."""

    http_status = 401


class Unreadable(UserMistake):
    """What was sent cannot be read."""

    http_status = 400


def answer(error: WholeplaceError, **more: object) -> HttpResponse:
    """The error as JSON; the middleware undoes what the request wrote."""
    if isinstance(error, NotFound):
        error = ABSENT
    body = {**error.as_data(), **more}
    response = JsonResponse(body, status=error.http_status, content_type=TYPE)
    response.undo = True
    return response


def handle(api: NinjaAPI) -> None:
    """Give every kind of error its answer."""

    @api.exception_handler(WholeplaceError)
    def _ours(request: HttpRequest, error: WholeplaceError) -> HttpResponse:
        return answer(error)

    @api.exception_handler(DataError)
    def _unkeepable(request: HttpRequest, error: DataError) -> HttpResponse:
        return answer(UNKEEPABLE)

    @api.exception_handler(AuthenticationError)
    def _signed_out(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return answer(SignInFirst("Sign in first.", do="Sign in at /sign-in, then ask again."))

    @api.exception_handler(ValidationError)
    def _wrong(request: HttpRequest, error: ValidationError) -> HttpResponse:
        wrong = [
            {"where": ".".join(str(part) for part in found["loc"]), "why": found["msg"]}
            for found in error.errors
        ]
        mistake = UserMistake("What was sent is not as this address expects it.")
        return answer(mistake, errors=wrong)

    @api.exception_handler(HttpError)
    def _other(request: HttpRequest, error: HttpError) -> HttpResponse:
        if error.status_code == 403:
            return answer(
                Refused(
                    "This request has no token of your session.",
                    do="Send the cookie csrftoken again as the header X-CSRFToken.",
                )
            )
        return answer(Unreadable("What was sent could not be read.", why=error.message))
