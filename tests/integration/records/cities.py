"""A tiny city of five agencies, made once, and what is stored of it without numbers and times."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
from django.conf import settings

from wholeplace.flows.load_extract import Outcome
from wholeplace.flows.load_extracts import NotLoaded, find_extracts, load_extracts
from wholeplace.population.city.make import Request, make_city
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records.models import STATEMENTS, Load, Reject

AGENCIES = ("community-health", "council-benefits", "council-housing", "police", "schools")
DAY = dt.date(2026, 6, 15)
UNLIKE = ("id", "load_id", "person_id", "recorded_at", "superseded_at")


def make(out: Path, people: int = 1500) -> Path:
    """Deliveries as at 1 June 2026, a folder an agency."""
    make_city(Request(people, 5, dt.date(2026, 6, 1), settings.PLACE, None), out)
    return out


def load_all(city: Path, *, correction: bool = False) -> dict[str, Outcome | NotLoaded]:
    """Load every source found there; source → what became of it."""
    found = find_extracts(city, settings.PLACE)
    done = load_extracts(found, settings.PLACE, day=DAY, correction=correction)
    return {one.source: one for one in done}


def stored(act) -> dict[str, str]:
    """Table → a hash of its content as its own agencies read it.

    Rows stand for their person by name and birth date; the numbers that a sequence gave, the
    loads and the moments are left out, but whether a row has ended is not.
    """
    tables: dict[str, list[str]] = {}
    for agency in AGENCIES:
        with act(loader_of(agency)):
            for name, model in STATEMENTS.items():
                tables.setdefault(name, []).extend(_rows(model))
            people = Person.objects.values_list("name", "family_key", "given_key", "date_of_birth")
            tables.setdefault("people", []).extend(map(repr, people))
            aside = Reject.objects.filter(state="open").values_list("file", "line", "value", "row")
            tables.setdefault("set aside", []).extend(repr(one) for one in set(map(repr, aside)))
    return {
        name: hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
        for name, rows in tables.items()
    }


def _rows(model) -> list[str]:
    columns = [f.attname for f in model._meta.concrete_fields if f.attname not in UNLIKE]
    named = [*columns, "superseded_at"]
    if hasattr(model, "person"):
        named += ["person__name", "person__date_of_birth"]
    found = model.objects.values(*named)
    return [repr(one | {"superseded_at": one["superseded_at"] is not None}) for one in found]


def loader_of(agency: str) -> str:
    """The account that loads an agency's files."""
    return "system-loader" if agency == "council-benefits" else f"loader-{agency}"


def orphans(act) -> int:
    """Statements whose person the same reader cannot see."""
    found = 0
    for agency in AGENCIES:
        with act(loader_of(agency)):
            people = set(Person.objects.values_list("pk", flat=True))
            for model in STATEMENTS.values():
                if hasattr(model, "person"):
                    told = model.objects.values_list("person_id", flat=True)
                    found += sum(one not in people for one in told)
    return found


def loads_of(act, agency: str) -> list[str]:
    """The states of an agency's loads, the oldest first."""
    with act(loader_of(agency)):
        return list(Load.objects.order_by("pk").values_list("state", flat=True))


def shuffled(city: Path, out: Path) -> Path:
    """The same deliveries, every file's rows in another order."""
    random = Random(1)
    for source in AGENCIES:
        (out / source).mkdir(parents=True)
        told = json.loads((city / source / "manifest.json").read_text())
        del told["files"]
        (out / source / "manifest.json").write_text(json.dumps(told))
        for file in sorted((city / source).iterdir()):
            if file.suffix == ".parquet":
                table = pq.read_table(file)
                order = random.sample(range(table.num_rows), table.num_rows)
                pq.write_table(table.take(order), out / source / file.name)
            elif file.suffix == ".csv":
                header, *rows = list(csv.reader(file.open(encoding="utf-8", newline="")))
                random.shuffle(rows)
                with (out / source / file.name).open("w", encoding="utf-8", newline="") as to:
                    csv.writer(to, lineterminator="\n").writerows([header, *rows])
    return out


CHANGED = {"residents": "email", "tenants": "email", "benefit_spells": "weekly_amount"}
LEAVES = ("benefit_spells", "jobs", "tenancies", "involvements")


def changes_of(city: Path, out: Path) -> Path:
    """What changed in two agencies the day after: some rows of every file, and some ended."""
    for source in ("council-benefits", "council-housing"):
        (out / source).mkdir(parents=True)
        told = {"source": source, "as_at": "2026-06-02", "delivers": "changes"}
        (out / source / "manifest.json").write_text(json.dumps(told))
        for file in sorted((city / source).glob("*.csv")):
            with file.open(encoding="utf-8", newline="") as rows:
                reader = csv.DictReader(rows)
                columns, few = list(reader.fieldnames or ()), list(reader)[:20]
            for number, row in enumerate(few):
                gone = number > 15 and file.stem in LEAVES
                row["change"] = "D" if gone else "C"
                if file.stem in CHANGED:
                    other = "1.23" if file.stem == "benefit_spells" else "new@example.org"
                    row[CHANGED[file.stem]] = other
            with (out / source / file.name).open("w", encoding="utf-8", newline="") as to:
                writer = csv.DictWriter(to, [*columns, "change"], lineterminator="\n")
                writer.writeheader()
                writer.writerows(few)
    return out
