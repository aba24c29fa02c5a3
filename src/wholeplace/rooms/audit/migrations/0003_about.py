"""Reading the trail about one person by its indexes.

Row security hides the array's index from a query (its operator is not leakproof), so a function
of the database looks, and answers only those who may read the trail or the person themselves.
"""

from django.db import migrations

ABOUT = """
CREATE FUNCTION audit_about(someone bigint, before bigint, at_most integer)
RETURNS SETOF audit_event
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    SELECT * FROM (
        (SELECT * FROM audit_event WHERE person_id = someone AND id < before
          ORDER BY at DESC LIMIT at_most)
        UNION ALL
        (SELECT * FROM audit_event WHERE people @> ARRAY[someone] AND id < before
            AND person_id IS DISTINCT FROM someone
          ORDER BY at DESC LIMIT at_most)
    ) e
     WHERE wp_can('audit.read') OR (wp_reach() = 'own' AND wp_person() = someone)
     ORDER BY at DESC, id DESC LIMIT at_most
$$
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_tables")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX audit_event_at ON audit_event (at DESC)", migrations.RunSQL.noop
        ),
        migrations.RunSQL(ABOUT, migrations.RunSQL.noop),
    ]
