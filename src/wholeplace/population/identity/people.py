"""How people are compared: the comparisons and blocks of a city's records.

The table has the columns that `standardise` makes. Figures given here are for data too small to
learn from, and for what cannot be learnt without knowing who is who.
"""

from __future__ import annotations

from wholeplace.population.identity.model import (
    NEVER_SEEN,
    PERHAPS,
    SURELY,
    Block,
    Comparison,
    Level,
    Model,
)

REVERSED = "(first_l = surname_r AND surname_l = first_r)"
_HOME = ("home", "house", "uprn")
SAME_HOME = (
    "coalesce(uprn_l = uprn_r OR (home_l = home_r AND (starts_with(house_l || ' ', house_r || ' ')"
    " OR starts_with(house_r || ' ', house_l || ' '))), false)"
)
# The cheap count of places that differ first: the dear one is asked of few.
ONE_FIGURE = (
    "CASE WHEN length(born_text_l) <> length(born_text_r) THEN false "
    "WHEN hamming(born_text_l, born_text_r) <= 2 "
    "THEN damerau_levenshtein(born_text_l, born_text_r) <= 1 ELSE false END"
)
SAME_PHONE = "coalesce(phone_l = phone_r, false)"

TWINS = (
    "(born_l = born_r AND (" + SAME_HOME + " OR "
    "(surname_l = surname_r AND coalesce(postcode_l = postcode_r, false))))"
)

NEARLY = (
    "(jaro_winkler_similarity({0}_l, {0}_r) >= 0.92 OR (least(length({0}_l), length({0}_r)) >= 4 "
    "AND damerau_levenshtein({0}_l, {0}_r) <= 1))"
)
"""One slip of the pen, or nearly the same from the first letter on."""

FIRST = Comparison(
    name="first_name",
    missing="first_l IS NULL OR first_r IS NULL",
    levels=(
        Level("the same first name", "first_l = first_r", "first", 0.9, 0.006),
        Level(
            "a short form or another spelling of the name",
            "canon_l = canon_r OR known_l = canon_r OR canon_l = known_r",
            None,
            0.04,
            0.003,
        ),
        Level("first name and surname the other way about", REVERSED, None, 0.002, 1e-6),
        Level(
            "one's first name is the other's further name",
            "coalesce(contains(further_l || ' ', ' ' || first_r || ' '), false) "
            "OR coalesce(contains(further_r || ' ', ' ' || first_l || ' '), false)",
            None,
            0.004,
            0.004,
        ),
        Level("nearly the same first name", NEARLY.format("first"), None, 0.03, 0.003),
        Level(
            "a first name somewhat alike",
            "jaro_winkler_similarity(first_l, first_r) >= 0.78 "
            "OR first_l[:3] = first_r[:3] OR canon_l[:3] = canon_r[:3]",
            None,
            0.012,
            0.03,
        ),
        # Brothers and sisters of one day: who is who can only be told by the name. That they
        # share day, surname and home must then count for nothing, and more than nothing.
        Level("another first name, one home, one birth date", TWINS, None, 1e-9, 5e-5, True),
        Level("another first name", "", None, 0.006, 0.96),
    ),
    columns=("first", "canon", "known", "further", "surname", "born", *_HOME, "postcode"),
)

KIN = (
    "coalesce(surname_l = surname_r OR surname_l = previous_r OR previous_l = surname_r "
    f"OR {NEARLY.format('surname')}, false)"
)

