"""To whom something happens by the next delivery, drawn from streams of that day's own."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import pyarrow as pa

from wholeplace.population.city.columns import days, keys, text
from wholeplace.population.city.identifiers import LINES, Texts, nhs_numbers, phones
from wholeplace.population.city.streams import Bools, Draws, Ints

Engine = duckdb.DuckDBPyConnection
WEIGHTS = {
    "move": 0.3,
    "name": 0.1,
    "death": 0.04,
    "birth": 0.06,
    "vanish": 0.05,
    "involvement": 0.13,
    "phone": 0.12,
    "correction": 0.2,
    "job": 0.2,
}
"""Of the people to whom something happens: to how many each thing does."""

AT_FAULT = 0.2
"""Of people so many have a name or birth date wrong with some agency: only they can be put right,
so that more are looked at than changed."""


HAPPENING = """
CREATE TABLE happening AS
SELECT d.* EXCLUDE (target, other), a.uprn AS new_uprn, a.lsoa_code AS new_lsoa,
    o.true_family_name AS new_name, p.true_given_names, p.true_family_name, p.true_date_of_birth
FROM drawn AS d JOIN people AS p USING (true_person) JOIN people AS o ON o.true_person = d.other
JOIN (SELECT uprn, lsoa_code, row_number() OVER (ORDER BY uprn) AS place FROM addresses) AS a
    ON a.place = d.target
"""

LIKE = """
SELECT split_part(true_given_names, ' ', 1), true_sex FROM people
WHERE true_sex IN ('M', 'F') AND place_in_household = 'child' AND true_given_names IS NOT NULL
ORDER BY true_person
"""
"""Children after whom a child may be named."""


def column(engine: Engine, expression: str) -> Texts:
    """A value of each person, in the order of their numbers."""
    found = engine.sql(f"SELECT {expression} AS v FROM people ORDER BY true_person")
    values: Texts = found.to_arrow_table()["v"].to_numpy()
    return np.asarray(values)


def add_events(engine: Engine, seed: int, share: float, day: int) -> None:
    """The table `happening`: a row a person and thing, with what it brings."""
    draws = Draws(seed, day, "next")
    head = heads(engine)
    count = len(head)
    found = drawn(engine, draws, share, head)
    who = np.concatenate(list(found.values()))
    kinds = np.repeat(np.array(list(found), dtype=object), [len(one) for one in found.values()])
    homes = engine.execute("SELECT count(*) FROM addresses").fetchall()[0][0]
    target = draws.between(1, max(int(homes), 1), count)[head]
    line, other = draws.between(0, LINES - 1, count), draws.between(1, count, count)
    table = pa.table(
        {
            "place": pa.array(np.arange(1, len(who) + 1)),
            "true_person": keys("T", who + 1),
            "kind": text(kinds),
            "turn": pa.array(draws.uniform(len(who))),
            "leads": pa.array(head[who] == who),
            "target": pa.array(target[who]),
            "new_phone": text(phones(line[who])),
            "other": keys("T", other[who]),
        }
    )
    engine.register("drawn", table)
    engine.execute(HAPPENING)
    engine.unregister("drawn")


def heads(engine: Engine) -> Ints:
    """For each person the place (from 0) of their household's head: its first person."""
    home = column(engine, "household_key").astype(str)
    _, first, which = np.unique(home, return_index=True, return_inverse=True)
    return np.asarray(first[which], dtype=np.int64)


def drawn(engine: Engine, draws: Draws, share: float, head: Ints) -> dict[str, Ints]:
    """To whom each thing happens; one thing to a person, but for being put right."""
    count = len(head)
    free = column(engine, "true_date_of_death IS NULL").astype(np.bool_)
    fits = eligible(engine, count)
    found: dict[str, Ints] = {}
    for kind, weight in WEIGHTS.items():
        can = fits.get(kind, np.ones(count, dtype=np.bool_)) & free
        if kind == "move":
            happens = draws.chance(share * weight, count)[head] & free
        elif kind == "correction":
            happens = draws.chance(min(1.0, share * weight / AT_FAULT), count) & free
        else:
            chance = min(1.0, share * weight * count / max(int(can.sum()), 1))
            happens = draws.chance(chance, count) & can
        free &= ~happens
        found[kind] = np.flatnonzero(happens)
    return found


