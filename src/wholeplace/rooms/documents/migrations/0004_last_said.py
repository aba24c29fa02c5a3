"""Whoever the agency's files no longer have is barred by what those files last said of them.

A person who died, or whose address is unsafe, does not become safe to write to by being left out.
"""

from django.db import migrations

BARS = """
CREATE OR REPLACE FUNCTION documents_bars(the_person bigint) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    SELECT coalesce(array_agg(DISTINCT kind ORDER BY kind), '{}')
      FROM people_person p, LATERAL (
        SELECT b.kind::text AS kind FROM people_contactbar b
         WHERE b.person_id = the_person AND b.ended_at IS NULL
        UNION ALL
        SELECT unnest(array_remove(ARRAY[
                   CASE WHEN r.date_of_death IS NOT NULL THEN 'deceased' END,
                   CASE WHEN r.do_not_contact THEN 'do_not_contact' END,
                   CASE WHEN r.unsafe_address THEN 'unsafe_address' END], NULL))
          FROM (SELECT * FROM records_resident said WHERE said.person_id = the_person
                 ORDER BY said.superseded_at DESC NULLS FIRST, said.id DESC LIMIT 1) r) x
     WHERE p.id = the_person AND wp_sees('P2')
       AND (wp_reach() IN ('agency', 'load') AND wp_agency() = ANY (p.viewers)
            OR wp_reach() = 'own' AND p.id = wp_person())
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0003_granted"),
        ("records", "0003_statements_of_five_agencies"),
    ]

    operations = [migrations.RunSQL(BARS, migrations.RunSQL.noop)]
