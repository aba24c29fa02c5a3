"""Counts for everybody: by ward, suppressed before they are put, read without signing in."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from tests.builders import SCHEME, make_area, make_claimant
from tests.integration.flows.trawled import DAY, trawl

from wholeplace.core.evidence.suppression import Between, Publishing
from wholeplace.core.kernel.errors import NotFound, Refused
from wholeplace.core.rules.files.faults import FileMistake
from wholeplace.flows import place_rules
from wholeplace.rooms.places.models import Area, AreaParent
from wholeplace.rooms.schemes import published
from wholeplace.rooms.schemes.models import PublishedCount, TrawlRun
from wholeplace.rooms.schemes.published import AreaCount, public_counts

WARDS = {"W1": "Aston", "W2": "Bordesley", "W3": "Castle Vale"}
EACH = {"T01": 8, "T02": 3}  # small area → people; nobody in Castle Vale


@pytest.fixture
def city(act, settings, tmp_path):
    """Eight people in one ward, three in another, two of whom may fit, one without a ward."""
    settings.HOME = tmp_path
    with act("system-loader"):
        for code in ("T01", "T02", "T99"):
            make_area(code, decile=1)
        for code, name in WARDS.items():
            Area.objects.create(code=code, kind="ward", name=name, vintage="2018", source="test")
        for small, ward in (("T01", "W1"), ("T02", "W2")):
            parts = (Area.objects.get(code=small), Area.objects.get(code=ward))
            AreaParent.objects.create(area=parts[0], parent=parts[1])
        for area, people in EACH.items():
            for n in range(people):
                make_claimant(f"Person {area}{n}", area=area)
        make_claimant("Maybe One", area="T01", expected_weeks=None)
        make_claimant("Dead One", area="T02", date_of_death=DAY)
        make_claimant("Nowhere One", area="T99")


def test_a_trawl_publishes_what_may_be_published_and_nothing_else(act, city):
    assert public_counts(SCHEME) is None
    run = trawl(act)
    counts = public_counts(SCHEME)  # nobody acts
    assert (counts.as_at, counts.few, counts.round_to) == (DAY, 5, 5)
    assert counts.areas == (
        AreaCount("W1", "Aston", 10, None),
        AreaCount("W2", "Bordesley", None, 0),
        AreaCount("W3", "Castle Vale", 0, 0),
        AreaCount("", "", None, 0),
    )
    assert counts.totals == {"yes": Between(8, 22), "possible": Between(1, 5)}
    with act("system-worker"):
        shown = PublishedCount.objects.filter(run=run).values_list("people", flat=True)
        assert sorted(n for n in shown if n is not None) == [0, 0, 0, 0, 10]


def test_counts_that_are_hidden_do_not_change_what_is_put(act, city):
    """One more person in the ward of three: the same figures, total and all."""
    trawl(act)
    before = public_counts(SCHEME)
    with act("system-loader"):
        make_claimant("One More", area="T02")
    trawl(act)
    assert public_counts(SCHEME) == before


def test_the_page_and_the_api_say_the_same_signed_out(act, city):
    client = Client()
    assert "Nobody has been counted" in client.get(f"/schemes/{SCHEME}").content.decode()
    assert client.get(f"/api/schemes/{SCHEME}/counts").status_code == 404
    trawl(act)
    page = client.get(f"/schemes/{SCHEME}").content.decode()
    said = client.get(f"/api/schemes/{SCHEME}/counts").json()
    assert "It fits between 8 and 22 people." in page
    assert "Of between 1 and 5 people something is not known" in page
    assert page.count("1 to 5") == 4  # three cells and the sentence that explains them
    assert said["totals"] == {"yes": {"least": 8, "most": 22}, "possible": {"least": 1, "most": 5}}
    assert said["unit"] == "person"
    assert [area["yes"] for area in said["areas"]] == [10, None, 0, None]
    for words in ("Person T", "Maybe One", "Nowhere"):
        assert words not in page
        assert words not in str(said)


def test_an_unknown_scheme_is_absent_and_nothing_is_posted(db):
    client = Client()
    assert client.get("/schemes/no-such-scheme").status_code == 404
    assert client.get("/api/schemes/no-such-scheme/counts").status_code == 404
    assert client.post(f"/schemes/{SCHEME}").status_code == 405
    assert client.post("/schemes").status_code == 405


def test_the_database_refuses_a_small_count_whoever_writes_it(act, city):
    run = trawl(act)
    with act("system-worker"):
        for people in (1, 4):
            with pytest.raises(DatabaseError), transaction.atomic():
                _put(run, people=people)
        with pytest.raises(DatabaseError), transaction.atomic():
            _put(run, people=None, threshold=4)
        with pytest.raises(DatabaseError), transaction.atomic():
            PublishedCount.objects.filter(run=run).update(people=10)


def _put(run: int, **more: object) -> None:
    values = {"people": 10, "threshold": 5, "round_to": 5} | more
    PublishedCount.objects.create(
        run_id=run, scheme=SCHEME, as_at=DAY, area_code="X", answer="yes", **values
    )


def test_who_may_not_run_trawls_publishes_nothing(act, city):
    run = trawl(act)
    for username in ("harpreet.gill", "grace.lindqvist", "owen.pryce"):
        with act(username), pytest.raises(Refused):
            published.publish(run, Publishing())
    with act("system-worker"):
        with pytest.raises(NotFound):
            published.publish(987_654, Publishing())
        assert TrawlRun.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("few: 4\nround_to: 5\nsource: test\n", "publishing.yaml:1:6: this must be 5 or more"),
        ("few: 9\nround_to: 0\nsource: test\n", "publishing.yaml:2:11: this must be 1 or more"),
        ("few: 9\nround_to: 5\n", "the key `source` is missing"),
    ],
)
def test_a_place_hides_more_and_never_less(settings, tmp_path, said, wrong):
    settings.PLACE = tmp_path
    assert place_rules.publishing() == Publishing(5, 5)
    (tmp_path / "governance").mkdir()
    file = tmp_path / "governance" / "publishing.yaml"
    file.write_text(said)
    with pytest.raises(FileMistake) as mistake:
        place_rules.publishing()
    assert wrong in str(mistake.value)
    file.write_text("few: 9\nround_to: 10\nsource: test\n")
    assert place_rules.publishing() == Publishing(9, 10)
