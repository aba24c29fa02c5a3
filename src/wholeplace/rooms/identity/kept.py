"""Where the files of the last linking lie, from which the next goes on.

A folder a linking, `<database>-<number of the linking>`, below one folder that only its owner can
open. It is put there by one rename before the linking is committed, and counts only once the
database knows of it: so the files are always those of the last linking that was carried out. All
of them may be deleted at any time; the next linking then compares everybody anew.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from wholeplace.rooms.identity.actions import Run
from wholeplace.rooms.identity.queries import last_run

NOTE = "kept.json"
"""Which linking a folder is of: `run`, its number, and `at`, its moment; and what it noted."""


def kept_home() -> Path:
    """The folder of the folders."""
    return Path(settings.HOME) / "linking" / "kept"


def kept_folder(home: Path | None = None) -> Path | None:
    """The folder of the last linking; None when there is none, or it is not there any more.

    Args:
        home: where the folders lie, when not in `kept_home`.

    The next linking removes it: whoever finds a file gone asks again.
    """
    run = last_run()
    if run is None:
        return None
    folder = _named(home or kept_home(), run.id)
    held = note_of(folder)
    mine = held.get("run") == run.id and held.get("at") == run.started_at.isoformat()
    return folder if mine else None


def note_of(folder: Path) -> dict[str, Any]:
    """What a linking noted beside its files; empty where nothing can be read."""
    try:
        held = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def keep(folder: Path, run: Run, noted: Mapping[str, Any] = {}, home: Path | None = None) -> None:
    """Take a linking's folder away from where it was made, to be that of this run.

    Args:
        noted: for the next linking.
    """
    home = home or kept_home()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = _named(home, run.id)
    shutil.rmtree(
        place, ignore_errors=True
    )  # of a linking that was killed before it was carried out
    note = {**noted, "run": run.id, "at": run.at.isoformat()}
    (folder / NOTE).write_text(json.dumps(note) + "\n", encoding="utf-8")
    folder.rename(place)


def sweep(run_id: int, home: Path | None = None) -> None:
    """Remove the folders of this database but that of this linking.

    What was sealed or removed since stands in them; it is to be gone.
    """
    home = home or kept_home()
    if not home.exists():
        return
    mine = _named(home, run_id)
    for folder in home.iterdir():
        if folder.name.rpartition("-")[0] == _database() and folder != mine:
            shutil.rmtree(folder, ignore_errors=True)


def _named(home: Path, run_id: int) -> Path:
    return home / f"{_database()}-{run_id}"


def _database() -> str:
    return quote(str(connection.settings_dict["NAME"]), safe="")
