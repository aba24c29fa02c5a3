"""What holds for one person's help, below every program."""

# A week is paid once, whatever was ended and asked for again (brief 05, rule 3). Two awards of
# one person wait for each other here, so that neither misses the other's weeks.
ONCE_A_WEEK = """
CREATE FUNCTION casework_once_a_week() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN
    PERFORM pg_advisory_xact_lock(7411006, (NEW.person_id % 2147483647)::int);
    IF EXISTS (SELECT 1 FROM casework_payment p
                 JOIN casework_award a ON a.id = p.award_id
                 JOIN casework_award mine ON mine.id = NEW.award_id
                WHERE p.person_id = NEW.person_id AND p.agency_id = NEW.agency_id
                  AND p.id <> NEW.id AND p.state <> 'cancelled' AND a.scheme = mine.scheme
                  AND p.period_from <= NEW.period_to AND p.period_to >= NEW.period_from) THEN
        RAISE EXCEPTION 'these days have been paid or promised' USING ERRCODE = 'WPS05';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER casework_once_a_week AFTER INSERT ON casework_payment
FOR EACH ROW EXECUTE FUNCTION casework_once_a_week()
"""

# A finding leads to an application of the very person and scheme that it is about, and nobody
# has two applications for one scheme open at a time.
APPLIES = """
CREATE FUNCTION casework_guard_application() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN
    IF NEW.finding_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM schemes_finding f JOIN schemes_trawlrun r ON r.id = f.run_id
         WHERE f.id = NEW.finding_id AND f.person_id = NEW.person_id
           AND f.agency_id = NEW.agency_id AND r.scheme = NEW.scheme) THEN
        RAISE EXCEPTION 'this finding is of another person or scheme' USING ERRCODE = 'WPS06';
    END IF;
    PERFORM pg_advisory_xact_lock(7411006, (NEW.person_id % 2147483647)::int);
    IF EXISTS (SELECT 1 FROM casework_application a
                WHERE a.person_id = NEW.person_id AND a.agency_id = NEW.agency_id
                  AND a.scheme = NEW.scheme AND a.id <> NEW.id
                  AND a.state IN ('received', 'waiting')) THEN
        RAISE EXCEPTION 'an application for this is open' USING ERRCODE = 'WPS07';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER casework_guard_application AFTER INSERT ON casework_application
FOR EACH ROW EXECUTE FUNCTION casework_guard_application()
"""

# A finance officer sees nobody's records, so the database says that somebody has died.
LIVING = """
CREATE FUNCTION casework_died(the_person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    SELECT EXISTS (SELECT 1 FROM records_resident r WHERE r.person_id = the_person
                      AND r.superseded_at IS NULL AND r.date_of_death IS NOT NULL)
$$;
REVOKE EXECUTE ON FUNCTION casework_died(bigint) FROM PUBLIC;
CREATE FUNCTION casework_guard_living() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN
    IF TG_TABLE_NAME = 'casework_release' THEN
        IF (SELECT casework_died(p.person_id) FROM casework_payment p
             WHERE p.id = NEW.payment_id) THEN
            RAISE EXCEPTION 'this person has died' USING ERRCODE = 'WPS08';
        END IF;
    ELSIF casework_died(NEW.person_id) THEN
        RAISE EXCEPTION 'this person has died' USING ERRCODE = 'WPS08';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER casework_guard_living AFTER INSERT ON casework_release
FOR EACH ROW EXECUTE FUNCTION casework_guard_living();
CREATE TRIGGER casework_guard_living AFTER INSERT ON casework_award
FOR EACH ROW EXECUTE FUNCTION casework_guard_living()
"""

# As `sql.OFFER`, and whoever frees money and whoever queues wait for each other at the account:
# the one who comes second sees what the first did.
OFFER = """
CREATE OR REPLACE FUNCTION casework_offer(the_budget bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$
DECLARE a casework_award; free bigint; offered integer := 0;
BEGIN
    SELECT x.balance_pence INTO free FROM ledger_account x
     WHERE x.budget_id = the_budget AND x.kind = 'available' FOR UPDATE;
    free := free - coalesce((SELECT sum(w.total_pence) FROM casework_award w
                 WHERE w.budget_id = the_budget AND w.state = 'offered'), 0);
    FOR a IN SELECT * FROM casework_award w
              WHERE w.budget_id = the_budget AND w.state = 'queued' ORDER BY w.id
    LOOP
        EXIT WHEN a.total_pence > free;
        INSERT INTO casework_step (agency_id, by_id, by_user_id, recorded_at, event, from_state,
                                   to_state, version_before, happened_on, reason, award_id)
        VALUES (a.agency_id, 0, 0, now(), 'offer', 'queued', 'offered', a.version,
                (now() AT TIME ZONE 'Europe/London')::date,
                'Money became available and this award had waited longest.', a.id);
        free := free - a.total_pence;
        offered := offered + 1;
    END LOOP;
    RETURN offered;
END $$
"""

ALL = (ONCE_A_WEEK, APPLIES, LIVING, OFFER)

# The page says beforehand what the release would be refused for. Whether somebody has died is
# asked by these rules alone.
WHY_NOT = """
CREATE OR REPLACE FUNCTION casework_why_not(the_payment bigint, the_day date) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    SELECT CASE WHEN p.state <> 'reserved' THEN p.state
                WHEN wp_user() IN (p.decided_by_id, p.by_user_id) THEN 'own'
                WHEN casework_died(p.person_id) THEN 'died'
                WHEN a.needs_check AND NOT EXISTS (
                     SELECT 1 FROM casework_awardcheck c WHERE c.award_id = a.id) THEN 'unchecked'
                WHEN p.due_on > the_day THEN 'early' END
      FROM casework_payment p JOIN casework_award a ON a.id = p.award_id
     WHERE p.id = the_payment AND p.agency_id = wp_agency()
$$
"""
