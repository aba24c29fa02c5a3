"""`wholeplace identity`: who is who across agencies, and how well that was found out."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wholeplace.cli.session import database
from wholeplace.core.kernel.errors import UserMistake

if TYPE_CHECKING:
    from wholeplace.flows.identity_of_people import Shown
    from wholeplace.flows.link_people import Outcome
    from wholeplace.flows.model_care import Care
    from wholeplace.population.identity.truth import Measure, Scored

app = typer.Typer(help="Find out who is who across agencies.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
WORDS = {
    "identities": "people",
    "first": "records linked for the first time",
    "joined": "new records that joined somebody",
    "moved": "records that moved to somebody else",
    "merged": "records of people who went up in others",
    "split": "records split off",
}


@app.callback()
def identity() -> None:
    """A group."""


@app.command("link")
def link(
    as_json: AsJson = False,
    full: Annotated[
        bool, typer.Option("--full", help="Compare everybody, and learn anew.")
    ] = False,
) -> None:
    """Compare the records of all agencies; link them again and nothing changes.

    Reads what tells people apart of the agencies that a sharing agreement names for linking:
    where the last linking is kept, only of those that have changed since.

    Example: wholeplace identity link --json
    """
    with database():
        outcome = _link(quiet=as_json, full=full)
    if as_json:
        typer.echo(json.dumps(_data(outcome), indent=2))
        return
    typer.echo(f"Linking {outcome.run_id}: {outcome.records:,} records.")
    typer.echo(f"  {_which_way(outcome)}.")
    for why, words in WORDS.items():
        if outcome.counts[why]:
            typer.echo(f"  {outcome.counts[why]:>11,} {words}")
    if not outcome.changed:
        typer.echo("Nothing has changed.")


def _which_way(outcome: Outcome) -> str:
    """Whether everybody was compared, and why, or how many had changed."""
    told = outcome.figures
    if told["way"] == "everybody":
        return f"All were compared: {told['why']}"
    return f"{told['changed']:,} had changed, the others are as they were"


def _link(*, quiet: bool, full: bool) -> Outcome:
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from wholeplace.flows.link_people import link_people

    columns = (SpinnerColumn(), TextColumn("{task.description:<32}"), TimeElapsedColumn())
    with Progress(*columns, disable=quiet or not os.isatty(2), transient=True) as bars:
        bar = bars.add_task("", total=None)
        return link_people(progress=lambda step: bars.update(bar, description=step), full=full)


def _data(outcome: Outcome) -> dict[str, Any]:
    return {
        "ok": True,
        "linking": outcome.run_id,
        "records": outcome.records,
        "counts": outcome.counts,
        "figures": outcome.figures,
    }


@app.command("score")
def score(
    truth: Annotated[Path, typer.Option(help="The truth file of a made city, CSV or Parquet.")],
    as_json: AsJson = False,
) -> None:
    """Say how well the last linking did, by a file that knows the truth.

    The file has the columns source, record_key and true_person. Only an invented city has one.

    Example: wholeplace identity score --truth var/city/truth.csv --json
    """
    if not truth.is_file():  # before the database is opened
        raise UserMistake(f"There is no file {truth}.", do="Name the truth file of a made city.")
    with database():
        from wholeplace.flows.identity_of_people import score_people

        scored, figures = score_people(truth)
    if as_json:
        typer.echo(json.dumps({**scored.as_data(), **figures}, indent=2))
    else:
        _tell(scored, figures)


def _tell(scored: Scored, figures: dict[str, Any]) -> None:
    typer.echo(f"{scored.records:,} records; {scored.not_linked:,} of the truth are not linked.")
    typer.echo(f"  pairs implied by clusters: {_measure(scored.pairs)}")
    typer.echo(f"  whole clusters:            {_measure(scored.clusters)}")
    typer.echo(f"  largest cluster {scored.largest_cluster}; {scored.mixed_clusters:,} mix people")
    stages = ", ".join(f"{stage} {took:.1f}" for stage, took in figures["seconds"].items())
    if stages:
        typer.echo(f"  seconds: {stages}")


def _measure(one: Measure) -> str:
    return f"precision {one.precision:.4f}, recall {one.recall:.4f}, F1 {one.f1:.4f}"


@app.command("show")
def show(
    ref: Annotated[str, typer.Argument(help="The reference of an identity or of a person.")],
    as_json: AsJson = False,
) -> None:
    """Show which records are one person's, since when and why; no names.

    Example: wholeplace identity show W4K2M9QXR
    """
    with database():
        from wholeplace.flows.identity_of_people import show_identity

        shown = show_identity(ref)
    if as_json:
        typer.echo(json.dumps(shown.as_data(), indent=2, default=str))
    else:
        _tell_of(shown)


def _tell_of(shown: Shown) -> None:
    typer.echo(f"{shown.ref}")
    for line in shown.lines:
        ended = f" until {line.until:%d %B %Y %H:%M}" if line.until else ""
        typer.echo(
            f"  {line.person_ref}  {line.agency_code or 'no longer in a file':<18}"
            f" {line.source_key or '':<14} since {line.since:%d %B %Y %H:%M}{ended}. {line.words}"
        )
    for pair in shown.pairs:
        agreed = ", ".join(f"{name.replace('_', ' ')} {level}" for name, level in pair.levels)
        typer.echo(f"  {pair.a} = {pair.b}: {pair.weight:.1f} bits ({agreed})")


@app.command("model")
def model(
    version: Annotated[int | None, typer.Option(help="The linking that learnt it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what the model has learnt, and how far its weights moved since the version before.

    Example: wholeplace identity model --json
    """
    with database():
        from wholeplace.flows.model_care import model_from_outside

        care = model_from_outside(version)
    if as_json:
        typer.echo(json.dumps(care.as_data(), indent=2))
    else:
        _tell_model(care)


def _tell_model(care: Care) -> None:
    typer.echo(f"Learnt by linking {care.version} from {care.records:,} records")
    typer.echo(f"  fingerprint {care.fingerprint[:16]}; {care.pairs:,} pairs taught it")
    typer.echo(f"  one person's, of pairs taken at random: 1 in {1 / care.prior:,.0f}")
    for made in care.comparisons:
        typer.echo(f"  {made.name.replace('_', ' ')}")
        for level in made.levels:
            moved = "" if level.before is None else f" (was {level.before:+.1f})"
            typer.echo(f"    {level.bits:+6.1f} bits{moved}  {level.words}")
    for doubt in care.doubts:
        share = doubt.same and f"{doubt.same.low:.0%} to {doubt.same.high:.0%} are one person"
        typer.echo(f"  {doubt.cause}: {doubt.asked:,} pairs, {share or 'none decided'}")
