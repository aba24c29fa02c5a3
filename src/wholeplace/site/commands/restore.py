"""`wholeplace restore FILE`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def command(
    file: Annotated[Path, typer.Argument(help="What `wholeplace backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Give up the present database.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Bring a backup back; it takes over only when rows, content and rights are proved."""
    from wholeplace.site.restore import restore

    done = restore(file, replace=replace)
    if as_json:
        print(json.dumps({"file": str(done.file), "tables": done.tables, "rows": done.rows}))
    else:
        print(f"{done.rows:,} rows of {done.tables} tables are back; content and rights agree.")
