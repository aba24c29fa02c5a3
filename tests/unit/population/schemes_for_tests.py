"""Schemes over the facts of these tests: short to write, checked like any other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.unit.population.facts_for_tests import FACTS

from wholeplace.core.rules.files.scheme_file import BasisFile, ValidFile
from wholeplace.core.rules.files.scheme_loader import read_scheme
from wholeplace.core.rules.schemes import PlaceRules, Scheme

BASIS = BasisFile(
    name="Public task",
    law="an Act",
    purpose="to find those who qualify",
    agencies=["council-benefits", "council-tax", "nhs"],
    valid=ValidFile(from_=date(2000, 1, 1)),
)
PLACE = PlaceRules(FACTS, {"public-task": BASIS})

PEOPLE_IN_WORK = {
    "young_or_old": "age < 25 or age >= 60",
    "long_on_benefit": ("job_start_date", "time_on(qualifying_benefits) >= 26 weeks"),
    "poor_area": ("job_start_date", "area_claimant_rate >= 25.0% or area_decile <= 1"),
    "lasting_job": "job_expected_length >= 5 weeks and job_start_date + 13 weeks > as_at",
    "pays_rent": "weekly_rent > £0.00 and not arrears > £500.00",
}
"""Every kind of fact, days of their own, and all three values."""


PLAIN: Mapping[str, Any] = {
    "scheme": "tried",
    "name": "A scheme of these tests",
    "owner": "us",
    "source": "these tests",
    "valid": {"from": "2001-01-01"},
    "about": "person",
    "lawful_basis": "public-task",
    "may_read": ["council-benefits"],
    "found_by": ["trawl"],
    "journey": {"lead": "us", "decide_within": "10 days"},
    "cases": [
        {"name": "none", "as_at": "2026-01-01", "facts": {}, "expect": {"eligible": "possible"}}
    ],
}


def scheme(
    criteria: Mapping[str, str | tuple[str, str]],
    eligible: Any = None,
    place: PlaceRules = PLACE,
    **more: Any,
) -> Scheme:
    """A scheme for all who meet every criterion, unless `eligible` says otherwise.

    A criterion is a rule, or the dated fact that it is read on and a rule.
    """
    written = {
        key: {"text": key, "when": rule}
        if isinstance(rule, str)
        else {"text": key, "on": rule[0], "when": rule[1]}
        for key, rule in criteria.items()
    }
    whole = {
        **PLAIN,
        "criteria": written,
        "eligible": eligible or {"all": list(criteria)},
        **more,
    }
    text = json.dumps(whole, ensure_ascii=False)
    for day in ("2001-01-01", "2026-01-01"):
        text = text.replace(f'"{day}"', day)
    return read_scheme(text, place)
