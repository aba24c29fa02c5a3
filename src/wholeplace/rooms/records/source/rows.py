"""The checks of a whole row as SQL for DuckDB: is it fine, and what is wrong with it if not.

The columns stand there as trimmed text, NULL when empty. `slow.check_row` says the same.
"""

from __future__ import annotations

from wholeplace.population.engines.duckdb import identifier as q
from wholeplace.population.engines.duckdb import text_literal as lit
from wholeplace.rooms.records.source import fast, reasons
from wholeplace.rooms.records.source import spec as s


def change(spec: s.FileSpec, reading: s.Reading) -> str:
    """What became of the row: `added`, `changed` or `ended`; NULL in a full picture."""
    if not (reading.changes and spec.change):
        return "NULL::VARCHAR"
    return fast.mapped(q(spec.change.column), spec.change.codes)


def columns(spec: s.FileSpec, reading: s.Reading) -> tuple[str, ...]:
    """Every column that is read, the key first, that of changes last."""
    return (*spec.columns, *([spec.change.column] if reading.changes and spec.change else []))


def fine(spec: s.FileSpec, reading: s.Reading) -> str:
    """True of a row in which nothing is wrong by itself; never NULL."""
    always: list[str] = []
    unless_ended: list[str] = []
    for column, (required, faults) in _checks(spec, reading).items():
        wrong = (
            f"CASE WHEN {q(column)} IS NULL THEN {str(required).lower()}"
            f" ELSE coalesce({' OR '.join(sql for sql, _ in faults)}, true) END"
        )
        (always if column in _marks(spec, reading) else unless_ended).append(f"NOT ({wrong})")
    for first, last in spec.in_order:
        start, end = spec.fields[first], spec.fields[last]
        unless_ended.append(f"NOT coalesce({_iso(end)} < {_iso(start)}, false)")
    told = " AND ".join(unless_ended) or "true"
    return " AND ".join([*always, f"({_ended(spec, reading)} OR ({told}))"])


def told(spec: s.FileSpec, reading: s.Reading) -> list[str]:
    """A struct of field, value and reason for each check; its reason is NULL when it is passed."""
    cases = []
    for column, (required, faults) in _checks(spec, reading).items():
        whens = "".join(f" WHEN {sql} THEN {lit(reason)}" for sql, reason in faults)
        empty = lit(reasons.EMPTY) if required else "NULL"
        case = f"CASE WHEN {q(column)} IS NULL THEN {empty}{whens} END"
        cases.append((column, case, column in _marks(spec, reading)))
    for first, last in spec.in_order:
        start, end = spec.fields[first], spec.fields[last]
        days = f"{fast.is_day(start, q(start.column))} AND {fast.is_day(end, q(end.column))}"
        reason = lit(reasons.ends_first(start.column))
        case = f"CASE WHEN {days} AND {_iso(end)} < {_iso(start)} THEN {reason} END"
        cases.append((end.column, case, False))
    ended = _ended(spec, reading)
    return [
        f"struct_pack(field := {lit(column)}, value := {q(column)}, reason :="
        f" {case if always else f'CASE WHEN NOT {ended} THEN {case} END'})"
        for column, case, always in cases
    ]


def _iso(field: s.AnyField) -> str:
    return fast.iso(field, q(field.column))


def _marks(spec: s.FileSpec, reading: s.Reading) -> tuple[str, ...]:
    """The columns that are read also of a row that ended."""
    return (spec.key, *columns(spec, reading)[len(spec.columns) :])


def _ended(spec: s.FileSpec, reading: s.Reading) -> str:
    if not (reading.changes and spec.change):
        return "false"
    return f"({q(spec.change.column)} IS NOT DISTINCT FROM {lit(spec.change.ended)})"


def _checks(spec: s.FileSpec, reading: s.Reading) -> dict[str, tuple[bool, fast.Faults]]:
    """Column → (must it be given, what can be wrong with its value)."""
    keys = [spec.key, *([spec.person.column] if spec.person else [])]
    found = {c: (True, fast.text_faults(q(c), s.LONGEST_KEY)) for c in keys}
    for field in spec.fields.values():
        found[field.column] = (field.required, fast.faults(field, q(field.column), reading))
    if reading.changes and spec.change:
        codes = list(spec.change.codes)
        unknown = f"NOT {fast.among(q(spec.change.column), codes)}"
        found[spec.change.column] = (True, [(unknown, reasons.not_a_code(codes))])
    return found
