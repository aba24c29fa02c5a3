"""Places: public figures, for everybody who is signed in."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from django.http import HttpRequest
from django.utils import timezone

from wholeplace.api.app import api
from wholeplace.api.problems import answers
from wholeplace.api.sent import Text
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.places import queries
from wholeplace.rooms.places.queries import AreaFigure, Ward


@api.get("/places", response=answers(list[AreaFigure]), tags=["places"], operation_id="places")
def places(
    request: HttpRequest,
    measure: Literal["claimants", "deprived"] = "claimants",
    day: dt.date | None = None,
) -> list[AreaFigure]:
    """Every ward with one figure: claimants, or small areas in the most deprived tenth, in %."""
    require_actor().require("fund.read")
    day = day or timezone.localdate()
    if measure == "deprived":
        return queries.wards_share("imd_decile", 1, day)
    return queries.wards("claimant_rate", day)


@api.get("/places/{code}", response=answers(Ward), tags=["places"], operation_id="ward")
def ward(request: HttpRequest, code: Text) -> Ward:
    """One ward: its figures and its small areas."""
    require_actor().require("fund.read")
    return queries.ward(code, timezone.localdate())
