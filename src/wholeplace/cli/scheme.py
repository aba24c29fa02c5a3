"""`wholeplace scheme`: check a scheme file, and explain what it says of one person."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from wholeplace.cli._meanwhile import offered
from wholeplace.cli._scheme_order import order_lines, ranking_of
from wholeplace.core.kernel.errors import NotFound, UserMistake
from wholeplace.core.rules.alternatives import Alternative, meanwhile
from wholeplace.core.rules.born import check_born
from wholeplace.core.rules.cases import CaseResult
from wholeplace.core.rules.explain import explain as explain_scheme
from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.files.checked import checked_scheme
from wholeplace.core.rules.files.faults import FileMistake, meant_or_list
from wholeplace.core.rules.files.places import SCHEMES, is_place
from wholeplace.core.rules.files.scheme_loader import (
    build_scheme,
    load_place,
    load_scheme,
    load_schemes,
    scheme_document,
    scheme_names,
)
from wholeplace.core.rules.files.stated_file import load_stated_facts
from wholeplace.core.rules.files.yaml import Document
from wholeplace.core.rules.orders import as_data
from wholeplace.core.rules.schemes import FactNeed, PlaceRules, Scheme, needs
from wholeplace.core.rules.warning.warnings import Warnings, warnings_of
from wholeplace.core.rules.wording import lines

app = typer.Typer(help="Check and explain scheme files.", no_args_is_help=True)

PlaceOption = Annotated[
    Path | None, typer.Option("--place", help="The place's folder, for its facts and funds.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="The scheme file.")],
    place: PlaceOption = None,
    strict: Annotated[bool, typer.Option("--strict", help="A warning is a mistake too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check a scheme file: keys, facts, rules, units, funds, lawful basis and worked cases.

    A criterion that nobody can meet, or that everybody meets, is pointed out as a warning.

    Example: wholeplace scheme check places/birmingham/schemes/transition-payments.yaml
    """
    folder = _place_of(file, place)
    try:
        document = scheme_document(file, folder)
        rules = load_place(folder)
        scheme, results = _checked(file, document, rules, as_json=as_json)
    except FileMistake as problem:
        if not as_json:
            raise
        _print(_faults_data(file, problem, Warnings(())))
        raise typer.Exit(problem.exit_code) from None
    warnings = warnings_of(scheme, document)
    if as_json:
        _print(_check_data(scheme, results, warnings))
    else:
        typer.echo("\n".join(_check_lines(file, scheme, results, warnings)))
    if strict and warnings.found:
        raise typer.Exit(FileMistake.exit_code)


def _checked(
    file: Path, document: Document, rules: PlaceRules, *, as_json: bool
) -> tuple[Scheme, tuple[CaseResult, ...]]:
    """The scheme and its cases; where cases fail, what else is pointed out is said all the same."""
    try:
        return checked_scheme(document, rules, file.stem)
    except FileMistake as problem:
        try:
            warnings = warnings_of(build_scheme(document, rules, file.stem), document)
        except FileMistake:
            raise problem from None  # it is no scheme yet
        if as_json:
            _print(_faults_data(file, problem, warnings))
            raise typer.Exit(problem.exit_code) from None
        for warning in warnings.found:
            typer.echo(f"Warning: {warning}")
        raise problem from None


def _faults_data(file: Path, problem: FileMistake, warnings: Warnings) -> dict[str, Any]:
    return {
        "file": str(file),
        "ok": False,
        "faults": [fault.as_data() for fault in problem.faults],
        "warnings": [warning.as_data() for warning in warnings.found],
    }


def _check_lines(
    file: Path, scheme: Scheme, results: tuple[CaseResult, ...], warnings: Warnings
) -> Iterator[str]:
    read = ", ".join(_shown(need) for need in needs(scheme))
    asked = set(needs(scheme))
    paid = ", ".join(_shown(need) for need in needs(scheme, amounts=True) if need not in asked)
    yield f"{file}: nothing wrong found."
    yield from (f"Warning: {warning}" for warning in warnings.found)
    if warnings.not_looked_at:
        yield f"Too long to look for warnings in: {', '.join(warnings.not_looked_at)}."
    yield f"{scheme.name}: {len(scheme.used_criteria())} criteria, reading {read or 'no facts'}."
    if paid:
        yield f"Its amounts read {'also ' if read else ''}{paid}."
    yield f"{len(results)} worked cases come to what they say."


def _shown(need: FactNeed) -> str:
    return need.column.replace("__on__", " on ")


def _check_data(
    scheme: Scheme, results: tuple[CaseResult, ...], warnings: Warnings
) -> dict[str, Any]:
    return {
        "file": scheme.file,
        "ok": True,
        "faults": [],
        "warnings": [warning.as_data() for warning in warnings.found],
        "not_looked_at": list(warnings.not_looked_at),
        "scheme": scheme.key,
        "version": scheme.version,
        "criteria": [item.key for item in scheme.used_criteria()],
        "reads": [need.column for need in needs(scheme)],
        "reads_for_amounts": [need.column for need in needs(scheme, amounts=True)],
        "cases": [{"name": result.name, "answer": result.answer} for result in results],
    }


