"""A child whom three agencies know and who was adopted: the old records, the order, the new one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tests.integration.identity.known import Known, World

from wholeplace.rooms.people import seals
from wholeplace.rooms.people.seals import NewName

BORN = dt.date(2019, 3, 4)
ORDER_ON = dt.date(2026, 8, 3)
UPN = "H801200001001"
NHS = "9434765919"
PHONE = "0121 496 0001"
AGENCIES = ("council-benefits", "schools", "community-health")


@dataclass
class Adopted:
    """The world, the old records by agency, and the order."""

    world: World
    order: int = 0
    new_ref: str = ""

    @property
    def old(self) -> dict[str, Known]:
        return {agency: self.world.people[f"lily-{agency}"] for agency in AGENCIES}

    @property
    def refs(self) -> list[str]:
        return [one.ref for one in self.old.values()]

    @property
    def ids(self) -> list[int]:
        return [one.person_id for one in self.old.values()]


def child() -> Adopted:
    """Lily, known to three agencies as one; and her brother Sam, who is not adopted."""
    world = World()
    for agency in AGENCIES:
        said = {"given_names": "Lily", "family_name": "Carter", "date_of_birth": BORN}
        said |= {"upn": UPN} if agency == "schools" else {}
        said |= {"nhs_number": NHS, "phone": PHONE} if agency == "community-health" else {}
        known = world.know(f"lily-{agency}", agency, **said)
        _call(known, agency)
        world.know(f"sam-{agency}", agency)
    world.link(*(f"lily-{agency}" for agency in AGENCIES))
    return Adopted(world)


def _call(known: Known, agency: str) -> None:
    """The person's own row says what the agency's row says."""
    from tests.integration.identity.known import LOADERS

    from wholeplace.rooms.agencies.acting import acting
    from wholeplace.rooms.agencies.queries import system_membership
    from wholeplace.rooms.people.models import Person

    with acting(system_membership(LOADERS[agency]), purpose="loading", route="test"):
        Person.objects.filter(pk=known.person_id).update(
            name="Lily Carter", family_key="carter", given_key="lily", date_of_birth=BORN
        )


def adopt(act, adopted: Adopted | None = None, *, confirm: bool = True) -> Adopted:
    """Given the child, when an order is recorded and, by another worker, confirmed."""
    adopted = adopted or child()
    with act("ruth.ellison"):
        adopted.order = seals.record_order(
            refs=adopted.refs,
            order_on=ORDER_ON,
            ceased="E11",
            new=NewName("Rosa", "Whitfield"),
        )
    if confirm:
        with act("ben.achebe"):
            adopted.new_ref = seals.confirm_order(seal=adopted.order, reason="Saw the order")
    return adopted
