"""Who is who: a layer above the persons whom agencies know, written by the linking of records.

Nothing is merged. A person stays one row as one agency knows them; an identity says which of
these rows are about the same human being, since when, by which run and why. A row that ends is
superseded, so that everything can be undone and "who was taken for whom then" can be answered.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wholeplace.rooms.agencies.recorded import Recorded
from wholeplace.rooms.people.models import Person

WHY = ["first", "joined", "moved", "merged", "split", "decided", "undone"]


class LinkRun(models.Model):
    """One linking of everybody's records that was carried out to its end."""

    id = models.BigIntegerField(primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    by_id = models.BigIntegerField()  # the membership that acted
    records = models.BigIntegerField()
    comparisons = ArrayField(models.TextField())  # what each of a link's levels is about
    counts = models.JSONField(default=dict)  # joined, left, merged, split and so on
    figures = models.JSONField(default=dict)  # seconds by stage, peak memory, blocks capped


def _of_run(**more: Any) -> models.ForeignKey:
    """The run that wrote a row. The database does not look it up for each of a million rows: it
    is written with them, and none is ever deleted.
    """
    return models.ForeignKey(
        LinkRun, models.PROTECT, related_name="+", db_index=False, db_constraint=False, **more
    )


def _person(**more: Any) -> models.ForeignKey:
    return models.ForeignKey(Person, models.PROTECT, related_name="+", **more)


class Identity(models.Model):
    """A human being, as far as records tell; the number stays from run to run."""

    id = models.BigIntegerField(primary_key=True)
    ref = models.CharField(max_length=12, unique=True, db_collation="C")
    run = _of_run(null=True)  # None where a decision made it

    def __str__(self) -> str:
        return self.ref


class Member(models.Model):
    """A person who belongs to an identity, from a run until a run.

    `why`: `first` (never linked before), `joined` (new to an identity that was there), `moved`
    (left one identity for another), `merged` (its identity went up in another), `split` (its
    identity went on without it); `decided` and `undone` by people, whose decision stands beside.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    identity = models.ForeignKey(Identity, models.PROTECT, related_name="members")
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    run = _of_run(null=True)
    decision = models.ForeignKey("Decision", models.PROTECT, related_name="+", null=True)
    why = models.CharField(max_length=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(superseded_at__isnull=True),
                name="identity_member_current",
            ),
            models.CheckConstraint(
                condition=models.Q(why__in=WHY)
                & (models.Q(run__isnull=False) | models.Q(decision__isnull=False)),
                name="identity_member_why",
            ),
        ]


class Link(models.Model):
    """Two persons of one identity whose records agree, and how: one of the best such pairs.

    `weight` in bits: 10 is a thousand to one. `levels`: how far each of the run's comparisons
    agreed, from 0 (not at all); -1 where a value was missing. Both are members of an identity,
    which is where the database makes sure that there are such persons.
    """

    a = models.ForeignKey(
        Person, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    b = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    weight = models.FloatField()
    levels = ArrayField(models.SmallIntegerField())
    run = _of_run()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["a", "b"], name="identity_link_once"),
            models.CheckConstraint(
                condition=models.Q(a__lt=models.F("b")), name="identity_link_in_order"
            ),
        ]


def _in_order(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(a__lt=models.F("b")), name=f"identity_{name}_in_order"
    )


def _of_pairs(name: str) -> list[models.BaseConstraint]:
    """Two in order, and each two once."""
    once = models.UniqueConstraint(fields=["a", "b"], name=f"identity_{name}_once")
    return [once, _in_order(name)]


class Pair(models.Model):
    """What a decision must know beside the links, so that it gives what the next linking gives.

    Every further pair that may join two records (`weight` in bits), and in groups in which
    something conflicts every pair that the program holds apart (`weight` None: two numbers of a
    kind, or records too unlike).
    """

    a = _person(db_index=False, db_constraint=False)
    b = _person(db_constraint=False)
    weight = models.FloatField(null=True)

    class Meta:
        constraints = _of_pairs("pair")


class Review(models.Model):
    """Two persons of whom people are asked whether they are one.

    `cause`: `between` (their weight is neither), `refused` (something conflicts), `asked` (by a
    reviewer; then there is no weight, unless a linking has one).
    """

    a = _person(db_index=False)
    b = _person()
    weight = models.FloatField(null=True)
    levels = ArrayField(models.SmallIntegerField(), null=True)
    cause = models.CharField(max_length=8)
    run = _of_run(null=True)

    class Meta:
        indexes = [
            models.Index(models.F("weight").desc(), models.F("id"), name="identity_review_best")
        ]
        constraints = [
            *_of_pairs("review"),
            models.CheckConstraint(
                condition=models.Q(cause__in=["between", "refused", "asked"]),
                name="identity_review_cause",
            ),
        ]


class Opinion(Recorded):
    """What one reviewer says of a pair. `round` counts the decisions that came before."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="opinions")
    round = models.SmallIntegerField(default=0)
    answer = models.CharField(max_length=9)  # same, different, unsure
    reasons = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "round", "by_user_id"],
                condition=~models.Q(answer="unsure"),
                name="identity_opinion_once_each",
            ),
            models.CheckConstraint(
                condition=models.Q(answer__in=["same", "different", "unsure"])
                & models.Q(reasons__regex=r"\S"),
                name="identity_opinion_said",
            ),
        ]


class Decision(Recorded):
    """Two persons are one human being, or are not, because people said so; undone, once, so too."""

    a = _person(db_index=False)
    b = _person()
    review = models.ForeignKey(Review, models.PROTECT, related_name="decisions")
    round = models.SmallIntegerField(default=0)
    answer = models.CharField(max_length=9)  # same, different
    reasons = models.TextField()
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.BigIntegerField(null=True)
    undone_by_user_id = models.BigIntegerField(null=True)
    undone_reasons = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["a", "b"],
                condition=models.Q(undone_at__isnull=True),
                name="identity_decision_in_force",
            ),
            models.CheckConstraint(
                condition=models.Q(answer__in=["same", "different"])
                & models.Q(reasons__regex=r"\S"),
                name="identity_decision_said",
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=True) | models.Q(undone_reasons__regex=r"\S"),
                name="identity_decision_undone_why",
            ),
            _in_order("decision"),
        ]


class Indexed(models.Model):
    """A person as the index of everybody holds them: a copy that linking makes.

    `told` are the values that linking compares (population/identity/index.py), `mark` changes
    when they or the keys' making do, `keys` are the person's rows of `Key`.
    """

    person_id = models.BigIntegerField(primary_key=True)
    told = models.TextField()
    mark = models.BigIntegerField()
    keys = ArrayField(models.BigIntegerField())


class Key(models.Model):
    """Something by which a person is found: whoever holds the same key may be the same."""

    pk = models.CompositePrimaryKey("key", "person_id")
    key = models.BigIntegerField()
    person_id = models.BigIntegerField()


class Share(models.Model):
    """How often a value is held, of the records that have one: a rare one says more."""

    pk = models.CompositePrimaryKey("field", "value")
    field = models.TextField(db_collation="C")
    value = models.TextField(db_collation="C")
    share = models.FloatField()


class Figures(models.Model):
    """What the last linking learnt, in one row: by it a record is weighed against others.

    `mark` changes with it; `told` are `learnt`, `found` and `rarest` (by column).
    """

    id = models.SmallIntegerField(primary_key=True)
    mark = models.TextField()
    told = models.JSONField()
