"""Statements are also read under sharing agreements.

A statement of a class is read by its own agency's people as before; by those with whom its
agency shares the class about everybody, where they may see the person; and by those with whom
it is shared about their own people, where the linking of records says that this is one.

Whose rows these are is asked first, by an operator that may use the index of each table's
agency and key: the rows of five agencies lie together.
"""

from django.db import migrations

from wholeplace.rooms.agencies.security import OWN_AGENCY, PERSON_VISIBLE, read_by

PERSON = PERSON_VISIBLE.format(column="person_id")
LINKED = "wp_linked(person_id)"
HOUSEHOLD = (
    "EXISTS (SELECT 1 FROM records_household h WHERE h.uprn = records_address.source_key"
    " AND h.agency_id = records_address.agency_id OFFSET 0)"
)


def _member(table: str, column: str, more: str = "") -> str:
    return (
        f"EXISTS (SELECT 1 FROM records_member m WHERE m.household_key = {table}.{column}"
        f" AND m.agency_id = {table}.agency_id{more} OFFSET 0)"
    )


def _shared(class_: str, whom: str) -> str:
    return f"agency_id = ANY ((SELECT wp_shared_agencies('{class_}', '{whom}'))::bigint[])"


def _reads(class_: str, visible: str, linked: str) -> str:
    return (
        f"agency_id = ANY ((SELECT wp_read_agencies('{class_}'))::bigint[]) AND ("
        f"((SELECT wp_reach()) = 'load' AND {OWN_AGENCY}) OR ((SELECT wp_sees('{class_}')) AND ("
        f"(({OWN_AGENCY} OR {_shared(class_, 'everybody')}) AND {visible})"
        f" OR ({_shared(class_, 'linked')} AND {linked}))))"
    )


OF_PERSONS = {
    "resident": "P2",
    "member": "P2",
    "tenancy": "P2",
    "schoolplace": "P2",
    "involvement": "P2",
    "benefitspell": "P3",
    "job": "P3",
    "attendance": "P3",
}
OF_HOUSEHOLDS = {"household": ("P2", "source_key"), "account": ("P3", "household_key")}


def _of_household(table: str, class_: str, column: str) -> migrations.RunSQL:
    name = f"records_{table}"
    whose = _member(name, column, " AND wp_linked(m.person_id)")
    return read_by(name, _reads(class_, _member(name, column), whose))


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_statements_of_five_agencies"),
        ("people", "0004_shared"),
        ("identity", "0001_initial"),
    ]

    operations = [
        *(
            read_by(f"records_{table}", _reads(class_, PERSON, LINKED))
            for table, class_ in OF_PERSONS.items()
        ),
        *(_of_household(table, *how) for table, how in OF_HOUSEHOLDS.items()),
        read_by("records_address", _reads("P2", HOUSEHOLD, HOUSEHOLD)),
    ]
