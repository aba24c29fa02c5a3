"""An index of everybody by what they share, and the figures of the last linking.

Copies of what agencies say, made by linking and read by nobody but its own account; any of it may
be deleted, and the next linking makes it anew. A sealed record's rows are read by nobody at all.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

from wholeplace.rooms.agencies.security import only_where, protect
from wholeplace.rooms.identity import index_sql
from wholeplace.rooms.identity.sql import LINKS, WRITES
from wholeplace.rooms.people.seal_sql import NOT_SEALED_FROM_ME


def _pair(*names: str) -> tuple[str, models.CompositePrimaryKey]:
    key = models.CompositePrimaryKey(
        *names, blank=True, editable=False, primary_key=True, serialize=False
    )
    return ("pk", key)


NUMBERS = django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)
ALL = {"select": LINKS, "insert": WRITES, "delete": WRITES}


class Migration(migrations.Migration):
    dependencies = [("identity", "0004_seals"), ("records", "0008_seals")]

    operations = [
        migrations.CreateModel(
            name="Indexed",
            fields=[
                ("person_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("told", models.TextField()),
                ("mark", models.BigIntegerField()),
                ("keys", NUMBERS),
            ],
        ),
        migrations.CreateModel(
            name="Key",
            fields=[
                _pair("key", "person_id"),
                ("key", models.BigIntegerField()),
                ("person_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                _pair("field", "value"),
                ("field", models.TextField(db_collation="C")),
                ("value", models.TextField(db_collation="C")),
                ("share", models.FloatField()),
            ],
        ),
        migrations.CreateModel(
            name="Figures",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("mark", models.TextField()),
                ("told", models.JSONField()),
            ],
        ),
        protect("identity_indexed", **ALL),
        protect("identity_key", **ALL),
        protect("identity_share", **ALL),
        protect("identity_figures", **ALL),
        only_where(
            "identity_indexed", "app_not_sealed", NOT_SEALED_FROM_ME.format(column="person_id")
        ),
        migrations.RunSQL(index_sql.STANDING_OF, migrations.RunSQL.noop),
    ]
