"""A scheme's public page: who it is for, what it pays, what it promises, with worked cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from wholeplace.cli._reference.cases import case_lines
from wholeplace.cli._reference.markdown import (
    begin,
    capital,
    code,
    ended,
    from_to,
    table,
    whole,
    words,
)
from wholeplace.cli._reference.orders import order_lines
from wholeplace.cli._reference.rates import rate_lines
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.schemes import AS_AT, Criterion, Funding, Part, Pay, Scheme
from wholeplace.core.rules.shown import show_date, show_literal

FOUND_BY = {
    "trawl": "we look for people in the data that the scheme may read",
    "referral": "somebody who works with you refers you",
    "self_referral": "you ask",
    "outreach": "we come to you",
}
PROMISES = {
    "lead": "Who leads",
    "decide_within": "Decided within",
    "pay_within": "Paid within",
    "reconsider_within": "May be asked to be reconsidered within",
    "answer_within": "We wait for an answer for",
    "release": "Who releases the money",
    "quality_check_over": "Checked by a second person above",
}
COUNTING = {
    "total": "the {} weeks of statutory help among them",
    "additional": "after the {} weeks of statutory help",
}

AMOUNT = {
    "week": "A week's amount",
    "month": "A month's amount",
    "year": "A year's amount",
    "once": "The amount",
}
ONGOING = {
    "week": "Every week.",
    "month": "Every month.",
    "year": "Every year.",
    "once": "Once.",
}


def page(scheme: Scheme) -> str:
    """The whole page."""
    made_from = f"the place's file schemes/{scheme.key}.yaml"
    lines = [*begin(scheme.name, made_from), "", *_about(scheme), "", "## Who it is for"]
    lines += ["", *_eligible(scheme), *_criteria(scheme), *_settings(scheme), *_assumed(scheme)]
    lines += rate_lines(scheme)
    lines += order_lines(scheme)
    lines += ["", "## How people come to it", ""]
    lines += [f"- {capital(FOUND_BY[way])}." for way in scheme.found_by]
    if scheme.pays:
        lines += ["", "## What it pays", *_pays(scheme), *_money(scheme)]
    lines += ["", "## What it promises", *_promises(scheme), *_milestones(scheme)]
    return whole([*lines, *case_lines(scheme)])


def _about(scheme: Scheme) -> Iterator[str]:
    basis = scheme.place.bases[scheme.lawful_basis]
    yield f"Run by the {words(scheme.owner)}. It takes people"
    yield f"{from_to(scheme.valid_from, scheme.valid_to)}, and is about a {scheme.about}."
    yield f"Source of its rules: {ended(scheme.source)}"
    yield ""
    yield f"Lawful basis: {ended(basis.name)} {ended(basis.law)}"
    yield f"Purpose: {ended(basis.purpose)}"
    read = ", ".join(words(name) for name in scheme.may_read)
    yield f"It may read the data of: {read}." if read else "It may read no agency's data."


def _eligible(scheme: Scheme) -> Iterator[str]:
    if scheme.eligible.kind == "criterion":
        yield f"Somebody who {scheme.criteria[scheme.eligible.key].text}."
        return
    yield from _part(scheme, scheme.eligible, 0)


HEADS = {
    "all": "all of these are so:",
    "any": "at least one of these is so:",
    "not": "this is not so:",
}


def _part(scheme: Scheme, part: Part, depth: int) -> Iterator[str]:
    """A piece of `eligible`, as a list in a list."""
    lead = "  " * (depth - 1) + "- " if depth else ""
    if part.kind == "criterion":
        yield f"{lead}{scheme.criteria[part.key].text}"
        return
    head = HEADS[part.kind]
    yield f"{lead}{head if depth else 'The scheme fits somebody of whom ' + head}"
    if not depth:
        yield ""
    for inner in part.parts:
        yield from _part(scheme, inner, depth + 1)


def _criteria(scheme: Scheme) -> list[str]:
    rows = [
        (item.text, code(item.rule.text), _day(scheme, item.on), _facts(item.rule, scheme, ".."))
        for item in scheme.used_criteria()
    ]
    return ["", "### Rules", *table(("Criterion", "Rule", "Read at", "Facts"), rows)]


def _day(scheme: Scheme, on: str) -> str:
    return "the day asked about" if on == AS_AT else f"the day of {_fact(scheme, on, '..')}"


def _fact(scheme: Scheme, name: str, up: str) -> str:
    return f"[{code(scheme.place.facts[name].written)}]({up}/facts/{name}.md)"


def _facts(rule: t.Rule, scheme: Scheme, up: str) -> str:
    names = dict.fromkeys(use.name for use in t.fact_uses(rule.tree))
    return ", ".join(_fact(scheme, name, up) for name in names)


def _settings(scheme: Scheme) -> list[str]:
    """The figures that rules name; their meanings are in the file and not in the checked tree."""
    from wholeplace.core.rules.files.yaml import load_text

    told: dict[str, Any] = load_text(scheme.text).value.get("settings", {})
    rows = []
    for name, setting in scheme.settings.items():
        value = show_literal(setting.literal) if setting.literal else ", ".join(setting.codes)
        said = told[name]
        rows.append((code(name), value, ended(said["meaning"]), said.get("source", "")))
    return table(("Figure", "Is", "Meaning", "From"), rows)


def _assumed(scheme: Scheme) -> Iterator[str]:
    if scheme.assume:
        yield ""
        yield "Where a fact is not known, the scheme assumes:"
        yield ""
        for name, value in scheme.assume.items():
            yield f"- {code(name)}: {_plain(value)}"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return show_date(value)
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _pays(scheme: Scheme) -> Iterator[str]:
    for pay in scheme.pays.values():
        yield ""
        yield f"**{ended(pay.text or words(pay.key))}** {_weeks(pay)}"
        yield ""
        yield f"{AMOUNT[pay.every]}, read at {_day(scheme, pay.on)}:"
        yield ""
        yield "```"
        yield " ".join(pay.amount.text.split())
        yield "```"
        yield ""
        read = _facts(pay.amount, scheme, "..")
        yield f"Facts: {read}." if read else "It reads no fact: the same for everybody."


def _weeks(pay: Pay) -> str:
    if pay.weeks is None:
        return ONGOING[pay.every]
    statutory = f", {COUNTING[pay.counting].format(pay.statutory_weeks)}"
    return f"For {pay.weeks} weeks{statutory if pay.statutory_weeks else ''}."


def _money(scheme: Scheme) -> list[str]:
    names = dict.fromkeys(name for pay in scheme.pays.values() for name in pay.funding)
    rows = [_fund(scheme.place.funding[name]) for name in names]
    heads = ("Money, in this order", "Open", "Only for somebody who", "If we say no", "From")
    return ["", "### Where the money comes from", *table(heads, rows)]


def _fund(fund: Funding) -> tuple[str, ...]:
    needs = "; ".join(_condition(item) for item in fund.conditions) or "anybody the scheme fits"
    return (fund.name, from_to(fund.valid_from, fund.valid_to), needs, fund.review, fund.source)


def _condition(item: Criterion) -> str:
    return f"{item.text} ({code(item.rule.text)})"


def _promises(scheme: Scheme) -> list[str]:
    said = scheme.journey.model_dump()
    rows = [(PROMISES[key], words(str(value))) for key, value in said.items() if value]
    return table(
        ("Promise", "Is"), sorted(rows, key=lambda row: list(PROMISES.values()).index(row[0]))
    )


def _milestones(scheme: Scheme) -> list[str]:
    rows = [
        (
            capital(words(name)),
            f"{mark.weeks} weeks after {_fact(scheme, mark.after, '..')}",
            mark.target,
        )
        for name, mark in scheme.milestones.items()
    ]
    found = table(("Milestone", "When", "Share who should reach it"), rows)
    return ["", "### What we watch", *found] if found else []
