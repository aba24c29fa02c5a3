"""Money comes in: from a source that the place knows, for a scheme that may use it."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from wholeplace.core.kernel.dates import show_day
from wholeplace.core.kernel.errors import NotFound, UserMistake
from wholeplace.core.money.books import financial_year
from wholeplace.flows import place_rules
from wholeplace.rooms.ledger import actions


@transaction.atomic
def put_money(
    *,
    source: str,
    scheme: str,
    pence: int,
    happened_on: dt.date,
    memo: str,
    key: uuid.UUID | None = None,
) -> int:
    """Allocate money to the budget of the day's financial year; returns the budget's number.

    Raises:
        NotFound: the place has no such source or scheme.
        UserMistake: the scheme is not paid from this source, or the source is not open then.
    """
    found = place_rules.scheme(scheme)
    funding = place_rules.place_rules().funding.get(source)
    if funding is None:
        raise NotFound(f"There is no funding source called {source}.")
    if not any(source in pay.funding for pay in found.pays.values()):
        raise UserMistake(f"{found.name} is not paid from {funding.name}.")
    if not funding.open_on(happened_on):
        raise UserMistake(f"{funding.name} is not open on {show_day(happened_on)}.")
    budget = actions.open_budget(
        source=source, source_name=funding.name, scheme=scheme, year=financial_year(happened_on)
    )
    actions.allocate(budget_id=budget, pence=pence, happened_on=happened_on, memo=memo, key=key)
    return budget
