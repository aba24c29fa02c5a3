"""`wholeplace run`: start everything, for a trial or one machine's use."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8000,
    people: Annotated[
        int, typer.Option(min=100, help="People in the demonstration, when it is first made.")
    ] = 20_000,
) -> None:
    """Start the database, the web server and the job worker; Ctrl-C stops them."""
    from wholeplace.site.run import serve

    serve(port, people, lambda line: print(line, flush=True))
