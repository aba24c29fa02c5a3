"""The audit trail: who saw or did what, when, why, by which route."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Event(models.Model):
    """One view, search, change or refusal. The database fills in who, when and why."""

    at = models.DateTimeField()
    membership_id = models.BigIntegerField(null=True)
    agency_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    purpose = models.TextField()
    route = models.TextField()
    action = models.TextField()
    person_id = models.BigIntegerField(null=True)
    people = ArrayField(models.BigIntegerField(), null=True)  # who stood in a list that was shown
    record = models.TextField()
    detail = models.JSONField()

    class Meta:
        managed = False
        db_table = "audit_event"


class Link(models.Model):
    """One link of the chain: the hash of the one before and of one event."""

    sequence = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "audit_link"
