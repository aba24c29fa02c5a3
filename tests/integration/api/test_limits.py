"""What may not be sent: it is refused in words, never with a fault of ours."""

from __future__ import annotations

import uuid
from itertools import product

from wholeplace.api.app import api

NUL = "a\x00b"
LARGE = 2**63
TODAY = "2026-11-02"


def send(client, path, body):
    return client.post(path, body, content_type="application/json")


def application(world, **more):
    return {
        "key": str(uuid.uuid4()),
        "person": world.fresh.ref,
        "scheme": "transition-payments",
        "source": "self",
        "received_on": TODAY,
        **more,
    }


def decision(**more):
    said = {"key": str(uuid.uuid4()), "version": 1, "outcome": "award", "reasons": "Every test met"}
    return said | {"weekly_pence": 3500, "budget": 1} | more


NOWHERE = [
    "/api/trawls/{n}",
    "/api/trawls/{n}/findings",
    "/api/trawls/{n}/wards",
    "/api/findings/{n}",
    "/api/applications/{n}",
    "/api/applications?after={n}",
    "/api/awards/{n}",
    "/api/fund/{n}",
    "/api/payments/{n}",
    "/api/places/a%00b",
    "/api/people/a%00b",
    "/api/applications?state=a%00b",
]


def test_a_number_beyond_all_records_and_a_nul_are_refused_in_words(world, signed_in):
    client = signed_in("harpreet.gill", raise_request_exception=False)
    for path in NOWHERE:
        answer = client.get(path.format(n=LARGE))
        assert answer.status_code in (404, 422), path
        assert answer.json()["what"], path


APPLICATIONS = [
    {"finding": LARGE},
    {"finding": -1},
    {"referrer": NUL},
    {"referrer": "r" * 121},
    {"scheme": NUL},
    {"answers": {"weekly_rent": NUL}},
    {"answers": {NUL: "yes"}},
    {"answers": {"weekly_rent": "9" * 300}},
    {"answers": {"weekly_rent": "-£5.00"}},
    {"answers": {"weekly_rent": {"a": 1}}},
]


def test_an_application_beyond_the_pages_limits_is_refused(world, signed_in):
    client = signed_in("amina.begum", raise_request_exception=False)
    for more in APPLICATIONS:
        answer = send(client, "/api/applications", application(world, **more))
        assert answer.status_code == 422, more
        assert answer.json()["what"], more


DECISIONS = [
    {"weekly_pence": None},
    {"weekly_pence": 0},
    {"weekly_pence": -100},
    {"weekly_pence": LARGE},
    {"budget": None},
    {"budget": LARGE},
    {"version": LARGE},
    {"reasons": "r" * 2_001},
    {"reasons": NUL},
    {"payee_name": "n" * 121},
]


def test_a_decision_beyond_the_pages_limits_is_refused(world, signed_in):
    client = signed_in("amina.begum", raise_request_exception=False)
    for more in DECISIONS:
        answer = send(client, f"/api/applications/{world.application}/decision", decision(**more))
        assert answer.status_code == 422, more
        assert answer.json()["what"], more


def test_a_search_with_a_nul_or_without_end_is_refused(world, signed_in):
    client = signed_in("amina.begum", raise_request_exception=False)
    for name, value in product(("reference", "name", "ni_number", "postcode"), (NUL, "x" * 500)):
        assert send(client, "/api/search", {name: value}).status_code == 422, name


def test_every_operation_documents_its_errors(db):
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, said in methods.items():
            documented = {str(code) for code in said["responses"]}
            assert {"200", "400", "401", "403", "404", "409", "422"} <= documented, (method, path)


def test_a_wrong_method_is_answered_in_words(world, signed_in):
    answer = signed_in("amina.begum").get("/api/search")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert answer.json()["what"]
