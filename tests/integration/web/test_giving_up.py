"""An award that waits for money is given up: by page, by API; each award page in its state only."""

from __future__ import annotations

import pytest
from tests.integration.web.states import States, make_states

from wholeplace.rooms.casework import queries as casework


@pytest.fixture
def states(act) -> States:
    return make_states(act)


def form_of(client, path: str) -> dict[str, str]:
    form = client.get(path).context["form"]
    return {name: form[name].value() for name in ("key", "version")}


def test_an_offered_award_is_given_up_and_its_money_goes_to_the_next(act, states, signed_in):
    client = signed_in("amina.begum")
    page = f"/awards/{states.award_offered}"
    assert "Give up the award" in client.get(page).content.decode()
    said = form_of(client, f"{page}/give-up") | {"reason": "They moved to another city."}
    assert client.post(f"{page}/give-up", said)["Location"] == page
    with act("amina.begum"):
        assert casework.award(states.award_offered).line.state == "withdrawn"
        assert casework.award(states.award_queued).line.state == "offered"
    assert "Give up the award" not in client.get(page).content.decode()
    again = client.post(f"{page}/give-up", said)
    assert again.status_code == 409
    assert "They moved to another city." in again.content.decode()


def test_a_queued_award_is_given_up_by_the_api(act, states, signed_in):
    client = signed_in("amina.begum")
    path = f"/api/awards/{states.award_queued}"
    said = {"version": client.get(path).json()["line"]["version"], "reason": "They found a grant."}
    answer = client.post(f"{path}/give-up", said, content_type="application/json")
    assert answer.json()["line"]["state"] == "withdrawn"
    again = client.post(f"{path}/give-up", said, content_type="application/json")
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("award", "page", "words"),
    [
        ("award_queued", "confirm", "An award that is queued cannot be confirmed."),
        ("award_ended", "confirm", "An award that is ended cannot be confirmed."),
        ("award_queued", "end", "An award that is queued cannot be ended."),
        ("award_ended", "end", "An award that is ended cannot be ended."),
        ("award_ended", "give-up", "An award that is ended cannot be withdrawn."),
    ],
)
def test_a_page_that_does_not_fit_the_award_says_so(states, signed_in, award, page, words):
    client = signed_in("amina.begum")
    path = f"/awards/{getattr(states, award)}/{page}"
    version = client.get(f"/api/awards/{getattr(states, award)}").json()["line"]["version"]
    for answer in (client.get(path), client.post(path, {"version": version})):
        assert answer.status_code == 409
        assert words in answer.content.decode()
