"""Every address, as every role, against one table.

An address without a line fails. Every view of a person is written down in the transaction of
the read. What is hidden answers with the same bytes as what is absent.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from wholeplace.rooms.audit.models import Event

ROLES = ("assessor", "finance", "manager", "key worker", "administrator", "governance", "resident")
STAFF = {
    "assessor": "amina.begum",
    "finance": "grace.lindqvist",
    "manager": "harpreet.gill",
    "key worker": "kezia.brown",
    "administrator": "sam.admin",
    "governance": "owen.pryce",
}
ABSENT_REF = "P00000000"
ABSENT_NUMBER = 987_654_321


@dataclass(frozen=True)
class Line:
    """One address: how it is asked, and what each role is answered.

    `answers` has one number a role, in the order of ROLES; signed out, a page answers 302 and
    the API 401 unless `out` says otherwise. `of` is whose record it shows, so that a view must
    be written down. `sent` is posted, as a form or as JSON.
    """

    method: str
    path: str
    answers: tuple[int, ...]
    out: int = 0
    of: str = ""
    sent: dict[str, Any] = field(default_factory=dict)


def line(method: str, path: str, answers: str, **more: Any) -> Line:
    codes = tuple(int(code) for code in answers.split())
    assert len(codes) == len(ROLES), path
    return Line(method, path, codes, **more)


# Each answer in the order of ROLES: assessor finance manager key-worker admin governance resident
PAGES = {
    "home": line("GET", "/", "200 200 200 200 200 200 200"),
    "sign-in": line("GET", "/sign-in", "302 302 302 302 302 302 302", out=200),
    "code": line("GET", "/code", "302 302 302 302 302 302 302", out=200),
    "role": line("GET", "/role", "200 200 200 200 200 200 200"),
    "search": line("GET", "/search", "200 403 200 200 403 403 403"),
    "search-results": line("GET", "/search/{absent}", "404 404 404 404 404 404 404"),
    "person": line("GET", "/people/{paid}", "200 404 200 404 404 404 200", of="paid"),
    "person-before": line("GET", "/people/{paid}/before", "200 404 200 404 404 404 404", of="paid"),
    # Nobody in this world has records of two agencies: test_single_view.py has those.
    "person-one": line("GET", "/people/{paid}/one-person", "404 404 404 404 404 404 404"),
    "person-letter": line(
        "GET", "/people/{fresh}/letter", "200 404 404 404 404 404 404", of="fresh"
    ),
    "person-application": line(
        "GET", "/people/{fresh}/application", "200 404 404 404 404 404 404", of="fresh"
    ),
    "person-bar": line("GET", "/people/{fresh}/bar", "200 404 404 404 404 404 404", of="fresh"),
    "person-bar-end": line(
        "POST", "/people/{paid}/bar/{bar}/end", "302 404 404 404 404 404 404", of="paid"
    ),
    "person-code": line("GET", "/people/{fresh}/code", "200 404 404 404 404 404 404", of="fresh"),
    "trawls": line("GET", "/trawls", "200 403 200 403 403 403 403"),
    "trawl-start": line("GET", "/trawls/start", "200 403 403 403 403 403 403"),
    "trawl": line("GET", "/trawls/{run}", "200 404 200 404 404 404 404", of="fresh"),
    "trawl-about": line("GET", "/trawls/{run}/about", "200 404 200 404 404 404 404"),
    "trawl-changes": line(
        "GET", "/trawls/{later}/changes?kind=gone", "200 404 200 404 404 404 404", of="found"
    ),
    "trawl-change": line(
        "GET", "/trawls/{later}/changes/{found}", "200 404 200 404 404 404 404", of="found"
    ),
    "trawl-replay": line("GET", "/trawls/{run}/replay", "200 404 404 404 404 404 404"),
    "trawl-replayed": line(
        "GET", "/trawls/{run}/replays/{replay}", "200 404 200 404 404 404 404", of="fresh"
    ),
    "overlaps": line("GET", "/trawls/overlaps", "200 403 200 403 403 403 403"),
    "overlap": line(
        "GET",
        "/trawls/overlaps/transition-payments/youth-enterprise",
        "200 404 200 404 404 404 404",
        of="fresh",
    ),
    "schemes": line("GET", "/schemes", "200 200 200 200 200 200 200", out=200),
    "scheme": line("GET", "/schemes/transition-payments", "200 200 200 200 200 200 200", out=200),
    "finding": line("GET", "/findings/{finding}", "200 404 200 404 404 404 404", of="fresh"),
    "finding-open": line(
        "POST", "/findings/{finding}/open", "302 404 403 404 404 404 404", sent={"version": "1"}
    ),
    "finding-set-aside": line(
        "GET", "/findings/{finding}/set-aside", "200 404 200 404 404 404 404", of="fresh"
    ),
    "finding-bring-back": line(
        "GET", "/findings/{finding}/bring-back", "200 404 200 404 404 404 404", of="fresh"
    ),
    "applications": line("GET", "/applications", "200 403 200 403 403 403 403", of="found"),
    "application": line(
        "GET", "/applications/{application}", "200 404 200 404 404 404 404", of="found"
    ),
    "application-award": line(
        "GET", "/applications/{application}/award", "200 404 404 404 404 404 404", of="found"
    ),
    "application-grant": line(  # this one is paid by the week: it is refused, and shows nobody
        "GET", "/applications/{application}/grant", "422 404 404 404 404 404 404"
    ),
    "application-refuse": line(
        "GET", "/applications/{application}/refuse", "200 404 404 404 404 404 404", of="found"
    ),
    "application-ask": line(
        "GET", "/applications/{application}/ask", "200 404 404 404 404 404 404", of="found"
    ),
    "application-received": line(
        "GET", "/applications/{waiting}/received", "200 404 404 404 404 404 404"
    ),
    "application-withdraw": line(
        "GET", "/applications/{application}/withdraw", "200 404 404 404 404 404 404", of="found"
    ),
    "application-letter": line(
        "POST", "/applications/{application}/letter", "404 404 404 404 404 404 404"
    ),
    "award": line("GET", "/awards/{award}", "200 404 200 404 404 404 200", of="paid"),
    "award-confirm": line("GET", "/awards/{award}/confirm", "409 404 404 404 404 404 404"),
    "award-give-up": line("GET", "/awards/{award}/give-up", "409 404 404 404 404 404 404"),
    "award-end": line("GET", "/awards/{award}/end", "200 404 200 404 404 404 404", of="paid"),
    "award-check": line("GET", "/awards/{award}/check", "200 404 200 404 404 404 404", of="paid"),
    "letter": line("GET", "/letters/{letter}", "200 404 200 404 404 404 404", of="found"),
    "letter-printed": line(
        "POST", "/letters/{letter}/printed", "302 404 404 404 404 404 404", of="found"
    ),
    "payments": line("GET", "/payments", "403 200 200 403 403 403 403", of="paid"),
    "payments-release": line("POST", "/payments/release", "403 422 403 403 403 403 403"),
    "payments-released": line("GET", "/payments/released/{key}", "403 200 403 403 403 403 403"),
    "payment-run-start": line("GET", "/payments/runs/start", "403 200 403 403 403 403 403"),
    "payment-run": line("GET", "/payments/runs/{payment_run}", "404 200 200 404 404 404 404"),
    "payment": line("GET", "/payments/{payment}", "200 200 200 404 404 404 200", of="paid"),
    "payment-release": line(
        "POST", "/payments/{payment}/release", "404 422 404 404 404 404 404", of="paid"
    ),
    "funds": line("GET", "/fund", "200 200 200 403 403 403 403"),
    "fund": line("GET", "/fund/{budget}", "200 200 200 404 404 404 404"),
    "fund-allocate": line("GET", "/fund/{budget}/allocate", "404 200 404 404 404 404 404"),
    "places": line("GET", "/places", "200 200 200 403 403 403 403"),
    "ward": line("GET", "/places/E05011156", "200 200 200 403 403 403 403"),
    "loads": line("GET", "/loads", "403 403 200 403 403 403 403"),
    "load": line("GET", "/loads/{load}", "404 404 200 404 404 404 404"),
    "aside": line("GET", "/loads/aside", "403 403 200 403 403 403 403"),
    "aside-rows": line("GET", "/loads/aside/rows", "404 404 200 404 404 404 404", of="paid"),
    "aside-again": line("GET", "/loads/aside/again", "404 404 404 404 404 404 404"),
    "aside-row": line("GET", "/loads/aside/{reject}", "404 404 200 404 404 404 404", of="paid"),
    "aside-correct": line(  # a data officer's: see web/test_quarantine.py
        "GET", "/loads/aside/{reject}/correct", "404 404 404 404 404 404 404", of="paid"
    ),
    "aside-drop": line(
        "GET", "/loads/aside/{reject}/drop", "404 404 404 404 404 404 404", of="paid"
    ),
    "quality": line("GET", "/loads/quality", "403 403 200 403 403 403 403"),
    "quality-source": line("GET", "/loads/quality/council-benefits", "404 404 200 404 404 404 404"),
    "quality-table": line(
        "GET", "/loads/quality/council-benefits/table.csv", "404 404 200 404 404 404 404"
    ),
    "my-payments": line("GET", "/my/payments", "403 403 403 403 403 403 200"),
    "my-views": line("GET", "/my/views", "403 403 403 403 403 403 200"),
    "audit": line("GET", "/audit", "403 403 403 403 403 200 403"),
    "audit-check": line("POST", "/audit/check", "403 403 403 403 403 200 403"),
    "sign-out": line("POST", "/sign-out", "302 302 302 302 302 302 302"),
}
API = {
    "GET /api/openapi.json": line("GET", "/api/openapi.json", "200 200 200 200 200 200 200"),
    "GET /api/me": line("GET", "/api/me", "200 200 200 200 200 200 200"),
    "POST /api/search": line(
        "POST", "/api/search", "200 403 200 200 403 403 403", sent={"name": "Paid"}
    ),
    "GET /api/people/{ref}": line(
        "GET", "/api/people/{paid}", "200 404 200 404 404 404 200", of="paid"
    ),
    "GET /api/people/{ref}/statements": line(
        "GET", "/api/people/{paid}/statements", "200 404 200 404 404 404 200", of="paid"
    ),
    "GET /api/people/{ref}/explain/{scheme}": line(
        "GET",
        "/api/people/{paid}/explain/transition-payments",
        "200 404 200 404 404 404 200",
        of="paid",
    ),
    "GET /api/trawls": line("GET", "/api/trawls", "200 403 200 403 403 403 403"),
    "GET /api/trawls/{run_id}": line("GET", "/api/trawls/{run}", "200 404 200 404 404 404 404"),
    "GET /api/trawls/{run_id}/findings": line(
        "GET", "/api/trawls/{run}/findings", "200 404 200 404 404 404 404", of="fresh"
    ),
    "GET /api/trawls/{run_id}/wards": line(
        "GET", "/api/trawls/{run}/wards", "200 404 200 404 404 404 404"
    ),
    "GET /api/trawls/{run_id}/changes": line(
        "GET", "/api/trawls/{later}/changes?kind=gone", "200 404 200 404 404 404 404", of="found"
    ),
    "GET /api/trawls/{run_id}/changes/{ref}": line(
        "GET", "/api/trawls/{later}/changes/{found}", "200 404 200 404 404 404 404", of="found"
    ),
    "GET /api/trawls/{run_id}/replays": line(
        "GET", "/api/trawls/{run}/replays", "200 404 200 404 404 404 404"
    ),
    "POST /api/trawls/{run_id}/replays": line(
        "POST", "/api/trawls/{run}/replays", "200 404 403 404 404 404 404"
    ),
    "GET /api/replays/{replay_id}": line(
        "GET", "/api/replays/{replay}", "200 404 200 404 404 404 404", of="fresh"
    ),
    "GET /api/overlaps": line("GET", "/api/overlaps", "200 403 200 403 403 403 403"),
    "GET /api/overlaps/{first}/{second}": line(
        "GET",
        "/api/overlaps/transition-payments/youth-enterprise",
        "200 404 200 404 404 404 404",
        of="fresh",
    ),
    "GET /api/schemes/{scheme}/counts": line(
        "GET",
        "/api/schemes/transition-payments/counts",
        "200 200 200 200 200 200 200",
        out=200,
    ),
    "GET /api/findings/{finding_id}": line(
        "GET", "/api/findings/{finding}", "200 404 200 404 404 404 404", of="fresh"
    ),
    "POST /api/findings/{finding_id}/set-aside": line(
        "POST",
        "/api/findings/{finding}/set-aside",
        "409 404 403 404 404 404 404",
        sent={"version": 99, "reason": "Not now"},
    ),
    "GET /api/applications": line(
        "GET", "/api/applications", "200 403 200 403 403 403 403", of="found"
    ),
    "POST /api/applications": line("POST", "/api/applications", "422 422 422 422 422 422 422"),
    "GET /api/applications/{application_id}": line(
        "GET", "/api/applications/{application}", "200 404 200 404 404 404 404", of="found"
    ),
    "POST /api/applications/{application_id}/decision": line(
        "POST",
        "/api/applications/{application}/decision",
        "409 404 403 404 404 404 404",
        sent={
            "key": "3a0e8c5e-58e5-4f43-9d26-3df4c1a6d8b1",
            "version": 99,
            "outcome": "refuse",
            "reasons": "A reason",
        },
    ),
    "GET /api/awards/{award_id}": line(
        "GET", "/api/awards/{award}", "200 404 200 404 404 404 200", of="paid"
    ),
    "POST /api/awards/{award_id}/give-up": line(
        "POST",
        "/api/awards/{award}/give-up",
        "409 404 403 404 404 404 403",
        sent={"version": 99, "reason": "Not now"},
    ),
    "GET /api/payments": line("GET", "/api/payments", "403 200 200 403 403 403 403", of="paid"),
    "GET /api/payments/{payment_id}": line(
        "GET", "/api/payments/{payment}", "200 200 200 404 404 404 200", of="paid"
    ),
    "POST /api/payments/{payment_id}/release": line(
        "POST", "/api/payments/{payment}/release", "422 422 422 422 422 422 422"
    ),
    "GET /api/fund": line("GET", "/api/fund", "200 200 200 403 403 403 403"),
    "GET /api/fund/{budget_id}": line("GET", "/api/fund/{budget}", "200 200 200 404 404 404 404"),
    "GET /api/places": line("GET", "/api/places", "200 200 200 403 403 403 403"),
    "GET /api/places/{code}": line("GET", "/api/places/E05011156", "200 200 200 403 403 403 403"),
}
TABLE = PAGES | API


@pytest.fixture
def world(act) -> Any:
    from tests.integration.web.world import keep_more, make_world

    return keep_more(act, make_world(act))


@pytest.fixture
def browser_of(act, world) -> Callable[[str], Client]:
    """A signed-in browser a role; the resident is the one who is paid."""
    from django.contrib.auth import get_user_model

    from wholeplace.rooms.people.actions import issue_code, redeem_code

    with act("amina.begum"):
        code = issue_code(ref=world.paid.ref)
    resident = redeem_code(world.paid.ref, code)

    def enter(role: str) -> Client:
        client = Client()
        users = get_user_model().objects
        if role == "resident":
            client.force_login(users.get(pk=resident))
        elif role:
            client.force_login(users.get(username=STAFF[role]))
        return client

    return enter


def names_of(world: Any) -> dict[str, object]:
    """What stands in the addresses of the table."""
    people = {name: getattr(world, name).ref for name in ("paid", "found", "fresh")}
    numbers = {k: v for k, v in vars(world).items() if isinstance(v, int)}
    return {"absent": ABSENT_NUMBER, "key": uuid.UUID(int=7), **people, **numbers}


def ask(client: Client, asked: Line, names: dict[str, object]) -> Any:
    path = asked.path.format(**names)
    if asked.method == "GET":
        return client.get(path)
    if path.startswith("/api/"):
        return client.post(path, asked.sent, content_type="application/json")
    return client.post(path, asked.sent)


def routes() -> Iterator[str]:
    """Every page's name and every operation of the API, from what Django really serves."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
        for pattern in patterns:
            where = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, where)
            elif not where.startswith("api/"):
                yield pattern.name or where

    yield from walk(get_resolver().url_patterns, "")
    from wholeplace.api.app import api

    yield "GET /api/openapi.json"
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method in methods:
            yield f"{method.upper()} {path}"


