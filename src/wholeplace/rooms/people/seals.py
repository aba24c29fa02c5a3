"""Recording an adoption order, and a second worker's word on it; who is told of a sealed record.

Recorded, every record in which agencies know the child as they were is closed at once. Confirmed
by somebody else, the child has a new record with the new name and nothing of the old one but the
birth date. Taken back by somebody else, the records are open as before. The database refuses
whoever recorded the order (brief 15: opening P5 takes two people).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from wholeplace.core.identity import fold, fold_words
from wholeplace.core.identity.numbers import is_nhs_number, is_upn
from wholeplace.core.kernel.errors import NotFound, Refused, Stale, UserMistake
from wholeplace.core.rules.files.sealed_file import OPENS as SEAL
from wholeplace.core.rules.files.sealed_file import SealedFile
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.people import search_keys
from wholeplace.rooms.people.models import (
    AdoptionSeal,
    Person,
    SealDecision,
    SealedPerson,
    SealNotice,
)
from wholeplace.rooms.people.references import plain

CEASED = {"E11": "Adopted, application unopposed", "E12": "Adopted, consent dispensed with"}
SAME, SEALED, SHARED = "WPS02", "WPS09", "WPS10"
SECOND = "23505"  # a unique violation: two decided at one moment, and the other was first
NUMBERS = {"nhs_number": "NHS number", "upn": "pupil number (UPN)", "phone": "phone number"}


@dataclass(frozen=True, slots=True)
class NewName:
    """Who the child is from the order on; numbers are empty where there is none yet."""

    given_names: str
    family_name: str
    nhs_number: str = ""
    upn: str = ""
    phone: str = ""


@transaction.atomic
def record_order(*, refs: Sequence[str], order_on: dt.date, ceased: str, new: NewName) -> int:
    """Close the records of a child who was adopted; returns the order's number.

    Args:
        refs: every record in which an agency knows the child as they were.
        order_on: the day on which the court made the order.
        ceased: why care ceased: E11 or E12.

    Raises:
        NotFound: one of the records is not there for this reader.
        Refused: the role may not.
        UserMistake: no record, a day to come, a record that is sealed already, a number that
            cannot be one, or one that the old record has.
    """
    require_actor().require(SEAL)
    given, family = (" ".join(name.split()) for name in (new.given_names, new.family_name))
    people = _people(refs)
    if ceased not in CEASED:
        raise UserMistake(f"Care does not cease by {ceased!r}.", do="Use E11 or E12.")
    if order_on > timezone.localdate():
        raise UserMistake("An order of a day to come is not made yet.", do="Give its day.")
    if not fold(given) or not fold(family):
        raise UserMistake("The new name is not whole.", do="Give given names and a family name.")
    with _in_words():
        seal = AdoptionSeal.objects.create(
            order_on=order_on,
            ceased=ceased,
            given_names=given,
            family_name=family,
            given_key=fold(given),
            family_key=fold(family),
            date_of_birth=_born(people),
            **_numbers(new),
        )
        for person in people:
            SealedPerson.objects.create(seal=seal, person=person)
    for person in people:
        audit.record("adoption.seal", person_id=person.pk, record=f"order {seal.pk}")
    return int(seal.pk)


@transaction.atomic
def confirm_order(*, seal: int, reason: str) -> str:
    """Say that an order is right; returns the reference of the new record.

    Raises:
        NotFound: no such order for this reader.
        Refused: the role may not, or the same worker recorded the order.
        Stale: it was decided meanwhile.
        UserMistake: no reason, or an old record has come to share a number with the new one.
    """
    decided = _decide(seal, "confirmed", reason)
    new = Person.objects.get(pk=decided.new_person_id)
    order = AdoptionSeal.objects.get(pk=seal)
    with connection.cursor() as cursor:
        names = (order.given_names, order.family_name, None, None)
        search_keys.put(cursor, new.pk, order.agency_id, *names, new.date_of_birth)
    audit.record("adoption.confirm", person_id=new.pk, record=f"order {seal}")
    return str(new.ref)


@transaction.atomic
def withdraw_order(*, seal: int, reason: str) -> None:
    """Take an order back that should not have been recorded; its records are open again.

    Raises:
        As `confirm_order` does.
    """
    _decide(seal, "withdrawn", reason)
    for person in SealedPerson.objects.filter(seal_id=seal).values_list("person_id", flat=True):
        audit.record("adoption.withdraw", person_id=person, record=f"order {seal}")


def put_notice(file: SealedFile | None) -> None:
    """Make who is told of sealed records what the governance file says; safe to repeat."""
    with transaction.atomic(using="owner"):
        SealNotice.objects.using("owner").all().delete()
        if file is not None:
            SealNotice.objects.using("owner").create(
                roles=file.roles,
                purposes=file.purposes,
                service=file.ring.service,
                phone=file.ring.phone,
            )


class RecordRestricted(Refused):
    """There is such a record, it is closed, and this is whom to ring: nothing else is said."""

    def __init__(self, person_id: int) -> None:
        notice = SealNotice.objects.get()
        super().__init__("Record restricted.", do=f"Ring {notice.service} on {notice.phone}.")
        self.person_id = person_id


def refuse_restricted(ref: str) -> None:
    """Raise RecordRestricted where the reader is to be told of a sealed record; else nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_restricted_ref(%s)", [plain(ref)])
        (found,) = cursor.fetchone()
    if found is not None:
        raise RecordRestricted(found)


