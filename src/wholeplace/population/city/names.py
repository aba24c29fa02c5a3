"""Names for invented people by naming community, sex and birth date."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from wholeplace.population.city.characters import COMMUNITIES
from wholeplace.population.city.streams import Bools, Draws, Ints

NAMES_FILE = Path(__file__).parent / "data" / "names.txt"
ERAS = ("old", "middle", "young")
ERA_STARTS = np.array(["1962-01-01", "1992-01-01"], dtype="datetime64[D]").astype(np.int64)
OWN_NAME_WOMEN = tuple(map(COMMUNITIES.index, ("pakistani", "bangladeshi", "somali", "arab")))
"""Communities where a wife commonly keeps, and a daughter is given, a name of her own."""

WOMEN_ONLY = {
    "pakistani": ("Begum", "Bibi", "Kauser", "Parveen", "Jabeen", "Akhtar"),
    "bangladeshi": ("Begum", "Bibi", "Khatun", "Khanom", "Akther", "Sultana"),
    "punjabi": ("Kaur",),
}
"""Family names that a man does not carry, and a son does not take from his mother."""

LONG_GIVEN = (
    "Wolfeschlegelsteinhausenbergerdorff Maximilian",
    "Oluwaseunfunmilayotemitope Abimbola Adeola",
    "Anna-Maria Bernadette Concepta Philomena Assumpta",
    "Venkatanarasimharajuvaripeta Subramaniam",
)
LONG_FAMILY = (
    "Featherstonehaugh-Cholmondeley-Warrender",
    "Ranasinghe Arachchige Wickramasuriya Bandara",
    "van der Westhuizen-Papadimitropoulos",
    "Ní Mhaoldomhnaigh-Fitzpatrick",
)
ONE_WORD = ("Suharti", "Tenzin", "Mononymous", "Wayan", "Nirmala", "Thuzar")

AWKWARD = {
    "long given": list(LONG_GIVEN),
    "long family": list(LONG_FAMILY),
    "one word": list(ONE_WORD),
}


@dataclass(frozen=True, slots=True)
class NamePool:
    """Every name once, with where each list of names begins and how long it is.

    `words` are as written and `plain` in ASCII letters for an e-mail address; `given` and
    `given_size` have shape (community, 2 for woman and man, 3 for era), `family` and
    `family_size` (community). `tail` is the list of rarer English surnames.
    """

    words: np.ndarray[tuple[int], np.dtype[np.object_]]
    plain: np.ndarray[tuple[int], np.dtype[np.object_]]
    given: Ints
    given_size: Ints
    family: Ints
    family_size: Ints
    tail: tuple[int, int]
    awkward: dict[str, tuple[int, int]]


def read_lists(path: Path = NAMES_FILE) -> dict[str, list[str]]:
    """Heading to names, in the order of the file."""
    lists: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if text.startswith("["):
            heading = text.strip("[]")
            lists[heading] = []
        elif text and not text.startswith("#"):
            lists[heading] += [word.strip() for word in text.split(",")]
    firsts, lasts = lists.pop("english tail first"), lists.pop("english tail last")
    lists["english tail"] = [first + last for last in lasts for first in firsts]
    return lists


def plain(word: str) -> str:
    """A name's ASCII letters in small type, for an e-mail address."""
    folded = unicodedata.normalize("NFKD", word.replace("ł", "l").replace("Ł", "L"))
    return "".join(c for c in folded.lower() if c.isascii() and c.isalpha())


@cache
def name_pool() -> NamePool:
    """The typed lists as one pool of words."""
    lists = read_lists()
    words: list[str] = [""]
    starts: dict[str, tuple[int, int]] = {}
    for heading, names in (lists | AWKWARD).items():
        starts[heading] = (len(words), len(names))
        words += names
    shape = (len(COMMUNITIES), 2, len(ERAS))
    given = np.zeros((*shape, 2), dtype=np.int64)
    for at, community in enumerate(COMMUNITIES):
        for sex, who in enumerate(("woman", "man")):
            for era, when in enumerate(ERAS):
                general = f"{community} {who}"
                given[at, sex, era] = starts.get(f"{general} {when}") or starts[general]
    family = np.array([starts[f"{community} family"] for community in COMMUNITIES])
    return NamePool(
        words=np.array(words, dtype=object),
        plain=np.array([plain(word) for word in words], dtype=object),
        given=given[..., 0],
        given_size=given[..., 1],
        family=family[:, 0],
        family_size=family[:, 1],
        tail=starts["english tail"],
        awkward={heading: starts[heading] for heading in AWKWARD},
    )


@dataclass(frozen=True, slots=True)
class Names:
    """Indexes into the pool's words for each person; 0 is no name.

    `double` is a second surname after a hyphen.
    """

    first: Ints
    middle: Ints
    family: Ints
    double: Ints


def families(draws: Draws, community: Ints) -> Ints:
    """A surname for each, by community; a third of English ones come from the long tail."""
    pool = name_pool()
    found = pool.family[community] + draws.ranked(pool.family_size[community])
    rare = draws.chance(0.35, len(community)) & (community == COMMUNITIES.index("english"))
    start, size = pool.tail
    return np.where(rare, start + draws.ranked(np.full(len(community), size)), found)


def givens(draws: Draws, community: Ints, man: Bools, born: Ints) -> Ints:
    """A given name for each, by community, sex and the era of birth (days since 1970)."""
    pool = name_pool()
    era = np.searchsorted(ERA_STARTS, born, side="right")
    sex = man.astype(np.int64)
    sizes = pool.given_size[community, sex, era]
    return np.asarray(pool.given[community, sex, era] + draws.ranked(sizes))


def as_a_man_has_it(community: Ints, man: Bools, family: Ints) -> Ints:
    """A man's family name where the drawn one is a woman's: his community's commonest.

    A Sikh woman, the other way about, is Kaur and not Singh.
    """
    pool = name_pool()
    found = family.copy()
    for name, only in WOMEN_ONLY.items():
        at = COMMUNITIES.index(name)
        start, size = int(pool.family[at]), int(pool.family_size[at])
        words = list(pool.words[start : start + size])
        theirs = [start + words.index(word) for word in only]
        found = np.where(man & (community == at) & np.isin(family, theirs), start, found)
        if name == "punjabi":
            found = np.where(~man & (community == at) & (family == start), theirs[0], found)
    return found


def awkward(draws: Draws, names: Names) -> Names:
    """Give about three people in a thousand a name that is legal and trips up software."""
    pool, count = name_pool(), len(names.first)
    kind = draws.pick((0.997, 0.001, 0.001, 0.001), count)
    long_given, given_size = pool.awkward["long given"]
    long_family, family_size = pool.awkward["long family"]
    one, one_size = pool.awkward["one word"]
    turn = draws.uniform(count)
    first = np.where(kind == 1, long_given + (turn * given_size).astype(np.int64), names.first)
    family = np.where(kind == 2, long_family + (turn * family_size).astype(np.int64), names.family)
    single = kind == 3
    return Names(
        first=np.where(single, 0, first),
        middle=np.where(single | (kind == 1), 0, names.middle),
        family=np.where(single, one + (turn * one_size).astype(np.int64), family),
        double=np.where(kind > 1, 0, names.double),
    )
