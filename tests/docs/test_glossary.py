"""The glossary's words are those of the program: each once, in order, and still in use."""

from __future__ import annotations

import re

from django.apps import apps

from wholeplace.cli import main

from .terminal import ROOT

PAGE = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([^|]+?) \| ([^|]+) \|$", PAGE, re.M)[1:]
WORDS = [word for word, _ in ROWS]

# Words that are also tables, and words that are also commands. When a table or a command gets
# another name, its word here and in the glossary goes with it.
TABLES = {
    "adoption seal": "people.AdoptionSeal",
    "agency": "agencies.Agency",
    "application": "casework.Application",
    "area": "places.Area",
    "award": "casework.Award",
    "budget": "ledger.Budget",
    "contact bar": "people.ContactBar",
    "correction": "records.Correction",
    "correction request": "records.CorrectionRequest",
    "decision": "casework.Decision",
    "finding": "schemes.Finding",
    "funding source": "ledger.FundingSource",
    "identity": "identity.Identity",
    "membership": "agencies.Membership",
    "payment": "casework.Payment",
    "person": "people.Person",
    "release": "casework.Release",
    "restriction": "people.RestrictionGrant",
    "review": "identity.Review",
    "role": "agencies.Role",
    "search key": "people.SearchKey",
    "trawl": "schemes.TrawlRun",
}
NOUNS = {
    "audit trail": "audit",
    "extract": "extracts",
    "identity": "identity",
    "payment": "payments",
    "place": "places",
    "scheme": "scheme",
    "snapshot": "snapshot",
    "trawl": "trawl",
}


def test_each_word_stands_once_and_in_order() -> None:
    assert len(WORDS) > 40
    assert sorted(WORDS) == WORDS
    assert len(set(WORDS)) == len(WORDS)


def test_a_word_set_apart_has_its_own_line() -> None:
    apart = {word for _, meaning in ROWS for word in re.findall(r"\*([a-z ]+)\*", meaning)}
    assert apart - set(WORDS) == set()


def test_words_that_name_a_table_or_a_command_still_do() -> None:
    assert {*TABLES, *NOUNS} - set(WORDS) == set()
    tables = {f"{m._meta.app_label}.{m.__name__}" for m in apps.get_models()}
    assert set(TABLES.values()) - tables == set()
    assert set(NOUNS.values()) - set(main.nouns()) == set()


def test_a_table_called_by_a_glossary_word_is_listed_above() -> None:
    names = {
        re.sub(r"(?<!^)(?=[A-Z])", " ", model.__name__).lower()
        for model in apps.get_models()
        if model.__module__.startswith("wholeplace.")
    }
    assert names & set(WORDS) - set(TABLES) == set()
