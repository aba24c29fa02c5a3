"""Locks without addresses, decisions in order, no folder of one machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts.check_tree import addresses, decisions, one_machine


def file(tmp_path: Path, name: str, text: str) -> Path:
    made = tmp_path / name
    made.write_text(text, encoding="utf-8")
    return made


@pytest.mark.parametrize("name", ["requirements-dev.lock", "package-lock.json", ".npmrc"])
@pytest.mark.parametrize("address", ["https", "http", "git+ssh", "file"])
def test_an_address_in_a_lock_is_found(tmp_path: Path, name: str, address: str) -> None:
    bad = file(tmp_path, name, f"a==1\nfrom {address}:" + "//registry.example/a\n")
    assert list(addresses([bad])) == [f"{bad}:2 names an address: run `make lock`"]


def test_hashes_and_other_files_pass(tmp_path: Path) -> None:
    lock = file(tmp_path, "requirements.lock", "a==1 --hash=sha256:00\n")
    text = file(tmp_path, "README.md", "https:" + "//example.org\n")
    assert list(addresses([lock, text])) == []


@pytest.mark.parametrize(
    ("names", "faults"),
    [
        (["0001-a.md", "0002-b.md"], 0),
        (["0001-a.md", "0003-b.md"], 1),
        (["0001-a.md", "0001-b.md"], 1),
        (["0002-a.md"], 1),
        (["0001-a.md", "notes.md"], 1),
    ],
)
def test_decisions_run_from_one_without_gaps_or_doubles(names: list[str], faults: int) -> None:
    assert len(list(decisions([Path("docs/adr") / name for name in names]))) == faults


@pytest.mark.parametrize("folder", ["wor" + "k/main", "tm" + "p/x", "roo" + "t/.cache"])
def test_a_folder_of_one_machine_is_found(tmp_path: Path, folder: str) -> None:
    bad = file(tmp_path, "notes.md", f"fine\nsee /{folder}\n")
    assert list(one_machine([bad])) == [f"{bad}:2 names a folder of one machine"]
    good = file(tmp_path, "more.md", f"places/{folder} and people/{folder.split('/')[0]}\n")
    assert list(one_machine([good])) == []
