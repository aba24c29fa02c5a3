"""`wholeplace audit`: is the trail whole, and sealing what is not chained yet."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from wholeplace.cli.session import database

app = typer.Typer(help="The audit trail: check it and seal it.", no_args_is_help=True)


@app.command("verify")
def verify(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Chain what waits, then recompute every link; ends with 1 and names the first that fails.

    Example: wholeplace audit verify
    """
    with database():
        from wholeplace.rooms.audit.actions import seal as chain
        from wholeplace.rooms.audit.actions import verify as check

        sealed = chain()
        found = check()
    if as_json:
        names = ("link", "event", "reason")
        broken = found.broken and dict(zip(names, found.broken, strict=True))
        whole = {"links": found.links, "head": found.head, "unsealed": found.unsealed}
        whole["sealed_now"] = sealed
        typer.echo(json.dumps(whole | {"broken": broken}, indent=2))
    else:
        if sealed:
            typer.echo(f"{sealed} events that waited have been chained now.")
        typer.echo(f"{found.links} events are chained; the last link is {found.head or 'none'}.")
        typer.echo(f"{found.unsealed} newer events are not chained yet.")
        if found.broken:
            link, event, reason = found.broken
            typer.echo(f"Link {link}, event {event}, does not hold: {reason}.")
        else:
            typer.echo("Every link holds." if found.links else "There is no link to check yet.")
    if found.broken:
        raise typer.Exit(1)


@app.command("seal")
def seal() -> None:
    """Chain every settled event; the worker does it each second.

    Example: wholeplace audit seal
    """
    with database():
        from wholeplace.rooms.audit.actions import seal as chain

        typer.echo(f"{chain()} events chained.")
