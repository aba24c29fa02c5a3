"""Random people with unknowns, edges and extremes, as rows for a snapshot and one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from tests.unit.population.rows import snapshot_of

from wholeplace.population.facts import PersonRows, Row
from wholeplace.population.snapshot import Grouping, Snapshot

Rows = list[dict[str, Any]]

START = date(2024, 1, 1)
SPAN = 900
AREAS = ("DEMO1", "DEMO2", "DEMO3")
WARDS = ("E05A", "E05B")
UNNAMED = "E05C"
ROLES = ("claimant", "claimant", "partner", "child", "child", "non_dependant")
TENURES = ("owned", "council", "private_rent")
PERSON_TABLES = ("persons", "residences", "benefit_spells", "jobs", "accounts")


class City:
    """A few hundred people. One in ten has nothing but a number; some values are absurd."""

    def __init__(self, seed: int, people: int) -> None:
        self._random = Random(seed)
        self._households = max(6, people // 2)
        self.tables: dict[str, Rows] = {name: [] for name in (*PERSON_TABLES, "indicators")}
        self._figures()
        for number in range(people):
            self._person(number)

    def snapshot(self, out: Path, groupings: Iterable[Grouping] = ()) -> Snapshot:
        return snapshot_of(out, groupings, **self.tables)

    def people(self) -> dict[int, PersonRows]:
        """Everybody's rows, by person."""
        mine: dict[str, dict[int, list[Row]]] = {}
        for name in PERSON_TABLES:
            mine[name] = defaultdict(list)
            for row in self.tables[name]:
                mine[name][row["person_id"]].append(Row(row, source=f"{name} of a test"))
        people = {
            number: PersonRows(
                person=rows[0],
                residences=tuple(mine["residences"][number]),
                benefit_spells=tuple(mine["benefit_spells"][number]),
                jobs=tuple(mine["jobs"][number]),
                accounts=tuple(mine["accounts"][number]),
                indicators=self._look_up,
                household=lambda household: [people[one] for one in sorted(homes[household])],
            )
            for number, rows in mine["persons"].items()
        }
        homes: dict[int, set[int]] = defaultdict(set)
        for row in self.tables["residences"]:
            homes[row["household_id"]].add(row["person_id"])
        return people

    def _look_up(self, code: str, indicator: str) -> list[Row]:
        return [
            Row(row)
            for row in self.tables["indicators"]
            if (row["area_code"], row["indicator"]) == (code, indicator)
        ]

    def _some(self, make: Callable[[], Any], unknown: float = 0.1) -> Any:
        return None if self._random.random() < unknown else make()

    def _day(self, extremes: bool = True) -> date:
        if extremes and self._random.random() < 0.02:
            return self._random.choice([date.min, date(1799, 12, 31), date(2201, 1, 1), date.max])
        if self._random.random() < 0.3:  # few days, so that ties are common
            return START + timedelta(self._random.choice([100, 200, 201, 202, 300]))
        return START + timedelta(self._random.randrange(SPAN))

    def _early(self) -> date:
        return START + timedelta(self._random.randrange(400))

    def _whole(self, most: int) -> int:
        extreme = self._random.random() < 0.03
        return (
            self._random.choice([-(2**63), 2**63 - 1]) if extreme else self._random.randrange(most)
        )

    def _figures(self) -> None:
        for code in (*AREAS[:2], *WARDS):
            for indicator in ("claimant_rate", "imd_decile"):
                for _ in range(self._random.randrange(3, 12)):
                    self._add("indicators", area_code=code, indicator=indicator, **self._figure())

    def _figure(self) -> dict[str, Any]:
        value = self._some(lambda: Decimal(self._random.randrange(-10, 4000000)) / 10000)
        return {
            "value": value,
            "from_date": self._some(self._early, 0.15),
            "to_date": self._some(self._day, 0.6),
        }

    def _add(self, table: str, **values: Any) -> None:
        self.tables[table].append(values)

    def _person(self, number: int) -> None:
        born = self._some(self._born, 0.1)
        self._add(
            "persons", person_id=number, ref=f"P{number}", date_of_birth=born, **self._flags()
        )
        if number % 10 == 9:
            return
        households = [self._random.randrange(self._households) for _ in range(2)] + [None]
        for _ in range(self._random.choice([0, 1, 1, 2, 4])):
            self._residence(number, self._random.choice(households[:2]))
        for make in (self._spell, self._job, self._account):
            for _ in range(self._random.choice([0, 1, 1, 2, 4])):
                make(number, self._random.choice(households))

    def _born(self) -> date:
        edges = [date(2004, 2, 29), date(2000, 2, 29), date(2008, 7, 1), date(2300, 1, 1), date.min]
        if self._random.random() < 0.3:
            return self._random.choice(edges)
        return date(1940, 1, 1) + timedelta(self._random.randrange(30000))

    def _flags(self) -> Mapping[str, Any]:
        return {
            "died_on": self._some(self._day, 0.9),
            "do_not_contact": self._some(lambda: self._random.random() < 0.1),
            "unsafe_address": self._some(lambda: self._random.random() < 0.1),
        }

    def _residence(self, person: int, household: int | None) -> None:
        self._add(
            "residences",
            person_id=person,
            household_id=self._some(lambda: household, 0.05),
            role=self._some(lambda: self._random.choice(ROLES), 0.05),
            tenure=self._some(lambda: self._random.choice(TENURES)),
            lsoa_code=self._some(lambda: self._random.choice(AREAS)),
            ward_code=self._some(lambda: self._random.choice([*WARDS, *WARDS, UNNAMED])),
            from_date=self._some(self._day, 0.05),
            to_date=self._some(self._day, 0.6),
        )

    def _spell(self, person: int, _: int | None) -> None:
        self._add(
            "benefit_spells",
            person_id=person,
            benefit=self._random.choice(["uc", "uc", "jsa", "esa", "hb", "UC"]),
            start_date=self._some(self._day, 0.05),
            end_date=self._some(self._day, 0.3),
            weekly_pence=self._some(lambda: self._whole(30000)),
            housing_costs=self._some(lambda: self._random.random() < 0.5),
        )

    def _job(self, person: int, _: int | None) -> None:
        self._add(
            "jobs",
            person_id=person,
            employer=self._some(lambda: self._random.choice(["Anchor's Ltd", "b", "É"])),
            start_date=self._some(self._day, 0.05),
            end_date=self._some(self._day, 0.5),
            expected_weeks=self._some(lambda: self._whole(60), 0.2),
            hours_a_week=self._some(lambda: Decimal(self._random.randrange(4000)) / 100),
            reported_on=self._some(self._day, 0.05),
        )

    def _account(self, person: int, household: int | None) -> None:
        self._add(
            "accounts",
            person_id=person,
            household_id=household,
            kind=self._random.choice(["rent", "rent", "council_tax"]),
            weekly_charge_pence=self._some(lambda: self._whole(20000)),
            weekly_help_pence=self._some(lambda: self._whole(20000)),
            arrears_pence=self._some(lambda: self._whole(90000)),
            as_at_date=self._some(self._day, 0.05),
        )
