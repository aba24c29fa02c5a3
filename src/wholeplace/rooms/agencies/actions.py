"""Setting up who may act. These run as the owner of the database, never in a request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from wholeplace.core.rules.files.sharing_file import AgreementFile
from wholeplace.rooms.agencies.models import (
    Agency,
    Agreement,
    AgreementLine,
    Membership,
    Role,
    User,
)

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


@transaction.atomic(using=OWNER)
def put_agreements(agreements: Mapping[str, AgreementFile]) -> None:
    """Make the sharing agreements what the governance files say; safe to repeat.

    One whose file is gone is withdrawn and shares nothing from the next request on.
    """
    known = dict(Agency.objects.using(OWNER).values_list("code", "pk"))
    for code, file in agreements.items():
        agreement, _ = Agreement.objects.using(OWNER).update_or_create(
            code=code,
            defaults={
                **{k: getattr(file, k) for k in ("name", "what", "lawful_basis", "source")},
                **{k: getattr(file, k) for k in ("roles", "purposes")},
                "valid_from": file.valid.from_,
                "valid_to": file.valid.to,
                "withdrawn_at": None,
            },
        )
        AgreementLine.objects.using(OWNER).filter(agreement=agreement).delete()
        AgreementLine.objects.using(OWNER).bulk_create(_lines(agreement, file, known))
    gone = Agreement.objects.using(OWNER).filter(withdrawn_at=None).exclude(code__in=agreements)
    gone.update(withdrawn_at=timezone.now())


def _lines(
    agreement: Agreement, file: AgreementFile, known: Mapping[str, int]
) -> list[AgreementLine]:
    said = {
        (known[share.from_], known[to], information_class, share.whom)
        for share in file.shares
        for to in share.to
        for information_class in share.classes
    }
    return [
        AgreementLine(
            agreement=agreement,
            from_agency_id=giver,
            to_agency_id=taker,
            information_class=information_class,
            whom=whom,
        )
        for giver, taker, information_class, whom in sorted(said)
    ]
