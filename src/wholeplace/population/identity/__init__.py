"""Who is who across agencies: records standardised, compared with Splink, and clustered."""

from wholeplace.population.identity.linking import Linked, LinkSettings, link
from wholeplace.population.identity.model import Block, Comparison, Learnt, Level, Model
from wholeplace.population.identity.people import PEOPLE
from wholeplace.population.identity.records import COLUMNS, records_of_city

__all__ = [
    "COLUMNS",
    "PEOPLE",
    "Block",
    "Comparison",
    "Learnt",
    "Level",
    "LinkSettings",
    "Linked",
    "Model",
    "link",
    "records_of_city",
]
