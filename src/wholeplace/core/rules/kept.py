"""An explanation that was kept, as a reader with fewer information classes than its maker sees it.

What was kept is data, and the person's facts of that day are gone, so nothing is worked out
anew: a criterion or a payment that read a hidden fact says nothing but whom to ask, and what to
ask and when time changes the answer are left out as a whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

Data = Mapping[str, Any]
HIDDEN: dict[str, Any] = {
    "fact": "a protected fact",
    "meaning": "",
    "value": None,
    "shown": "a protected fact",
    "state": "protected",
    "day": None,
    "source": "",
    "happened": None,
    "recorded": None,
    "age_days": None,
    "information_class": "",
    "agency": "",
    "assumed": False,
    "protected": True,
    "came_from": [],
}
ASK = "A protected fact decided this; ask who decided."


def kept_for(explanation: Data, classes: Collection[str]) -> dict[str, Any]:
    """`Explanation.as_data()` as kept, for a reader of these classes (`P0` to `P5`).

    The answer stays; of what was hidden already nothing changes.
    """
    criteria = [_part(item, classes, _criterion) for item in explanation.get("criteria", ())]
    pays = [_part(item, classes, _pay) for item in explanation.get("pays", ())]
    found = {**explanation, "criteria": criteria, "pays": pays}
    if not any(_hides(one, classes) for one in _parts(explanation)):
        return found
    hidden = {item["key"] for item in criteria if item["value"] == "protected"}
    failed = [key for key in explanation["failed"] if key not in hidden]
    nothing = {"next_question": None, "enough": None, "later": None, "ahead": ""}
    return {**found, **nothing, "failed": failed, "missing": [], "assumed": []}


def _parts(explanation: Data) -> list[Data]:
    return [*explanation.get("criteria", ()), *explanation.get("pays", ())]


def _hides(item: Data, classes: Collection[str]) -> bool:
    return any(_is_hidden(fact, classes) for fact in item["facts"])


def _is_hidden(fact: Data, classes: Collection[str]) -> bool:
    """Whether this fact, or one that it was worked out from, is not for the reader."""
    if fact.get("protected"):
        return False
    inner = any(_is_hidden(one, classes) for one in fact.get("came_from", ()))
    return inner or fact.get("information_class", "") not in classes


def _part(item: Data, classes: Collection[str], hide: Any) -> dict[str, Any]:
    if not _hides(item, classes):
        return dict(item)
    facts = [
        {**HIDDEN, "decided": fact["decided"]} if _is_hidden(fact, classes) else fact
        for fact in item["facts"]
    ]
    return {**item, "facts": facts, **hide(item)}


def _criterion(item: Data) -> Data:
    told = {"value": "protected", "note": ASK, "from_day": None, "becomes": ""}
    return {**told, "day": item["day"] if item["on"] == "as_at" else None}


def _pay(item: Data) -> Data:
    return {"amount_pence": None, "shown": ASK, "missing": []}
