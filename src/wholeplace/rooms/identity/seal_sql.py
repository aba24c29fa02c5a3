"""Who is who never reaches across an adoption seal.

A sealed record leaves its identity when it is sealed and is read by no linking: so nothing can be
found to be the same as it. What a sealed record's numbers are elsewhere tells the linking nothing.
"""

from wholeplace.rooms.identity import sql

_SEALED = "(SELECT p.id FROM people_person p WHERE p.sealed)"


def _unless_sealed(column: str) -> str:
    """A number that no sealed record has, in an agency's row; NULL else."""
    return (
        f"CASE WHEN r.{column} IN (SELECT s.{column} FROM records_resident s"
        f" WHERE s.person_id IN {_SEALED} AND s.{column} IS NOT NULL)"
        f" THEN NULL ELSE r.{column} END AS {column}"
    )


def _view(text: str, row: str) -> str:
    again = text.replace("CREATE VIEW", "CREATE OR REPLACE VIEW").rstrip()
    for column in ("nhs_number", "upn", "ni_number"):
        again = again.replace(f"r.{column}", _unless_sealed(column), 1)
    return f"{again}\n   AND {row}.person_id NOT IN {_SEALED}"


RECORDS = _view(sql.RECORDS, "r")
HOMES = _view(sql.HOMES, "m")

_GRANTED = ("current_date", "wp_today()")
STANDING = (
    sql.STANDING.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    .replace(*_GRANTED)
    .replace("WHERE p.id = ANY", "WHERE (NOT p.sealed OR wp_opens_seal(p.id)) AND p.id = ANY")
)

LEAVE = """
CREATE FUNCTION identity_leave_sealed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN
    UPDATE identity_member SET superseded_at = clock_timestamp()
     WHERE person_id = NEW.id AND superseded_at IS NULL;
    DELETE FROM identity_link WHERE a_id = NEW.id OR b_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER identity_leave_sealed AFTER UPDATE OF sealed ON people_person FOR EACH ROW
WHEN (NEW.sealed AND NOT OLD.sealed) EXECUTE FUNCTION identity_leave_sealed()
"""

# What a run compared, for those who are shown why two are one; its totals are for those who link
# and those who decide.
COMPARED = """
CREATE FUNCTION identity_compared(the_run bigint) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT r.comparisons FROM identity_linkrun r
    WHERE r.id = the_run AND wp_reach() IN ('agency', 'link') $$
"""
READS_RUNS = f"{sql.LINKS} OR (SELECT wp_can('identity.decide'))"

# When a seal was last set or taken back: a linking that was kept before is no longer true.
LAST_SEALED = """
CREATE FUNCTION wp_last_sealed_at() RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT greatest((SELECT max(s.recorded_at) FROM people_seal s),
                   (SELECT max(d.recorded_at) FROM people_sealdecision d))
    WHERE wp_reach() = 'link' $$
"""


def functions() -> list[str]:
    """Everything, in the order in which it can be created."""
    return [RECORDS, HOMES, STANDING, LEAVE, COMPARED, LAST_SEALED]


LEAVE_INDEX = """
CREATE FUNCTION identity_leave_index() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN
    DELETE FROM identity_key k USING identity_indexed i
     WHERE i.person_id = NEW.id AND k.key = ANY (i.keys) AND k.person_id = NEW.id;
    DELETE FROM identity_indexed WHERE person_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER identity_leave_index AFTER UPDATE OF sealed ON people_person FOR EACH ROW
WHEN (NEW.sealed AND NOT OLD.sealed) EXECUTE FUNCTION identity_leave_index()
"""
