"""A person: a small row that everything else points at."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wholeplace.rooms.agencies.recorded import Recorded


class Person(models.Model):
    """A human being whom at least one agency's records name.

    `ref` is what staff and letters call the person. `name` and the two keys are copies of the
    believed statement, kept here for lists and search; keys are folded (see core identity).
    `viewers` are the agencies that may see the person at all; row security reads it.
    """

    ref = models.CharField(max_length=12, unique=True, db_collation="C")
    name = models.TextField()
    family_key = models.TextField(db_collation="C")
    given_key = models.TextField(db_collation="C")
    date_of_birth = models.DateField(null=True)
    viewers = ArrayField(models.BigIntegerField())
    restricted = models.BooleanField(default=False)
    sealed = models.BooleanField(db_default=False)  # under an adoption seal: see seal_sql.py
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["family_key", "given_key"], name="person_names"),
            models.Index(fields=["date_of_birth", "family_key"], name="person_born"),
            models.Index(fields=["id"], condition=models.Q(restricted=True), name="person_hidden"),
            models.Index(fields=["id"], condition=models.Q(sealed=True), name="person_sealed"),
        ]

    def __str__(self) -> str:
        return self.ref


class SearchKey(models.Model):
    """One pair of names that a person may be looked for under, and how it sounds.

    `number` is `core.identity.sounds.pair_number` of the two names, which are folded; `how` is one
    of `core.identity.spoken`. The birth date is the believed one again, so that a search reads no
    more of those whom it rules out. Row security asks for the person; a key alone tells nothing.
    """

    pk = models.CompositePrimaryKey("number", "person")
    number = models.BigIntegerField()
    # The database does not look up each of a million rows: they are written with their person.
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    agency_id = models.BigIntegerField()
    given = models.TextField(db_collation="C")
    family = models.TextField(db_collation="C")
    date_of_birth = models.DateField(null=True)
    how = models.SmallIntegerField()


class RestrictionGrant(models.Model):
    """Who may open a restricted record, from a day to a day, and why."""

    person = models.ForeignKey(Person, models.PROTECT)
    membership_id = models.BigIntegerField()
    reason = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class ContactBar(models.Model):
    """A reason not to write to somebody, set by an officer or a resident.

    Kinds: `do_not_contact`, `unsafe_address`, `objected`. An agency's own file may say the
    same of a person; both count.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="contact_bars")
    agency_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    reason = models.TextField()
    happened_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    set_by_id = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True)


class AccessCode(models.Model):
    """A one-time code that a worker hands to a resident to open their own record."""

    person = models.ForeignKey(Person, models.PROTECT)
    code_hash = models.BinaryField()
    issued_by_id = models.BigIntegerField()
    issued_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    tries_left = models.SmallIntegerField(default=5)
    used_at = models.DateTimeField(null=True)


class AdoptionSeal(Recorded):
    """An adoption order: the day it was made, how care ceased, and who the child is from then on.

    `ceased` is E11 or E12, as the national return of looked-after children has it. The new name
    and numbers are for the record that is made when a second worker confirms the order.
    """

    order_on = models.DateField()
    ceased = models.CharField(max_length=3)
    given_names = models.TextField()
    family_name = models.TextField()
    given_key = models.TextField(db_collation="C")
    family_key = models.TextField(db_collation="C")
    date_of_birth = models.DateField(null=True)
    nhs_number = models.TextField(null=True)
    upn = models.TextField(null=True)
    phone = models.TextField(null=True)

    class Meta(Recorded.Meta):
        abstract = False
        db_table = "people_seal"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ceased__in=["E11", "E12"]), name="people_seal_ceased"
            )
        ]


class SealedPerson(models.Model):
    """A record that an order closed: one of those in which agencies know the child as they were."""

    seal = models.ForeignKey(AdoptionSeal, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")


class SealDecision(Recorded):
    """What a second worker said of an order: confirmed, which makes the new record, or withdrawn.

    The database makes `new_person`, and refuses whoever recorded the order.
    """

    seal = models.OneToOneField(AdoptionSeal, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=9)
    reason = models.TextField()
    new_person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)

    class Meta(Recorded.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["confirmed", "withdrawn"]),
                name="people_sealdecision_outcome",
            )
        ]


class SealNotice(models.Model):
    """Who is told that a sealed record is there and closed, and whom to ring; from governance."""

    roles = ArrayField(models.TextField())
    purposes = ArrayField(models.TextField())
    service = models.TextField()
    phone = models.TextField()
