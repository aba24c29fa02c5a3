"""A trawl: everybody whom a scheme fits or may fit, on a day, by the rules and nothing else."""

from wholeplace.population.trawl.allowed import countable
from wholeplace.population.trawl.permission import TrawlRefused, check_trawl
from wholeplace.population.trawl.ready import (
    FactsNotReady,
    ReadyFacts,
    count_schemes,
    ready_facts,
)
from wholeplace.population.trawl.result import CriterionCount, TrawlResult
from wholeplace.population.trawl.run import trawl, trawl_to_file

__all__ = [
    "CriterionCount",
    "FactsNotReady",
    "ReadyFacts",
    "TrawlRefused",
    "TrawlResult",
    "check_trawl",
    "count_schemes",
    "countable",
    "ready_facts",
    "trawl",
    "trawl_to_file",
]
