"""Pairs that people look at, what they say of them, what was decided, and what it moved."""

import django.db.models.deletion
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import F, Q

from wholeplace.rooms.agencies.security import app_role, protect, stamped
from wholeplace.rooms.identity import review_sql
from wholeplace.rooms.identity.sql import WRITES


def _to(model: str, **more: object) -> models.ForeignKey:
    given = {"related_name": "+", "db_index": False} | more
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **given)


def _id() -> models.BigAutoField:
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _recorded() -> list[tuple[str, models.Field]]:
    return [
        ("agency_id", models.BigIntegerField(default=0)),
        ("by_id", models.BigIntegerField(default=0)),
        ("by_user_id", models.BigIntegerField(default=0)),
        ("recorded_at", models.DateTimeField(auto_now_add=True)),
    ]


def _pair(**more: object) -> list[tuple[str, models.Field]]:
    return [("a", _to("people.person", **more)), ("b", _to("people.person", db_index=True, **more))]


def _in_order(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(a__lt=F("b")), name=f"identity_{name}_in_order")


WHY = ["first", "joined", "moved", "merged", "split", "decided", "undone"]
SAID = ["same", "different", "unsure"]
CAUSES = ["between", "refused", "asked"]


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0002_records"),
        ("agencies", "0007_local_days"),
        ("people", "0004_shared"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pair",
            fields=[
                ("id", _id()),
                *_pair(db_constraint=False),
                ("weight", models.FloatField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["a", "b"], name="identity_pair_once"),
                    _in_order("pair"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", _id()),
                *_pair(),
                ("weight", models.FloatField(null=True)),
                ("levels", ArrayField(base_field=models.SmallIntegerField(), null=True, size=None)),
                ("cause", models.CharField(max_length=8)),
                ("run", _to("identity.linkrun", db_constraint=False, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(F("weight").desc(), F("id"), name="identity_review_best"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["a", "b"], name="identity_review_once"),
                    models.CheckConstraint(
                        condition=Q(cause__in=CAUSES), name="identity_review_cause"
                    ),
                    _in_order("review"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Opinion",
            fields=[
                ("id", _id()),
                *_recorded(),
                ("review", _to("identity.review", related_name="opinions", db_index=True)),
                ("round", models.SmallIntegerField(default=0)),
                ("answer", models.CharField(max_length=9)),
                ("reasons", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["review", "round", "by_user_id"],
                        condition=~Q(answer="unsure"),
                        name="identity_opinion_once_each",
                    ),
                    models.CheckConstraint(
                        condition=Q(answer__in=SAID) & Q(reasons__regex=r"\S"),
                        name="identity_opinion_said",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", _id()),
                *_recorded(),
                *_pair(),
                ("review", _to("identity.review", related_name="decisions", db_index=True)),
                ("round", models.SmallIntegerField(default=0)),
                ("answer", models.CharField(max_length=9)),
                ("reasons", models.TextField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by_id", models.BigIntegerField(null=True)),
                ("undone_by_user_id", models.BigIntegerField(null=True)),
                ("undone_reasons", models.TextField(default="", blank=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["a", "b"],
                        condition=Q(undone_at__isnull=True),
                        name="identity_decision_in_force",
                    ),
                    models.CheckConstraint(
                        condition=Q(answer__in=SAID[:2]) & Q(reasons__regex=r"\S"),
                        name="identity_decision_said",
                    ),
                    models.CheckConstraint(
                        condition=Q(undone_at__isnull=True) | Q(undone_reasons__regex=r"\S"),
                        name="identity_decision_undone_why",
                    ),
                    _in_order("decision"),
                ],
            },
        ),
        migrations.AlterField(
            "member", "run", _to("identity.linkrun", db_constraint=False, null=True)
        ),
        migrations.AlterField(
            "identity", "run", _to("identity.linkrun", db_constraint=False, null=True)
        ),
        migrations.AddField(
            "member", "decision", _to("identity.decision", db_index=True, null=True)
        ),
        migrations.RemoveConstraint("member", "identity_member_why"),
        migrations.AddConstraint(
            "member",
            models.CheckConstraint(
                condition=Q(why__in=WHY) & (Q(run__isnull=False) | Q(decision__isnull=False)),
                name="identity_member_why",
            ),
        ),
        migrations.RunSQL(review_sql.functions(), migrations.RunSQL.noop),
        migrations.RunSQL(review_sql.kept_from(app_role()), migrations.RunSQL.noop),
        stamped("identity_opinion"),
        stamped("identity_decision"),
        protect(
            "identity_pair",
            select=review_sql.SEES_PAIRS,
            insert=WRITES,
            delete=WRITES,
        ),
        protect(
            "identity_review",
            select=review_sql.SEES_REVIEW,
            insert=review_sql.ASKS_REVIEW,
            update=WRITES,
            update_columns="weight, levels, cause, run_id",
            delete=WRITES,
        ),
        protect(
            "identity_decision",
            select=review_sql.SEES_DECISION,
            insert=review_sql.WRITES_DECISION,
            update=review_sql.WRITES_DECISION,
            update_columns="undone_at, undone_reasons, undone_by_id, undone_by_user_id",
        ),
        protect(
            "identity_opinion",
            select=review_sql.SEES_OPINION,
            insert=review_sql.WRITES_OPINION,
        ),
    ]
