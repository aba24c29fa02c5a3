"""From the rules' explanation, as plain data, to the component that says why.

A decision keeps its explanation as data; one made now is turned into the same first, so that
both look alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from wholeplace.core.rules.files.inherit import place_document
from wholeplace.core.rules.files.places import place_files
from wholeplace.flows import place_rules
from wholeplace.web.look.lists import worked_out
from wholeplace.web.look.model import Criterion, Fact, SummaryRow, Why
from wholeplace.web.questions import question_on

ANSWERS = {"yes": "yes", "no": "no", "possible": "unknown"}
BECOMES = {"yes": "yes", "no": "no", "unknown": "not known"}
STATES = {
    "no_record": "nothing is recorded",
    "outside_data": "outside the data",
    "not_applicable": "does not apply",
}
CLOSED_BEFORE = "The scheme does not take people on this day."  # as decisions kept it until 3.0
ASKED = "stated"  # the agency of facts that nobody holds
PUBLISHED = {"open-data": "published data"}  # what no agency holds by itself
ANOTHERS = "it is on the household’s account, and this person does not answer for it"
Data = Mapping[str, Any]


def why_of(found: Data, *, others: Collection[str] = ()) -> Why:
    """The explanation as the component shows it; the rules already hid what they must.

    Args:
        others: facts that are on the household's account, for which this person does not answer.
    """
    asked = {q["fact"]: question_on(q, found) for q in found["missing"]}
    enough, first = found.get("enough"), found.get("next_question")
    return Why(
        answer=ANSWERS[found["answer"]],
        criteria=tuple(_criterion(item, asked, others) for item in found["criteria"]),
        as_at=dt.date.fromisoformat(found["as_at"]),
        questions=tuple(dict.fromkeys(question_on(q, found) for q in _settling(found))),
        first=question_on(first["question"], found) if first else "",
        settles=bool(enough and enough["exact"]),
        later=_later(found),
        headline=_headline(found),
        notes=tuple(found.get("notes", ())),
    )


def _headline(found: Data) -> str:
    """What the answer alone would say wrongly: a closed scheme, somebody whom it is not about."""
    notes = found.get("notes", ())
    if found.get("closed") or CLOSED_BEFORE in notes:
        return "No. This scheme takes nobody on this day."
    if found["answer"] == "no" and notes and not found["failed"]:
        return "No. This person is not the one to ask for this scheme."
    return ""


def _settling(found: Data) -> list[Data]:
    """The questions that settle it where they were looked for, else every open one."""
    enough = found.get("enough")
    return list(enough["questions"] if enough else found["missing"])


def _later(found: Data) -> str:
    """When time alone changes a no, in a sentence or two; empty where nobody looked."""
    later = found.get("later")
    told = (
        f"{later['shown'][:1].upper()}{later['shown'][1:]}, if nothing else changes."
        if later
        else ""
    )
    return f"{told} {found.get('ahead', '')}".strip()


def pay_rows(found: Data) -> list[SummaryRow]:
    """What the scheme would pay this person, and what the sum is made of."""
    rows = []
    for pay in found["pays"]:
        rows.append(SummaryRow(pay["text"] or pay["key"], pay["shown"], note=_weeks(pay)))
        rows += [
            SummaryRow(meaning_of(fact), fact["shown"], note=note_of(fact))
            for fact in pay["facts"]
            if not fact["protected"]
        ]
        rows += [SummaryRow("By the figures of the day", said) for said in _dated(pay)]
    return rows


def _dated(item: Data) -> list[str]:
    """The dated figures that a rule goes by, each with its days and source in parentheses."""
    return [_figure(said) for said in item.get("settings", ()) if said.endswith(")")]


def _figure(said: str) -> str:
    """`savings_limit is £6,000.00 (…)`, with what it means for its name where that is kept."""
    name, _, value = said.partition(" is ")
    rate = place_rules.place_rules().rates.get(name)
    return f"{_short(rate.meaning)}: {value}" if rate else said


def _weeks(pay: Data) -> str:
    if not pay["weeks"]:
        return ""
    if not pay["statutory_weeks"]:
        return f"for up to {pay['weeks']} weeks"
    national = f"the {pay['statutory_weeks']} weeks of the national rule"
    if pay["counting"] == "total":
        return f"for up to {pay['weeks']} weeks, of which {national} are the first"
    return f"for up to {pay['weeks']} weeks, after {national}"


def _criterion(item: Data, asked: Mapping[str, str], others: Collection[str]) -> Criterion:
    protected = item["value"] == "protected"
    questions = [asked[f["fact"]] for f in item["facts"] if f["fact"] in asked]
    return Criterion(
        text=item["text"],
        answer=item["value"],
        facts=tuple(_fact(fact, others) for fact in item["facts"] if not fact["protected"]),
        question=item["note"] if protected else " ".join(dict.fromkeys(questions)),
        note="" if protected else "; ".join(filter(None, [item["note"], *_dated(item)])),
        on=_day(item["day"]) if item["on"] != "as_at" else None,
        from_day=_day(item.get("from_day")),
        becomes=BECOMES.get(item.get("becomes", ""), ""),
    )


def _fact(fact: Data, others: Collection[str] = ()) -> Fact:
    return Fact(
        meaning=meaning_of(fact),
        value=ANOTHERS if _is_anothers(fact, others) else _value(fact),
        source=source_of(fact),
        as_at=_day(fact["happened"]),
        age_days=fact["age_days"],
        assumed=fact["assumed"],
        came_from=tuple(
            _fact(one, others) for one in fact.get("came_from", ()) if not one["protected"]
        ),
    )


def _is_anothers(fact: Data, others: Collection[str]) -> bool:
    return fact["fact"] in others and fact["value"] is None and fact["state"] == "no_record"


def _value(fact: Data) -> str:
    """The value, or which of four reasons there is none."""
    return str(
        fact["shown"] if fact["value"] is not None else STATES.get(fact["state"], fact["shown"])
    )


def meaning_of(fact: Data) -> str:
    """What a fact is, without what its file adds after a colon."""
    return _short(str(fact["meaning"]))


def _short(meaning: str) -> str:
    return meaning.split(":")[0].strip().rstrip(".")


def note_of(fact: Data) -> str:
    """Where a fact comes from, as a line of its own: what it was worked out from, or its source."""
    return worked_out(_fact(fact)) or _in_words(str(fact["source"] or ""))


def source_of(fact: Data) -> str:
    """Where a fact comes from, as the middle of a sentence; empty where only asking can tell."""
    if not fact["source"] and fact["agency"] == ASKED:
        return ""
    source = _in_words(str(fact["source"] or agency_named(str(fact["agency"]), settings.PLACE)))
    return f"the {source[4:]}" if source.startswith("The ") else source


def _in_words(source: str) -> str:
    """A source without the names of facts in rules, which it has where one was worked out."""
    return source.replace("_", " ") if "worked out" in source else source


@lru_cache(maxsize=64)
def agency_named(code: str, place: Path) -> str:
    """An agency's name by its code, from the place's governance; the code where there is none."""
    if code in PUBLISHED:
        return PUBLISHED[code]
    held = "agencies" in place_files(place, "governance")
    agencies = place_document(place, "governance", "agencies").value["agencies"] if held else {}
    return str(agencies[code]["name"]) if code in agencies else code


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text[:10]) if text else None
