"""Rows that were set aside: corrected by an officer, run again, dropped; each once, both kept."""

from __future__ import annotations

from typing import Any

import pytest
from tests.builders import make_person, state_resident
from tests.integration.records.extracts import DAY, load, row, small_extract, write

from wholeplace.core.kernel.errors import NotFound, Refused, Stale, UserMistake
from wholeplace.flows import mend_rejects
from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records import quarantine
from wholeplace.rooms.records.models import STATEMENTS, Correction, Load, Reject
from wholeplace.rooms.records.quarantine import Narrowed
from wholeplace.rooms.records.source import reasons

pytestmark = pytest.mark.django_db
OFFICER, OTHER, LOADER = "rosa.delgado", "idris.vaughan", "system-loader"
HIDDEN = {"id", "load_id", "person_id", "recorded_at", "superseded_at", "agency_id"}


@pytest.fixture
def tables():
    return small_extract()


def standing(reason: str = "") -> list[quarantine.Line]:
    return quarantine.lines(Narrowed(reason=reason))


def mend(number: int, why: str = "Rang them", **values: str) -> mend_rejects.Outcome:
    return mend_rejects.mend(number, values, why=why, day=DAY)


def held(act) -> dict[str, list[dict[str, Any]]]:
    """Every current statement, but for its numbers and times; a person's is their key."""
    with act(LOADER):
        keys = {r.person_id: r.source_key for r in STATEMENTS["resident"].objects.all()}
        return {
            name: [
                {k: v for k, v in each.items() if k not in HIDDEN}
                | {"who": keys.get(each.get("person_id"))}
                for each in model.objects.filter(superseded_at=None).order_by("source_key").values()
            ]
            for name, model in STATEMENTS.items()
        }


def test_a_mended_row_equals_one_that_was_right(act, tables, tmp_path):
    tables["residents"][2]["date_of_birth"] = "31/02/1985"
    load(write(tables, tmp_path / "wrong"))
    with act(OFFICER):
        (one,) = standing(reasons.not_a_date(_born()))
        outcome = mend(one.id, date_of_birth="1985-02-28")
        assert outcome.mended == 3, "and the two rows that waited for it"
        assert standing() == []
    mended = held(act)
    load(write(small_extract(), tmp_path / "right"))
    assert held(act) == mended
    with act(LOADER):
        assert Load.objects.order_by("-pk").first().counts["residents"]["same"] == 3


def _born() -> Any:
    from django.conf import settings

    from wholeplace.flows.load_extract import find_source

    source = find_source(settings.PLACE, "council-benefits")
    return source.files["residents"].fields["date_of_birth"]


def test_both_values_are_kept_with_who_and_why(act, tables, tmp_path):
    tables["jobs"][0]["expected_weeks"] = "many"
    load(write(tables, tmp_path))
    with act(OFFICER):
        (one,) = standing()
        outcome = mend(one.id, why="Asked the employer", expected_weeks="30")
        kept = quarantine.row(one.id)
    assert kept.row["expected_weeks"] == "many"
    assert (kept.state, kept.closed_load_id) == ("mended", outcome.load_id)
    (said,) = kept.corrections
    assert (said.values, said.why, said.by_name) == (
        {"expected_weeks": "30"},
        "Asked the employer",
        "Rosa Delgado",
    )
    with act(LOADER):
        assert STATEMENTS["job"].objects.get(superseded_at=None).expected_weeks == 30
        made = Load.objects.get(pk=outcome.load_id)
        assert (made.folder, made.files, made.delivers) == ("", {}, "changes")
    with act("owen.pryce"):
        assert Event.objects.filter(action="reject.mend", record=f"reject {one.id}").count() == 1


def test_the_former_version_stays_where_a_row_was_known_before(act, tables, tmp_path):
    load(write(tables, tmp_path / "before"))
    tables["jobs"][0] |= {"employer": "Lock Keepers", "hours_a_week": "200"}
    load(write(tables, tmp_path / "now"))
    with act(OFFICER):
        (one,) = standing()
        mend(one.id, hours_a_week="20")
    with act(LOADER):
        versions = STATEMENTS["job"].objects.order_by("recorded_at")
        told = [(v.employer, v.hours_a_week, v.superseded_at is None) for v in versions]
    assert told == [("Canal Bakery", 37.5, False), ("Lock Keepers", 20.0, True)]


def test_a_row_that_is_still_wrong_says_so_and_nothing_is_written(act, tables, tmp_path):
    tables["jobs"][0]["expected_weeks"] = "many"
    load(write(tables, tmp_path))
    with act(OFFICER):
        (one,) = standing()
        before = (Load.objects.count(), Reject.objects.count())
        with pytest.raises(mend_rejects.StillWrong) as caught:
            mend(one.id, expected_weeks="5", start_date="2026-06-31")
        assert [column for column, _ in caught.value.faults] == ["start_date"]
        assert (Load.objects.count(), Reject.objects.count()) == before
        assert quarantine.row(one.id).state == "open"
        assert Correction.objects.count() == 0
    with act(LOADER):
        assert STATEMENTS["job"].objects.count() == 0


