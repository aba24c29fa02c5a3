"""`wholeplace extracts quality`: how good each source's deliveries are, over time."""

from __future__ import annotations

import csv
import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wholeplace.cli.session import database

if TYPE_CHECKING:
    from wholeplace.rooms.records.quality_report import Delivery

NONE = "No delivery has been loaded."


def quality(
    source: Annotated[
        str | None, typer.Option(help="The source file's name; without it, every source.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a list.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print every figure as CSV.")] = False,
) -> None:
    """Tell how full each delivery was, what was set aside, and what moved since the one before.

    Example: wholeplace extracts quality --source council-benefits
    """
    with database():
        from django.conf import settings

        from wholeplace.flows.report_quality import report
        from wholeplace.rooms.records.quality_report import COLUMNS, table

        found = report(settings.PLACE, source)
    rows = [row for told in found.values() for row in table(told)]
    if as_csv:
        writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    elif as_json:
        typer.echo(json.dumps([_data(name, told) for name, told in found.items()], indent=2))
    else:
        for name, told in found.items():
            _tell(name, told)
        if not found:
            typer.echo(NONE)


def _data(name: str, told: list[Delivery]) -> dict[str, Any]:
    from wholeplace.rooms.records.quality_report import table

    return {"source": name, "figures": table(told), "changed": _changed(told)}


def _changed(told: list[Delivery]) -> list[str]:
    from wholeplace.rooms.records.quality_report import changed, newest_two

    if not told:
        return []
    now, before = newest_two(told)
    return changed(before, now) if before else []


def _tell(name: str, told: list[Delivery]) -> None:
    from rich.console import Console
    from rich.table import Table

    from wholeplace.rooms.records.quality_report import share

    if not told:
        typer.echo(f"{name}: {NONE}")
        return
    columns = ("day", "what", "load", "rows", "set aside", "share")
    table = Table(*columns[:2], title=name, title_justify="left", box=None, pad_edge=False)
    for column in columns[2:]:
        table.add_column(column, justify="right")
    for one in told:
        part = share(one.set_aside, one.rows)
        shown = "–" if part is None else f"{part:.1f}%"
        counts = (str(one.load_id), f"{one.rows:,}", f"{one.set_aside:,}", shown)
        table.add_row(one.day.isoformat(), one.delivers, *counts)
    Console().print(table)
    for line in _changed(told):
        typer.echo(line)
