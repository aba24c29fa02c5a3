"""Row security of casework, and the rules that hold below every program."""

from django.db import migrations

from wholeplace.rooms.agencies.recorded import steps_move
from wholeplace.rooms.agencies.security import (
    OWN_AGENCY,
    PERSON_VISIBLE,
    append_only,
    protect,
    stamped,
)
from wholeplace.rooms.casework import sql

PERSON = PERSON_VISIBLE.format(column="person_id")
OWN = "(SELECT wp_reach()) = 'own' AND person_id = (SELECT wp_person())"
STAFF = (
    f"{OWN_AGENCY} AND (SELECT wp_can('application.read')) AND (SELECT wp_sees('P3')) AND {PERSON}"
)
CASE = f"({OWN}) OR ({STAFF})"
# A finance officer sees what is to be paid to whom, and no case.
PAYS = f"{OWN_AGENCY} AND (SELECT wp_can('payment.read'))"
RELEASES = f"{PAYS} AND (SELECT wp_can('payment.release'))"
RECORDS = f"{OWN_AGENCY} AND (SELECT wp_can('application.record'))"
DECIDES = f"{OWN_AGENCY} AND (SELECT wp_can('award.decide'))"
MINE = f"{OWN_AGENCY} AND by_id = (SELECT wp_membership())"


def seen(thing: str) -> str:
    """Whether the row that `thing`_id names can be seen."""
    return f"EXISTS (SELECT 1 FROM casework_{thing} x WHERE x.id = {thing}_id OFFSET 0)"


STEP_SEEN = f"{seen('application')} OR {seen('award')} OR {seen('payment')}"
STEP_MAY = (
    f"(application_id IS NOT NULL AND {RECORDS})"
    f" OR (award_id IS NOT NULL AND {DECIDES} AND event IN ('confirm', 'queue', 'withdraw'))"
    f" OR (award_id IS NOT NULL AND {OWN_AGENCY} AND (SELECT wp_can('award.end'))"
    " AND event = 'end')"
    f" OR (payment_id IS NOT NULL AND {OWN_AGENCY} AND (SELECT wp_can('award.end'))"
    " AND event = 'cancel')"
    f" OR (payment_id IS NOT NULL AND {RELEASES} AND event = 'release')"
)
TABLES = (
    "application",
    "information",
    "decision",
    "award",
    "awardcheck",
    "payment",
    "paymentrun",
    "release",
    "notreleased",
    "step",
    "submission",
)
KEPT = ("information", "decision", "awardcheck", "release", "notreleased", "step")


def run(statement: str) -> migrations.RunSQL:
    return migrations.RunSQL(statement, migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0001_initial"),
        ("schemes", "0002_guards"),
        ("ledger", "0002_guards"),
        ("people", "0002_guards"),
    ]

    operations = [
        *(stamped(f"casework_{table}") for table in TABLES),
        *(append_only(f"casework_{table}") for table in KEPT),
        *(
            steps_move("casework_step", f"{thing}_id", f"casework_{thing}")
            for thing in ("application", "award", "payment")
        ),
        *map(run, sql.ALL),
        protect("casework_application", select=CASE, insert=f"{RECORDS} AND {PERSON}"),
        protect(
            "casework_information",
            select=seen("application"),
            insert=f"{RECORDS} AND {seen('application')}",
        ),
        protect(
            "casework_decision",
            select=seen("application"),
            insert=f"{DECIDES} AND {seen('application')}",
        ),
        protect(
            "casework_award",
            select=CASE,
            insert=f"{DECIDES} AND {PERSON} AND {seen('decision')}",
        ),
        protect(
            "casework_awardcheck",
            select=seen("award"),
            insert=f"{OWN_AGENCY} AND (SELECT wp_can('award.check')) AND {seen('award')}",
        ),
        protect(
            "casework_payment",
            select=f"{CASE} OR ({PAYS})",
            insert=f"{DECIDES} AND {PERSON} AND {seen('award')}",
        ),
        protect(
            "casework_paymentrun",
            select=PAYS,
            insert=RELEASES,
            update=f"{RELEASES} AND {MINE}",
            update_columns="state, finished_at",
        ),
        protect("casework_release", select=seen("payment"), insert=RELEASES),
        protect("casework_notreleased", select=PAYS, insert=RELEASES),
        protect("casework_step", select=STEP_SEEN, insert=f"({STEP_MAY}) AND ({STEP_SEEN})"),
        protect(
            "casework_submission",
            select=MINE,
            insert=MINE,
            update=MINE,
            update_columns="record_id",
        ),
    ]
