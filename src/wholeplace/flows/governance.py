"""From the place's governance files to roles, agencies and accounts that may act."""

from __future__ import annotations

from pathlib import Path

from wholeplace.core.rules.files.inherit import place_document
from wholeplace.rooms.agencies.actions import put_agencies, put_member, put_roles


def set_up(place: Path, *, demonstration: bool) -> None:
    """Bring roles, agencies and system accounts into line with the place's files.

    Args:
        place: the place's folder.
        demonstration: also make the invented staff who can sign in.
    """
    put_roles(place_document(place, "governance", "roles").value)
    put_agencies(place_document(place, "governance", "agencies").value["agencies"])
    staff = place_document(place, "governance", "demonstration-staff").value
    for username, member in staff["system"].items():
        put_member(username, member, password=None)
    if demonstration:
        for username, member in staff["staff"].items():
            put_member(username, member, password=staff["password"])
