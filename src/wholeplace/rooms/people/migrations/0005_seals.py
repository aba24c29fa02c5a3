"""Adoption seals: who is sealed, by which order, and that a sealed row is read by nobody else."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from wholeplace.rooms.agencies.security import (
    app_role,
    append_only,
    only_where,
    protect,
    read_by,
    stamped,
)
from wholeplace.rooms.people import seal_sql, sql

TEXTS = django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _recorded() -> list[tuple[str, models.Field]]:
    return [
        ("id", ID.clone()),
        ("agency_id", models.BigIntegerField(default=0)),
        ("by_id", models.BigIntegerField(default=0)),
        ("by_user_id", models.BigIntegerField(default=0)),
        ("recorded_at", models.DateTimeField(auto_now_add=True)),
    ]


def _to(model: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=model, **more
    )


TABLES = [
    migrations.AddField("person", "sealed", models.BooleanField(db_default=False)),
    migrations.AddIndex(
        "person", models.Index(fields=["id"], condition=Q(sealed=True), name="person_sealed")
    ),
    migrations.CreateModel(
        name="AdoptionSeal",
        fields=[
            *_recorded(),
            ("order_on", models.DateField()),
            ("ceased", models.CharField(max_length=3)),
            ("given_names", models.TextField()),
            ("family_name", models.TextField()),
            ("given_key", models.TextField(db_collation="C")),
            ("family_key", models.TextField(db_collation="C")),
            ("date_of_birth", models.DateField(null=True)),
            *((name, models.TextField(null=True)) for name in ("nhs_number", "upn", "phone")),
        ],
        options={
            "abstract": False,
            "db_table": "people_seal",
            "constraints": [
                models.CheckConstraint(
                    condition=Q(ceased__in=["E11", "E12"]), name="people_seal_ceased"
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="SealedPerson",
        fields=[
            ("id", ID.clone()),
            ("seal", _to("people.adoptionseal")),
            ("person", _to("people.person")),
        ],
    ),
    migrations.CreateModel(
        name="SealDecision",
        fields=[
            *_recorded(),
            ("outcome", models.CharField(max_length=9)),
            ("reason", models.TextField()),
            (
                "seal",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="people.adoptionseal",
                ),
            ),
            ("new_person", _to("people.person", null=True)),
        ],
        options={
            "abstract": False,
            "constraints": [
                models.CheckConstraint(
                    condition=Q(outcome__in=["confirmed", "withdrawn"]),
                    name="people_sealdecision_outcome",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="SealNotice",
        fields=[
            ("id", ID.clone()),
            ("roles", TEXTS.clone()),
            ("purposes", TEXTS.clone()),
            ("service", models.TextField()),
            ("phone", models.TextField()),
        ],
    ),
]
INTERNAL = ("wp_sealed(bigint)", "people_told_of_seal(people_person)")
FUNCTIONS = [
    seal_sql.SEALED,
    seal_sql.OPENS,
    seal_sql.HIDDEN_FROM_ALL,
    seal_sql.CLOSE,
    seal_sql.DECIDE,
    seal_sql.TOLD,
    sql.REDEEM.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(
        *seal_sql.REDEEM_AGAIN
    ),
    *(f'REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC, "{app_role()}"' for name in INTERNAL),
]


class Migration(migrations.Migration):
    dependencies = [("people", "0004_shared"), ("agencies", "0007_local_days")]

    operations = [
        *TABLES,
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        *(
            guard(f"people_{table}")
            for table in ("seal", "sealdecision")
            for guard in (stamped, append_only)
        ),
        append_only("people_sealedperson"),
        protect("people_seal", select=seal_sql.SEALERS, insert=seal_sql.SEALERS),
        protect("people_sealedperson", select=seal_sql.SEAL_SEEN, insert=seal_sql.SEALS_PERSON),
        protect(
            "people_sealdecision",
            select=seal_sql.SEALERS,
            insert=f"{seal_sql.SEALERS} AND {seal_sql.SEAL_SEEN}",
        ),
        protect("people_sealnotice", select="true"),
        read_by("people_person", sql.SEES_PERSON_OR_SHARED.replace("current_date", "wp_today()")),
        only_where("people_person", "app_not_sealed", seal_sql.NOT_SEALED),
        migrations.RunSQL(
            f'CREATE POLICY app_sealed_by_us ON people_person FOR SELECT TO "{app_role()}"'
            f" USING ({seal_sql.SEALED_BY_US})",
            migrations.RunSQL.noop,
        ),
    ]