def test_a_second_correction_finds_the_row_closed(act, tables, tmp_path):
    tables["jobs"][0]["expected_weeks"] = "many"
    load(write(tables, tmp_path))
    with act(OFFICER):
        (one,) = standing()
        mend(one.id, expected_weeks="30")
        with pytest.raises(Stale):
            mend(one.id, expected_weeks="31")
        with pytest.raises(Stale):
            mend_rejects.drop(one.id, why="No")
        assert Correction.objects.count() == 1
    with act(LOADER):
        assert STATEMENTS["job"].objects.get(superseded_at=None).expected_weeks == 30


def test_a_key_that_could_not_be_read_is_typed(act, tables, tmp_path):
    tables["jobs"][0]["job_key"] = ""
    load(write(tables, tmp_path))
    with act(OFFICER):
        (one,) = standing()
        assert one.source_key is None
        mend(one.id, job_key="J1")
        assert quarantine.row(one.id).state == "mended"
    with act(LOADER):
        assert STATEMENTS["job"].objects.get().source_key == "J1"


def test_of_two_rows_with_one_key_the_right_one_is_chosen(act, tables, tmp_path):
    other = tables["jobs"][0] | {"employer": "Another"}
    tables["jobs"].append(other)
    load(write(tables, tmp_path))
    with act(OFFICER):
        chosen = next(one for one in standing(reasons.TWICE) if one.row["employer"] == "Another")
        mend(chosen.id)
        assert standing() == [], "the other of the two is closed with it"
    with act(LOADER):
        assert STATEMENTS["job"].objects.get().employer == "Another"


def test_a_key_is_the_same_persons_when_an_officer_says_so(act, tables, tmp_path):
    load(write(tables, tmp_path / "before"))
    told = {"given_names": "Wei", "family_name": "Zhang", "date_of_birth": "1991-05-04"}
    tables["residents"][2] |= told
    load(write(tables, tmp_path / "now"))
    with act(OFFICER):
        (one,) = standing(reasons.REUSED)
        with pytest.raises(mend_rejects.StillWrong):
            mend(one.id)
        mend_rejects.mend(one.id, {}, why="Registered anew", day=DAY, same_person=True)
        assert standing() == []
        told = quarantine.people_of(["R3"])
        assert Person.objects.get(pk=told["R3"]).name == "Wei Zhang"
    with act(LOADER):
        versions = STATEMENTS["resident"].objects.filter(source_key="R3")
        assert len({version.person_id for version in versions}) == 1
    again = load(write(tables, tmp_path / "again"))
    assert not again.aside, "from now on it is their name"


def test_values_that_span_lines_and_hold_quotes_arrive_whole(act, tables, tmp_path):
    tables["residents"][0] |= {"given_names": 'Ann "Nan"\nMary, née Ó', "sex": "?"}
    tables["residents"][1]["sex"] = "?"
    load(write(tables, tmp_path))
    with act(OFFICER):
        named = {one.source_key: one.id for one in standing() if one.file == "residents.csv"}
        mend(named["R2"], sex="F")
        mend(named["R1"], sex="F")
    with act(LOADER):
        one = STATEMENTS["resident"].objects.get(source_key="R1", superseded_at=None)
        assert (one.given_names, one.sex) == ('Ann "Nan"\nMary, née Ó', "F")


def test_a_reason_is_run_again_when_the_missing_row_has_come(act, tables, tmp_path):
    missing = tables["residents"].pop(2)
    load(write(tables, tmp_path / "without"))
    saying = reasons.no_such_key("residents.csv")
    with act(OFFICER):
        assert {one.file for one in standing(saying)} == {
            "household_members.csv",
            "benefit_spells.csv",
        }
        narrowed = Narrowed("council-benefits", "benefit_spells.csv", saying, "person_key")
        none = mend_rejects.run_again(narrowed, why="Try", day=DAY)
        assert (none.mended, none.still_wrong, none.load_id) == (0, 1, None)
        assert len(standing(saying)) == 2, "what is still wrong is not set aside a second time"
    tables["residents"].append(missing)
    later = {**small_extract(), "benefit_spells": [], "household_members": []}
    spells = tables["benefit_spells"]
    later |= {"benefit_spells": spells[:2], "household_members": tables["household_members"][:2]}
    folder = write(later, tmp_path / "later")
    assert folder
    _add_resident(act, missing, tmp_path)
    with act(OFFICER):
        done = mend_rejects.run_again(narrowed, why="They have come", day=DAY)
        assert (done.mended, done.still_wrong) == (1, 0)
        assert {one.file for one in standing(saying)} == {"household_members.csv"}
    with act(LOADER):
        assert STATEMENTS["benefit_spell"].objects.filter(superseded_at=None).count() == 3


