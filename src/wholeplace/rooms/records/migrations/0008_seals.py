"""Statements about sealed persons, and numbers of theirs that arrive under another name.

Row security asked of most readers whether the person is there. The accounts that load and that
make snapshots read their agency's rows without asking; the latter no longer reads sealed ones.
"""

import django.db.models.deletion
from django.db import migrations, models

from wholeplace.rooms.agencies.security import app_role, append_only, only_where, protect
from wholeplace.rooms.people.seal_sql import NOT_SEALED_FROM_ME
from wholeplace.rooms.records import seal_sql


def _person() -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
    )


class Migration(migrations.Migration):
    dependencies = [("records", "0007_correction_requests"), ("people", "0005_seals")]

    operations = [
        migrations.CreateModel(
            name="Withheld",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency_id", models.BigIntegerField()),
                ("load_id", models.BigIntegerField()),
                ("field", models.TextField()),
                ("recorded_at", models.DateTimeField()),
                ("person", _person()),
                ("sealed_person", _person()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["person", "sealed_person", "field"], name="records_withheld_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            [
                *seal_sql.functions(),
                f"REVOKE EXECUTE ON FUNCTION {seal_sql.INTERNAL} FROM PUBLIC",
                f'REVOKE EXECUTE ON FUNCTION {seal_sql.INTERNAL} FROM "{app_role()}"',
            ],
            migrations.RunSQL.noop,
        ),
        append_only("records_withheld"),
        protect("records_withheld", select=seal_sql.SEES_WITHHELD),
        *(
            only_where(
                f"records_{table}",
                "app_not_sealed",
                NOT_SEALED_FROM_ME.format(column="person_id"),
            )
            for table in seal_sql.OF_PERSONS
        ),
    ]
