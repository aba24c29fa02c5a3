"""What linking reads of agencies' records: what tells people apart, and nothing else."""

from django.db import migrations

from wholeplace.rooms.agencies.security import app_role
from wholeplace.rooms.identity import sql


def _only_read(view: str) -> list[str]:
    return [
        f'REVOKE ALL ON {view} FROM "{app_role()}"',
        f'GRANT SELECT ON {view} TO "{app_role()}"',
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0001_initial"),
        ("records", "0003_statements_of_five_agencies"),
    ]

    operations = [
        migrations.RunSQL(
            [sql.RECORDS, sql.HOMES, *_only_read("identity_record"), *_only_read("identity_home")],
            migrations.RunSQL.noop,
        ),
    ]
