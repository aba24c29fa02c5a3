"""Moving money. Each action is one transfer in the caller's transaction."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import IntegrityError, connection, transaction

from wholeplace.core.kernel.errors import NotFound, Stale, UserMistake
from wholeplace.core.kernel.money import format_pence
from wholeplace.core.money.books import WAYS, Overspent
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.ledger.models import Account, Budget, FundingSource, Transfer

# One statement, so that a transfer costs one round trip. Accounts stand in the order in which
# they were made, so that no two transfers wait for each other's balance crosswise.
POST = """
WITH t AS (
    INSERT INTO ledger_transfer (agency_id, by_id, by_user_id, recorded_at, kind, happened_on,
                                 memo, about, reverses_id, key)
    VALUES (0, 0, 0, now(), %(kind)s, %(happened_on)s, %(memo)s, %(about)s, NULL, %(key)s)
    ON CONFLICT (by_id, key) DO NOTHING
    RETURNING id)
INSERT INTO ledger_leg (agency_id, transfer_id, account_id, amount_pence)
SELECT a.agency_id, t.id, a.id, CASE a.kind WHEN %(source)s THEN -%(pence)s ELSE %(pence)s END
  FROM t, ledger_account a
 WHERE a.budget_id = %(budget)s AND a.kind IN (%(source)s, %(target)s)
 ORDER BY a.id
RETURNING transfer_id
"""


@transaction.atomic
def open_budget(*, source: str, source_name: str, scheme: str, year: int) -> int:
    """The budget of this source, scheme and financial year; made when there is none yet."""
    actor = require_actor()
    actor.require("fund.allocate")
    FundingSource.objects.get_or_create(code=source, defaults={"name": source_name})
    budget, made = Budget.objects.get_or_create(
        agency_id=actor.agency_id, source_id=source, scheme=scheme, year=year
    )
    if made:
        audit.record("budget.open", record=f"budget {budget.pk}")
    return int(budget.pk)


def allocate(
    *, budget_id: int, pence: int, happened_on: dt.date, memo: str, key: uuid.UUID | None = None
) -> int:
    """Put money into a budget; returns the transfer's number."""
    return _post("fund.allocate", "allocate", budget_id, pence, happened_on, memo, key=key)


def reserve(*, budget_id: int, pence: int, happened_on: dt.date, memo: str, about: str) -> int:
    """Hold money for an award.

    Raises:
        Overspent: less than this is available. The caller's transaction goes on.
    """
    return _post("award.decide", "reserve", budget_id, pence, happened_on, memo, about=about)


def pay(*, budget_id: int, pence: int, happened_on: dt.date, memo: str, about: str) -> int:
    """Money that was held leaves."""
    return _post("payment.release", "pay", budget_id, pence, happened_on, memo, about=about)


def release(*, budget_id: int, pence: int, happened_on: dt.date, memo: str, about: str) -> int:
    """Money that was held becomes available again."""
    return _post("award.end", "release", budget_id, pence, happened_on, memo, about=about)


def reverse(*, transfer_id: int, happened_on: dt.date, memo: str) -> int:
    """Undo a transfer by its opposite; both stay.

    Raises:
        NotFound: no such transfer for this reader.
        UserMistake: it was reversed already, or is itself a reversal.
        Overspent: what it gave has been used meanwhile.
    """
    require_actor().require("payment.reverse")
    found = Transfer.objects.filter(pk=transfer_id).first()
    if found is None:
        raise NotFound("There is no such transfer.")
    if found.kind == "reverse" or Transfer.objects.filter(reverses=found).exists():
        raise UserMistake("This transfer has been reversed, or is itself a reversal.")
    with _RefusingOverspending(None), transaction.atomic():
        undo = Transfer.objects.create(
            kind="reverse", happened_on=happened_on, memo=memo, about=found.about, reverses=found
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_leg (agency_id, transfer_id, account_id, amount_pence)"
                " SELECT agency_id, %s, account_id, -amount_pence FROM ledger_leg"
                " WHERE transfer_id = %s ORDER BY account_id",
                [undo.pk, transfer_id],
            )
    audit.record("transfer.reverse", record=f"transfer {undo.pk}")
    return int(undo.pk)


def _post(
    right: str,
    kind: str,
    budget_id: int,
    pence: int,
    happened_on: dt.date,
    memo: str,
    *,
    about: str = "",
    key: uuid.UUID | None = None,
) -> int:
    require_actor().require(right)
    if pence <= 0:
        raise UserMistake("An amount must be more than £0.00.")
    values: dict[str, object] = {
        "kind": kind,
        "happened_on": happened_on,
        "memo": memo,
        "about": about,
        "key": key,
    }
    values |= {"source": WAYS[kind][0], "target": WAYS[kind][1], "pence": pence}
    values["budget"] = budget_id
    with _RefusingOverspending(budget_id, pence), transaction.atomic():
        number = _insert(values)
    if number is None:
        return _earlier(values)
    audit.record(f"money.{kind}", record=f"transfer {number}", detail={"budget": budget_id})
    return number


def _insert(values: dict[str, object]) -> int | None:
    """The new transfer's number; None when its form was sent before."""
    with connection.cursor() as cursor:
        cursor.execute(POST, values)
        rows = cursor.fetchall()
        if len(rows) not in (0, len(WAYS[str(values["kind"])])):
            raise NotFound("There is no such budget.")
    if rows:
        return int(rows[0][0])
    if values["key"] is None or not Budget.objects.filter(pk=values["budget"]).exists():
        raise NotFound("There is no such budget.")
    return None


def _earlier(values: dict[str, object]) -> int:
    """The transfer that this very form made; raises Stale when it said something else."""
    same = {name: values[name] for name in ("kind", "happened_on", "memo", "about", "key")}
    earlier = Transfer.objects.filter(
        by_id=require_actor().membership_id,
        legs__account__budget_id=values["budget"],
        legs__amount_pence=values["pence"],
        **same,
    ).first()
    if earlier is None:
        raise Stale("This form was used for something else.", do="Open it again.")
    return int(earlier.pk)


class _RefusingOverspending:
    """Turns the database's refusal into words, after its savepoint was rolled back."""

    def __init__(self, budget_id: int | None, pence: int = 0) -> None:
        self._budget_id = budget_id
        self._pence = pence

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, IntegrityError) and "ledger_never_below_zero" in str(error):
            raise Overspent(self._words()) from error

    def _words(self) -> str:
        left = Account.objects.filter(budget_id=self._budget_id, kind="available").values_list(
            "balance_pence", flat=True
        )
        there = f"{format_pence(left[0])} is available" if left else "the money is not there"
        return f"{format_pence(self._pence)} is needed and {there}."