SURNAME = Comparison(
    name="surname",
    # At one home or telephone the surname is the family's: it is compared there, with the home.
    missing=(
        f"surname_l IS NULL OR surname_r IS NULL OR {SAME_HOME} OR {SAME_PHONE} "
        f"OR coalesce({REVERSED}, false)"
    ),
    levels=(
        Level("the same surname", "surname_l = surname_r", "surname", 0.92, 0.004),
        Level(
            "the other's previous surname",
            "surname_l = previous_r OR previous_l = surname_r OR previous_l = previous_r",
            None,
            0.01,
            1e-4,
        ),
        Level("nearly the same surname", NEARLY.format("surname"), None, 0.03, 0.001),
        Level(
            "one surname is part of the other",
            "least(length(surname_l), length(surname_r)) >= 4 AND (contains(surname_l, surname_r) "
            "OR contains(surname_r, surname_l))",
            None,
            0.008,
            5e-4,
        ),
        Level("another surname, two women", "sex_l = 'F' AND sex_r = 'F'", None, 0.02, 0.24),
        Level("another surname", "", None, 0.01, 0.75),
    ),
    columns=("surname", "previous", "first", "sex", "home", "house", "uprn", "phone"),
    unsaid="not known, or counted with the home or the first name",
)

BORN = Comparison(
    name="birth_date",
    missing="birth_year_l IS NULL OR birth_year_r IS NULL",
    levels=(
        Level("the same birth date", "born_l = born_r", "born", 0.96, 4e-5),
        Level("day and month the other way about", "born_key_l = born_key_r", None, 0.006, 3e-5),
        Level(
            "one figure of the birth date differs",
            ONE_FIGURE,
            None,
            0.008,
            1e-3,
        ),
        Level(
            "the same month and year of birth, one on the 15th",
            "born_text_l[:6] = born_text_r[:6] "
            "AND (born_text_l[7:] = '15' OR born_text_r[7:] = '15')",
            None,
            0.006,
            8e-5,
        ),
        Level(
            "the same month and year of birth",
            "born_text_l[:6] = born_text_r[:6]",
            None,
            0.004,
            5e-4,
        ),
        Level(
            "the same year of birth, the day not known",
            "(born_l IS NULL OR born_r IS NULL) AND birth_year_l = birth_year_r",
            None,
            0.015,
            3e-4,
        ),
        Level("the same year of birth", "birth_year_l = birth_year_r", None, 0.004, 0.012),
        Level("another year of birth", "", None, 0.003, 0.98),
    ),
    columns=("born", "born_key", "born_text", "birth_year"),
)

# Address, telephone and the surname there are one comparison: relations share all three, so that
# together they say little more than any alone.
HOME = Comparison(
    name="home",
    missing=f"(postcode_l IS NULL OR postcode_r IS NULL) AND NOT {SAME_PHONE}",
    levels=(
        Level(
            "the same address, telephone and surname",
            f"{SAME_HOME} AND {SAME_PHONE} AND {KIN}",
            None,
            0.3,
            6e-6,
        ),
        Level("the same address and surname", f"{SAME_HOME} AND {KIN}", None, 0.5, 1e-5),
        Level("the same address, another surname", SAME_HOME, None, 0.02, 6e-6),
        Level("the same telephone and surname", f"{SAME_PHONE} AND {KIN}", None, 0.06, 2e-6),
        Level("the same telephone, another surname", SAME_PHONE, None, 0.01, 1e-5),
        Level("the same postcode", "postcode_l = postcode_r", None, 0.01, 1e-4),
        Level("the same part of town", "sector_l = sector_r", None, 0.02, 3e-3),
        Level("another address", "", None, 0.11, 0.996),
    ),
    columns=("home", "house", "uprn", "phone", "postcode", "sector", "surname", "previous"),
)

FURTHER = Comparison(
    name="further_names",
    missing="further_l IS NULL OR further_r IS NULL",
    levels=(
        Level("the same further names", "further_l = further_r", "further", 0.9, 0.01),
        Level(
            "a further name or its initial the same",
            "contains(further_l || ' ', further_r || ' ') "
            "OR contains(further_r || ' ', further_l || ' ') "
            "OR (least(length(further_l), length(further_r)) = 2 "
            "AND further_l[2] = further_r[2])",
            None,
            0.05,
            0.02,
        ),
        Level(
            "nearly the same further names",
            "jaro_winkler_similarity(further_l, further_r) >= 0.9",
            None,
            0.03,
            0.005,
        ),
        Level("other further names", "", None, 0.02, 0.965),
    ),
    columns=("further",),
)


