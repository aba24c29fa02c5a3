"""Every address that the program serves: how it is asked, and what each role is answered.

test_every_url.py asks them all. A new page or operation of the API has its line here.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

ROLES = ("assessor", "finance", "manager", "key worker", "administrator", "governance", "resident")
STAFF = {
    "assessor": "amina.begum",
    "finance": "grace.lindqvist",
    "manager": "harpreet.gill",
    "key worker": "kezia.brown",
    "administrator": "sam.admin",
    "governance": "owen.pryce",
}


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
    "person-new": line("GET", "/people/new", "200 403 403 403 403 403 403"),
    # Nobody in this world has records of two agencies: test_single_view.py has those.
    "person-one": line("GET", "/people/{paid}/one-person", "404 404 404 404 404 404 404"),
    "person-who-works": line(
        "GET", "/people/{paid}/who-works", "200 404 200 404 404 404 404", of="paid"
    ),
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
    "person-wrong": line(
        "GET", "/people/{paid}/wrong/{paid}/phone", "200 404 200 404 404 404 404", of="paid"
    ),
    "corrections": line("GET", "/corrections", "403 403 403 403 403 403 403"),
    "correction": line(
        "GET", "/corrections/{correction}", "200 404 200 404 404 404 404", of="paid"
    ),
    "correction-answer": line(  # a data officer's: see web/test_corrections.py
        "GET", "/corrections/{correction}/answer", "404 404 404 404 404 404 404"
    ),
    # Adoption workers alone have these, who are none of this world: see web/test_adoptions.py.
    "adoptions": line("GET", "/adoptions", "403 403 403 403 403 403 403"),
    "adoption": line("GET", "/adoptions/{absent}", "404 404 404 404 404 404 404"),
    "adoption-confirm": line("GET", "/adoptions/{absent}/confirm", "404 404 404 404 404 404 404"),
    "adoption-withdraw": line("GET", "/adoptions/{absent}/withdraw", "404 404 404 404 404 404 404"),
    "person-adoption": line("GET", "/people/{paid}/adoption", "404 404 404 404 404 404 404"),
    # What reviewers see of them: test_identity.py
    "identity": line("GET", "/identity", "403 403 403 403 403 403 403"),
    "identity-decisions": line("GET", "/identity/decisions", "403 403 403 403 403 403 403"),
    "identity-model": line("GET", "/identity/model", "403 403 403 403 403 403 403"),
    "identity-model-version": line(
        "GET", "/identity/model/{absent}", "403 403 403 403 403 403 403"
    ),
    "identity-undo": line(
        "GET", "/identity/decisions/{absent}/undo", "404 404 404 404 404 404 404"
    ),
    "identity-pair": line(
        "GET", "/identity/pairs/{paid}/{fresh}", "404 404 404 404 404 404 404", of="paid"
    ),
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
    "POST /api/match": line(
        "POST", "/api/match", "200 403 403 403 403 403 403", sent={"family_name": "Paid"}
    ),
    "POST /api/people": line(
        "POST",
        "/api/people",
        "200 403 403 403 403 403 403",
        sent={"family_name": "New", "given_names": "Noor", "key": str(uuid.UUID(int=9))},
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
    "GET /api/people/{ref}/agencies": line(
        "GET", "/api/people/{paid}/agencies", "200 404 200 404 404 404 200", of="paid"
    ),
    "POST /api/people/{ref}/corrections": line(
        "POST",
        "/api/people/{paid}/corrections",
        "404 404 404 404 404 404 404",
        of="paid",
        sent={
            "key": "3a0e8c5e-58e5-4f43-9d26-3df4c1a6d8b2",
            "record": "P00000000",
            "field": "phone",
            "should_be": "0121 496 0001",
            "why": "She told me",
        },
    ),
    "GET /api/corrections": line("GET", "/api/corrections", "403 403 403 403 403 403 403"),
    "GET /api/corrections/{request_id}": line(
        "GET", "/api/corrections/{correction}", "200 404 200 404 404 404 404", of="paid"
    ),
    "POST /api/corrections/{request_id}/answer": line(
        "POST",
        "/api/corrections/{correction}/answer",
        "403 404 403 404 404 404 404",
        sent={"kind": "corrected"},
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