def test_every_address_has_a_line(db):
    Client().get("/")
    assert sorted(routes()) == sorted(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_answered_as_the_table_says(world, browser_of, role):
    names = names_of(world)
    wrong = []
    for name, asked in TABLE.items():
        answer = ask(browser_of(role), asked, names)
        expected = asked.answers[ROLES.index(role)]
        if answer.status_code != expected:
            wrong.append(f"{name}: {answer.status_code}, not {expected}")
    assert not wrong


def test_signed_out_a_page_leads_to_signing_in_and_the_api_says_401(world, browser_of):
    names = names_of(world)
    for name, asked in TABLE.items():
        answer = ask(Client(), asked, names)
        expected = asked.out or (401 if asked.path.startswith("/api/") else 302)
        assert answer.status_code == expected, name
        if expected == 302:
            assert answer["Location"].startswith("/sign-in"), name


@pytest.mark.parametrize("role", ROLES)
def test_each_view_of_a_person_is_written_down_and_no_other(act, world, browser_of, role):
    names = names_of(world)
    for name, asked in TABLE.items():
        if not asked.of:
            continue
        person = getattr(world, asked.of).pk
        before = _latest(act)
        answer = ask(browser_of(role), asked, names)
        seen = _views(act, before, person)
        if answer.status_code in (200, 302, 422):
            assert seen, f"{name} showed a person and wrote no event"
        else:
            assert not seen, f"{name} refused and wrote {seen}"


def _latest(act) -> int:
    with act("owen.pryce"):
        return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _views(act, before: int, person: int) -> list[str]:
    with act("owen.pryce"):
        rows = Event.objects.filter(pk__gt=before).values_list("action", "person_id", "people")
        return [action for action, one, many in rows if one == person or person in (many or [])]


# Addresses of one record: the hidden one's, and the same with a number that was never given.
HIDDEN = [name for name, asked in TABLE.items() if "{" in asked.path and "{key}" not in asked.path]


def _absent(asked: Line, names: dict[str, object]) -> dict[str, object]:
    return {
        name: ABSENT_REF if isinstance(value, str) else ABSENT_NUMBER
        for name, value in names.items()
        if name != "key"
    } | {"key": names["key"]}


@pytest.mark.parametrize("role", ["key worker", "finance", "administrator", "resident"])
def test_hidden_and_absent_answer_with_the_same_bytes(world, browser_of, role):
    names = names_of(world)
    compared = 0
    for name in HIDDEN:
        asked = TABLE[name]
        hidden = ask(browser_of(role), asked, names)
        if hidden.status_code != 404:
            continue
        absent = ask(browser_of(role), asked, _absent(asked, names))
        assert absent.status_code == 404, name
        assert hidden.content == absent.content, name
        assert dict(hidden.headers) == dict(absent.headers), name
        assert hidden.cookies.output() == absent.cookies.output(), name
        compared += 1
    assert compared > 20


@pytest.mark.parametrize("role", ["key worker", "administrator", "governance"])
def test_no_page_of_theirs_names_anybody(world, browser_of, role):
    names = names_of(world)
    for name, asked in TABLE.items():
        answer = ask(browser_of(role), asked, names)
        text = answer.content.decode()
        for person in (world.paid, world.found, world.fresh):
            assert person.name not in text, name
            if not asked.path.startswith("/search"):
                assert person.ref not in text or role == "governance", name
