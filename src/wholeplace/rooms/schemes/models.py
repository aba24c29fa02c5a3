"""Schemes as they were loaded, trawls for the people whom they fit, and what was found."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wholeplace.rooms.agencies.recorded import Recorded, Stateful, StepRow
from wholeplace.rooms.people.models import Person


class SchemeVersion(Recorded):
    """The text of a scheme file at the moment it was first used; never changed."""

    scheme = models.SlugField()
    name = models.TextField()
    text = models.TextField()
    hash = models.CharField(max_length=64)  # SHA-256 of the text

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "hash"], name="schemes_one_version_a_text")
        ]


class TrawlRun(Recorded):
    """One asking of one scheme of everybody, as at a day.

    States: waiting, running, whole (with its findings, in one transaction) or failed.
    """

    version = models.ForeignKey(SchemeVersion, models.PROTECT)
    scheme = models.SlugField()
    as_at = models.DateField()
    state = models.CharField(max_length=10, default="waiting")
    failure = models.TextField(blank=True, default="")
    done = models.SmallIntegerField(default=0)  # stages done, of the stages below
    stages = models.SmallIntegerField(default=3)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    known_at = models.DateTimeField(null=True)
    snapshot_made_at = models.DateTimeField(null=True)
    basis = models.JSONField(default=dict)  # key, name, law
    agencies = ArrayField(models.TextField(), default=list)
    people = models.BigIntegerField(null=True)
    yes = models.BigIntegerField(null=True)
    possible = models.BigIntegerField(null=True)
    funnel = models.JSONField(default=list)
    flagged = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["scheme", "as_at"], name="schemes_run_day")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running", "whole", "failed"]),
                name="schemes_run_states",
            ),
        ]


class Finding(Stateful):
    """Somebody whom a scheme fits (yes) or may fit (possible), and what became of it."""

    run = models.ForeignKey(TrawlRun, models.PROTECT, related_name="findings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="findings")
    answer = models.CharField(max_length=8)
    criteria = models.JSONField()  # criterion → true, false or null for unknown
    deceased = models.BooleanField()
    do_not_contact = models.BooleanField()
    unsafe_address = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "person"], name="schemes_found_once_a_run"),
            models.CheckConstraint(
                condition=models.Q(answer__in=["yes", "possible"]), name="schemes_answers"
            ),
        ]
        indexes = [
            models.Index(fields=["run", "state", "answer", "id"], name="schemes_work_list"),
            models.Index(fields=["person"], name="schemes_finding_person"),
        ]


class FindingStep(StepRow):
    """One move of a finding."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="steps")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "version_before"], name="schemes_one_step_a_version"
            )
        ]
