"""Areas, their parents, figures and postcodes, read from files and nothing else.

`read_place` reads a folder of official open files in their own layouts;
`demonstration_geography` reads a place's own invented areas. Both give a `Geography`.
"""

from wholeplace.population.geography.demonstration import demonstration_geography
from wholeplace.population.geography.model import (
    Area,
    Boundary,
    Geography,
    Indicator,
    Parent,
    Postcode,
    share_in_decile,
)
from wholeplace.population.geography.place import read_place
from wholeplace.population.geography.tables import WrongLayout

__all__ = [
    "Area",
    "Boundary",
    "Geography",
    "Indicator",
    "Parent",
    "Postcode",
    "WrongLayout",
    "demonstration_geography",
    "read_place",
    "share_in_decile",
]
