"""What trawls keep, on pages: changes, replays, overlaps, public counts, in every state."""

from __future__ import annotations

import pytest
from tests.browser.test_pages import overflow, violations
from tests.browser.waiting import leads, says

pytestmark = pytest.mark.browser

READS = {
    "one-run-only": "/trawls/{other}/changes",
    "nothing-changed": "/trawls/{same}/changes",
    "fell-out": "/trawls/{later}/changes",
    "nobody-new": "/trawls/{later}/changes?kind=new",
    "many-changes": "/trawls/{none}/changes?with={same_as}",
    "many-changes-2": "/trawls/{none}/changes?with={same_as}&kind=gone&after={tenth}",
    "one-person": "/trawls/{later}/changes/{found}",
    "about": "/trawls/{run}/about",
    "replay-different": "/trawls/{run}/replays/{replay}",
    "replay-identical": "/trawls/{run}/replays/{identical}",
    "replay-failed": "/trawls/{run}/replays/{failed}",
    "overlaps": "/trawls/overlaps",
    "pair": "/trawls/overlaps/transition-payments/youth-enterprise",
    "schemes": "/schemes",
    "scheme": "/schemes/transition-payments",
    "scheme-not-counted": "/schemes/youth-enterprise",
}
RUNS = {"replay": "/trawls/{run}/replay", "replay-waiting": "/trawls/{run}/replays/{waiting}"}
PAGES = {
    "amina.begum": READS | RUNS,
    "harpreet.gill": {"many-changes": READS["many-changes"], "about": READS["about"]},
    "kezia.brown": {"absent": READS["fell-out"], "refused": READS["overlaps"]},
    "": {name: READS[name] for name in ("schemes", "scheme", "scheme-not-counted")},
}


@pytest.fixture
def names(act, world):
    """The world with a trawl that changed nothing, one of which everybody fell out, and replays."""
    from tests.integration.web import world as made

    from wholeplace.rooms.schemes import replays

    made.keep_more(act, world)
    with act("system-loader"):
        people = [made.eligible(f"Person Number{n}") for n in range(30)]
    found = {name: getattr(world, name).ref for name in ("paid", "found", "fresh")}
    found |= {k: v for k, v in vars(world).items() if isinstance(v, int)}
    found["other"] = world.later - 1
    found["same"], _ = made.trawled(act, [world.fresh])
    found["same_as"], _ = made.trawled(act, people)
    found["none"], _ = made.trawled(act, [])
    found["tenth"] = people[9].pk
    for state in ("identical", "failed", "waiting"):
        with act("amina.begum"):
            found[state] = replays.ask(run_id=world.run)
        with act("system-worker"):
            if state != "waiting":
                replays.begin(replay_id=found[state])
            if state == "identical":
                replays.settle(replay_id=found[state], kept=2, differences=[])
            if state == "failed":
                replays.fail(replay_id=found[state], why="The records could not be read.")
    return found


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("username", list(PAGES))
def test_every_state_is_accessible_and_fits(names, visitor, shot, username, width):
    page = visitor(username, width=width)
    wrong = []
    for name, path in PAGES[username].items():
        answer = page.goto(path.format(**names))
        shot(page, f"kept-{username[:3] or 'nobody'}-{width}-{name}")
        refused = {"absent": 404, "refused": 403}.get(name, 200)
        if answer.status != refused:
            wrong.append(f"{path}: {answer.status}")
        wrong += [f"{path}: {found}" for found in violations(page)]
        if overflow(page) > 0:
            wrong.append(f"{path}: {overflow(page)} pixels too wide")
    assert not wrong


@pytest.mark.parametrize("width", [1280, 320])
def test_before_any_trawl(act, site, visitor, shot, width):
    page = visitor("amina.begum", width=width)
    page.goto("/trawls/overlaps")
    says(page, "no trawl is done yet", part="main")
    shot(page, f"kept-ami-{width}-overlaps-none")
    assert (violations(page), max(overflow(page), 0)) == ([], 0)


def test_what_changed_is_reached_with_the_keyboard_alone(names, visitor):
    page = visitor("amina.begum")
    page.goto(f"/trawls/{names['later']}")
    _press_to(page, "What changed")
    says(page, "What changed since the last trawl", part="main")
    _press_to(page, "Show what changed for Bert Found")
    says(page, "Found by the earlier trawl and not by this one.", part="main")


def _press_to(page, words: str) -> None:
    """Tab to the link of these words and follow it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        said = page.evaluate("document.activeElement.innerText || ''")
        if " ".join(said.split()) == words:
            leads(page, lambda: page.keyboard.press("Enter"))
            return
    raise AssertionError(f"No tab reaches “{words}”.")
