"""Writing to people: lawfully, safely, in plain words, and never silently not."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from wholeplace.core.casework.letters import Written, write
from wholeplace.core.kernel.dates import show_day
from wholeplace.core.kernel.errors import NotFound
from wholeplace.core.rules.files.places import place_file
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.agencies.queries import standings_of
from wholeplace.rooms.casework.forms import made, sent_before
from wholeplace.rooms.documents import actions as documents
from wholeplace.rooms.documents import queries as letters
from wholeplace.rooms.documents.queries import Bar
from wholeplace.rooms.schemes import actions as schemes
from wholeplace.rooms.schemes import queries
from wholeplace.rooms.schemes.queries import FindingLine

REPLY_DAYS = 28


def contact_reasons(person_id: int) -> list[Bar]:
    """Why nobody may write to this person, in words; empty when one may."""
    return letters.contact_bars(person_id)


@transaction.atomic
def write_invitation(
    *,
    finding_id: int,
    version: int,
    happened_on: dt.date | None = None,
    key: uuid.UUID | None = None,
) -> int:
    """Tell somebody who was found that there may be help, and note that they were told.

    Args:
        key: of the form; the same form sent again is answered with the same letter.

    Returns:
        The letter's number.

    Raises:
        NotFound: no such finding for this reader.
        Refused: a bar stands, with its reason in words; nothing is written.
        Stale: somebody else dealt with the finding first.
    """
    day = happened_on or timezone.localdate()
    finding = queries.finding(finding_id)
    require_actor().require("contact.write")
    if (earlier := sent_before(key, "letter.invite", finding=finding_id)) is not None:
        return earlier
    letter_id = documents.put_letter(
        person_id=finding.line.person_id,
        kind="invitation",
        template="invitation",
        written=_invitation(finding.line, day),
        address_lines=letters.address_lines(finding.line.person_id, day),
        about=f"finding {finding_id}",
        happened_on=day,
    )
    schemes.note_written(finding_id=finding_id, version=version, happened_on=day)
    return made(key, letter_id)


def _invitation(line: FindingLine, day: dt.date) -> Written:
    run = queries.run(line.run_id)
    return fill(
        "invitation",
        {
            "name": line.name,
            "person_ref": line.person_ref,
            "scheme_name": run.line.scheme_name,
            "as_at": show_day(run.line.as_at),
            "basis_name": run.basis["name"],
            "reply_by": show_day(day + dt.timedelta(days=REPLY_DAYS)),
        },
    )


def fill(template: str, values: dict[str, str]) -> Written:
    """A letter from the place's template, signed by whoever acts.

    Raises:
        NotFound: the place has no such template.
    """
    path = place_file(Path(settings.PLACE), "letters", f"{template}.md")
    if path is None:
        raise NotFound(f"The place has no letter called {template}.")
    return write(path.read_text(encoding="utf-8"), values | _signature())


def _signature() -> dict[str, str]:
    actor = require_actor()
    standing = next(
        s for s in standings_of(actor.user_id) if s.membership_id == actor.membership_id
    )
    return {"officer": standing.user_name, "agency": standing.agency}
