"""Facts: for everybody in SQL, for one person slowly and with provenance; both agree."""

from wholeplace.population.facts.fits import (
    FactRefused,
    check_fact,
    grouping_of,
    groupings_of,
)
from wholeplace.population.facts.provider import PersonFacts
from wholeplace.population.facts.rows import PersonRows, Row
from wholeplace.population.facts.slowly import Derived, Gap, derive
from wholeplace.population.facts.sql import FactQueries

__all__ = [
    "Derived",
    "FactQueries",
    "FactRefused",
    "Gap",
    "PersonFacts",
    "PersonRows",
    "Row",
    "check_fact",
    "derive",
    "grouping_of",
    "groupings_of",
]