@app.command("resolve")
def resolve(
    scheme: Annotated[str, typer.Argument(help="A scheme's name, or a scheme file.")],
    place: PlaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the whole scheme that a place has once what it inherits is amended.

    Example: wholeplace scheme resolve transition-payments --place places/solihull-example
    """
    _, found = _named(scheme, place)
    if as_json:
        _print({"scheme": found.key, "version": found.version, "text": found.text})
        return
    typer.echo(found.text, nl=False)


@app.command("explain")
def explain(
    scheme: Annotated[str, typer.Argument(help="A scheme's name, or a scheme file.")],
    facts: Annotated[Path, typer.Option(help="YAML or JSON: fact name → value.")],
    as_at: Annotated[str, typer.Option(help="The day to speak of, like 2026-06-01.")],
    enough: Annotated[
        bool, typer.Option("--enough", help="Also find questions that settle an open answer.")
    ] = False,
    place: PlaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explain what a scheme says of a person with these facts on this day.

    Example: wholeplace scheme explain transition-payments --facts me.yaml --as-at 2026-06-01
    """
    day = read_day(as_at)
    rules, found = _named(scheme, place)
    stated = load_stated_facts(facts, rules)
    check_born(stated, day)
    answer = explain_scheme(found, stated, day, enough=enough)
    others: tuple[Alternative, ...] = ()
    if answer.answer == "no":
        others = offered(_place_of(Path(scheme), place), rules, stated, day)
    if as_json:
        _print({**answer.as_data(), "meanwhile": [vars(other) for other in others]})
        return
    typer.echo("\n".join([*lines(answer), *filter(None, [meanwhile(others)])]))


@app.command("order")
def order(
    scheme: Annotated[str, typer.Argument(help="A scheme's name, or a scheme file.")],
    order: Annotated[str, typer.Argument(help="The order's name in the scheme file.")],
    people: Annotated[Path, typer.Option(help="YAML or JSON: person → fact name → value.")],
    as_at: Annotated[str, typer.Option(help="The day to speak of, like 2026-06-01.")],
    lot: Annotated[str, typer.Option(help="The published word that lots are drawn with.")] = "",
    place: PlaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put people in the order of a scheme, each place with its reasons.

    Example: wholeplace scheme order housing-transfer-priority shortlist
    --people bidders.yaml --as-at 2026-06-01 --lot B-07
    """
    _, found = _named(scheme, place)
    ranking = ranking_of(found, order, people, read_day(as_at), lot)
    if as_json:
        _print(as_data(ranking))
        return
    typer.echo("\n".join(order_lines(found, ranking)))


@app.command("list")
def list_schemes(place: PlaceOption = None, as_json: JsonOption = False) -> None:
    """List the place's schemes."""
    folder = _folder(place or default_place())
    schemes = load_schemes(folder, load_place(folder))
    if as_json:
        _print([{"scheme": s.key, "name": s.name, "owner": s.owner} for s in schemes])
        return
    for scheme in schemes:
        typer.echo(f"{scheme.key}: {scheme.name}")


@app.command("facts")
def list_facts(place: PlaceOption = None, as_json: JsonOption = False) -> None:
    """List the facts that rules can read, each with its type and meaning."""
    specs = load_place(_folder(place or default_place())).facts.values()
    if as_json:
        _print([_fact_data(spec) for spec in specs])
        return
    for spec in specs:
        typer.echo(f"{spec.written} ({spec.type}): {spec.meaning}")


def _fact_data(spec: FactSpec) -> dict[str, Any]:
    return {"fact": spec.written, **spec.model_dump(mode="json", by_alias=True)}


def read_day(text: str) -> date:
    """A day written like `2026-06-01`; raises UserMistake."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserMistake(f"“{text[:40]}” is not a day.", do="Write it like 2026-06-01.") from None


def default_place() -> Path:
    """The place's folder: WHOLEPLACE_PLACE, else places/birmingham of this checkout."""
    if given := os.environ.get("WHOLEPLACE_PLACE"):
        return Path(given)
    here = Path("places/birmingham")
    return here if here.is_dir() else Path(__file__).parents[3] / here


def _place_of(file: Path, place: Path | None) -> Path:
    """The place that a scheme file lies in, or the default one: a name lies nowhere."""
    if place is not None:
        return _folder(place)
    around = file.resolve().parent.parent
    return around if file.is_file() and is_place(around) else _folder(default_place())


def _folder(place: Path) -> Path:
    if not is_place(place):
        raise NotFound(f"{place} is not a place: it has no folder `facts`.", do="Give --place.")
    return place


def _named(scheme: str, place: Path | None) -> tuple[PlaceRules, Scheme]:
    path = Path(scheme)
    if path.suffix in (".yaml", ".yml") or path.exists():
        folder = _place_of(path, place)
        rules = load_place(folder)
        return rules, load_scheme(path, rules, folder)
    folder = _folder(place or default_place())
    names = scheme_names(folder)
    if scheme not in names:
        do = meant_or_list(scheme, names)
        raise NotFound(f"There is no scheme called `{scheme}`.", do=do[:1].upper() + do[1:])
    rules = load_place(folder)
    return rules, load_scheme(folder / SCHEMES / f"{scheme}.yaml", rules)


def _print(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
