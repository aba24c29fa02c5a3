"""A worker says that a statement of an agency is wrong: a task of that agency, and its answers.

Both agencies read it, the one that asks and the one asked, each of them only while they may read
what the agency says of the person; nobody else does. Nothing of it changes the statement.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from wholeplace.rooms.agencies.security import OWN_AGENCY, append_only, protect, stamped

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
ASKED = "to_agency_id = (SELECT wp_agency())"
STATED = (
    "EXISTS (SELECT 1 FROM records_resident r WHERE r.person_id = {0}.person_id"
    " AND r.agency_id = {0}.to_agency_id{1} OFFSET 0)"
)
SEEN = STATED.format("records_correctionrequest", "")
STANDS = STATED.format("records_correctionrequest", " AND r.superseded_at IS NULL")
AGENCY = "(SELECT wp_reach()) = 'agency' AND (SELECT wp_sees('P2'))"
LOADS = "(SELECT wp_reach()) = 'load' AND (SELECT wp_can('records.load'))"
READS = f"({LOADS} AND {ASKED}) OR ({AGENCY} AND ({OWN_AGENCY} OR {ASKED}) AND {SEEN})"
ASKS = f"{AGENCY} AND (SELECT wp_can('correction.ask')) AND {OWN_AGENCY} AND {STANDS}"
REQUEST = "EXISTS (SELECT 1 FROM records_correctionrequest q WHERE q.id = request_id{} OFFSET 0)"
ANSWERS = (
    f"{OWN_AGENCY} AND {REQUEST.format(' AND q.to_agency_id = (SELECT wp_agency())')}"
    f" AND (({AGENCY} AND (SELECT wp_can('correction.answer')) AND kind <> 'arrived')"
    f" OR ({LOADS} AND kind = 'arrived'))"
)
RECORDED = [
    ("id", ID),
    ("agency_id", models.BigIntegerField(default=0)),
    ("by_id", models.BigIntegerField(default=0)),
    ("by_user_id", models.BigIntegerField(default=0)),
    ("recorded_at", models.DateTimeField(auto_now_add=True)),
]
KINDS = ["corrected", "stands", "arrived"]


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0006_former_homes"),
        ("people", "0004_shared"),
        ("identity", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CorrectionRequest",
            fields=[
                *RECORDED,
                ("to_agency_id", models.BigIntegerField()),
                ("field", models.CharField(max_length=30)),
                ("said", models.TextField()),
                ("asked", models.TextField()),
                ("why", models.TextField()),
                ("key", models.UUIDField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["to_agency_id"], name="correction_request_to")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["by_id", "key"], name="correction_request_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CorrectionAnswer",
            fields=[
                *RECORDED,
                ("kind", models.CharField(max_length=10)),
                ("why", models.TextField(default="")),
                ("load_id", models.BigIntegerField(null=True)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="records.correctionrequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=~Q(kind="arrived"),
                        fields=["request"],
                        name="correction_answer_once",
                    ),
                    models.UniqueConstraint(
                        condition=Q(kind="arrived"),
                        fields=["request"],
                        name="correction_arrived_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(kind__in=KINDS), name="correction_answer_kind"
                    ),
                ],
            },
        ),
        protect("records_correctionrequest", select=READS, insert=ASKS),
        protect("records_correctionanswer", select=REQUEST.format(""), insert=ANSWERS),
        stamped("records_correctionrequest"),
        stamped("records_correctionanswer"),
        append_only("records_correctionrequest"),
        append_only("records_correctionanswer"),
    ]
