"""What was set aside is read by those who may read such rows, and what was put right is kept.

A row set aside may be of any table and hold any value of it, so its reader needs the classes of
all of them. A row that names somebody whose record is restricted is hidden with that record: it
is known by the key that the agency's own files give them.
"""

import django.db.models.deletion
from django.db import migrations, models

from wholeplace.rooms.agencies.security import OWN_AGENCY, append_only, protect, stamped

HIDDEN_KEYS = """
CREATE FUNCTION records_hidden_keys() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT coalesce(array_agg(DISTINCT r.source_key), '{}')
     FROM people_person p
     JOIN records_resident r ON r.person_id = p.id AND r.agency_id = wp_agency()
    WHERE p.restricted AND wp_agency() = ANY (p.viewers)
      AND NOT EXISTS (
          SELECT 1 FROM people_restrictiongrant g
           WHERE g.person_id = p.id AND g.membership_id = wp_membership()
             AND g.valid_from <= current_date
             AND (g.valid_to IS NULL OR g.valid_to >= current_date)) $$
"""
LOADS = f"{OWN_AGENCY} AND (SELECT wp_reach()) = 'load' AND (SELECT wp_can('load.read'))"
HIDDEN = "(SELECT records_hidden_keys())::text[]"
NAMES_NOBODY_HIDDEN = (
    f"(cardinality({HIDDEN}) = 0 OR (coalesce(source_key, '') <> ALL ({HIDDEN})"
    f" AND value <> ALL ({HIDDEN}) AND NOT EXISTS ("
    "SELECT 1 FROM jsonb_each_text(coalesce(records_reject.row, '{}')) AS said"
    f" WHERE said.value = ANY ({HIDDEN}) OFFSET 0)))"
)
READS = (
    f"{OWN_AGENCY} AND (SELECT wp_can('load.read')) AND (SELECT wp_reach()) = 'agency'"
    " AND (SELECT wp_sees('P2')) AND (SELECT wp_sees('P3'))"
)
MENDS = f"{OWN_AGENCY} AND (SELECT wp_can('load.mend'))"
REJECT = "EXISTS (SELECT 1 FROM records_reject r WHERE r.id = reject_id OFFSET 0)"


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0004_shared"),
        ("people", "0004_shared"),
    ]

    operations = [
        migrations.AddField("load", "corrected_by_id", models.BigIntegerField(null=True)),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency_id", models.BigIntegerField()),
                ("values", models.JSONField()),
                ("why", models.TextField()),
                ("by_id", models.BigIntegerField()),
                ("by_user_id", models.BigIntegerField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "load",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="records.load",
                    ),
                ),
                (
                    "reject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="records.reject",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(
            [
                HIDDEN_KEYS,
                "ALTER POLICY app_select ON records_reject"
                f" USING (({LOADS}) OR ({READS} AND {NAMES_NOBODY_HIDDEN}))",
            ],
            migrations.RunSQL.noop,
        ),
        protect("records_correction", select=f"({LOADS}) OR ({READS} AND {REJECT})", insert=MENDS),
        stamped("records_correction"),
        append_only("records_correction"),
    ]
