"""The snapshot: everybody's rows in Parquet, made from the store of record, disposable."""

from wholeplace.population.snapshot.islands import Grouping
from wholeplace.population.snapshot.known import NotYetKnown, check_moment
from wholeplace.population.snapshot.open import (
    Manifest,
    Snapshot,
    SnapshotUnusable,
    latest_snapshot,
    open_snapshot,
)
from wholeplace.population.snapshot.tables import PUBLISHED, TABLES, Table
from wholeplace.population.snapshot.write import SnapshotRefused, write_snapshot

__all__ = [
    "PUBLISHED",
    "TABLES",
    "Grouping",
    "Manifest",
    "NotYetKnown",
    "Snapshot",
    "SnapshotRefused",
    "SnapshotUnusable",
    "Table",
    "check_moment",
    "latest_snapshot",
    "open_snapshot",
    "write_snapshot",
]
