"""Row security of what agencies say.

A statement is read by its own agency's people, where the role holds its information class and
may see the person; by the person themselves; and by the loader of its agency. It is added by
the loader, and the only change ever made to it is the time at which it was superseded.
"""

from django.db import migrations

from wholeplace.rooms.agencies.security import OWN_AGENCY, PERSON_VISIBLE, protect

LOADS = f"{OWN_AGENCY} AND (SELECT wp_can('records.load'))"
READS_LOADS = f"{OWN_AGENCY} AND (SELECT wp_can('load.read'))"
PERSON = PERSON_VISIBLE.format(column="person_id")
MEMBER = (
    "EXISTS (SELECT 1 FROM records_member m WHERE m.household_key = {table}.{column}"
    " AND m.agency_id = {table}.agency_id OFFSET 0)"
)
HOUSEHOLD = (
    "EXISTS (SELECT 1 FROM records_household h WHERE h.uprn = records_address.source_key"
    " AND h.agency_id = records_address.agency_id OFFSET 0)"
)


def _reads(class_: str, visible: str) -> str:
    return (
        f"((SELECT wp_reach()) = 'load' AND {OWN_AGENCY}) OR "
        f"(((SELECT wp_reach()) = 'own' OR {OWN_AGENCY})"
        f" AND (SELECT wp_sees('{class_}')) AND {visible})"
    )


def _guard(table: str, class_: str, visible: str) -> migrations.RunSQL:
    return protect(
        table,
        select=_reads(class_, visible),
        insert=LOADS,
        update=LOADS,
        update_columns="superseded_at",
    )


ONCE = """
CREATE FUNCTION records_supersede_once() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    RAISE EXCEPTION 'a version of % that was superseded stays so', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$
"""

TABLES = ("resident", "address", "household", "member", "benefitspell", "job", "account")


def _once(table: str) -> str:
    return (
        f"CREATE TRIGGER records_{table}_once BEFORE UPDATE ON records_{table} FOR EACH ROW "
        "WHEN (OLD.superseded_at IS NOT NULL) EXECUTE FUNCTION records_supersede_once()"
    )


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial"), ("people", "0002_guards")]

    operations = [
        protect("records_load", select=READS_LOADS, insert=LOADS, update=LOADS),
        protect("records_reject", select=READS_LOADS, insert=LOADS),
        _guard("records_member", "P2", PERSON),
        _guard("records_resident", "P2", PERSON),
        _guard(
            "records_household", "P2", MEMBER.format(table="records_household", column="source_key")
        ),
        _guard("records_address", "P2", HOUSEHOLD),
        _guard("records_benefitspell", "P3", PERSON),
        _guard("records_job", "P3", PERSON),
        _guard(
            "records_account",
            "P3",
            MEMBER.format(table="records_account", column="household_key"),
        ),
        migrations.RunSQL([ONCE, *map(_once, TABLES)], migrations.RunSQL.noop),
    ]
