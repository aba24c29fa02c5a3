"""What was kept with an application or an award, as far as the reader may see it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from wholeplace.core.rules.kept import kept_for
from wholeplace.flows import place_rules
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.casework.shown import Application, Award, Decision


def application_for_reader(found: Application) -> Application:
    """The application with only what its reader's classes allow of answers and decision.

    Only for showing: what is decided goes by all that was stated.
    """
    classes = require_actor().classes
    return replace(
        found,
        answers=_answers(found.answers, classes),
        information=tuple(
            replace(one, answers=_answers(one.answers, classes)) for one in found.information
        ),
        decision=_decision(found.decision, classes) if found.decision else None,
    )


def award_for_reader(found: Award) -> Award:
    """The award with its decision as its reader's classes allow."""
    return replace(found, decision=_decision(found.decision, require_actor().classes))


def _decision(made: Decision, classes: Collection[str]) -> Decision:
    return replace(made, explanation=kept_for(made.explanation, classes))


def _answers(answers: Mapping[str, Any], classes: Collection[str]) -> dict[str, Any]:
    """The answers about facts of these classes; a fact that the place has no more is nobody's."""
    facts = place_rules.place_rules().facts
    by_name = {spec.written: spec for spec in facts.values()}
    told = {name: by_name.get(name) or facts.get(name) for name in answers}
    return {
        name: answers[name]
        for name, spec in told.items()
        if spec is not None and spec.information_class in classes
    }
