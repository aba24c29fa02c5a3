"""Small words of the pages: what a search refuses, what a code means, in which order."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import timezone

from wholeplace.rooms.casework import queries as casework
from wholeplace.web.people.held import who_says
from wholeplace.web.why import agency_named, pay_rows


def test_a_search_of_one_letter_is_refused_and_nothing_is_said_of_saving(signed_in):
    client = signed_in("amina.begum")
    answer = client.post("/search", {"name": "a"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Type at least two letters" in page
    assert "Nobody was searched for" in page
    assert "Nothing was saved" not in page
    api = client.post("/api/search", {"name": "a"}, content_type="application/json")
    assert api.status_code == 422
    assert "two letters" in api.json()["do"]


def test_an_agency_and_a_language_are_named_and_an_unknown_code_stays():
    assert "Benefits Service" in agency_named("council-benefits", settings.PLACE)
    assert agency_named("nobody", settings.PLACE) == "nobody"
    assert agency_named("open-data", settings.PLACE) == "published data"
    said = dict.fromkeys(("date_of_birth", "sex", "ni_number", "phone", "email", "date_of_death"))
    assert dict(who_says(said | {"language": "ur"}))["Language"] == "Urdu"
    assert dict(who_says(said | {"language": "xx"}))["Language"] == "xx"


def test_a_figure_of_the_day_is_named_by_its_meaning_and_one_that_is_gone_by_its_name():
    said = ("ctr_savings_limit is £6,000.00 (x)", "gone is £1.00 (x)", "pension_age is 66")
    pay = {"text": "Help", "shown": "£9.00", "weeks": None, "facts": [], "settings": said}
    assert [row.value for row in pay_rows({"pays": [pay]})[1:]] == [
        "The most savings with which a council tax reduction is made: £6,000.00 (x)",
        "gone is £1.00 (x)",
    ]


def test_what_is_due_is_listed_by_day_page_by_page(act, world):
    with act("grace.lindqvist"):
        day = timezone.localdate() + dt.timedelta(days=400)
        whole = casework.due_payments(day).items
        assert len(whole) > 2
        assert [(p.due_on, p.id) for p in whole] == sorted((p.due_on, p.id) for p in whole)
        paged, after = [], 0
        while after is not None:
            part = casework.due_payments(day, after=after, size=1)
            paged += part.items
            after = part.next_after
        assert [p.id for p in paged] == [p.id for p in whole]


def test_a_record_leads_back_to_the_work_list(world, signed_in):
    page = signed_in("amina.begum").get(f"/people/{world.fresh.ref}").content.decode()
    assert f'href="/trawls/{world.run}" class="govuk-back-link"' in page
