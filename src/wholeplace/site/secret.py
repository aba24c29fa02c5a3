"""Secrets that this installation made for itself."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def secret(folder: Path, name: str) -> str:
    """A random secret kept in `folder/secrets/name`, made the first time, readable by us only."""
    path = folder / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # first writer wins; everybody reads the same
        draft.unlink()
    return path.read_text()
