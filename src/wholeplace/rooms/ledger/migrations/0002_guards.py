"""Row security of the books, and the rules that hold below every program."""

from django.db import migrations

from wholeplace.rooms.agencies.security import OWN_AGENCY, append_only, protect, stamped
from wholeplace.rooms.ledger import sql

READS = f"{OWN_AGENCY} AND (SELECT wp_can('fund.read'))"
ALLOCATES = f"{OWN_AGENCY} AND (SELECT wp_can('fund.allocate'))"


def run(statement: str) -> migrations.RunSQL:
    return migrations.RunSQL(statement, migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("agencies", "0003_stamp")]

    operations = [
        stamped("ledger_budget"),
        stamped("ledger_transfer"),
        *map(run, [sql.ACCOUNTS, sql.MADE_IN, sql.APPLY, sql.BALANCE, sql.CHECK]),
        append_only("ledger_budget"),
        append_only("ledger_transfer"),
        append_only("ledger_leg"),
        protect(
            "ledger_fundingsource",
            select="true",  # the names of funds are public
            insert="(SELECT wp_can('fund.allocate'))",
        ),
        protect("ledger_budget", select=READS, insert=ALLOCATES),
        protect("ledger_account", select=READS),
        protect("ledger_transfer", select=READS, insert=f"{READS} AND ({sql.MAY})"),
        protect("ledger_leg", select=READS, insert=READS),
    ]
