"""Other spellings and short forms of given names."""

from __future__ import annotations

from functools import cache
from pathlib import Path

VARIANTS_FILE = Path(__file__).parent / "data" / "variants.txt"


@cache
def variants() -> dict[str, tuple[str, ...]]:
    """Each given name of the file to the others that may stand in its place, in their order."""
    found: dict[str, list[str]] = {}
    for line in VARIANTS_FILE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        names = [name.strip() for name in line.split(",")]
        for name in names:
            others = found.setdefault(name, [])
            others += [other for other in names if other != name and other not in others]
    return {name: tuple(others) for name, others in found.items()}
