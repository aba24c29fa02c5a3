"""Every address, as every role, against one table: addresses.py.

An address without a line fails. Every view of a person is written down in the transaction of
the read. What is hidden answers with the same bytes as what is absent.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.integration.addresses import ROLES, STAFF, TABLE, Line

from wholeplace.rooms.audit.models import Event

ABSENT_REF = "P00000000"
ABSENT_NUMBER = 987_654_321


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
