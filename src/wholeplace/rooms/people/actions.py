"""What is done to a person's own row: bars on writing to them, and codes that open it."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from wholeplace.core.kernel.errors import NotFound, UserMistake
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.people.models import AccessCode, ContactBar, Person

BARS = ("do_not_contact", "unsafe_address", "objected")
CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none read as another
CODE_LENGTH = 10  # 50 bits, five tries
CODE_LASTS = dt.timedelta(days=14)
_ALIKE = str.maketrans("OIL", "011", " -.\t\u2013")


@transaction.atomic
def set_contact_bar(*, ref: str, kind: str, reason: str, happened_on: dt.date) -> int:
    """Say that somebody is not to be written to, and why; returns the bar's number.

    Raises:
        NotFound: no such person for this reader.
        Refused: the role may not.
        UserMistake: an unknown kind, no reason, a day to come, or the same bar stands already.
    """
    actor = require_actor()
    person_id = _person_id(ref)
    actor.require("contact.bar")
    if kind not in BARS:
        raise UserMistake(f"There is no contact bar {kind!r}.", do=f"Use one of {', '.join(BARS)}.")
    if not reason.strip():
        raise UserMistake("A contact bar needs its reason.", do="Say why in a sentence.")
    if happened_on > timezone.localdate():
        raise UserMistake(
            "A contact bar cannot begin on a day to come.", do="Give today or before."
        )
    if ContactBar.objects.filter(person_id=person_id, kind=kind, ended_at=None).exists():
        raise UserMistake("This bar is set already.", do="Nothing needs to be done.")
    bar = ContactBar.objects.create(
        person_id=person_id,
        agency_id=actor.agency_id,
        kind=kind,
        reason=reason.strip(),
        happened_on=happened_on,
        set_by_id=actor.membership_id,
    )
    audit.record("contact.bar", person_id=person_id, record=f"bar {bar.pk}", detail={"kind": kind})
    return int(bar.pk)


@transaction.atomic
def end_contact_bar(*, ref: str, bar: int) -> None:
    """Lift a bar that this agency set; the row stays, with the time at which it ended.

    Raises:
        NotFound: no such person or no such standing bar for this reader.
        Refused: the role may not.
    """
    actor = require_actor()
    person_id = _person_id(ref)
    actor.require("contact.bar")
    ended = ContactBar.objects.filter(
        pk=bar, person_id=person_id, agency_id=actor.agency_id, ended_at=None
    ).update(ended_at=timezone.now())
    if not ended:
        raise NotFound("There is no such contact bar.")
    audit.record("contact.unbar", person_id=person_id, record=f"bar {bar}")


@transaction.atomic
def issue_code(*, ref: str) -> str:
    """Make a one-time code for a resident to open their own record; it is shown only now.

    Returns:
        The code in two groups of five. Only its keyed hash is kept. An earlier code ends.

    Raises:
        NotFound: no such person for this reader.
        Refused: the role may not.
    """
    actor = require_actor()
    person_id = _person_id(ref)
    actor.require("code.issue")
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    AccessCode.objects.create(
        person_id=person_id,
        code_hash=_hash(letters),
        issued_by_id=actor.membership_id,
        expires_at=timezone.now() + CODE_LASTS,
    )
    audit.record("code.issue", person_id=person_id)
    return f"{letters[:5]}-{letters[5:]}"


def redeem_code(ref: str, code: str) -> int | None:
    """The account that a code opens, made at the first; None when it opens none.

    Nobody acts yet: a function of the database counts the tries and answers with a number.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT wp_resident_user(%s, %s)", [_plain(ref), _hash(_plain(code))])
        found = cursor.fetchone()[0]
    return None if found is None else int(found)


def _plain(typed: str) -> str:
    """As typed, without spaces and hyphens, and letters that look like digits as digits."""
    return typed.upper().translate(_ALIKE)


def _hash(letters: str) -> bytes:
    return salted_hmac("wholeplace.access-code", letters, algorithm="sha256").digest()


def _person_id(ref: str) -> int:
    found = Person.objects.filter(ref=ref).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("There is no such record.")
    return int(found)
