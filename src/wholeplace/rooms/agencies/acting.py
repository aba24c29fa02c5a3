"""The acting context: who acts, for which agency, for what purpose, by which route.

Row security reads these settings. They last to the end of the outer transaction, so a
nested context puts back what was there before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, transaction

from wholeplace.core.kernel.errors import Refused

KEYS = (
    *("membership", "agency", "user", "person", "reach"),
    *("classes", "rights", "purpose", "route", "shared", "reads"),
)


@dataclass(frozen=True, slots=True)
class Share:
    """One agency's statements of one class, shared today with who acts.

    `whom`: `linked` (only about people of the own agency) or `everybody`.
    """

    agency_id: int
    information_class: str
    whom: str


@dataclass(frozen=True)
class Actor:
    """Who acts now, as the database confirmed it."""

    membership_id: int
    agency_id: int
    user_id: int
    person_id: int | None
    role: str
    reach: str
    classes: frozenset[str]
    rights: frozenset[str]
    purpose: str
    route: str
    shared: frozenset[Share] = frozenset()

    def can(self, right: str) -> bool:
        """Whether the role holds this right; the database asks again."""
        return right in self.rights

    def require(self, right: str) -> None:
        """Raise Refused, in words, unless the role holds this right."""
        if right not in self.rights:
            raise Refused(
                "You cannot do this in the role you are acting in.",
                do="Ask a colleague who may, or change role if you hold another.",
            )

    def require_classes(self, classes: Collection[str]) -> None:
        """Raise Refused, in words, unless the role has each of these information classes."""
        lacking = sorted(set(classes) - self.classes)
        if lacking:
            raise Refused(
                f"Your role does not have the information class {' and '.join(lacking)}, which "
                "this scheme reads.",
                do="Ask a colleague whose role has it.",
            )


_current: ContextVar[Actor | None] = ContextVar("wholeplace_actor", default=None)


def current_actor() -> Actor | None:
    """Who acts in this context, or None."""
    return _current.get()


def require_actor() -> Actor:
    """Who acts in this context; raises Refused when nobody does."""
    actor = _current.get()
    if actor is None:
        raise Refused("Nobody is acting.", do="Sign in first.")
    return actor


@contextmanager
def acting(membership_id: int, *, purpose: str, route: str) -> Iterator[Actor]:
    """Act as a membership inside one transaction.

    Raises:
        Refused: the membership does not exist, has not begun or has ended.
    """
    nested = connection.in_atomic_block  # otherwise the settings end with the transaction
    with transaction.atomic():
        before = _settings() if nested else []
        actor = _enter(membership_id, purpose, route)
        token = _current.set(actor)
        try:
            yield actor
        finally:
            _current.reset(token)
        if nested and not connection.needs_rollback:  # undoing puts the settings back by itself
            _restore(before)


def _enter(membership_id: int, purpose: str, route: str) -> Actor:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM wp_enter(%s, %s, %s)", [membership_id, purpose, route])
        row = cursor.fetchone()
    if row is None:
        raise Refused(
            "This access has ended or never began.", do="Ask your manager to renew your access."
        )
    agency_id, user_id, person_id, role, reach, classes, rights, shared = row
    return Actor(
        membership_id,
        agency_id,
        user_id,
        person_id,
        role,
        reach,
        frozenset(classes),
        frozenset(rights),
        purpose,
        route,
        frozenset(_share(one) for one in shared),
    )


def _share(text: str) -> Share:
    agency, information_class, whom = text.split(":")
    return Share(int(agency), information_class, whom)


def _settings() -> list[str]:
    columns = ", ".join(f"coalesce(current_setting('wholeplace.{k}', true), '')" for k in KEYS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}")
        return list(cursor.fetchone())


def _restore(values: list[str]) -> None:
    columns = ", ".join(f"set_config('wholeplace.{k}', %s, true)" for k in KEYS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", values)
