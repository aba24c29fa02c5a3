"""What a trawl keeps besides its scheme: the place's rules, replays, and public counts."""

import django.db.models.deletion
from django.db import migrations, models

from wholeplace.rooms.agencies.security import (
    OWN_AGENCY,
    PERSON_VISIBLE,
    append_only,
    protect,
    stamped,
)

READS = f"{OWN_AGENCY} AND (SELECT wp_can('trawl.read'))"
RUNS = f"{OWN_AGENCY} AND (SELECT wp_can('trawl.run')) AND (SELECT wp_can('trawl.read'))"
PERSON = PERSON_VISIBLE.format(column="person_id")
SEES = f"{READS} AND (SELECT wp_sees('P3')) AND {PERSON}"
KEEPS = "(SELECT wp_can('trawl.run')) OR (SELECT wp_can('application.record'))"
NEW = [
    "schemes_placeversion",
    "schemes_trawlreplay",
    "schemes_replaydifference",
    "schemes_publishedcount",
]
SETTLED = """
CREATE TRIGGER schemes_replay_settled BEFORE UPDATE ON schemes_trawlreplay FOR EACH ROW
WHEN (OLD.state IN ('identical', 'different')) EXECUTE FUNCTION wp_refuse_change();
CREATE TRIGGER schemes_replay_kept BEFORE DELETE ON schemes_trawlreplay FOR EACH ROW
EXECUTE FUNCTION wp_refuse_change()
"""
GUARDS = [
    *map(stamped, NEW),
    append_only("schemes_placeversion"),
    append_only("schemes_replaydifference"),
    append_only("schemes_publishedcount"),
    migrations.RunSQL(SETTLED, migrations.RunSQL.noop),
    protect("schemes_placeversion", select="true", insert=KEEPS),  # rules are public (P0)
    protect(
        "schemes_trawlreplay",
        select=READS,
        insert=RUNS,
        update=RUNS,
        update_columns="state, failure, finished_at, kept, missing, extra, changed",
    ),
    protect("schemes_replaydifference", select=SEES, insert=f"{RUNS} AND {PERSON}"),
    # Suppressed before they come here, so that everybody may read them (P0).
    protect("schemes_publishedcount", select="true", insert=RUNS),
]


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_guards"),
        ("schemes", "0002_guards"),
        ("agencies", "0003_stamp"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlaceVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency_id", models.BigIntegerField(default=0)),
                ("by_id", models.BigIntegerField(default=0)),
                ("by_user_id", models.BigIntegerField(default=0)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("text", models.TextField()),
                ("hash", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PublishedCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency_id", models.BigIntegerField(default=0)),
                ("by_id", models.BigIntegerField(default=0)),
                ("by_user_id", models.BigIntegerField(default=0)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("scheme", models.SlugField()),
                ("as_at", models.DateField()),
                ("area_code", models.CharField(blank=True, max_length=20)),
                ("area_name", models.TextField()),
                ("answer", models.CharField(max_length=8)),
                ("people", models.BigIntegerField(null=True)),
                ("threshold", models.SmallIntegerField()),
                ("round_to", models.SmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ReplayDifference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency_id", models.BigIntegerField(default=0)),
                ("by_id", models.BigIntegerField(default=0)),
                ("by_user_id", models.BigIntegerField(default=0)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("kept", models.CharField(blank=True, max_length=8)),
                ("replayed", models.CharField(blank=True, max_length=8)),
                ("criteria", models.JSONField(default=dict)),
                ("reason", models.CharField(max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name="TrawlReplay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency_id", models.BigIntegerField(default=0)),
                ("by_id", models.BigIntegerField(default=0)),
                ("by_user_id", models.BigIntegerField(default=0)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("failure", models.TextField(blank=True, default="")),
                ("finished_at", models.DateTimeField(null=True)),
                ("kept", models.BigIntegerField(null=True)),
                ("missing", models.BigIntegerField(null=True)),
                ("extra", models.BigIntegerField(null=True)),
                ("changed", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="schemeversion",
            name="schemes_one_version_a_text",
        ),
        migrations.AddField(
            model_name="schemeversion",
            name="place_version",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="schemes.placeversion"
            ),
        ),
        migrations.AddConstraint(
            model_name="schemeversion",
            constraint=models.UniqueConstraint(
                fields=("scheme", "hash", "place_version"),
                name="schemes_one_version_a_text",
                nulls_distinct=False,
            ),
        ),
        migrations.AddField(
            model_name="publishedcount",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schemes.trawlrun"
            ),
        ),
        migrations.AddField(
            model_name="replaydifference",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="trawlreplay",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replays",
                to="schemes.trawlrun",
            ),
        ),
        migrations.AddField(
            model_name="replaydifference",
            name="replay",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="differences",
                to="schemes.trawlreplay",
            ),
        ),
        migrations.AddIndex(
            model_name="publishedcount",
            index=models.Index(fields=["scheme", "-run"], name="schemes_published_latest"),
        ),
        migrations.AddConstraint(
            model_name="publishedcount",
            constraint=models.UniqueConstraint(
                fields=("run", "area_code", "answer"), name="schemes_published_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedcount",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer__in", ["yes", "possible"])),
                name="schemes_published_answers",
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedcount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("people__isnull", True), ("people", 0), ("people__gte", 5), _connector="OR"
                ),
                name="schemes_published_no_few",
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedcount",
            constraint=models.CheckConstraint(
                condition=models.Q(("threshold__gte", 5)), name="schemes_published_threshold"
            ),
        ),
        migrations.AddConstraint(
            model_name="trawlreplay",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "running", "identical", "different", "failed"])
                ),
                name="schemes_replay_states",
            ),
        ),
        migrations.AddConstraint(
            model_name="replaydifference",
            constraint=models.UniqueConstraint(
                fields=("replay", "person"), name="schemes_differs_once"
            ),
        ),
        *GUARDS,
    ]