def restricted_notice(
    *, reference: str = "", name: str = "", born: dt.date | None = None, **others: object
) -> str:
    """What a search says besides what it found; empty where there is nothing to be told.

    A sealed record is told of by its reference, or by its family name with a given name or the
    birth date, each whole or as it begins; never by a family name alone, or by anything else.
    Whoever is told is written down with the record.
    """
    if any(others.values()):
        return ""
    found = _told_by_ref(reference) if reference.strip() else _told_by_name(name, born)
    if not found:
        return ""
    audit.record("adoption.told", people=found)
    told = RecordRestricted(found[0])
    return f"{told.what} {told.do}"


def _told_by_ref(reference: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_restricted_ref(%s)", [plain(reference)])
        return [number for (number,) in cursor.fetchall() if number is not None]


def _told_by_name(name: str, born: dt.date | None) -> list[int]:
    words = fold_words(name)[:5]
    ways = [("".join(words), "")] if words else []
    for at in range(1, len(words)):
        first, last = "".join(words[:at]), "".join(words[at:])
        ways += [(last, first), (first, last)]
    with connection.cursor() as cursor:
        families, givens = [family for family, _ in ways], [given for _, given in ways]
        cursor.execute(
            "SELECT people_restricted_named(%s::text[], %s::text[], %s)", [families, givens, born]
        )
        return list(cursor.fetchone()[0])


def _people(refs: Sequence[str]) -> list[Person]:
    wanted = list(dict.fromkeys(plain(ref) for ref in refs))
    found = list(Person.objects.filter(ref__in=wanted).order_by("pk"))
    if not wanted:
        raise UserMistake("No record was chosen.", do="Choose the child's records.")
    if len(found) != len(wanted):
        raise NotFound("There is no such record.")
    return found


def _born(people: Sequence[Person]) -> dt.date | None:
    """The birth date that most of the records have, which the new one goes on with."""
    dates = [one.date_of_birth for one in people if one.date_of_birth]
    return max(sorted(set(dates)), key=dates.count, default=None)


def _numbers(new: NewName) -> dict[str, str | None]:
    nhs = "".join(new.nhs_number.split())
    upn = "".join(new.upn.split()).upper()
    if nhs and not is_nhs_number(nhs):
        raise UserMistake("This is not an NHS number.", do="Check it, or leave it empty.")
    if upn and not is_upn(upn):
        raise UserMistake("This is not a pupil number.", do="Check it, or leave it empty.")
    return {"nhs_number": nhs or None, "upn": upn or None, "phone": new.phone.strip() or None}


def _decide(seal: int, outcome: str, reason: str) -> SealDecision:
    require_actor().require(SEAL)
    if not AdoptionSeal.objects.filter(pk=seal).exists():
        raise NotFound("There is no such adoption order.")
    if not reason.strip():
        raise UserMistake("Nothing was said of how this is known.", do="Say what you saw.")
    if SealDecision.objects.filter(seal_id=seal).exists():
        raise Stale("This order was decided meanwhile.")
    with _in_words():
        made = SealDecision.objects.create(seal_id=seal, outcome=outcome, reason=reason.strip())
    made.refresh_from_db()
    return made


@contextmanager
def _in_words() -> Iterator[None]:
    """What the database refuses (`seal_sql`), as a sentence."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", "")
        if state == SAME:
            raise Refused(
                "You recorded this order, so somebody else decides it.",
                do="Ask another adoption worker.",
            ) from error
        if state == SECOND:
            raise Stale("This order was decided meanwhile.") from error
        if state == SEALED:
            raise UserMistake(
                "One of these records is sealed already.", do="Look at the list of orders."
            ) from error
        if state == SHARED:
            number = NUMBERS[str(error.__cause__).split("share ")[-1].split()[0]]
            raise UserMistake(
                f"The old record has this {number}.",
                why="Whoever knows it would know the child again.",
                do="Leave it empty until the child has a new one.",
            ) from error
        raise
