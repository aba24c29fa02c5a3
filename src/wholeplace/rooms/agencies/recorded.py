"""What rows of every room share: who recorded them, and states that move only by steps.

A thing that has a state is never given one directly. A step is added (an event, who, when it
happened, when it was recorded, why), and the database moves the thing from the state and
version that the step names; where another step came first, the second writer is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, IntegrityError, migrations, models, transaction

from wholeplace.core.casework.states import Family
from wholeplace.core.kernel.errors import Stale

STALE = "WPS01"
ONE_STEP = "_one_step_a_version"  # the end of such a constraint's name


class Recorded(models.Model):
    """Who recorded a row and when; the database fills these in (`wp_stamp`)."""

    agency_id = models.BigIntegerField(default=0)
    by_id = models.BigIntegerField(default=0)  # the membership that acted
    by_user_id = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Stateful(Recorded):
    """Something with a state. `version` counts its steps; a form carries it back."""

    state = models.CharField(max_length=12)
    state_reason = models.TextField(default="", blank=True)
    state_since = models.DateTimeField(auto_now_add=True)
    version = models.IntegerField(default=1)

    class Meta:
        abstract = True


class StepRow(Recorded):
    """One move of one thing from state to state."""

    event = models.CharField(max_length=20)
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    version_before = models.IntegerField()
    happened_on = models.DateField()
    reason = models.TextField(blank=True)

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Step:
    """A move as pages show it: happened and recorded are two times."""

    event: str
    from_state: str
    to_state: str
    happened_on: dt.date
    recorded_at: dt.datetime
    by_name: str
    reason: str


def take_step(
    rows: type[StepRow],
    thing: Any,
    column: str,
    family: Family,
    event: str,
    *,
    version: int,
    happened_on: dt.date,
    reason: str = "",
) -> str:
    """Move a thing by one event; returns its new state. `thing` is refreshed.

    Args:
        rows: the model of the thing's steps, whose foreign key to it is `column`.
        version: the version that the writer saw.

    Raises:
        NotAllowed: the event cannot happen in this state.
        Stale: somebody else moved it first.
    """
    if thing.version != version:
        raise _stale()
    state = family.after(thing.state, event)
    with _telling_the_second(), transaction.atomic():
        rows.objects.create(
            **{column: thing.pk},
            event=event,
            from_state=thing.state,
            to_state=state,
            version_before=version,
            happened_on=happened_on,
            reason=reason,
        )
    thing.refresh_from_db()
    return state


@contextmanager
def _telling_the_second() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        stepped = isinstance(error, IntegrityError) and ONE_STEP in str(error)
        if stepped or getattr(error.__cause__, "sqlstate", "") == STALE:
            raise _stale() from error
        raise


def _stale() -> Stale:
    return Stale(
        "Somebody else changed this after you opened it.",
        do="Look at what changed and, if it is still right, do it again.",
    )


def steps_move(steps: str, column: str, things: str) -> migrations.RunSQL:
    """Let each new row of `steps` move the row of `things` that its `column` names."""
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {steps}_{column}_move() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
        $$ BEGIN
            UPDATE {things} SET state = NEW.to_state, state_reason = NEW.reason,
                   state_since = NEW.recorded_at, version = version + 1
             WHERE id = NEW.{column} AND agency_id = NEW.agency_id
               AND state = NEW.from_state AND version = NEW.version_before;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'changed meanwhile' USING ERRCODE = '{STALE}';
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER {steps}_{column}_moves AFTER INSERT ON {steps} FOR EACH ROW
        WHEN (NEW.{column} IS NOT NULL) EXECUTE FUNCTION {steps}_{column}_move()
        """,
        migrations.RunSQL.noop,
    )
