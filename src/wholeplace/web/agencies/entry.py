"""How a session begins, by password or by a resident's code, and that it is written down."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model, login
from django.http import HttpRequest

from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.queries import standings_of
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.people.actions import redeem_code

BACKEND = "django.contrib.auth.backends.ModelBackend"


def begin(request: HttpRequest, user: Any, *, way: str) -> None:
    """Begin a session for somebody who has proved who they are."""
    login(request, user, backend=BACKEND)
    membership = standings_of(user.pk)[0].membership_id
    with acting(membership, purpose="signing in", route=way) as actor:
        audit.record("session.begin", person_id=actor.person_id)


def begin_by_code(request: HttpRequest, reference: str, code: str) -> bool:
    """Open the account that a one-time code opens; False when it opens none."""
    account = redeem_code(reference, code)
    if account is None:
        return False
    begin(request, get_user_model().objects.get(pk=account), way="code")
    return True
