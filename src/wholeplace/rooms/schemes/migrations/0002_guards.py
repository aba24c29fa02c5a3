"""Row security of schemes, trawls and findings; steps move findings; whole runs stay."""

from django.db import migrations

from wholeplace.rooms.agencies.recorded import steps_move
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
FINDING = "EXISTS (SELECT 1 FROM schemes_finding f WHERE f.id = finding_id OFFSET 0)"

WHOLE = """
CREATE FUNCTION schemes_keep_whole() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    RAISE EXCEPTION 'a trawl that is whole stays as it is'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER schemes_run_whole BEFORE UPDATE ON schemes_trawlrun FOR EACH ROW
WHEN (OLD.state = 'whole') EXECUTE FUNCTION schemes_keep_whole();
CREATE TRIGGER schemes_run_kept BEFORE DELETE ON schemes_trawlrun FOR EACH ROW
EXECUTE FUNCTION wp_refuse_change()
"""

# A finding arrives with its run, in the transaction that makes the run whole.
ARRIVES = """
CREATE FUNCTION schemes_finding_arrives() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN
    IF EXISTS (SELECT 1 FROM arrived n JOIN schemes_trawlrun r ON r.id = n.run_id
                WHERE r.state <> 'running' OR r.agency_id <> n.agency_id
                   OR n.state <> 'new' OR n.version <> 1) THEN
        RAISE EXCEPTION 'findings arrive new, while their trawl is running'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER schemes_finding_arrival AFTER INSERT ON schemes_finding
REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION schemes_finding_arrives()
"""


def run(statement: str) -> migrations.RunSQL:
    return migrations.RunSQL(statement, migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [
        ("schemes", "0001_initial"),
        ("agencies", "0003_stamp"),
        ("people", "0002_guards"),
    ]

    operations = [
        *map(
            stamped,
            ["schemes_schemeversion", "schemes_trawlrun", "schemes_finding", "schemes_findingstep"],
        ),
        run(WHOLE),
        run(ARRIVES),
        append_only("schemes_schemeversion"),
        append_only("schemes_findingstep"),
        steps_move("schemes_findingstep", "finding_id", "schemes_finding"),
        protect(
            "schemes_schemeversion",
            select="true",  # scheme rules are public (P0)
            insert="(SELECT wp_can('trawl.run')) OR (SELECT wp_can('application.record'))",
        ),
        protect(
            "schemes_trawlrun",
            select=READS,
            insert=RUNS,
            update=RUNS,
            update_columns="state, failure, done, started_at, finished_at, known_at,"
            " snapshot_made_at, basis, agencies, people, yes, possible, funnel, flagged",
        ),
        protect("schemes_finding", select=SEES, insert=f"{RUNS} AND {PERSON}"),
        protect(
            "schemes_findingstep",
            select=f"{READS} AND {FINDING}",
            insert=f"{READS} AND {FINDING} AND (SELECT wp_can('contact.write'))",
        ),
    ]
