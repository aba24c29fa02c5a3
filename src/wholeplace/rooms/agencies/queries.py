"""Reading memberships and agencies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.rooms.agencies.models import Agency, Agreement, Membership


def _live(day: dt.date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def memberships_of(user_id: int) -> list[Membership]:
    """The user's live memberships, with role and agency, oldest first."""
    today = dt.date.today()  # noqa: DTZ011 - a membership ends with the local day
    rows = Membership.objects.filter(_live(today), user_id=user_id)
    return list(rows.select_related("role", "agency").order_by("id"))


def membership_for(user_id: int, chosen: int | None) -> int | None:
    """The membership to act as: the chosen one while it is the user's and live, else the first."""
    ids = [m.pk for m in memberships_of(user_id)]
    if chosen in ids:
        return chosen
    return ids[0] if ids else None


def agency_by_code(code: str) -> Agency:
    """The agency with this code; raises Agency.DoesNotExist."""
    return Agency.objects.get(code=code)


def agency_code(agency_id: int) -> str:
    """The code of this agency; raises Agency.DoesNotExist."""
    return str(Agency.objects.values_list("code", flat=True).get(pk=agency_id))


def lawful_bases(agreements: Collection[str]) -> dict[str, str]:
    """Name of a sharing agreement that stands → the code of its lawful basis."""
    rows = Agreement.objects.filter(name__in=agreements, withdrawn_at__isnull=True)
    return dict(rows.order_by("name").values_list("name", "lawful_basis"))


def system_membership(username: str) -> int:
    """The membership of a system account (loader, worker); raises Membership.DoesNotExist."""
    return int(Membership.objects.get(user__username=username).pk)


def loader_of(agency: str) -> int:
    """The membership of the account that loads this agency's files.

    Raises:
        UserMistake: no account does.
    """
    today = dt.date.today()  # noqa: DTZ011 - a membership ends with the local day
    rows = Membership.objects.filter(
        _live(today),
        agency__code=agency,
        role__reach="load",
        role__rights__contains=["records.load"],
    )
    found = rows.order_by("id").values_list("pk", flat=True).first()
    if found is None:
        raise UserMistake(
            f"No account loads files for {agency}.",
            do=f"Give the agency one with the role `loader`, such as loader-{agency}.",
        )
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """One live membership in words: who may act, in which role, for which agency."""

    membership_id: int
    user_name: str
    role_code: str
    role: str
    agency: str
    team: str


STANDINGS = """
SELECT m.id, trim(u.first_name || ' ' || u.last_name), r.code, r.name, a.name, m.team
  FROM agencies_membership m
  JOIN agencies_user u ON u.id = m.user_id
  JOIN agencies_role r ON r.code = m.role_id
  JOIN agencies_agency a ON a.id = m.agency_id
 WHERE m.user_id = %s AND u.is_active AND m.valid_from <= wp_today()
   AND (m.valid_to IS NULL OR m.valid_to >= wp_today())
 ORDER BY m.id
"""


def standings_of(user_id: int) -> list[Standing]:
    """The user's live memberships, oldest first, by one statement: every request asks it."""
    with connection.cursor() as cursor:
        cursor.execute(STANDINGS, [user_id])
        return [Standing(*row) for row in cursor.fetchall()]


def membership_by_username(username: str, right: str) -> int | None:
    """A live membership of this user that holds the right, the oldest first; else None."""
    today = dt.date.today()  # noqa: DTZ011 - a membership ends with the local day
    rows = Membership.objects.filter(
        _live(today), user__username=username, user__is_active=True, role__rights__contains=[right]
    )
    return rows.order_by("id").values_list("pk", flat=True).first()
