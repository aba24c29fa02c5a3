"""What the database knows of people's decisions about who is who, and of how they come about.

A pair is there only for who may see both of its persons: beneath every page, list and count. What
a reviewer said is there for nobody else until the pair is decided, so that a second opinion is
never a first one seen (brief 14, section 5; brief 08: a child's records).
"""

from wholeplace.rooms.agencies.recorded import STALE
from wholeplace.rooms.identity.sql import LINKS, WRITES

DECIDES = "(SELECT wp_can('identity.decide'))"
_PERSON = "EXISTS (SELECT 1 FROM people_person p WHERE p.id = {} OFFSET 0)"
_BOTH = f"(SELECT wp_reach()) = 'agency' AND {_PERSON.format('a_id')} AND {_PERSON.format('b_id')}"

SEES_PAIRS = LINKS
SEES_REVIEW = f"{LINKS} OR ({DECIDES} AND {_BOTH})"
ASKS_REVIEW = f"{WRITES} OR ({DECIDES} AND cause = 'asked' AND {_BOTH})"
# Whoever is shown that two are one person may also know that somebody decided so.
SEES_DECISION = f"""
{LINKS} OR ({_BOTH}) OR ((SELECT wp_reach()) = 'agency' AND b_id = ANY (wp_together(a_id)))
"""
WRITES_DECISION = f"{DECIDES} AND {_BOTH}"
_REVIEW = "EXISTS (SELECT 1 FROM identity_review r WHERE r.id = review_id OFFSET 0)"
SEES_OPINION = f"""
{LINKS} OR ({_REVIEW} AND (by_user_id = (SELECT wp_user()) OR EXISTS (
    SELECT 1 FROM identity_decision d WHERE d.review_id = identity_opinion.review_id
       AND d.round = identity_opinion.round OFFSET 0)))
"""
WRITES_OPINION = f"{DECIDES} AND {_REVIEW}"

# How many reviewers must say the same: two where either may be a child, one otherwise. A record
# without a birth date may be a child's.
NEEDS = """
CREATE FUNCTION identity_needs(the_a bigint, the_b bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    SELECT CASE WHEN bool_and(p.date_of_birth IS NOT NULL
                     AND p.date_of_birth <= wp_today() - interval '18 years')
                THEN 1 ELSE 2 END
      FROM people_person p WHERE p.id IN (the_a, the_b)
$$
"""

# What as many reviewers as are needed have said since the last decision; NULL until then.
OUTCOME = """
CREATE FUNCTION identity_outcome(the_review bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    SELECT o.answer
      FROM identity_review r JOIN identity_opinion o ON o.review_id = r.id
     WHERE r.id = the_review AND o.answer <> 'unsure'
       AND o.round = (SELECT count(*) FROM identity_decision d WHERE d.review_id = r.id)
     GROUP BY o.answer, r.a_id, r.b_id
    HAVING count(DISTINCT o.by_user_id) >= identity_needs(r.a_id, r.b_id)
$$
"""

# The same for one who has given an opinion of their own, and for nobody else.
MY_OUTCOME = """
CREATE FUNCTION wp_review_outcome(the_review bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    SELECT identity_outcome(the_review)
     WHERE EXISTS (SELECT 1 FROM identity_opinion o
                    WHERE o.review_id = the_review AND o.by_user_id = wp_user()
                      AND o.round = (SELECT count(*) FROM identity_decision d
                                      WHERE d.review_id = the_review))
$$
"""

# How many have said something since the last decision, and how many must say the same: whoever
# reviews is told whether they are the first, and not what was said.
STANDING = """
CREATE FUNCTION wp_review_standing(the_review bigint) RETURNS TABLE (given integer, needed integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    SELECT (SELECT count(DISTINCT o.by_user_id)::integer FROM identity_opinion o
             WHERE o.review_id = r.id AND o.answer <> 'unsure'
               AND o.round = (SELECT count(*) FROM identity_decision d WHERE d.review_id = r.id)),
           identity_needs(r.a_id, r.b_id)
      FROM identity_review r
     WHERE r.id = the_review AND wp_can('identity.decide')
       AND r.a_id = ANY (wp_together(r.a_id)) AND r.b_id = ANY (wp_together(r.b_id))
$$
"""

GUARD_OPINION = f"""
CREATE FUNCTION identity_guard_opinion() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN
    PERFORM 1 FROM identity_review WHERE id = NEW.review_id FOR UPDATE;
    IF EXISTS (SELECT 1 FROM identity_decision d
                WHERE d.review_id = NEW.review_id AND d.undone_at IS NULL) THEN
        RAISE EXCEPTION 'this pair has been decided' USING ERRCODE = '{STALE}';
    END IF;
    NEW.round := (SELECT count(*) FROM identity_decision d WHERE d.review_id = NEW.review_id);
    RETURN NEW;
END $$;
CREATE TRIGGER identity_opinion_zz_guard BEFORE INSERT ON identity_opinion
FOR EACH ROW EXECUTE FUNCTION identity_guard_opinion()
"""

# A decision is what the reviewers said, about the very pair; it is undone once and changed never.
GUARD_DECISION = f"""
CREATE FUNCTION identity_guard_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.undone_at IS NOT NULL THEN
            RAISE EXCEPTION 'this decision has been undone' USING ERRCODE = '{STALE}';
        END IF;
        NEW.undone_at := clock_timestamp();
        NEW.undone_by_id := wp_membership();
        NEW.undone_by_user_id := wp_user();
        RETURN NEW;
    END IF;
    PERFORM 1 FROM identity_review r
      WHERE r.id = NEW.review_id AND r.a_id = NEW.a_id AND r.b_id = NEW.b_id FOR UPDATE;
    IF NOT FOUND OR identity_outcome(NEW.review_id) IS DISTINCT FROM NEW.answer THEN
        RAISE EXCEPTION 'this is not what the reviewers said' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'identity_decision_as_reviewed';
    END IF;
    NEW.round := (SELECT count(*) FROM identity_decision d WHERE d.review_id = NEW.review_id);
    NEW.undone_at := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER identity_decision_zz_guard BEFORE INSERT OR UPDATE ON identity_decision
FOR EACH ROW EXECUTE FUNCTION identity_guard_decision()
"""


def functions() -> list[str]:
    """Every function, in the order in which they can be created."""
    return [NEEDS, OUTCOME, MY_OUTCOME, STANDING, GUARD_OPINION, GUARD_DECISION]


def kept_from(role: str) -> list[str]:
    """What answers about pairs that the reader may not see: only the others may ask it."""
    return [
        f'REVOKE EXECUTE ON FUNCTION {one} FROM PUBLIC, "{role}"'
        for one in ("identity_needs(bigint, bigint)", "identity_outcome(bigint)")
    ]
