"""SQL written by hand, to stand beside what the program prints."""

from __future__ import annotations

import re
from datetime import date

from wholeplace.core.rules.schemes import Scheme
from wholeplace.population.facts.sql import FactQueries
from wholeplace.population.snapshot import Snapshot
from wholeplace.population.snapshot.tables import TABLES
from wholeplace.population.trawl.questions import questions_of

BY_HAND = """
SELECT person_id, ref,
    CASE WHEN jobs_started__on__as_at >= 1
        AND area_imd_decile__on__job_start_date <= 1
        AND qualifying_benefits__on__job_start_date >= 182
        AND job_expected_length__on__as_at >= 35
        AND (weekly_rent__on__as_at > 0 OR weekly_council_tax__on__as_at > 0)
    THEN 'yes' ELSE 'possible' END AS answer,
    deceased, do_not_contact, unsafe_address,
    {
        'job_started': jobs_started__on__as_at >= 1,
        'priority_area': area_imd_decile__on__job_start_date <= 1,
        'on_benefit_26_weeks': qualifying_benefits__on__job_start_date >= 182,
        'job_expected_to_last': job_expected_length__on__as_at >= 35,
        'rent_or_council_tax': weekly_rent__on__as_at > 0 OR weekly_council_tax__on__as_at > 0
    } AS criteria
FROM "facts ready"
WHERE (jobs_started__on__as_at >= 1) IS NOT FALSE
    AND (area_imd_decile__on__job_start_date <= 1) IS NOT FALSE
    AND (qualifying_benefits__on__job_start_date >= 182) IS NOT FALSE
    AND (job_expected_length__on__as_at >= 35) IS NOT FALSE
    AND (weekly_rent__on__as_at > 0 OR weekly_council_tax__on__as_at > 0) IS NOT FALSE
ORDER BY person_id
"""
"""Transition payments over `ReadyFacts`, as an analyst would write them."""

_ADDED_UP = {
    "BIGINT": "sum({})",
    "DECIMAL(18,4)": "sum({})",
    "BOOLEAN": "count(*) FILTER ({})",
    "DATE": "sum({} - DATE '1970-01-01')",
    "VARCHAR": "sum(strlen({}))",
}


def floor_queries(snapshot: Snapshot, schemes: list[Scheme], as_at: date) -> list[str]:
    """A query a table that reads every column the schemes' facts read, and adds each up."""
    questions = questions_of(schemes)
    place = schemes[0].place
    facts = FactQueries(snapshot, place.facts, as_at, {}, workings=place.workings)
    text = facts.facts(questions.needs) + "".join(facts.days(day.on) for day in questions.days)
    words = set(re.findall(r"\w+", text))
    return [
        f"SELECT {', '.join(sums)} FROM {snapshot.source(name)}"
        for name, table in TABLES.items()
        if str(snapshot.file(name)) in text
        and (
            sums := [
                _ADDED_UP[kind].format(f'"{column}"')
                for column, kind in table.columns.items()
                if column in words
            ]
        )
    ]
