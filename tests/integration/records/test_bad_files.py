"""A file that is not what the source describes refuses the whole load, before anything."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from tests.integration.records.extracts import load, small_extract, write

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records.models import STATEMENTS, Load
from wholeplace.rooms.records.source.wrong import WrongFile

pytestmark = pytest.mark.django_db

HEADER = b"job_key,person_key,employer,start_date,end_date,expected_weeks,hours_a_week,reported_on"
ROW = b"J1,R1,Canal Bakery,2026-06-01,,30,37.5,2026-06-03"
SWAPPED = HEADER.replace(b"start_date,end_date", b"end_date,start_date")


def lines(*rows: bytes, end: bytes = b"\n") -> bytes:
    return b"".join(row + end for row in rows)


REFUSED = {
    "empty": (b"", None, "empty"),
    "blank": (b"\n  \n", None, "empty"),
    "web page": (b"<!DOCTYPE html><html><body>Sign in</body></html>\n", 1, "web page"),
    "spreadsheet": (b"PK\x03\x04" + bytes(60), 1, "not a CSV"),
    "two-byte text": (lines(HEADER, ROW).decode().encode("utf-16"), 1, "UTF-8"),
    "semicolons": (lines(HEADER.replace(b",", b";")), 1, "semicolons"),
    "tabs": (lines(HEADER.replace(b",", b"\t")), 1, "tabs"),
    "other layout": (lines(b"name,age", b"Ada,36"), 1, "`job_key` is missing"),
    "renamed": (lines(HEADER.replace(b"employer", b"employers"), ROW), 1, "renamed to `employers`"),
    "missing": (lines(HEADER.replace(b",employer", b"")), 1, "`employer` is missing"),
    "extra": (lines(HEADER + b",wage", ROW + b",9"), 1, "`wage` is not expected"),
    "twice": (lines(HEADER + b",employer", ROW + b",x"), 1, "`employer` stands there twice"),
    "cut in a row": (lines(HEADER, ROW) + b"J2,R1,Can", 3, "cut short"),
    "cut at a value": (lines(HEADER, ROW) + ROW[:-2], 3, "cut short"),
    "short row": (lines(HEADER, ROW, b"J2,R1,Canal", ROW), 3, "3 values under 8 columns"),
    "long row": (lines(HEADER, ROW + b",x", ROW), 2, "9 values under 8 columns"),
    "Latin-1": (lines(HEADER, ROW, b"J2,R1,Caf\xe9,,,,,"), 3, "UTF-8"),
    "NUL": (lines(HEADER, ROW, b"J2,R1,Ca\0fe,,,,,"), 3, "NUL"),
    "open quotation": (lines(HEADER, ROW, b'J2,R1,"Canal,,,,,', ROW), 3, "not whole CSV"),
    "text after quotation": (lines(HEADER, b'J2,R1,"Canal"x,,,,,'), 2, "not whole CSV"),
    "mixed line ends": (
        lines(HEADER, ROW, ROW.replace(b"J1", b"J2") + b"\r", ROW),
        3,
        "ends otherwise",
    ),
    "old line ends": (lines(HEADER, ROW, end=b"\r"), 1, "do not end as lines do"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_file_refuses_the_load(act, tmp_path, name):
    content, line, words = REFUSED[name]
    folder = write(small_extract(), tmp_path)
    (folder / "jobs.csv").write_bytes(content)
    with pytest.raises(WrongFile, match=words) as caught:
        load(folder)
    assert caught.value.file == "jobs.csv"
    if line:
        assert caught.value.line == line
    assert "Nothing was loaded" in str(caught.value)
    assert caught.value.exit_code == 2
    nothing_written(act)


def nothing_written(act) -> None:
    with act("system-loader"):
        assert {model.objects.count() for model in STATEMENTS.values()} == {0}
        (refused,) = Load.objects.all()
        assert (refused.state, refused.counts) == ("refused", {})
        assert "Nothing was loaded" in refused.why_refused
        assert Person.objects.count() == 0


def test_a_missing_file_refuses_the_load(act, tmp_path):
    folder = write(small_extract(), tmp_path)
    (folder / "accounts.csv").unlink()
    with pytest.raises(WrongFile, match=r"accounts.csv: this file is missing"):
        load(folder)
    nothing_written(act)


def test_a_missing_folder_is_said_plainly(tmp_path):
    with pytest.raises(UserMistake, match="not a folder"):
        load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: b"\xef\xbb\xbf" + raw,
        lambda raw: raw.replace(b"\n", b"\r\n"),
        lambda raw: raw.replace(b"\n", b"\n\n"),
        lambda raw: raw.replace(b"Canal Bakery", b'"Canal ""Best"" Bakery,\nDigbeth"'),
        lambda raw: raw.replace(b"\n", b"\r\n").replace(b"Canal Bakery", b'"Canal\nBakery"'),
    ],
    ids=["byte order mark", "Windows line ends", "blank lines", "quotations", "both line ends"],
)
def test_ordinary_differences_between_exports_are_read(act, tmp_path: Path, change):
    folder = write(small_extract(), tmp_path)
    file = folder / "jobs.csv"
    file.write_bytes(change(file.read_bytes()))
    outcome = load(folder)
    assert (outcome.counts["jobs"].added, outcome.aside) == (1, [])
    with act("system-loader"):
        assert STATEMENTS["job"].objects.get().expected_weeks == 30


def test_columns_may_stand_in_another_order(act, tmp_path):
    folder = write(small_extract(), tmp_path)
    row = ROW.replace(b"2026-06-01,,", b",2026-06-01,")
    (folder / "jobs.csv").write_bytes(lines(SWAPPED, row))
    assert load(folder).counts["jobs"].added == 1
    with act("system-loader"):
        job = STATEMENTS["job"].objects.get()
        assert (str(job.start_date), job.end_date) == ("2026-06-01", None)


def test_when_most_rows_fail_it_is_the_file_that_is_wrong(act, tmp_path):
    folder = write(small_extract(), tmp_path)
    row = b"J%d,R1,Canal Bakery,01/06/2026,,30,37.5,2026-06-03"
    (folder / "jobs.csv").write_bytes(lines(HEADER, *(row % n for n in range(150))))
    with pytest.raises(WrongFile, match="150 of 150 rows fail") as caught:
        load(folder)
    assert caught.value.line == 2
    assert "01/06/2026" in str(caught.value)
    nothing_written(act)


def tell(folder: Path) -> None:
    """A manifest of the files as they lie there, as `city make` writes one."""
    files = {
        path.stem: {
            "rows": path.read_bytes().count(b"\n") - 1,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in folder.glob("*.csv")
    }
    (folder / "manifest.json").write_text(json.dumps({"files": files}))


def test_a_file_that_is_not_what_the_manifest_tells_of_is_refused(tmp_path):
    folder = write(small_extract(), tmp_path)
    tell(folder)
    spells = folder / "benefit_spells.csv"
    whole = spells.read_bytes()
    spells.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))  # cut at a line's end
    with pytest.raises(WrongFile, match="cut short") as refused:
        load(folder)
    assert refused.value.file == "benefit_spells.csv"
    assert "3 rows" in str(refused.value)
    spells.write_bytes(whole)
    assert load(folder).counts["benefit_spells"].added == 3


@pytest.mark.parametrize("rows", [2, 500])
def test_a_file_of_more_or_fewer_rows_than_the_manifest_tells_of_is_refused(act, tmp_path, rows):
    folder = write(small_extract(), tmp_path)
    told = json.dumps({"files": {"benefit_spells.csv": {"rows": rows}}})
    (folder / "manifest.json").write_text(told)
    words = f"benefit_spells.csv: this file has 3 rows, and manifest.json tells of {rows}"
    with pytest.raises(WrongFile, match=words):
        load(folder)
    nothing_written(act)
    (folder / "manifest.json").write_text(told.replace(str(rows), "3"))
    assert load(folder).counts["benefit_spells"].read == 3


@pytest.mark.parametrize("rows", ["three", -3, 3.5, True])
def test_what_is_no_number_of_rows_is_refused(tmp_path, rows):
    folder = write(small_extract(), tmp_path)
    (folder / "manifest.json").write_text(json.dumps({"files": {"jobs": {"rows": rows}}}))
    with pytest.raises(WrongFile, match=r"manifest.json: `rows` of jobs.csv is .*not a number"):
        load(folder)


def test_a_manifest_that_is_itself_cut_short_is_refused_and_a_strangers_is_left(tmp_path):
    folder = write(small_extract(), tmp_path)
    (folder / "manifest.json").write_text('{"files": {"jobs"')
    with pytest.raises(WrongFile, match="this file is not whole JSON"):
        load(folder)
    (folder / "manifest.json").write_text('["something of another program"]')
    load(folder)
