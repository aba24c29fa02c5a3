"""Setting up who may act. These run as the owner of the database, never in a request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from wholeplace.rooms.agencies.models import Agency, Membership, Role, User

OWNER = "owner"
LONG_AGO = dt.date(2020, 1, 1)


def put_roles(roles: Mapping[str, Mapping[str, Any]]) -> None:
    """Make the roles what the governance file says; safe to repeat."""
    for code, role in roles.items():
        Role.objects.using(OWNER).update_or_create(
            code=code,
            defaults={k: role[k] for k in ("name", "reach", "classes", "rights")},
        )


def put_agencies(agencies: Mapping[str, Mapping[str, str]]) -> None:
    """Make the agencies what the governance file says; safe to repeat."""
    for code, agency in agencies.items():
        Agency.objects.using(OWNER).update_or_create(
            code=code, defaults={"name": agency["name"], "kind": agency["kind"]}
        )


@transaction.atomic(using=OWNER)
def put_member(username: str, member: Mapping[str, str], *, password: str | None) -> None:
    """Give somebody an account and one membership; safe to repeat.

    Args:
        username: what they sign in with.
        member: name, agency code, role code and team.
        password: None for a system account, which cannot sign in.
    """
    first, _, last = member["name"].partition(" ")
    user, new = User.objects.using(OWNER).get_or_create(
        username=username, defaults={"first_name": first, "last_name": last}
    )
    if new:
        user.set_password(password)
        user.save(using=OWNER)
    agency = Agency.objects.using(OWNER).get(code=member["agency"])
    Membership.objects.using(OWNER).get_or_create(
        user=user,
        agency=agency,
        role_id=member["role"],
        defaults={"team": member["team"], "valid_from": LONG_AGO},
    )
