"""Casework's own rules, below every program."""

# The database, not the page, is what keeps the two people apart (brief 05, rule 5; brief 15,
# principle 3). It compares users, so that a second membership of one user does not help.
GUARD_RELEASE = """
CREATE FUNCTION casework_guard_release() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$
DECLARE p casework_payment; a casework_award; decider bigint; moved bigint;
BEGIN
    SELECT * INTO p FROM casework_payment
     WHERE id = NEW.payment_id AND agency_id = NEW.agency_id FOR UPDATE;
    IF NOT FOUND OR p.state <> 'reserved' THEN
        RAISE EXCEPTION 'this payment is not waiting to be released' USING ERRCODE = 'WPS01';
    END IF;
    SELECT * INTO a FROM casework_award WHERE id = p.award_id;
    SELECT by_user_id INTO decider FROM casework_decision WHERE id = a.decision_id;
    IF NEW.by_user_id = decider OR EXISTS (
        SELECT 1 FROM casework_step s WHERE s.award_id = a.id AND s.by_user_id = NEW.by_user_id
           AND s.event IN ('confirm', 'queue')) THEN
        RAISE EXCEPTION 'who decided an award does not release its payments'
            USING ERRCODE = 'WPS02';
    END IF;
    IF a.needs_check
       AND NOT EXISTS (SELECT 1 FROM casework_awardcheck c WHERE c.award_id = a.id) THEN
        RAISE EXCEPTION 'this award waits for a check by another person' USING ERRCODE = 'WPS03';
    END IF;
    IF NEW.happened_on < p.due_on THEN
        RAISE EXCEPTION 'this payment is not due before %', p.due_on USING ERRCODE = 'WPS04';
    END IF;
    SELECT sum(l.amount_pence) INTO moved
      FROM ledger_transfer t JOIN ledger_leg l ON l.transfer_id = t.id
      JOIN ledger_account x ON x.id = l.account_id
     WHERE t.id = NEW.transfer_id AND t.kind = 'pay' AND t.about = 'payment ' || p.id
       AND x.budget_id = p.budget_id AND x.kind = 'paid';
    IF moved IS DISTINCT FROM p.amount_pence THEN
        RAISE EXCEPTION 'the money moved (%) is not the payment''s (%)', moved, p.amount_pence
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_zz_guard BEFORE INSERT ON casework_release
FOR EACH ROW EXECUTE FUNCTION casework_guard_release()
"""

# Money leaves only with a release, a release only with its step, a step only with its release.
TIE_RELEASE = """
CREATE FUNCTION casework_tie_release() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$
DECLARE tied boolean;
BEGIN
    IF TG_TABLE_NAME = 'ledger_transfer' THEN
        tied := EXISTS (SELECT 1 FROM casework_release r WHERE r.transfer_id = NEW.id);
    ELSIF TG_TABLE_NAME = 'casework_release' THEN
        tied := EXISTS (SELECT 1 FROM casework_payment p WHERE p.id = NEW.payment_id
                           AND p.state IN ('released', 'reversed'));
    ELSE
        tied := EXISTS (SELECT 1 FROM casework_release r WHERE r.payment_id = NEW.payment_id);
    END IF;
    IF NOT tied THEN
        RAISE EXCEPTION 'money leaves by the release of one payment, whole'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'casework_release_tied';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER casework_pay_tied AFTER INSERT ON ledger_transfer
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'pay')
EXECUTE FUNCTION casework_tie_release();
CREATE CONSTRAINT TRIGGER casework_release_tied AFTER INSERT ON casework_release
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION casework_tie_release();
CREATE CONSTRAINT TRIGGER casework_step_tied AFTER INSERT ON casework_step
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.to_state = 'released')
EXECUTE FUNCTION casework_tie_release()
"""

# A confirmed award has its money held and its weeks written down, to the penny.
CONFIRMED = """
CREATE FUNCTION casework_check_confirmed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$
DECLARE held bigint; lines bigint; total bigint;
BEGIN
    SELECT a.total_pence,
           (SELECT sum(p.amount_pence) FROM casework_payment p WHERE p.award_id = a.id),
           (SELECT sum(l.amount_pence) FROM ledger_transfer t
              JOIN ledger_leg l ON l.transfer_id = t.id JOIN ledger_account x ON x.id = l.account_id
             WHERE t.kind = 'reserve' AND t.about = 'award ' || a.id
               AND x.budget_id = a.budget_id AND x.kind = 'committed')
      INTO total, lines, held FROM casework_award a WHERE a.id = NEW.award_id;
    IF held IS DISTINCT FROM total OR lines IS DISTINCT FROM total THEN
        RAISE EXCEPTION 'award %: total %, weeks %, held %', NEW.award_id, total, lines, held
            USING ERRCODE = 'check_violation', CONSTRAINT = 'casework_confirmed_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER casework_confirmed_whole AFTER INSERT ON casework_step
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.to_state = 'confirmed')
EXECUTE FUNCTION casework_check_confirmed()
"""

