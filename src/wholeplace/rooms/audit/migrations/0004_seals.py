"""The trail of sealed records, and of who works on adoptions, is read by adoption workers alone.

Information governance reads what happened to everybody else: an event about a sealed person would
tell that there is one, and one about an adoption order would tie the old record to the new.
Whoever of the adoption service opened what stands there for their colleagues to see.
"""

from django.db import migrations

from wholeplace.rooms.agencies.security import read_by

HIDDEN = """
CREATE FUNCTION audit_hidden(the_action text, the_person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT the_action LIKE 'adoption.%' OR wp_can('audit.read') AND wp_sealed(the_person) $$;
CREATE FUNCTION audit_people(the_people bigint[]) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT coalesce(array_agg(one ORDER BY place), '{}')
     FROM unnest(the_people) WITH ORDINALITY AS x(one, place)
    WHERE wp_opens_seals()
       OR (wp_can('audit.read') OR wp_reach() = 'own') AND NOT wp_sealed(one) $$
"""
ABOUT = """
CREATE OR REPLACE FUNCTION audit_about(someone bigint, before bigint, at_most integer)
RETURNS SETOF audit_event
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    SELECT * FROM (
        (SELECT * FROM audit_event WHERE person_id = someone AND id < before
            AND (wp_opens_seals() OR action NOT LIKE 'adoption.%')
          ORDER BY at DESC LIMIT at_most)
        UNION ALL
        (SELECT * FROM audit_event WHERE people @> ARRAY[someone] AND id < before
            AND person_id IS DISTINCT FROM someone
            AND (wp_opens_seals() OR action NOT LIKE 'adoption.%')
          ORDER BY at DESC LIMIT at_most)
    ) e
     WHERE (wp_can('audit.read') AND (user_id = wp_user() OR NOT wp_sealed(someone)))
        OR (wp_reach() = 'own' AND wp_person() = someone)
        OR wp_opens_seal(someone)
     ORDER BY at DESC, id DESC LIMIT at_most
$$
"""
SEES = """
((SELECT wp_can('audit.read')) AND NOT audit_hidden(action, person_id))
OR user_id = (SELECT wp_user())
OR ((SELECT wp_reach()) = 'own' AND action NOT LIKE 'adoption.%'
    AND (person_id = (SELECT wp_person()) OR (SELECT wp_person()) = ANY (people)))
OR ((SELECT wp_opens_seals()) AND action LIKE 'adoption.%' AND agency_id = (SELECT wp_agency()))
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_about"), ("people", "0005_seals")]

    operations = [
        migrations.RunSQL([HIDDEN, ABOUT], migrations.RunSQL.noop),
        read_by("audit_event", SEES),
    ]
