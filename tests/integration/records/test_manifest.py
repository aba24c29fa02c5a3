"""What a manifest says of a delivery is checked against the source and the day of loading."""

from __future__ import annotations

import hashlib
import json

import pytest
from tests.integration.records.staged import AS_AT, DAY, receive, source, tell, write

from wholeplace.rooms.records.source.wrong import WrongFile

REFUSED = {
    "another source's": ({"source": "police"}, "these are the files of “police”, not of schools"),
    "a day to come": (
        {"as_at": "2026-06-16"},
        "these files tell of Tuesday 16 June 2026, which has not come",
    ),
    "no day": ({"as_at": None}, "the day of which these files tell (`as_at`) is not given"),
    "another way": ({"as_at": "01/06/2026"}, "`as_at` is “01/06/2026”, which is not a day written"),
    "a number": ({"as_at": 20260601}, "`as_at` is “20260601”, which is not a day written like"),
    "no kind": ({"delivers": "some"}, "`delivers` is “some”, which is neither full nor changes"),
    "no kind at all": ({"delivers": {"a": 1}}, "`delivers` is “{'a': 1}”, which is neither"),
}


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, source("schools"), {})
    return tmp_path


@pytest.mark.parametrize("name", REFUSED)
def test_a_manifest_that_cannot_be_right_refuses_the_delivery(folder, name):
    told, words = REFUSED[name]
    tell(folder, **told)
    with pytest.raises(WrongFile) as caught:
        receive(folder, source("schools"))
    assert str(caught.value).startswith(f"manifest.json: {words}")
    assert "Nothing was loaded" in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "\x00", '{"as_at": "2026-0', "[" * 100_000])
def test_a_manifest_that_is_not_whole_is_refused(folder, text):
    (folder / "manifest.json").write_text(text)
    with pytest.raises(WrongFile, match=r"manifest.json: this file is not whole JSON"):
        receive(folder, source("schools"))


def test_the_day_of_loading_itself_is_not_to_come(folder):
    tell(folder, as_at=DAY.isoformat())
    assert receive(folder, source("schools")).as_at == DAY


def test_what_is_not_told_is_the_full_picture_of_the_day_of_loading(tmp_path):
    spec = source("council-benefits")
    write(tmp_path, spec, {})
    delivery = receive(tmp_path, spec)
    assert (delivery.as_at, delivery.dated, delivery.delivers) == (AS_AT, True, "full")
    (tmp_path / "manifest.json").unlink()
    delivery = receive(tmp_path, spec)
    assert (delivery.as_at, delivery.dated, delivery.delivers) == (DAY, False, "full")


def test_files_with_a_column_of_changes_are_changes_where_nobody_says_what_they_are(tmp_path):
    spec = source("council-benefits")
    write(tmp_path, spec, {}, changes=True)
    (tmp_path / "manifest.json").unlink()
    delivery = receive(tmp_path, spec)
    assert delivery.delivers == "changes"
    assert all(file.changes for file in delivery.files.values())


def test_changes_that_are_said_to_be_everything_are_refused_and_so_the_other_way(tmp_path):
    """Read as the full picture, a day's changes would end everything else."""
    spec = source("police")
    write(tmp_path, spec, {}, changes=True)
    tell(tmp_path, delivers="full")
    with pytest.raises(WrongFile, match=r"persons.csv, line 1: the column `change` marks changes"):
        receive(tmp_path, spec)
    write(tmp_path, spec, {})
    tell(tmp_path, delivers="changes")
    with pytest.raises(WrongFile, match=r"persons.csv, line 1: the column `change` is missing"):
        receive(tmp_path, spec)


def test_where_only_one_file_marks_changes_it_is_no_delivery_of_changes(tmp_path):
    spec = source("council-benefits")
    write(tmp_path, spec, {}, changes=True)
    header = (tmp_path / "jobs.csv").read_text().replace(",change", "")
    (tmp_path / "jobs.csv").write_text(header)
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(WrongFile, match="the column `change` marks changes"):
        receive(tmp_path, spec)


def test_a_source_that_delivers_one_kind_takes_no_other(folder):
    only_full = source("schools").model_copy(update={"delivers": "full"})
    tell(folder, delivers="changes")
    with pytest.raises(
        WrongFile, match="these files are changes, and the source delivers the full"
    ):
        receive(folder, only_full)


def test_a_file_is_told_of_with_its_ending_or_without(folder):
    wrong = {"rows": 7, "sha256": "0" * 64}
    for name in ("pupils.csv", "pupils"):
        tell(folder, files={name: wrong})
        with pytest.raises(
            WrongFile, match=r"pupils.csv: this is not the file .* \(7 rows there\)"
        ):
            receive(folder, source("schools"))
    for files in ({"pupils.parquet": wrong}, {"pupils.csv": {"rows": 7}}, {"pupils": None}, []):
        tell(folder, files=files)
        assert receive(folder, source("schools")).files["pupils"].digest != "0" * 64


def test_a_manifest_may_say_more_than_is_asked(folder):
    tell(folder, made_by="another program", delivers="full", source="schools")
    assert receive(folder, source("schools")).delivers == "full"
    assert json.loads((folder / "manifest.json").read_text())["made_by"] == "another program"


def test_a_manifest_as_windows_writes_it_is_the_same(folder):
    """A mark of byte order before it, and a SHA-256 in capitals."""
    digest = hashlib.sha256((folder / "pupils.csv").read_bytes()).hexdigest()
    tell(folder, files={"pupils.csv": {"sha256": digest.upper()}})
    told = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(told, encoding="utf-8-sig")
    assert receive(folder, source("schools")).as_at == AS_AT
