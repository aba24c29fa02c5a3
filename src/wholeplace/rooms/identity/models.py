"""Who is who: a layer above the persons whom agencies know, written by the linking of records.

Nothing is merged. A person stays one row as one agency knows them; an identity says which of
these rows are about the same human being, since when, by which run and why. A row that ends is
superseded, so that everything can be undone and "who was taken for whom then" can be answered.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wholeplace.rooms.people.models import Person


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


def _of_run() -> models.ForeignKey:
    """The run that wrote a row. The database does not look it up for each of a million rows: it
    is written with them, and none is ever deleted.
    """
    return models.ForeignKey(
        LinkRun, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )


class Identity(models.Model):
    """A human being, as far as records tell; the number stays from run to run."""

    id = models.BigIntegerField(primary_key=True)
    ref = models.CharField(max_length=12, unique=True, db_collation="C")
    run = _of_run()

    def __str__(self) -> str:
        return self.ref


class Member(models.Model):
    """A person who belongs to an identity, from a run until a run.

    `why`: `first` (never linked before), `joined` (new to an identity that was there), `moved`
    (left one identity for another), `merged` (its identity went up in another), `split` (its
    identity went on without it).
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    identity = models.ForeignKey(Identity, models.PROTECT, related_name="members")
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    run = _of_run()
    why = models.CharField(max_length=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(superseded_at__isnull=True),
                name="identity_member_current",
            ),
            models.CheckConstraint(
                condition=models.Q(why__in=["first", "joined", "moved", "merged", "split"]),
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
