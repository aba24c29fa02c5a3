"""Pages in the states that are not the usual ones, wide and narrow."""

from __future__ import annotations

import pytest
from tests.browser.test_pages import overflow, violations
from tests.browser.waiting import leads, says

pytestmark = pytest.mark.browser

PAGES = (
    "/people/{ended}",
    "/people/{offered}",
    "/people/{queued}",
    "/people/{refused}",
    "/awards/{award_ended}",
    "/awards/{award_offered}",
    "/awards/{award_offered}/confirm",
    "/awards/{award_queued}",
    "/applications",
    "/applications/{application_refused}",
    "/fund/{budget}",
    "/trawls",
    "/trawls/{run}",
    "/trawls/{run}?answer=yes&applied=yes",
    "/trawls/{run}/about",
    "/trawls/{failed}",
    "/trawls/{waiting}",
    "/",
)


@pytest.fixture
def states(act, site):
    from tests.integration.web.states import make_states

    return make_states(act)


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("username", ["amina.begum", "harpreet.gill"])
def test_every_state_is_accessible_and_fits(states, visitor, shot, username, width):
    names = {k: getattr(v, "ref", v) for k, v in vars(states).items()}
    page = visitor(username, width=width)
    wrong = []
    for path in PAGES:
        if username == "harpreet.gill" and path.endswith("/confirm"):
            continue  # who manages does not decide
        page.goto(path.format(**names))
        shot(
            page,
            f"states-{username[:3]}-{width}-{path.translate(str.maketrans('/{}?&=', '------'))}",
        )
        wrong += [f"{path}: {found}" for found in violations(page)]
        if overflow(page) > 0:
            wrong.append(f"{path}: {overflow(page)} pixels too wide")
    assert not wrong


@pytest.mark.parametrize("width", [1280, 320])
def test_a_resident_who_waits_reads_their_place(act, states, visitor, shot, width):
    from wholeplace.rooms.people.actions import issue_code

    with act("amina.begum"):
        code = issue_code(ref=states.queued.ref)
    page = visitor(width=width)
    page.goto("/code")
    page.get_by_label("Your reference").fill(states.queued.ref)
    page.get_by_label("Your one-time code").fill(code)
    leads(page, page.get_by_role("button", name="Open my record").click)
    page.goto("/my/payments")
    says(page, "Your place in the queue is 2.", part="main")
    shot(page, f"states-resident-{width}")
    assert violations(page) == []
    assert overflow(page) <= 0
