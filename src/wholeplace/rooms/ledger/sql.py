"""The books' own rules, below every program.

A balance is changed by the legs of a transfer, in the transaction that adds them, and by
nothing else. At commit each transfer must sum to nothing over accounts of one budget, in the
direction of its kind. An account other than `fund` never falls below zero; the row lock of the
balance makes that hold however many act at once.
"""

ACCOUNTS = """
CREATE FUNCTION ledger_open_accounts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN
    INSERT INTO ledger_account (agency_id, budget_id, kind, balance_pence)
    SELECT NEW.agency_id, NEW.id, kind, 0
      FROM unnest(ARRAY['fund', 'available', 'committed', 'paid']) WITH ORDINALITY AS k(kind, n)
     ORDER BY n;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_budget_accounts AFTER INSERT ON ledger_budget
FOR EACH ROW EXECUTE FUNCTION ledger_open_accounts()
"""

# Which transaction made a transfer: only that one may add its legs.
MADE_IN = """
ALTER TABLE ledger_transfer ADD COLUMN made_in xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE FUNCTION ledger_note_transaction() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.made_in := pg_current_xact_id(); RETURN NEW; END $$;
CREATE TRIGGER ledger_transfer_made_in BEFORE INSERT ON ledger_transfer
FOR EACH ROW EXECUTE FUNCTION ledger_note_transaction()
"""

APPLY = """
CREATE FUNCTION ledger_apply_leg() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN
    PERFORM 1 FROM ledger_transfer t
      WHERE t.id = NEW.transfer_id AND t.made_in = pg_current_xact_id()
        AND t.agency_id = NEW.agency_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a leg belongs to a transfer of its own transaction and agency'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE ledger_account SET balance_pence = balance_pence + NEW.amount_pence
     WHERE id = NEW.account_id AND agency_id = NEW.agency_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this account is not of the agency'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_leg_apply AFTER INSERT ON ledger_leg
FOR EACH ROW EXECUTE FUNCTION ledger_apply_leg()
"""

# Called from inside the legs' own trigger an update stands two triggers deep; any other
# update, by whichever role, stands one deep and is refused.
BALANCE = """
CREATE FUNCTION ledger_refuse_balance() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1
       AND (NEW.id, NEW.agency_id, NEW.budget_id, NEW.kind)
         = (OLD.id, OLD.agency_id, OLD.budget_id, OLD.kind) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'balances follow from transfers: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER ledger_account_guard BEFORE UPDATE OR DELETE ON ledger_account
FOR EACH ROW EXECUTE FUNCTION ledger_refuse_balance();
CREATE TRIGGER ledger_account_no_truncate BEFORE TRUNCATE ON ledger_account
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_balance()
"""

CHECK = """
CREATE FUNCTION ledger_check_transfer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$
DECLARE legs integer; total numeric; budgets integer; wrong integer;
BEGIN
    SELECT count(*), coalesce(sum(l.amount_pence), 0), count(DISTINCT a.budget_id),
           count(*) FILTER (WHERE NOT CASE NEW.kind
               WHEN 'allocate' THEN (a.kind, l.amount_pence < 0)
                    IN (('fund', true), ('available', false))
               WHEN 'reserve' THEN (a.kind, l.amount_pence < 0)
                    IN (('available', true), ('committed', false))
               WHEN 'pay' THEN (a.kind, l.amount_pence < 0)
                    IN (('committed', true), ('paid', false))
               WHEN 'release' THEN (a.kind, l.amount_pence < 0)
                    IN (('committed', true), ('available', false))
               ELSE EXISTS (SELECT 1 FROM ledger_leg o WHERE o.transfer_id = NEW.reverses_id
                               AND o.account_id = l.account_id AND o.amount_pence = -l.amount_pence)
           END)
      INTO legs, total, budgets, wrong
      FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id
     WHERE l.transfer_id = NEW.id;
    IF legs < 2 OR total <> 0 OR budgets <> 1 OR wrong <> 0 THEN
        RAISE EXCEPTION 'transfer % (%) does not balance: % legs, sum %, % budgets, % wrong',
            NEW.id, NEW.kind, legs, total, budgets, wrong USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ledger_transfer_balances';
    END IF;
    IF NEW.kind = 'reverse' AND (
        EXISTS (SELECT 1 FROM ledger_transfer t WHERE t.id = NEW.reverses_id AND t.kind = 'reverse')
        OR legs <> (SELECT count(*) FROM ledger_leg o WHERE o.transfer_id = NEW.reverses_id))
    THEN
        RAISE EXCEPTION 'a transfer is reversed once, whole' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ledger_transfer_balances';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_transfer_balances AFTER INSERT ON ledger_transfer
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_transfer()
"""

MAY = """
CASE kind WHEN 'allocate' THEN (SELECT wp_can('fund.allocate'))
          WHEN 'reserve' THEN (SELECT wp_can('award.decide'))
          WHEN 'pay' THEN (SELECT wp_can('payment.release'))
          WHEN 'release' THEN (SELECT wp_can('award.end'))
          ELSE (SELECT wp_can('payment.reverse')) END
"""
