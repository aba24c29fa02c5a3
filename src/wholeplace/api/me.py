"""Who is calling."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from wholeplace.api.app import api
from wholeplace.api.problems import answers
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.agencies.queries import standings_of


@dataclass(frozen=True)
class Me:
    """Who acts: their name, role, agency and rights."""

    membership: int
    name: str
    role: str
    agency: str
    reach: str
    rights: list[str]


@api.get("/me", response=answers(Me), tags=["me"], operation_id="me")
def me(request: HttpRequest) -> Me:
    """Who is signed in and as what."""
    actor = require_actor()
    standing = next(
        s for s in standings_of(actor.user_id) if s.membership_id == actor.membership_id
    )
    return Me(
        actor.membership_id,
        standing.user_name,
        standing.role,
        standing.agency,
        actor.reach,
        sorted(actor.rights),
    )
