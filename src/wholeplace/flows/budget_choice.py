"""Which budgets an award can come from: each source has conditions of its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wholeplace.core.kernel.dates import show_day
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.kernel.money import format_pence
from wholeplace.core.money.books import financial_year
from wholeplace.core.rules.decide import ANSWERS, Evaluation
from wholeplace.core.rules.schemes import Funding, Pay, Scheme
from wholeplace.rooms.ledger import queries as books


@dataclass(frozen=True)
class BudgetChoice:
    """A budget that an award could come from, and whether its source's conditions hold.

    `fits` is yes, no or possible; `why` says which condition does not hold or is not known.
    """

    id: int
    source_code: str
    source_name: str
    year_shown: str
    available_pence: int
    fits: str
    why: str


def choices(scheme: Scheme, pay: Pay, evaluation: Evaluation, first: dt.date) -> list[BudgetChoice]:
    """The budgets of the year in which an award begins, in the scheme's order of sources."""
    order = {code: place for place, code in enumerate(pay.funding)}
    found = []
    for line in books.budgets(scheme.key, year=financial_year(first)):
        if line.source_code in order:
            fits, why = _fits(scheme.place.funding[line.source_code], evaluation, first)
            found.append(
                BudgetChoice(
                    line.id,
                    line.source_code,
                    line.source_name,
                    line.year_shown,
                    line.available_pence,
                    fits,
                    why,
                )
            )
    return sorted(found, key=lambda choice: order[choice.source_code])


def _fits(funding: Funding, evaluation: Evaluation, day: dt.date) -> tuple[str, str]:
    """Whether a source's own conditions hold for this person (brief 05, scenario 5)."""
    if not funding.open_on(day):
        return "no", f"{funding.name} is not open on {show_day(day)}."
    answers = {item.text: evaluation.condition(item) for item in funding.conditions}
    for value in (False, None):
        texts = [text for text, held in answers.items() if held is value]
        if texts:
            words = "It needs that the person" if value is False else "It is not known whether"
            return ANSWERS[value], f"{words} {'; '.join(texts)}."
    return "yes", ""


def check_budget(offered: tuple[BudgetChoice, ...], budget_id: int) -> None:
    """Raises UserMistake when a source cannot pay, naming those that can."""
    chosen = next((b for b in offered if b.id == budget_id), None)
    if chosen is not None and chosen.fits == "yes":
        return
    others = [
        f"{b.source_name} ({format_pence(b.available_pence)} available)"
        for b in offered
        if b.fits == "yes"
    ]
    raise UserMistake(
        f"{chosen.source_name} cannot pay this award." if chosen else "This is not a budget of it.",
        why=chosen.why if chosen else "",
        do=f"Choose {' or '.join(others)}." if others else "No other source fits today.",
    )
