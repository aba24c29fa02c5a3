"""Tenancies, school places, attendances and involvements, and who a person is to each agency.

Statements of every agency lie in the same tables, under the same policies. A load tells for
which day its files speak; a row that was set aside is kept as it stood until it is closed.
"""

import django.db.models.deletion
from django.db import migrations, models

from wholeplace.rooms.agencies.security import OWN_AGENCY, PERSON_VISIBLE, app_role, protect

LOADS = f"{OWN_AGENCY} AND (SELECT wp_can('records.load'))"
MENDS = f"{OWN_AGENCY} AND ((SELECT wp_can('records.load')) OR (SELECT wp_can('load.mend')))"
CLOSING = "state, closed_at, closed_by_id, closed_load_id, why_closed"
TABLES = {"tenancy": "P2", "schoolplace": "P2", "attendance": "P3", "involvement": "P2"}


def _guard(table: str, class_: str) -> migrations.RunSQL:
    """As `0002_guards` does for the statements that name a person."""
    reads = (
        f"((SELECT wp_reach()) = 'load' AND {OWN_AGENCY}) OR "
        f"(((SELECT wp_reach()) = 'own' OR {OWN_AGENCY})"
        f" AND (SELECT wp_sees('{class_}')) AND {PERSON_VISIBLE.format(column='person_id')})"
    )
    return protect(
        f"records_{table}",
        select=reads,
        insert=LOADS,
        update=LOADS,
        update_columns="superseded_at",
    )


def _once(table: str) -> str:
    return (
        f"CREATE TRIGGER records_{table}_once BEFORE UPDATE ON records_{table} FOR EACH ROW "
        "WHEN (OLD.superseded_at IS NOT NULL) EXECUTE FUNCTION records_supersede_once()"
    )


