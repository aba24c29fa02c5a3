"""Reading trawls and what they found."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from wholeplace.core.kernel.errors import NotFound
from wholeplace.rooms.agencies.recorded import Step
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.schemes.protected import Hides, Kept, hidden_in, shown, word
from wholeplace.rooms.schemes.standing import CURRENT_RUNS, STANDING

NAME = "trim(u.first_name || ' ' || u.last_name)"
RUN_COLUMNS = f"""
       r.id, r.scheme, v.name, r.as_at, r.known_at, r.state, r.yes, r.possible, r.people,
       {NAME}, r.recorded_at, r.finished_at, r.done, r.stages, r.failure,
       {STANDING}
  FROM schemes_trawlrun r JOIN schemes_schemeversion v ON v.id = r.version_id
  LEFT JOIN agencies_user u ON u.id = r.by_user_id
"""
RUN_MORE = """
SELECT r.basis, r.agencies, r.funnel, r.flagged, v.hash, r.snapshot_made_at, v.id,
       (SELECT p.hash FROM schemes_placeversion p WHERE p.id = v.place_version_id),
"""
BARS = """
  LEFT JOIN LATERAL (SELECT array_agg(DISTINCT b.kind) AS kinds FROM people_contactbar b
                      WHERE b.person_id = f.person_id AND b.ended_at IS NULL) bars ON true
"""
FINDING_COLUMNS = """
       f.id, f.run_id, f.person_id, p.ref, p.name, f.answer, f.state, f.state_reason, f.version,
       f.deceased, f.do_not_contact OR coalesce('do_not_contact' = ANY (bars.kinds), false),
       f.unsafe_address OR coalesce('unsafe_address' = ANY (bars.kinds), false),
       coalesce('objected' = ANY (bars.kinds), false)
"""
ONE = f"""
SELECT {FINDING_COLUMNS}, f.criteria
  FROM schemes_finding f JOIN people_person p ON p.id = f.person_id {BARS}
 WHERE f.id = %s
"""
OF_PERSON = f"""
SELECT {FINDING_COLUMNS}, r.scheme, v.name, r.as_at
  FROM schemes_finding f JOIN people_person p ON p.id = f.person_id
  JOIN schemes_trawlrun r ON r.id = f.run_id JOIN schemes_schemeversion v ON v.id = r.version_id
  {BARS}
 WHERE f.person_id = %s ORDER BY f.id DESC
"""
SEEN = "SELECT run_id, answer, people FROM schemes_seen(%s)"
CRITERIA = """
SELECT f.id, f.criteria, r.version_id
  FROM schemes_finding f JOIN schemes_trawlrun r ON r.id = f.run_id WHERE f.id = ANY (%s)
"""
STEPS = f"""
SELECT s.event, s.from_state, s.to_state, s.happened_on, s.recorded_at, {NAME}, s.reason
  FROM schemes_findingstep s LEFT JOIN agencies_user u ON u.id = s.by_user_id
 WHERE s.finding_id = %s ORDER BY s.id
"""


@dataclass(frozen=True)
class RunLine:
    """A trawl in a list.

    `yes` and `possible` are of those found whom the reader may see; None until it is whole.
    """

    id: int
    scheme: str
    scheme_name: str
    as_at: dt.date
    known_at: dt.datetime | None
    state: str  # waiting, running, whole, failed
    yes: int | None
    possible: int | None
    people: int | None
    asked_by: str
    asked_at: dt.datetime
    finished_at: dt.datetime | None
    progress_done: int
    progress_all: int
    failure: str
    standing: str  # current, earlier, look_back, look_ahead; empty until it is whole


@dataclass(frozen=True)
class FunnelStep:
    """How one criterion fell over everybody; `left` are those not yet ruled out.

    The counts are None where the criterion is protected from the reader; `left` from there on.
    """

    key: str
    text: str
    on: str
    yes: int | None
    no: int | None
    unknown: int | None
    left: int | None
    protected: bool = False


@dataclass(frozen=True)
class Run:
    """A trawl with its basis and its funnel.

    `scheme_hash` and `place_hash` say which text of the scheme, and of the place's facts, rates,
    bases and funding, was asked; the second is None where an older release did not keep it.
    """

    line: RunLine
    basis: Mapping[str, str]
    agencies: tuple[str, ...]
    funnel: tuple[FunnelStep, ...]
    flagged: Mapping[str, int]
    scheme_hash: str
    snapshot_made_at: dt.datetime | None
    place_hash: str | None = None


@dataclass(frozen=True)
class FindingLine:
    """Somebody found, with what to heed before writing to them."""

    id: int
    run_id: int
    person_id: int
    person_ref: str
    name: str
    answer: str  # yes, possible
    state: str
    state_reason: str
    version: int
    deceased: bool
    do_not_contact: bool
    unsafe_address: bool
    objected: bool

    @property
    def may_be_written_to(self) -> bool:
        """Whether none of the bars stands; the letter asks again."""
        return not (self.deceased or self.do_not_contact or self.unsafe_address or self.objected)


@dataclass(frozen=True)
class CriterionValue:
    """A criterion as the trawl answered it: yes, no or unknown; or protected from the reader."""

    key: str
    text: str
    value: str


@dataclass(frozen=True)
class Finding:
    """Somebody found, criterion by criterion, and what has been done since."""

    line: FindingLine
    run: RunLine
    criteria: tuple[CriterionValue, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class PersonFinding:
    """One of a person's findings, for their page."""

    line: FindingLine
    scheme: str
    scheme_name: str
    as_at: dt.date


