"""Which program makes snapshots: one made by another is not carried over into a new one."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import duckdb


@cache
def program_digest(*modules: ModuleType) -> str:
    """A SHA-256 over the versions in use and the text of everything that makes a snapshot.

    Args:
        modules: what reads the store of record, besides this package.
    """
    said = hashlib.sha256(f"{version('wholeplace')} duckdb {duckdb.__version__}".encode())
    files = sorted(Path(__file__).parent.glob("*.py"))
    for file in (*files, *(Path(str(module.__file__)) for module in modules)):
        said.update(file.name.encode() + b"\0" + file.read_bytes())
    return said.hexdigest()
