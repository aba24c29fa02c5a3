"""`wholeplace backup FILE`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def command(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Write the whole database, its rights and an inventory of both into one file."""
    from wholeplace.site.backup import backup

    done = backup(file)
    if as_json:
        print(json.dumps({"file": str(done.file), "tables": done.tables, "rows": done.rows}))
    else:
        print(f"{done.rows:,} rows of {done.tables} tables are in {done.file}.")
        print("It holds people's details in clear: keep it as you keep the database.")
