"""Schemes as they were loaded, trawls for the people whom they fit, and what was found."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wholeplace.rooms.agencies.recorded import Recorded, Stateful, StepRow
from wholeplace.rooms.people.models import Person


class PlaceVersion(Recorded):
    """Everything besides a scheme's own text that decides: facts, rates, bases, funding.

    As `core.rules.place_text` writes it; kept once a text, never changed.
    """

    text = models.TextField()
    hash = models.CharField(max_length=64, unique=True)  # SHA-256 of the text


class SchemeVersion(Recorded):
    """The text of a scheme file, over one version of the place, when first used; never changed.

    `place_version` is empty in rows kept by releases that did not keep it.
    """

    scheme = models.SlugField()
    name = models.TextField()
    text = models.TextField()
    hash = models.CharField(max_length=64)  # SHA-256 of the text
    place_version = models.ForeignKey(PlaceVersion, models.PROTECT, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "hash", "place_version"],
                name="schemes_one_version_a_text",
                nulls_distinct=False,
            )
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

    run = models.ForeignKey(TrawlRun, models.PROTECT, related_name="findings", db_index=False)
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
            models.Index(fields=["run", "id"], name="schemes_finding_page"),
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


class TrawlReplay(Recorded):
    """One asking again of a trawl as it was kept, and how it compared with what was found.

    States: waiting, running, identical, different or failed. It changes no finding.
    """

    run = models.ForeignKey(TrawlRun, models.PROTECT, related_name="replays")
    state = models.CharField(max_length=10, default="waiting")
    failure = models.TextField(blank=True, default="")
    finished_at = models.DateTimeField(null=True)
    kept = models.BigIntegerField(null=True)  # findings of the run
    missing = models.BigIntegerField(null=True)  # found then, not in the replay
    extra = models.BigIntegerField(null=True)  # in the replay, not found then
    changed = models.BigIntegerField(null=True)  # in both, answered otherwise

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["waiting", "running", "identical", "different", "failed"]
                ),
                name="schemes_replay_states",
            ),
        ]


class ReplayDifference(Recorded):
    """Somebody about whom a replay says otherwise than the trawl did."""

    replay = models.ForeignKey(TrawlReplay, models.PROTECT, related_name="differences")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kept = models.CharField(max_length=8, blank=True)  # yes, possible, or empty: not found
    replayed = models.CharField(max_length=8, blank=True)
    criteria = models.JSONField(default=dict)  # criterion → [then, in the replay]
    reason = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["replay", "person"], name="schemes_differs_once")
        ]


class PublishedCount(Recorded):
    """How many people of one area a trawl found, as everybody may read it.

    Only what may be published is here: `people` is empty where few people were found.
    """

    run = models.ForeignKey(TrawlRun, models.PROTECT, related_name="+")
    scheme = models.SlugField()
    as_at = models.DateField()
    area_code = models.CharField(max_length=20, blank=True)  # empty: no ward is known
    area_name = models.TextField()
    answer = models.CharField(max_length=8)
    people = models.BigIntegerField(null=True)
    threshold = models.SmallIntegerField()  # 1 to this many are not shown
    round_to = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "area_code", "answer"], name="schemes_published_once"
            ),
            models.CheckConstraint(
                condition=models.Q(answer__in=["yes", "possible"]),
                name="schemes_published_answers",
            ),
            models.CheckConstraint(
                condition=models.Q(people__isnull=True)
                | models.Q(people=0)
                | models.Q(people__gte=5),
                name="schemes_published_no_few",
            ),
            models.CheckConstraint(
                condition=models.Q(threshold__gte=5), name="schemes_published_threshold"
            ),
        ]
        indexes = [models.Index(fields=["scheme", "-run"], name="schemes_published_latest")]
