"""Writing letters. Whoever may not be written to is refused aloud, never skipped."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from wholeplace.core.casework.letters import Written
from wholeplace.core.kernel.errors import NotFound, Refused
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.documents import queries
from wholeplace.rooms.documents.models import Letter

INVITATION = "invitation"
BY_HAND = {"do_not_contact", "unsafe_address"}


@transaction.atomic
def put_letter(
    *,
    person_id: int,
    kind: str,
    template: str,
    written: Written,
    address_lines: tuple[str, ...],
    about: str,
    happened_on: dt.date,
) -> int:
    """Keep a letter as it goes out; returns its number.

    An invitation goes to nobody against whom a bar stands. An answer to somebody's own
    application is always written, save to the dead; where nothing may go to the address it is
    to be handed over and carries none.

    Raises:
        Refused: nobody may write this letter to this person, with every reason in words.
    """
    require_actor().require("contact.write")
    delivery = "post" if _by_post(person_id, kind) and address_lines else "hand"
    letter = Letter.objects.create(
        person_id=person_id,
        kind=kind,
        template=template,
        template_hash=written.template_hash,
        subject=written.subject,
        blocks=[[block.kind, block.text] for block in written.blocks],
        delivery=delivery,
        address_lines=list(address_lines) if delivery == "post" else [],
        about=about,
        happened_on=happened_on,
    )
    audit.record("letter.write", person_id=person_id, record=f"letter {letter.pk}")
    return int(letter.pk)


def _by_post(person_id: int, kind: str) -> bool:
    """Whether a letter may go to the address; raises Refused when it may not be written."""
    bars = queries.contact_bars(person_id)
    kinds = {bar.kind for bar in bars}
    if "deceased" in kinds or (kind == INVITATION and kinds):
        raise Refused("This letter may not be written.", why=" ".join(bar.words for bar in bars))
    return not kinds & BY_HAND


@transaction.atomic
def mark_printed(*, letter_id: int) -> None:
    """Note that a letter was printed; printing it again changes the time."""
    require_actor().require("contact.write")
    if not Letter.objects.filter(pk=letter_id).update(printed_at=timezone.now()):
        raise NotFound("There is no such letter.")
    audit.record("letter.print", record=f"letter {letter_id}")
