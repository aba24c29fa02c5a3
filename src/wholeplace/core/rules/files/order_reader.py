"""Reads the orders of a scheme file: bands, steps and worked cases, with every fault placed."""

from __future__ import annotations

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.files.scheme_file import BandFile, OrderFile, SchemeFile, StepFile
from wholeplace.core.rules.files.scheme_reader import Reader
from wholeplace.core.rules.files.yaml import KeyPath
from wholeplace.core.rules.schemes import Band, Order, OrderStep
from wholeplace.core.rules.tree import Kind

BANDS = "bands"
FITS = {
    "earliest": (Kind.DATE,),
    "latest": (Kind.DATE,),
    "most": (Kind.NUMBER, Kind.MONEY, Kind.PERCENT, Kind.DURATION, Kind.MONTHS),
    "least": (Kind.NUMBER, Kind.MONEY, Kind.PERCENT, Kind.DURATION, Kind.MONTHS),
    "yes": (Kind.BOOLEAN,),
    "no": (Kind.BOOLEAN,),
}
_SUGGESTED = {Kind.DATE: "`earliest` or `latest`", Kind.BOOLEAN: "`yes` or `no`"}


def read_orders(reader: Reader, file: SchemeFile) -> dict[str, Order]:
    """The checked orders of a scheme; faults go to the reader."""
    return {key: _order(reader, key, order, file) for key, order in file.orders.items()}


def _order(reader: Reader, key: str, file: OrderFile, scheme: SchemeFile) -> Order:
    path: KeyPath = ("orders", key)
    _check_shape(reader, path, file)
    bands = tuple(
        _band(reader, (*path, BANDS, at), band, scheme) for at, band in enumerate(file.bands)
    )
    steps = [_step(reader, (*path, "by", at), step, scheme, at) for at, step in enumerate(file.by)]
    if bands and not any(step.kind == BANDS for step in steps):
        steps.insert(0, OrderStep(BANDS, BANDS))
    for at, case in enumerate(file.cases):
        reader.case_day((*path, "cases", at, "as_at"), case.as_at)
        for person, facts in case.people.items():
            reader.case_facts((*path, "cases", at, "people", person), facts)
    return Order(key, file.text, bands, tuple(steps), file.ties, tuple(file.cases))


def _check_shape(reader: Reader, path: KeyPath, file: OrderFile) -> None:
    if not file.bands and not file.by:
        reader.fault(path, "this order says nothing", "give `bands`, `by` or both", key=True)
    named = [at for at, step in enumerate(file.by) if step == BANDS]
    if named and not file.bands:
        reader.fault((*path, "by", named[0]), "there are no bands", "give `bands` or remove it")
    for at in named[1:]:
        reader.fault((*path, "by", at), "`bands` stands here twice", "keep one of them")
    seen: set[str] = set()
    for at, band in enumerate(file.bands):
        if band.band in seen:
            reader.fault((*path, BANDS, at, "band"), f"the band `{band.band}` is given twice")
        seen.add(band.band)
        if band.when is None and at < len(file.bands) - 1:
            what = "a band without `when` takes everybody, and bands follow it"
            reader.fault((*path, BANDS, at), what, "put it last or give it a condition")


def _band(reader: Reader, path: KeyPath, file: BandFile, scheme: SchemeFile) -> Band:
    reader.check_on((*path, "on"), file.on)
    rule = None
    if file.when is not None:
        rule = reader.rule((*path, "when"), file.when, Kind.BOOLEAN)
        _allowed(reader, (*path, "when"), rule, file.on, scheme)
    return Band(file.band, file.text, file.on, rule)


def _step(
    reader: Reader, path: KeyPath, file: str | StepFile, scheme: SchemeFile, at: int
) -> OrderStep:
    if not isinstance(file, StepFile):
        return OrderStep(BANDS, BANDS)
    reader.check_on((*path, "on"), file.on)
    rule = reader.ordered_rule((*path, "value"), file.value)
    if rule is not None and rule.tree.type.kind not in FITS[file.first]:
        kind = rule.tree.type.kind
        do = f"write {_SUGGESTED.get(kind, '`most` or `least`')}"
        reader.fault((*path, "first"), f"`{file.first}` does not fit this value", do)
    _allowed(reader, (*path, "value"), rule, file.on, scheme)
    return OrderStep(f"step {at + 1}", file.first, file.text, file.on, rule)


def _allowed(
    reader: Reader, path: KeyPath, rule: t.Rule | None, on: str, scheme: SchemeFile
) -> None:
    """Whose facts an order reads is checked as it is for criteria."""
    if rule is not None:
        reader.may_read(path, rule, scheme)
    reader.may_read_name((*path[:-1], "on"), on, scheme)
