"""An index of a few people without linking them: by the figures that the model is given."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from typing import Any

from django.db import connection
from tests.integration.identity.known import LOADERS, World

from wholeplace.population.identity.guards import CROWDED, Found
from wholeplace.population.identity.match import Matcher
from wholeplace.population.identity.people import PEOPLE
from wholeplace.population.identity.train import defaults
from wholeplace.rooms.identity.matching import put_person
from wholeplace.rooms.records.models import Resident

SAID: dict[str, dict[str, Any]] = {
    name: {
        "given_names": given,
        "family_name": family,
        "date_of_birth": dt.date(1980 + n, 3, 4 + n),
        "sex": "F",
        "line_1": f"{n + 2} Long Road",
        "postcode": f"B{n + 1} 1AA",
    }
    for n, (name, given, family) in enumerate(
        (
            ("ada", "Ada", "Adeyemi"),
            ("ben", "Benedicta", "Brankovic"),
            ("cal", "Calliope", "Castellanos"),
            ("eve", "Evangeline", "Eriksdottir"),
            ("fay", "Fayola", "Featherstone"),
        )
    )
}
"""What agencies say alike of five people."""
WHO = {
    "ada": ("council-housing", "police"),
    "ben": ("police", "community-health"),
    "cal": ("council-benefits", "council-housing"),
    "eve": ("council-housing",),
}
"""Who is known to whom; Eve is restricted, and Fay is known to nobody."""


def intake_world(act: Any) -> World:
    """Those people, each linked to themselves, and the index of them."""
    world = World()
    for name, agencies in WHO.items():
        for agency in agencies:
            said = SAID[name]
            world.know(f"{name}-{agency}", agency, restricted=name == "eve", **said)
        world.link(*(f"{name}-{agency}" for agency in agencies))
    index_everybody(act, world)
    return world


NOBODYS = Found((), (), dict.fromkeys(CROWDED, ()))
MATCHER = Matcher(PEOPLE, defaults(PEOPLE, 10_000), NOBODYS)


def index_everybody(act: Any, world: World) -> None:
    """Put everybody of a world into the index, as a linking would; shares as in a whole city."""
    said: dict[int, dict[str, Any]] = {}
    for agency, loader in LOADERS.items():
        with act(loader, purpose="loading"):
            for row in Resident.objects.filter(superseded_at=None).values():
                said[row["person_id"]] = row | {"source": agency}
    with act("system-linker", purpose="linking"):
        common: Counter[tuple[str, str]] = Counter()
        for number, row in said.items():
            asked = MATCHER.ready(row)
            common.update(asked.often.items())
            put_person(number, told=asked.told, keys=asked.keys)
        put_figures()
        put_shares(dict.fromkeys(common, 0.001))


def put_figures() -> None:
    from dataclasses import asdict

    told = {"learnt": asdict(MATCHER.learnt), "found": NOBODYS.as_data()}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity_figures (id, mark, told) VALUES (1, 'test', %s)",
            [json.dumps(told)],
        )


def put_shares(shares: dict[tuple[str, str], float]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO identity_share (field, value, share) VALUES (%s, %s, %s)",
            [(field, value, share) for (field, value), share in shares.items()],
        )
