"""One fact of every derivation, and more where a derivation has edges."""

from __future__ import annotations

from typing import Any

from wholeplace.core.rules.facts import FactSpec


def fact(name: str, type_: str, derive: dict[str, Any], **more: Any) -> FactSpec:
    """A fact of the benefits service."""
    return FactSpec.model_validate(
        {
            "name": name,
            "meaning": name,
            "type": type_,
            "question": f"{name}?",
            "class": "P2",
            "agency": "council-benefits",
            "derive": derive,
            **more,
        }
    )


def _latest_job(column: str) -> dict[str, Any]:
    return {"latest": {"table": "jobs", "column": column, "by": "start_date"}}


def _latest(table: str, column: str, by: str, **where: str) -> dict[str, Any]:
    return {"latest": {"table": table, "column": column, "by": by, "where": where}}


def _spells(kinds: list[str], gap: int, until: int) -> dict[str, Any]:
    return {
        "spells": {
            "table": "benefit_spells",
            "column": "benefit",
            "kinds": kinds,
            "permitted_gap_days": gap,
            "counts_until_days": until,
        }
    }


def _sum(column: str, **where: str) -> dict[str, Any]:
    return {"sum": {"table": "accounts", "column": column, "by": "as_at_date", "where": where}}


def _rule(of: str) -> dict[str, Any]:
    return {"rule": {"of": of}}


def _related(who: str, take: str, **more: str) -> dict[str, Any]:
    return {"related": {"who": who, "take": take, **more}}


def _running(column: str, table: str = "benefit_spells", **where: str) -> dict[str, Any]:
    derive = {"table": table, "column": column, "by": "start_date", "until": "end_date"}
    return {"sum": {**derive, "where": where}}


def _by(table: str, by: str, days: int) -> dict[str, Any]:
    return {"count": {"table": table, "by": by, "within_days": days}}


def _area(indicator: str, of: str) -> dict[str, Any]:
    return {"area": {"indicator": indicator, "of": of}}


BENEFITS = {"uc": "Universal Credit", "jsa": "JSA", "esa": "ESA", "hb": "Housing Benefit"}
UC_PENCE = _latest("benefit_spells", "weekly_pence", "end_date", benefit="uc")
WHICH_WARD = {"area": {"of": "ward", "named": {"E05A": "aston", "E05B": "old"}}}
NEWEST = _latest("benefit_spells", "benefit", "start_date")

LONGEST = "time_on(qualifying_benefits)"
JOB_BY = {"table": "jobs", "by": "start_date"}
TENURES = ("owned", "council", "private_rent")
TENURE = {
    "latest": {"table": "residences", "column": "tenure", "by": "from_date", "until": "to_date"}
}

WORKED = (
    fact("half_rent", "money", _rule("50.0% * weekly_rent - £0.01")),
    fact("third", "number", _rule("33.3333% * job_hours")),
    fact("days_in_job", "duration", _rule("as_at - job_start_date"), unit="days"),
    fact("in_need", "boolean", _rule("toddlers >= 1 or half_rent > £40.00 or not renting")),
    fact("renting", "boolean", _rule("tenure in [council, private_rent]")),
    fact("far_day", "date", _rule("job_start_date + 170 years")),
    fact("paid_since", "date", _rule("as_at - time_on(any_benefit)")),
    fact("partners", "number", _related("partner", "count")),
    fact("toddlers", "number", _related("children", "count", when="age < 5")),
    fact(
        "young_home", "boolean", _related("household", "any", when="age < 25 or jobs_started > 1")
    ),
    fact("all_grown", "boolean", _related("household", "all", when="age >= 18")),
    fact("home_rents", "money", _related("household", "sum", of="weekly_rent + £0.01")),
    fact(
        "their_hours", "number", _related("non_dependants", "sum", when="age > 20", of="job_hours")
    ),
    fact("parents_began", "date", _related("parents", "least", of="job_start_date")),
    fact("longest", "duration", _related("children", "greatest", of=LONGEST), unit="days"),
    fact("others_toddlers", "number", _related("partner", "sum", of="toddlers + partners")),
    fact(
        "met_lately",
        "boolean",
        _related("household", "any", when="job_start_date + 1 year > as_at"),
    ),
)
"""Worked out by rule, from the people lived with, and from facts so worked out."""

FACTS = {
    spec.name: spec
    for spec in (
        fact("job_start_date", "date", _latest_job("start_date")),
        fact("job_end_date", "date", _latest_job("end_date")),
        fact("job_expected_length", "duration", _latest_job("expected_weeks"), unit="weeks"),
        fact("job_hours", "number", _latest_job("hours_a_week"), unit="hours a week"),
        fact("last_reported_weeks", "number", _latest("jobs", "expected_weeks", "reported_on")),
        fact("jobs_started", "number", _by("jobs", "start_date", 365)),
        fact("housing_costs", "boolean", _latest("benefit_spells", "housing_costs", "start_date")),
        fact("newest_benefit", "code", NEWEST, codes=BENEFITS),
        fact("uc_pence", "money", UC_PENCE),
        fact("born", "date", _latest("persons", "date_of_birth", "date_of_birth")),
        fact("qualifying_benefits", "duration", _spells(["uc", "jsa", "esa"], 14, 0), unit="days"),
        fact("any_benefit", "duration", _spells(["uc", "hb", "jsa"], 0, 60), unit="days"),
        fact("area_claimant_rate", "percent", _area("claimant_rate", "ward")),
        fact("area_decile", "number", _area("imd_decile", "lsoa")),
        fact("ward", "code", WHICH_WARD, codes={"aston": "Aston", "old": "A ward that ended"}),
        fact("weekly_rent", "money", _sum("weekly_charge_pence", kind="rent")),
        fact("arrears", "money", _sum("arrears_pence")),
        fact("age", "number", {"age": {}}),
        fact("tenure", "code", TENURE, codes={name: name for name in TENURES}),
        fact("paid_now", "money", _running("weekly_pence", benefit="uc")),
        fact("hours_now", "number", _running("hours_a_week", "jobs"), unit="hours"),
        fact("jobs_held", "number", {"count": {**JOB_BY, "within_days": 700, "until": "end_date"}}),
        *WORKED,
        fact("central_heating", "boolean", {"stated": {}}),
        fact("wishes", "duration", {"stated": {}}, unit="weeks"),
    )
}
