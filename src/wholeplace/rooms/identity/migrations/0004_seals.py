"""Who is who stops at an adoption seal, in both directions; a run's totals are for who may link."""

from django.db import migrations

from wholeplace.rooms.agencies.security import only_where, read_by
from wholeplace.rooms.identity import seal_sql
from wholeplace.rooms.people.seal_sql import NOT_SEALED_FROM_ME

A, B = (NOT_SEALED_FROM_ME.format(column=column) for column in ("a_id", "b_id"))


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_review"), ("records", "0008_seals")]

    operations = [
        migrations.RunSQL(seal_sql.functions(), migrations.RunSQL.noop),
        read_by("identity_linkrun", seal_sql.READS_RUNS),
        only_where(
            "identity_member", "app_not_sealed", NOT_SEALED_FROM_ME.format(column="person_id")
        ),
        *(
            only_where(f"identity_{table}", "app_not_sealed", f"({A}) AND ({B})")
            for table in ("link", "pair", "review", "decision")
        ),
    ]
