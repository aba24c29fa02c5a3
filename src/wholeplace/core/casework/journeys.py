"""What a finding, an application, an award and a payment go through (brief 05, Lifecycle).

Each is one of the four families of brief 14 in the words of a weekly award: a finding and an
application are proposals, an award an episode, a payment money.
"""

from __future__ import annotations

from wholeplace.core.casework.states import Family

_AWAY = {"set_aside": "set_aside"}

FINDING = Family(
    "finding",
    "new",
    {
        "new": {"open": "opened", "write": "contacted", "apply": "applied", **_AWAY},
        "opened": {"write": "contacted", "apply": "applied", **_AWAY},
        "contacted": {"write": "contacted", "apply": "applied", **_AWAY},
        "applied": {},
        "set_aside": {"bring_back": "opened"},
    },
)

APPLICATION = Family(
    "application",
    "received",
    {
        "received": {
            "ask": "waiting",
            "award": "awarded",
            "grant": "granted",
            "refuse": "refused",
            "withdraw": "withdrawn",
        },
        "waiting": {"receive": "received", "refuse": "refused", "withdraw": "withdrawn"},
        "awarded": {},
        "granted": {},
        "refused": {},
        "withdrawn": {},
    },
)

AWARD = Family(
    "award",
    "decided",
    {
        "decided": {"confirm": "confirmed", "queue": "queued"},
        "queued": {"offer": "offered", "withdraw": "withdrawn"},
        "offered": {"confirm": "confirmed", "queue": "queued", "withdraw": "withdrawn"},
        "confirmed": {"end": "ended", "complete": "completed"},
        "ended": {},
        "completed": {},
        "withdrawn": {},
    },
)

PAYMENT = Family(
    "payment",
    "reserved",
    {
        "reserved": {"release": "released", "cancel": "cancelled"},
        "released": {"reverse": "reversed"},
        "reversed": {},
        "cancelled": {},
    },
)
