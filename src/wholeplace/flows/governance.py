"""From the place's governance files to roles, agencies, agreements and accounts that may act."""

from __future__ import annotations

from pathlib import Path

from wholeplace.core.rules.files.believed_file import place_believed
from wholeplace.core.rules.files.inherit import place_document
from wholeplace.core.rules.files.intake_file import place_intake
from wholeplace.core.rules.files.sealed_file import place_sealed
from wholeplace.core.rules.files.sharing_file import place_agreements
from wholeplace.rooms.agencies.actions import (
    put_agencies,
    put_agreements,
    put_member,
    put_roles,
)
from wholeplace.rooms.people.seals import put_notice


def set_up(place: Path, *, demonstration: bool) -> None:
    """Bring roles, agencies, sharing agreements and system accounts into line with the files.

    Args:
        place: the place's folder.
        demonstration: also make the invented staff who can sign in.

    Raises:
        FileMistake: one of the files is wrong; nothing was changed.
    """
    agreements = place_agreements(place)
    sealed = place_sealed(place)
    place_believed(place)
    place_intake(place)
    put_roles(place_document(place, "governance", "roles").value)
    put_agencies(place_document(place, "governance", "agencies").value["agencies"])
    put_agreements(agreements)
    put_notice(sealed)
    staff = place_document(place, "governance", "demonstration-staff").value
    for username, member in staff["system"].items():
        put_member(username, member, password=None)
    if demonstration:
        for username, member in staff["staff"].items():
            put_member(username, member, password=staff["password"])