GUARD_CHECK = """
CREATE FUNCTION casework_guard_check() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN
    IF EXISTS (SELECT 1 FROM casework_award a JOIN casework_decision d ON d.id = a.decision_id
                WHERE a.id = NEW.award_id AND d.by_user_id = NEW.by_user_id) THEN
        RAISE EXCEPTION 'who decided an award does not check it' USING ERRCODE = 'WPS02';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_zz_guard BEFORE INSERT ON casework_awardcheck
FOR EACH ROW EXECUTE FUNCTION casework_guard_check()
"""

# Things begin in their first state and get no other way into another than by a step.
BEGIN = """
CREATE FUNCTION casework_begin() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    NEW.state := TG_ARGV[0]; NEW.version := 1; NEW.state_reason := '';
    NEW.state_since := NEW.recorded_at;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_zz_begin BEFORE INSERT ON casework_application
FOR EACH ROW EXECUTE FUNCTION casework_begin('received');
CREATE TRIGGER casework_zz_begin BEFORE INSERT ON casework_award
FOR EACH ROW EXECUTE FUNCTION casework_begin('decided');
CREATE TRIGGER casework_zz_begin BEFORE INSERT ON casework_payment
FOR EACH ROW EXECUTE FUNCTION casework_begin('reserved')
"""

# Money that becomes available, by whatever route, is offered to the award that has waited
# longest; a later one never overtakes an earlier one that does not fit yet (scenario 05.4).
OFFER = """
CREATE FUNCTION casework_offer(the_budget bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$
DECLARE a casework_award; free bigint; offered integer := 0;
BEGIN
    SELECT x.balance_pence - coalesce((SELECT sum(w.total_pence) FROM casework_award w
               WHERE w.budget_id = the_budget AND w.state = 'offered'), 0)
      INTO free FROM ledger_account x WHERE x.budget_id = the_budget AND x.kind = 'available';
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
END $$;
CREATE FUNCTION casework_offer_freed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN PERFORM casework_offer(NEW.budget_id); RETURN NULL; END $$;
CREATE TRIGGER casework_offer_freed AFTER UPDATE ON ledger_account FOR EACH ROW
WHEN (NEW.kind = 'available' AND NEW.balance_pence > OLD.balance_pence)
EXECUTE FUNCTION casework_offer_freed()
"""

# The last payment completes the award. A finance officer sees no award, so the database does it.
COMPLETE = """
CREATE FUNCTION casework_complete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN
    INSERT INTO casework_step (agency_id, by_id, by_user_id, recorded_at, event, from_state,
                               to_state, version_before, happened_on, reason, award_id)
    SELECT a.agency_id, 0, 0, now(), 'complete', a.state, 'completed', a.version,
           NEW.happened_on, 'Every week has been paid.', a.id
      FROM casework_payment p JOIN casework_award a ON a.id = p.award_id
     WHERE p.id = NEW.payment_id AND a.state = 'confirmed'
       AND NOT EXISTS (SELECT 1 FROM casework_payment o
                        WHERE o.award_id = a.id AND o.state = 'reserved');
    RETURN NULL;
END $$;
CREATE TRIGGER casework_zz_complete AFTER INSERT ON casework_step FOR EACH ROW
WHEN (NEW.to_state = 'released') EXECUTE FUNCTION casework_complete()
"""

RUN = """
CREATE FUNCTION casework_keep_run() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    RAISE EXCEPTION 'a payment run that is finished stays so'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER casework_run_finished BEFORE UPDATE ON casework_paymentrun FOR EACH ROW
WHEN (OLD.state = 'finished') EXECUTE FUNCTION casework_keep_run()
"""

# What everybody's waiting comes to, said in numbers to who may not see everybody.
QUEUE = """
CREATE FUNCTION casework_waiting(the_budget bigint) RETURNS TABLE (queued bigint, promised bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    SELECT count(*) FILTER (WHERE w.state = 'queued'),
           coalesce(sum(w.total_pence) FILTER (WHERE w.state = 'offered'), 0)::bigint
      FROM casework_award w WHERE w.budget_id = the_budget AND w.agency_id = wp_agency()
$$;
CREATE FUNCTION casework_place(the_award bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    SELECT count(*) FROM casework_award a JOIN casework_award w ON w.budget_id = a.budget_id
     WHERE a.id = the_award AND a.state IN ('queued', 'offered')
       AND (a.agency_id = wp_agency() OR a.person_id = wp_person())
       AND w.state IN ('queued', 'offered') AND w.id <= a.id
$$;
CREATE FUNCTION casework_why_not(the_payment bigint, the_day date) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$
    SELECT CASE WHEN p.state <> 'reserved' THEN p.state
                WHEN wp_user() IN (p.decided_by_id, p.by_user_id) THEN 'own'
                WHEN a.needs_check AND NOT EXISTS (
                     SELECT 1 FROM casework_awardcheck c WHERE c.award_id = a.id) THEN 'unchecked'
                WHEN p.due_on > the_day THEN 'early' END
      FROM casework_payment p JOIN casework_award a ON a.id = p.award_id
     WHERE p.id = the_payment AND p.agency_id = wp_agency()
$$
"""

ALL = (GUARD_RELEASE, TIE_RELEASE, CONFIRMED, GUARD_CHECK, BEGIN, OFFER, COMPLETE, RUN, QUEUE)
