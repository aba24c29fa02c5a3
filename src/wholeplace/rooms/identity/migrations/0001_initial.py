"""Identities, who belongs to them, and why; row security of all of it."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from wholeplace.rooms.agencies.security import app_role, protect
from wholeplace.rooms.identity import sql


def _to(model: str, **more: object) -> models.ForeignKey:
    given = {"related_name": "+", "db_index": False} | more
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **given)


ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
WHY = ["first", "joined", "moved", "merged", "split"]
TEXTS = django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)
LEVELS = django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agencies", "0006_sharing"),
        ("people", "0003_restricted"),
    ]

    operations = [
        migrations.CreateModel(
            name="LinkRun",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField()),
                ("by_id", models.BigIntegerField()),
                ("records", models.BigIntegerField()),
                ("comparisons", TEXTS),
                ("counts", models.JSONField(default=dict)),
                ("figures", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("ref", models.CharField(db_collation="C", max_length=12, unique=True)),
                ("run", _to("identity.linkrun", db_constraint=False)),
            ],
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", ID),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(null=True)),
                ("why", models.CharField(max_length=8)),
                (
                    "identity",
                    _to("identity.identity", related_name="members", db_index=True),
                ),
                ("person", _to("people.person")),
                ("run", _to("identity.linkrun", db_constraint=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(superseded_at__isnull=True),
                        fields=["person"],
                        name="identity_member_current",
                    ),
                    models.CheckConstraint(condition=Q(why__in=WHY), name="identity_member_why"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", ID),
                ("weight", models.FloatField()),
                ("levels", LEVELS),
                ("a", _to("people.person", db_constraint=False)),
                ("b", _to("people.person", db_index=True, db_constraint=False)),
                ("run", _to("identity.linkrun", db_constraint=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["a", "b"], name="identity_link_once"),
                    models.CheckConstraint(
                        condition=Q(a__lt=models.F("b")), name="identity_link_in_order"
                    ),
                ],
            },
        ),
        migrations.RunSQL(sql.functions(), migrations.RunSQL.noop),
        # It answers with persons whom the reader may not see: only the others may ask it.
        migrations.RunSQL(
            f'REVOKE EXECUTE ON FUNCTION wp_identity_standing(bigint) FROM PUBLIC, "{app_role()}"',
            migrations.RunSQL.noop,
        ),
        protect("identity_linkrun", select=sql.READS_RUNS, insert=sql.WRITES),
        protect(
            "identity_member",
            select=sql.SEES_MEMBER,
            insert=sql.WRITES,
            update=sql.WRITES,
            update_columns="superseded_at",
        ),
        protect("identity_identity", select=sql.SEES_IDENTITY, insert=sql.WRITES),
        protect(
            "identity_link",
            select=sql.SEES_LINK,
            insert=sql.WRITES,
            delete=sql.WRITES,
        ),
    ]