def eligible(engine: Engine, count: int) -> dict[str, Bools]:
    """Who can take another name, have a child, be likely to die, or have a telephone."""
    born = column(engine, "date_part('year', true_date_of_birth::DATE)").astype(np.int64)
    woman = column(engine, "true_sex = 'F'").astype(np.bool_)
    age = int(born.max(initial=0)) - born
    return {
        "name": woman & (age >= 20),
        "birth": woman & (age >= 18) & (age <= 43),
        "death": age >= 65,
        "phone": age >= 20,
        "job": (age >= 19) & (age < 65),
    }


def add_births(engine: Engine, seed: int, day: int) -> None:
    """The table `birth`: a row a child born, and `known_births`, to be filled with its records."""
    mothers = engine.execute(
        "SELECT true_person, true_family_name FROM happening WHERE kind = 'birth' ORDER BY 1"
    ).fetchall()
    count = len(mothers)
    draws = Draws(seed, day, "births")
    first = engine.execute("SELECT count(*) FROM people").fetchall()[0][0]
    number = np.arange(int(first) + 1, int(first) + count + 1)
    like = engine.execute(LIKE).fetchall() or [("Robin", "F")]
    chosen = [like[at] for at in draws.between(0, len(like) - 1, count).tolist()]
    table = pa.table(
        {
            "true_person": keys("T", number),
            "person_key": keys("P", number),
            "mother": text([row[0] for row in mothers]),
            "given_names": text([name for name, _ in chosen]),
            "family_name": text([row[1] for row in mothers]),
            "sex": text([sex for _, sex in chosen]),
            "born": days(day - draws.between(0, 13, count)),
            "nhs_number": text(nhs_numbers(number, seed)),
        }
    )
    engine.register("children", table)
    engine.execute("CREATE TABLE birth AS FROM children")
    engine.unregister("children")
    engine.execute(
        "CREATE TABLE known_births (source VARCHAR, record_key VARCHAR, true_person VARCHAR)"
    )


IS_NOW = """
CREATE TABLE next_truth AS FROM truth UNION ALL FROM known_births;
CREATE TABLE next_people AS FROM people;
UPDATE next_people SET uprn = h.new_uprn, lsoa_code = h.new_lsoa, ward_code = coalesce((
    SELECT min(p.ward_code) FROM people AS p WHERE p.lsoa_code = h.new_lsoa), ward_code)
FROM happening AS h WHERE h.true_person = next_people.true_person AND h.kind = 'move';
UPDATE next_people SET true_family_name = h.new_name, surname_before_marriage = h.true_family_name
FROM happening AS h WHERE h.true_person = next_people.true_person AND h.kind = 'name';
UPDATE next_people SET true_phone = h.new_phone
FROM happening AS h WHERE h.true_person = next_people.true_person AND h.kind = 'phone';
UPDATE next_people SET true_date_of_death = (DATE '{day}' - 1)::VARCHAR
FROM happening AS h WHERE h.true_person = next_people.true_person AND h.kind = 'death';
INSERT INTO next_people BY NAME
SELECT b.true_person, b.person_key, b.given_names AS true_given_names,
    b.family_name AS true_family_name, b.born::VARCHAR AS true_date_of_birth,
    b.sex AS true_sex, m.uprn, m.lsoa_code, m.ward_code, m.household_key,
    'child' AS place_in_household, m.naming_community, b.nhs_number AS true_nhs_number
FROM birth AS b JOIN people AS m ON m.true_person = b.mother;
UPDATE next_people SET household_key = m.next_key FROM moving AS m
WHERE m.household_key = next_people.household_key AND true_date_of_death IS NULL;
UPDATE next_people SET second_household_key = m.next_key FROM moving AS m
WHERE m.household_key = next_people.second_household_key
"""
"""People as they are after a day; `moving` has the households that the benefits service knows by
another key from then on."""


def add_truth(engine: Engine, day: date) -> None:
    """The truth after the day: `next_truth` with the new keys, `next_people` with the new people.

    Whoever has moved, married or died is told of as they are now.
    """
    engine.execute(IS_NOW.format(day=day.isoformat()))
