"""Who is who across agencies: records standardised, compared with Splink, and clustered."""

from wholeplace.population.identity.explain import Explanation, Reason, explain_pair
from wholeplace.population.identity.linking import Linked, link
from wholeplace.population.identity.model import Block, Comparison, Learnt, Level, Model
from wholeplace.population.identity.people import PEOPLE
from wholeplace.population.identity.records import COLUMNS, records_of_city
from wholeplace.population.identity.scores import Score, read_truth, score, score_tables
from wholeplace.population.identity.settings import LinkSettings

__all__ = [
    "COLUMNS",
    "PEOPLE",
    "Block",
    "Comparison",
    "Explanation",
    "Learnt",
    "Level",
    "LinkSettings",
    "Linked",
    "Model",
    "Reason",
    "Score",
    "explain_pair",
    "link",
    "read_truth",
    "records_of_city",
    "score",
    "score_tables",
]
