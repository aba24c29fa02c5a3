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
MEMBER = (
    "EXISTS (SELECT 1 FROM records_member m WHERE m.household_key = {0}.{1}"
    " AND m.agency_id = {0}.agency_id{2} OFFSET 0)"
)
HOUSEHOLD = (
    "EXISTS (SELECT 1 FROM records_household h WHERE h.uprn = records_address.source_key"
    " AND h.agency_id = records_address.agency_id OFFSET 0)"
)


def _shared(class_: str, whom: str, whose: str = "agency_id") -> str:
    return f"{whose} = ANY ((SELECT wp_shared_agencies('{class_}', '{whom}'))::bigint[])"


def _reads(class_: str, visible: str) -> str:
    return (
        f"agency_id = ANY ((SELECT wp_read_agencies('{class_}'))::bigint[]) AND ("
        f"((SELECT wp_reach()) = 'load' AND {OWN_AGENCY})"
        f" OR ((SELECT wp_sees('{class_}')) AND ({visible})))"
    )


def _of_person(class_: str) -> str:
    return (
        f"(({OWN_AGENCY} OR {_shared(class_, 'everybody')}) AND {PERSON})"
        f" OR ({_shared(class_, 'linked')} AND wp_linked(person_id))"
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
# A household and its home are of the class of who lives there, and as visible as one who does. An
# account is of a higher class: whether that is shared, too, is asked of the one who lives there.
OF_WHOM = (
    f" AND (m.{OWN_AGENCY} OR {_shared('P3', 'everybody', 'm.agency_id')}"
    " OR wp_linked(m.person_id))"
)
OF_HOUSEHOLDS = {
    "household": ("P2", MEMBER.format("records_household", "source_key", "")),
    "account": ("P3", MEMBER.format("records_account", "household_key", OF_WHOM)),
    "address": ("P2", HOUSEHOLD),
}


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_statements_of_five_agencies"),
        ("people", "0004_shared"),
        ("identity", "0001_initial"),
    ]

    operations = [
        *(
            read_by(f"records_{table}", _reads(class_, _of_person(class_)))
            for table, class_ in OF_PERSONS.items()
        ),
        *(read_by(f"records_{table}", _reads(*how)) for table, how in OF_HOUSEHOLDS.items()),
    ]
