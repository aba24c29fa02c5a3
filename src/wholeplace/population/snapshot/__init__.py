"""The snapshot: everybody's rows in Parquet, made from the store of record, disposable."""

from wholeplace.population.snapshot.islands import Grouping
from wholeplace.population.snapshot.known import NotYetKnown, check_moment
from wholeplace.population.snapshot.manifest import FULL, REFRESHED, Manifest, Origin
from wholeplace.population.snapshot.open import (
    Snapshot,
    SnapshotUnusable,
    latest_snapshot,
    open_snapshot,
)
from wholeplace.population.snapshot.refresh import FormerUnusable, refresh_snapshot
from wholeplace.population.snapshot.tables import PUBLISHED, TABLES, Table
from wholeplace.population.snapshot.write import SnapshotRefused, write_snapshot

__all__ = [
    "FULL",
    "PUBLISHED",
    "REFRESHED",
    "TABLES",
    "FormerUnusable",
    "Grouping",
    "Manifest",
    "NotYetKnown",
    "Origin",
    "Snapshot",
    "SnapshotRefused",
    "SnapshotUnusable",
    "Table",
    "check_moment",
    "latest_snapshot",
    "open_snapshot",
    "refresh_snapshot",
    "write_snapshot",
]
