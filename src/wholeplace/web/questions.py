"""A fact's own question as a box on a form, and what was answered as a scheme's file writes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from wholeplace.core.rules.computed import BIRTH
from wholeplace.core.rules.facts import Area, FactSpec
from wholeplace.web.look.forms import ActionForm, DateField, MoneyField
from wholeplace.web.look.model import SummaryRow
from wholeplace.web.look.words import long_day, pounds

TRUTH = [("yes", "Yes"), ("no", "No"), ("", "Not known")]
# Nobody is asked for a count of rows. An area's figure is looked up by the address they say.
ASKABLE = ("latest", "spells", "sum", "stated", "rule", "related", "area")
PREFIX = "fact-"
THAT_DAY = "on that day"
LOOK_UP = "Ask for the address and look up its area. Then type the figure of it: {}"


def askable(spec: FactSpec) -> bool:
    """Whether a form can ask for it."""
    return spec.derive.kind in ASKABLE


def question_on(question: Mapping[str, Any], explanation: Mapping[str, Any]) -> str:
    """A question with its day named: `At which address did you live on 3 August 2026?`.

    The day is that of the question, or else of the criterion that waits for it.
    """
    text, on = str(question["question"]), question.get("on", "as_at")
    if THAT_DAY not in text:
        return text
    waits = [
        item["day"]
        for item in explanation["criteria"]
        if (item["key"] in question["criteria"] if on == "as_at" else item["on"] == on)
    ]
    day = next(filter(None, waits), None)
    return text.replace(THAT_DAY, f"on {long_day(dt.date.fromisoformat(day))}") if day else text


def asked_of(explanation: Mapping[str, Any], facts: Mapping[str, FactSpec]) -> list[FactSpec]:
    """The facts still to be asked for: those open in the criteria first, then in the payment."""
    missing = [*explanation["missing"], *(q for p in explanation["pays"] for q in p["missing"])]
    by_name = {spec.written: spec for spec in facts.values()}
    found = [by_name[q["fact"]] for q in missing if q["fact"] in by_name]
    found = [_instead(spec, facts) for spec in found]
    return [spec for spec in {each.name: each for each in found}.values() if askable(spec)]


def _instead(spec: FactSpec, facts: Mapping[str, FactSpec]) -> FactSpec:
    """An age is asked for by the date of birth, which stays right."""
    return facts.get(BIRTH, spec) if spec.derive.kind == "age" else spec


def field_for(spec: FactSpec, label: str = "") -> forms.Field:
    """The box that asks for a fact; it may always be left empty, for not known."""
    common: dict[str, Any] = {"label": label or spec.question, "required": False}
    if spec.derive.kind == "spells" or spec.type == "date":
        past = spec.derive.kind == "spells" or spec.name == BIRTH
        latest = timezone.localdate if past else None
        return DateField(called="The day", latest=latest, **common)
    if spec.type == "money":
        return MoneyField(called="The amount", **common)
    if spec.type == "boolean":
        return forms.ChoiceField(choices=TRUTH, widget=forms.RadioSelect, **common)
    if spec.type == "code":
        choices = [("", "Not known"), *spec.codes.items()]
        return forms.ChoiceField(choices=choices, **common)
    if spec.type == "duration":
        return forms.IntegerField(
            min_value=0, max_value=6000, help_text=f"In {spec.unit}", **common
        )
    hint = spec.unit or ""
    if isinstance(spec.derive, Area):
        hint = LOOK_UP.format(spec.meaning[:1].lower() + spec.meaning[1:])
    return forms.DecimalField(max_digits=12, decimal_places=4, help_text=hint, **common)


def written(spec: FactSpec, value: Any) -> str:
    """An answer as a file of stated facts writes it."""
    if isinstance(value, dt.date):
        return f"since {value}" if spec.derive.kind == "spells" else value.isoformat()
    if spec.type == "money":
        return pounds(int(value))
    if spec.type == "duration":
        return f"{value} {spec.unit}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" + ("%" if spec.type == "percent" else "")
    return str(value)


def put_questions(
    form: ActionForm, explanation: Mapping[str, Any], facts: Mapping[str, FactSpec]
) -> None:
    """Add a box for each fact still to be asked for to a form that is not yet bound to its data."""
    missing = [*explanation["missing"], *(q for p in explanation["pays"] for q in p["missing"])]
    labels = {q["fact"]: question_on(q, explanation) for q in reversed(missing)}
    for spec in asked_of(explanation, facts):
        label = labels.get(spec.written, "")
        form.fields[f"{PREFIX}{spec.name}"] = field_for(spec, label)


def answers_in(said: Mapping[str, Any], facts: Mapping[str, FactSpec]) -> dict[str, str]:
    """What was answered, by the fact's name as rules write it; what was left empty is left out."""
    found = {}
    for name, value in said.items():
        if name.startswith(PREFIX) and value not in (None, ""):
            spec = facts[name.removeprefix(PREFIX)]
            found[spec.written] = written(spec, value)
    return found


def answer_rows(answers: Mapping[str, Any], facts: Mapping[str, FactSpec]) -> list[SummaryRow]:
    """Stated answers with the questions that they answer."""
    by_name = {spec.written: spec for spec in facts.values()}
    rows = []
    for name, value in answers.items():
        spec = by_name.get(name) or facts.get(name)
        rows.append(SummaryRow(spec.question if spec else name, value))
    return rows
