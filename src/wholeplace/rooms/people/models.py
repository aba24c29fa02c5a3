"""A person: a small row that everything else points at."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


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
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["family_key", "given_key"], name="person_names"),
            models.Index(fields=["date_of_birth", "family_key"], name="person_born"),
            models.Index(fields=["id"], condition=models.Q(restricted=True), name="person_hidden"),
        ]

    def __str__(self) -> str:
        return self.ref


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