def _add_resident(act, missing: dict[str, str], tmp_path) -> None:
    """The person alone arrives, as the benefits service's changes."""
    import json

    from django.conf import settings

    from wholeplace.flows.load_extract import find_source, load_extract

    source = find_source(settings.PLACE, "council-benefits")
    folder = write({**{name: [] for name in small_extract()}}, tmp_path / "changes")
    for name, spec in source.files.items():
        assert spec.change is not None
        path = folder / spec.file
        head = path.read_text(encoding="utf-8").splitlines()[0]
        lines = [f"{head},{spec.change.column}"]
        if name == "residents":
            lines.append(",".join([*missing.values(), spec.change.added]))
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = {"source": source.source, "as_at": DAY.isoformat(), "delivers": "changes"}
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    load_extract(folder, source, day=DAY, correction=True)


def test_a_dropped_row_stays_as_it_stood_and_closes(act, tables, tmp_path):
    tables["jobs"][0]["expected_weeks"] = "many"
    load(write(tables, tmp_path))
    with act(OFFICER):
        (one,) = standing()
        mend_rejects.drop(one.id, why="A test row of theirs")
        kept = quarantine.row(one.id)
        assert (kept.state, kept.why_closed) == ("dropped", "A test row of theirs")
        assert kept.row["expected_weeks"] == "many"
        assert standing() == []


def test_a_row_sent_again_whole_closes_by_itself(act, tables, tmp_path):
    tables["jobs"][0]["expected_weeks"] = "many"
    load(write(tables, tmp_path / "wrong"))
    with act(OFFICER):
        (one,) = standing()
    tables["jobs"][0]["expected_weeks"] = "30"
    later = load(write(tables, tmp_path / "right"))
    with act(OFFICER):
        kept = quarantine.row(one.id)
        assert (kept.state, kept.closed_load_id) == ("mended", later.load_id)


def test_of_a_row_set_aside_again_the_later_one_stands(act, tables, tmp_path):
    tables["jobs"][0]["expected_weeks"] = "many"
    load(write(tables, tmp_path / "first"))
    tables["jobs"][0]["hours_a_week"] = "20"
    load(write(tables, tmp_path / "second"))
    with act(OFFICER):
        (one,) = standing()
        assert one.row["hours_a_week"] == "20"
        (told,) = quarantine.reasons(Narrowed())
        assert told.rows == 1
        earlier = Reject.objects.order_by("pk").first()
        assert earlier is not None
        with pytest.raises(UserMistake, match="later delivery"):
            mend(earlier.pk, expected_weeks="30")
        mend(one.id, expected_weeks="30")
        assert set(Reject.objects.values_list("state", flat=True)) == {"mended"}


def test_another_agency_and_another_role_see_none_of_it(act, tables, tmp_path):
    tables["jobs"][0]["expected_weeks"] = "many"
    load(write(tables, tmp_path))
    with act(OFFICER):
        (one,) = standing()
    with act(OTHER):
        assert standing() == []
        with pytest.raises(NotFound):
            mend(one.id, expected_weeks="30")
    with act("harpreet.gill"):  # who may read what was set aside, and not mend it
        assert len(standing()) == 1
        with pytest.raises(Refused):
            mend(one.id, expected_weeks="30")
    with act("amina.begum"):
        assert standing() == []


def test_a_row_that_names_somebody_restricted_is_hidden_with_them(act, tables, tmp_path):
    with act(LOADER):
        hidden = make_person("Hidden Person", restricted=True)
        state_resident(hidden)
    key = f"R{hidden.pk}"
    tables["residents"].append({**tables["residents"][0], "person_key": key, "sex": "?"})
    tables["jobs"] = [
        row("jobs", job_key=f"J{n}", person_key=who, expected_weeks="many")
        for n, who in enumerate([key, "R2"])
    ]
    load(write(tables, tmp_path))
    with act(LOADER):
        assert Reject.objects.filter(state="open").count() >= 3
    with act(OFFICER):
        assert {one.source_key for one in standing()} == {"J1"}
        assert sum(one.rows for one in quarantine.reasons(Narrowed())) == 1
        theirs = Reject.objects.filter(source_key__in=[key, "J0"])
        assert not theirs.exists()


def test_corrections_are_never_changed(act, tables, tmp_path):
    from django.db import DatabaseError, transaction

    tables["jobs"][0]["expected_weeks"] = "many"
    load(write(tables, tmp_path))
    with act(OFFICER):
        mend(standing()[0].id, expected_weeks="30")
        with pytest.raises(DatabaseError), transaction.atomic():
            Correction.objects.update(why="Otherwise")
    assert Person.objects.count() == 0
