"""The pictures of pages hold what the world holds, and each its table."""

from __future__ import annotations

import datetime as dt
import re

from django.utils import timezone
from tests.integration.web import world as made

from wholeplace.flows import pay
from wholeplace.rooms.places.models import Area, Indicator
from wholeplace.web.charts.pairs import in_percent


def page_of(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def table_of(page: str, caption: str) -> list[list[str]]:
    """The rows of a table as words."""
    body = re.search(rf">{re.escape(caption)}</caption>.*?<tbody.*?</tbody>", page, re.S).group(0)
    rows = re.findall(r'<tr class="govuk-table__row" role="row">(.*?)</tr>', body, re.S)[1:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


PAID, DUE = "Paid each week, the last 13 weeks", "Falls due each week, the next 8 weeks"


def test_the_weeks_of_a_fund(act, world, signed_in):
    grace, path = signed_in("grace.lindqvist"), f"/fund/{world.budget}"
    page = page_of(grace, path)
    assert PAID not in page and DUE in page
    with act("grace.lindqvist"):
        pay.release_payment(payment_id=world.payment)
    page = page_of(grace, path)
    paid, due = table_of(page, PAID), table_of(page, DUE)
    assert (len(paid), len(due)) == (13, 8)
    assert sum(float(cell.strip("£")) for _, cell in paid) == 35
    # What an assessor may not read is not drawn for them, also not as a smaller sum.
    page = page_of(signed_in("amina.begum"), path)
    assert PAID in page and DUE not in page


def test_the_managers_home_draws_every_fund_together(act, world, signed_in):
    with act("grace.lindqvist"):
        pay.release_payment(payment_id=world.payment)
    page = page_of(signed_in("harpreet.gill"), "/")
    monday = timezone.localdate() - dt.timedelta(days=timezone.localdate().weekday())
    newest = table_of(page, PAID)[-1]
    assert newest == [f"Week from {monday.day} {monday:%B %Y}", "£35.00"]


def test_about_a_trawl_its_tests_and_its_wards(world, signed_in):
    page = page_of(signed_in("harpreet.gill"), f"/trawls/{world.run}/about")
    assert "Test Act 2026" in page
    tests = table_of(page, "How many each test left")
    assert tests[0] == ["job started", "2", "0", "0", "2"]
    wards = table_of(page, "Where the people lived who were found, by ward")
    assert wards[0] == ["Ladywood", "2"]
    assert f'href="/places/{made.WARD}"' in page


def test_a_trawl_that_is_not_whole_has_no_page_about_it(act, signed_in, world):
    from wholeplace.rooms.schemes import actions

    with act("amina.begum"):
        version = actions.keep_version(scheme=made.SCHEME, name="T", text="kept")
        run = actions.ask(scheme=made.SCHEME, version_id=version, as_at=timezone.localdate())
    answer = signed_in("amina.begum").get(f"/trawls/{run}/about")
    assert (answer.status_code, answer["Location"]) == (302, f"/trawls/{run}")


def test_a_ward_has_a_line_once_two_months_are_held(act, world, signed_in):
    client, path = signed_in("harpreet.gill"), f"/places/{made.WARD}"
    page = page_of(client, path)
    assert "Claimants over the months" not in page
    assert table_of(page, "Small areas by decile of deprivation")[0] == ["1, most deprived", "1"]
    with act("system-loader"):
        Indicator.objects.create(
            area=Area.objects.get(code=made.WARD),
            name="claimant_rate",
            value=8.25,
            valid_from=dt.date(2018, 6, 1),
            source="test",
        )
    months = table_of(page_of(client, path), "Claimants over the months")
    assert [row[0] for row in months][:2] == ["May 2018", "June 2018"]


def test_the_work_list_shows_and_filters_who_has_applied(world, signed_in):
    client = signed_in("amina.begum")
    page = page_of(client, f"/trawls/{world.run}")
    today = timezone.localdate()
    assert f"Applied {today.day} {today:%B %Y}" in page
    assert f'href="/applications/{world.application}"' in page
    left = page_of(client, f"/trawls/{world.run}?answer=yes&applied=no")
    assert "Cleo Fresh" in left and "Bert Found" not in left and "1 person in this list." in left
    done = page_of(client, f"/trawls/{world.run}?answer=yes&applied=yes")
    assert "Bert Found" in done and "Cleo Fresh" not in done
    # The filter stays on the list that it was chosen on.
    assert re.search(r'name="answer"[^>]*value="yes"', done)
    assert f'href="/trawls/{world.run}?answer=yes"' in done


def test_home_counts_who_has_not_applied_and_says_how_many_have(world, signed_in):
    for username in ("amina.begum", "harpreet.gill"):
        page = page_of(signed_in(username), "/")
        assert "1 person whom the scheme fits" in page
        assert "1 person has applied already" in page
        assert f'href="/trawls/{world.run}?answer=yes&amp;applied=no"' in page


def test_none_at_all_is_no_small_share():
    assert (in_percent(0.0), in_percent(1e-9)) == ("0%", "fewer than 1 in a million")
