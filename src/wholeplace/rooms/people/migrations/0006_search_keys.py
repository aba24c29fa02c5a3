"""What people may be looked for under, so that a name written otherwise is found by an index.

Filled here for everybody whom files told of before; from then on each load writes its own.
"""

import django.db.models.deletion
from django.db import migrations, models

from wholeplace.rooms.agencies.security import protect
from wholeplace.rooms.people import sql
from wholeplace.rooms.people.search_keys import fill


def fill_all(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        fill(cursor)


class Migration(migrations.Migration):
    dependencies = [("people", "0005_seals"), ("records", "0006_former_homes")]

    operations = [
        migrations.CreateModel(
            name="SearchKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "number",
                        "person",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("agency_id", models.BigIntegerField()),
                ("given", models.TextField(db_collation="C")),
                ("family", models.TextField(db_collation="C")),
                ("date_of_birth", models.DateField(null=True)),
                ("how", models.SmallIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
        ),
        protect(
            "people_searchkey",
            select=sql.SEES_KEY,
            insert=sql.LOADS_KEY,
            delete=sql.LOADS_KEY,
        ),
        migrations.RunPython(fill_all, migrations.RunPython.noop, elidable=False),
    ]