def _same(name: str, column: str, words: str, m: float, u: float, *, fixed: bool) -> Comparison:
    """Two levels: the same, and not."""
    return Comparison(
        name=name,
        missing=f"{column}_l IS NULL OR {column}_r IS NULL",
        levels=(
            Level(f"the same {words}", f"{column}_l = {column}_r", None, m, u, fixed),
            Level(f"another {words}", "", None, 1 - m, 1 - u, fixed),
        ),
        columns=(column,),
    )


SEX = _same("sex", "sex", "sex", 0.99, 0.5, fixed=False)
EMAIL = _same("email", "email", "e-mail address", 0.8, 1e-6, fixed=False)
NHS = _same("nhs_number", "nhs", "NHS number", 0.99, NEVER_SEEN, fixed=True)
UPN = _same("upn", "upn", "pupil number", 0.99, NEVER_SEEN, fixed=True)
NI = Comparison(
    name="ni_number",
    missing="ni_l IS NULL OR ni_r IS NULL",
    levels=(
        Level("the same NI number", "ni_l = ni_r", None, 0.98, NEVER_SEEN, True),
        Level(
            "one figure of the NI number differs",
            "damerau_levenshtein(ni_l, ni_r) <= 1",
            None,
            0.01,
            1e-5,
            True,
        ),
        Level("another NI number", "", None, 0.01, 1.0, True),
    ),
    columns=("ni",),
)
AGENCY = Comparison(
    name="agency",
    missing="source_l IS NULL OR source_r IS NULL",
    levels=(
        Level("from two agencies", "source_l <> source_r", None, 0.97, 0.7),
        Level("from one agency", "", None, 0.03, 0.3),
    ),
    columns=("source",),
)

# A part of a key names its columns by `{}`, which stands for the side of a pair.
_NAMES = ("least({}canon, {}surname)", "greatest({}canon, {}surname)")
_BORN = "{}born_key"

BLOCKS = (
    Block("NHS number", (("{}nhs",),), ("nhs_number", "agency"), teaches=SURELY),
    Block("NI number", (("{}ni",),), ("ni_number", "agency"), teaches=SURELY),
    Block("pupil number", (("{}upn",),), ("upn", "agency"), teaches=SURELY),
    Block(
        "surname and birth date",
        (("{}surname", _BORN), ("{}previous", _BORN)),
        ("surname", "birth_date", "home"),
        teaches=PERHAPS,
    ),
    Block(
        "first name and birth date",
        (("{}canon", _BORN), ("{}known", _BORN)),
        ("first_name", "birth_date"),
    ),
    Block(
        "names and postcode",
        ((*_NAMES, "{}postcode"),),
        ("first_name", "surname", "home"),
        teaches=PERHAPS,
    ),
    Block("names the other way about and birth date", ((*_NAMES, _BORN),)),
    Block("birth date and postcode", (("{}postcode", _BORN),)),
    Block("first name and address", (("{}canon", "{}home"), ("{}known", "{}home"))),
    Block("first name and property", (("{}canon", "{}uprn"),)),
    Block("birth year and address", (("{}birth_year", "{}home"),)),
    Block("telephone and birth year", (("{}phone", "{}birth_year"),)),
    Block("first name and telephone", (("{}canon", "{}phone"),)),
    Block("e-mail address", (("{}email",),)),
    Block("names, day and month of birth", ((*_NAMES, "{}born_key % 10000"),)),
    Block("names and birth year", ((*_NAMES, "{}birth_year"),)),
)

PEOPLE = Model(
    comparisons=(FIRST, SURNAME, BORN, HOME, FURTHER, SEX, EMAIL, NHS, NI, UPN, AGENCY),
    blocks=BLOCKS,
)
"""The model that links a city's people."""