def runs(scheme: str | None = None, limit: int = 50) -> list[RunLine]:
    """The newest trawls. They name nobody."""
    where = "WHERE (%s::text IS NULL OR r.scheme = %s) ORDER BY r.id DESC LIMIT %s"
    found = _rows(f"SELECT {RUN_COLUMNS} {where}", [scheme, scheme, limit])
    return _counted([RunLine(*row) for row in found])


def current_runs() -> list[RunLine]:
    """The current trawl of each scheme that has one, the latest asked for first."""
    where = f"WHERE r.id IN (SELECT c.id FROM ({CURRENT_RUNS}) c) ORDER BY r.id DESC"
    return _counted([RunLine(*row) for row in _rows(f"SELECT {RUN_COLUMNS} {where}", [])])


def _counted(lines: list[RunLine]) -> list[RunLine]:
    """With how many of those found the reader may see: the kept totals tell of others too."""
    whole = [line.id for line in lines if line.state == "whole"]
    found = {(run_id, answer): number for run_id, answer, number in _rows(SEEN, [whole])}
    return [
        replace(
            line, yes=found.get((line.id, "yes"), 0), possible=found.get((line.id, "possible"), 0)
        )
        if line.state == "whole"
        else line
        for line in lines
    ]


def run(run_id: int) -> Run:
    """One trawl; raises NotFound."""
    found = _rows(f"{RUN_MORE} {RUN_COLUMNS} WHERE r.id = %s", [run_id])
    if not found:
        raise NotFound("There is no such trawl.")
    basis, agencies, funnel, flagged, digest, made_at, version, place, *line = found[0]
    return Run(
        line=_counted([RunLine(*line)])[0],
        basis=as_json(basis),
        agencies=tuple(agencies),
        funnel=_funnel(as_json(funnel), hidden_in(version)),
        flagged=as_json(flagged),
        scheme_hash=digest,
        snapshot_made_at=made_at,
        place_hash=place,
    )


def _funnel(kept: list[dict[str, Any]], hides: Hides) -> tuple[FunnelStep, ...]:
    """The steps as the reader may see them: how a protected test fell is nobody else's."""
    steps: list[FunnelStep] = []
    for step in (FunnelStep(**one) for one in kept):
        if hides(step.key):
            step = replace(step, yes=None, no=None, unknown=None, left=None, protected=True)
        elif any(earlier.protected for earlier in steps):
            step = replace(step, left=None)
        steps.append(step)
    return tuple(steps)


def finding(finding_id: int) -> Finding:
    """One finding; the view is written in the audit trail. Raises NotFound."""
    rows = _rows(ONE, [finding_id])
    if not rows:
        raise NotFound("There is no such finding.")
    *columns, criteria = rows[0]
    line = FindingLine(*columns)
    found = run(line.run_id)
    values = as_json(criteria)
    audit.record("finding.view", person_id=line.person_id, record=f"finding {finding_id}")
    return Finding(
        line=line,
        run=found.line,
        criteria=tuple(
            CriterionValue(step.key, step.text, word(values.get(step.key), step.protected))
            for step in found.funnel
        ),
        steps=tuple(Step(*row) for row in _rows(STEPS, [finding_id])),
    )


def criteria_of(findings: list[int]) -> dict[int, dict[str, Kept]]:
    """Finding → criterion → true, false, None or `protected`, for findings just listed."""
    found = _rows(CRITERIA, [findings])
    hides = {version: hidden_in(version) for version in {row[2] for row in found}}
    return {number: shown(as_json(kept), hides[version]) for number, kept, version in found}


def findings_of(person_id: int) -> list[PersonFinding]:
    """A person's findings, the newest first. The person's page writes its own event."""
    return [
        PersonFinding(FindingLine(*row[:-3]), *row[-3:]) for row in _rows(OF_PERSON, [person_id])
    ]


def counts() -> dict[str, int]:
    """How many findings wait in the current trawl of each scheme, by state."""
    sql = f"""
        SELECT f.state, count(*) FROM schemes_finding f
         WHERE f.run_id IN (SELECT c.id FROM ({CURRENT_RUNS}) c)
         GROUP BY f.state
    """
    return {state: int(number) for state, number in _rows(sql, [])}


def run_to_carry_out(run_id: int) -> tuple[int, dt.date]:
    """(the scheme's version, as_at) of a trawl; raises NotFound."""
    rows = _rows("SELECT version_id, as_at FROM schemes_trawlrun WHERE id = %s", [run_id])
    if not rows:
        raise NotFound("There is no such trawl.")
    return rows[0]


def _rows(sql: str, values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def as_json(value: Any) -> Any:
    """JSON columns come as text where Django has set the driver up so."""
    return json.loads(value) if isinstance(value, str) else value