# What was set aside is closed once: what became of it is not written over.
CLOSE_ONCE = """
CREATE FUNCTION records_close_once() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    RAISE EXCEPTION 'a row set aside that was closed stays so'
        USING ERRCODE = 'insufficient_privilege';
END $$
"""
REJECTS = [
    f'GRANT UPDATE ({CLOSING}) ON records_reject TO "{app_role()}"',
    f'CREATE POLICY app_update ON records_reject FOR UPDATE TO "{app_role()}"'
    f" USING ({MENDS}) WITH CHECK ({MENDS})",
    CLOSE_ONCE,
    "CREATE TRIGGER records_reject_once BEFORE UPDATE ON records_reject FOR EACH ROW"
    " WHEN (OLD.state <> 'open') EXECUTE FUNCTION records_close_once()",
]


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_restricted"),
        ("records", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attendance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency_id", models.BigIntegerField()),
                ("load_id", models.BigIntegerField()),
                ("source_key", models.TextField(db_collation="C")),
                ("row_hash", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(null=True)),
                ("place", models.TextField(null=True)),
                ("kind", models.TextField(null=True)),
                ("from_date", models.DateField(null=True)),
                ("to_date", models.DateField(null=True)),
                ("sessions_possible", models.IntegerField(null=True)),
                ("sessions_attended", models.IntegerField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Involvement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency_id", models.BigIntegerField()),
                ("load_id", models.BigIntegerField()),
                ("source_key", models.TextField(db_collation="C")),
                ("row_hash", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(null=True)),
                ("team", models.TextField(null=True)),
                ("worker", models.TextField(null=True)),
                ("role", models.TextField(null=True)),
                ("phone", models.TextField(null=True)),
                ("kind", models.TextField(null=True)),
                ("from_date", models.DateField(null=True)),
                ("to_date", models.DateField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SchoolPlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency_id", models.BigIntegerField()),
                ("load_id", models.BigIntegerField()),
                ("source_key", models.TextField(db_collation="C")),
                ("row_hash", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(null=True)),
                ("school_code", models.TextField(null=True)),
                ("school", models.TextField(null=True)),
                ("year_group", models.TextField(null=True)),
                ("from_date", models.DateField(null=True)),
                ("to_date", models.DateField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Tenancy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency_id", models.BigIntegerField()),
                ("load_id", models.BigIntegerField()),
                ("source_key", models.TextField(db_collation="C")),
                ("row_hash", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(null=True)),
                ("uprn", models.TextField(db_collation="C", null=True)),
                ("line_1", models.TextField(null=True)),
                ("postcode", models.TextField(null=True)),
                ("kind", models.TextField(null=True)),
                ("start_date", models.DateField(null=True)),
                ("end_date", models.DateField(null=True)),
                ("weekly_rent_pence", models.IntegerField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="load",
            name="as_at",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="load",
            name="delivers",
            field=models.CharField(default="full", max_length=8),
        ),
        migrations.AddField(
            model_name="load",
            name="files",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="load",
            name="quality",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="load",
            name="why_refused",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="reject",
            name="closed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="reject",
            name="closed_by_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="reject",
            name="closed_load_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="reject",
            name="row",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="reject",
            name="source",
            field=models.SlugField(db_default=""),
        ),
        migrations.AddField(
            model_name="reject",
            name="source_key",
            field=models.TextField(db_collation="C", null=True),
        ),
        migrations.AddField(
            model_name="reject",
            name="state",
            field=models.CharField(db_default="open", max_length=8),
        ),
        migrations.AddField(
            model_name="reject",
            name="why_closed",
            field=models.TextField(db_default=""),
        ),
        migrations.AddField(
            model_name="resident",
            name="address_from",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="resident",
            name="ethnicity",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="resident",
            name="known_as",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="resident",
            name="line_1",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="resident",
            name="line_2",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="resident",
            name="nhs_number",
            field=models.TextField(db_collation="C", null=True),
        ),
        migrations.AddField(
            model_name="resident",
            name="postcode",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="resident",
            name="previous_family_name",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="resident",
            name="service",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="resident",
            name="town",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="resident",
            name="upn",
            field=models.TextField(db_collation="C", null=True),
        ),
        migrations.AddField(
            model_name="resident",
            name="uprn",
            field=models.TextField(db_collation="C", null=True),
        ),
        migrations.AlterField(
            model_name="resident",
            name="do_not_contact",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AlterField(
            model_name="resident",
            name="sex",
            field=models.TextField(null=True),
        ),
        migrations.AlterField(
            model_name="resident",
            name="unsafe_address",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddIndex(
            model_name="reject",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["agency_id", "source", "file"],
                name="reject_open",
            ),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(
                condition=models.Q(("nhs_number__isnull", False)),
                fields=["nhs_number"],
                name="resident_nhs_number",
            ),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(
                condition=models.Q(("upn__isnull", False)), fields=["upn"], name="resident_upn"
            ),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(
                condition=models.Q(("postcode__isnull", False)),
                fields=["postcode"],
                name="resident_postcode",
            ),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(
                condition=models.Q(("superseded_at__isnull", False)),
                fields=["agency_id", "source_key"],
                name="resident_former",
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attendances",
                to="people.person",
            ),
        ),
        migrations.AddField(
            model_name="involvement",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="involvements",
                to="people.person",
            ),
        ),
        migrations.AddField(
            model_name="schoolplace",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="school_places",
                to="people.person",
            ),
        ),
        migrations.AddField(
            model_name="tenancy",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tenancies",
                to="people.person",
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at__isnull", True)),
                fields=("agency_id", "source_key"),
                name="records_attendance_current",
            ),
        ),
        migrations.AddConstraint(
            model_name="involvement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at__isnull", True)),
                fields=("agency_id", "source_key"),
                name="records_involvement_current",
            ),
        ),
        migrations.AddConstraint(
            model_name="schoolplace",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at__isnull", True)),
                fields=("agency_id", "source_key"),
                name="records_schoolplace_current",
            ),
        ),
        migrations.AddConstraint(
            model_name="tenancy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at__isnull", True)),
                fields=("agency_id", "source_key"),
                name="records_tenancy_current",
            ),
        ),
        *(_guard(table, class_) for table, class_ in TABLES.items()),
        migrations.RunSQL([*map(_once, TABLES), *REJECTS], migrations.RunSQL.noop),
    ]
