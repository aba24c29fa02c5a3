"""Applications, decisions, awards and payments (brief 05). States move by steps alone."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from wholeplace.rooms.agencies.recorded import Recorded, Stateful, StepRow
from wholeplace.rooms.ledger.models import Budget, Transfer
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.schemes.models import Finding, SchemeVersion


class Application(Stateful):
    """Somebody asks for a scheme's help, or is put forward for it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="applications")
    scheme = models.SlugField()
    scheme_version = models.ForeignKey(SchemeVersion, models.PROTECT)
    finding = models.OneToOneField(Finding, models.PROTECT, null=True)
    source = models.CharField(max_length=10)  # trawl, self, referral
    referrer = models.TextField(blank=True)
    received_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["state", "id"], name="casework_application_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(source__in=["trawl", "self", "referral"])
                & (Q(source="referral") | Q(referrer=""))
                & (Q(source="trawl") | Q(finding__isnull=True)),
                name="casework_sources",
            )
        ]


class Information(Recorded):
    """What the applicant stated, and the day by which it must be decided; rows are added."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="information")
    happened_on = models.DateField()
    answers = models.JSONField()  # fact → as written
    due_on = models.DateField()
    due_steps = models.JSONField()


class Decision(Recorded):
    """What was decided, why, and every criterion as it stood; never changed."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=6)
    reasons = models.TextField()
    explanation = models.JSONField()
    as_at = models.DateField()
    happened_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["award", "refuse", "grant"]), name="casework_outcomes"
            ),
            models.CheckConstraint(
                condition=Q(reasons__regex=r"\S"), name="casework_decision_has_reasons"
            ),
        ]


class Payee(models.Model):
    """Whom the money goes to."""

    payee_kind = models.CharField(max_length=20)  # customer, landlord, council_tax_account
    payee_name = models.TextField()
    payee_reference = models.TextField(blank=True)

    class Meta:
        abstract = True


class Award(Stateful, Payee):
    """So much a week for so many weeks, from one budget."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="award")
    application = models.OneToOneField(Application, models.PROTECT, related_name="award")
    person = models.ForeignKey(Person, models.PROTECT, related_name="awards")
    budget = models.ForeignKey(Budget, models.PROTECT)
    scheme = models.SlugField()
    job_start = models.DateField()
    from_date = models.DateField()
    to_date = models.DateField()
    weeks = models.PositiveSmallIntegerField()
    weekly_pence = models.BigIntegerField()
    limit_pence = models.BigIntegerField()  # rent and council tax less help, a week
    total_pence = models.BigIntegerField()
    needs_check = models.BooleanField()  # over the scheme's limit: another person looks
    schedule_steps = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["budget", "state", "id"], name="casework_queue"),
            models.Index(fields=["person", "job_start"], name="casework_award_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekly_pence__gt=0, weekly_pence__lte=F("limit_pence")),
                name="casework_award_within_need",
            ),
            models.CheckConstraint(
                condition=Q(total_pence=F("weekly_pence") * F("weeks"), weeks__gt=0),
                name="casework_award_total",
            ),
            models.CheckConstraint(
                condition=Q(payee_kind__in=["customer", "landlord", "council_tax_account"])
                & Q(payee_name__regex=r"\S"),
                name="casework_award_payee",
            ),
            models.UniqueConstraint(
                fields=["scheme", "person", "job_start"],
                condition=~Q(state__in=["ended", "withdrawn"]),
                name="casework_one_live_award_a_job",
            ),
        ]


class AwardCheck(Recorded):
    """Another person's look at an award over the scheme's limit."""

    award = models.OneToOneField(Award, models.PROTECT, related_name="check_made")
    note = models.TextField()


class Payment(Stateful, Payee):
    """One week of an award, with all that a finance officer needs and nothing else."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="payments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="payments")
    budget = models.ForeignKey(Budget, models.PROTECT)
    week_number = models.PositiveSmallIntegerField()
    weeks = models.PositiveSmallIntegerField()
    period_from = models.DateField()
    period_to = models.DateField()
    due_on = models.DateField()
    amount_pence = models.BigIntegerField()
    decided_by_id = models.BigIntegerField()  # the user who decided; shown, and compared below

    class Meta:
        indexes = [models.Index(fields=["state", "due_on", "id"], name="casework_due")]
        constraints = [
            models.UniqueConstraint(fields=["award", "week_number"], name="casework_one_a_week"),
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="casework_payment_amount"),
        ]


class PaymentRun(Recorded):
    """One asking for everything that is due; each payment is released by itself."""

    as_at = models.DateField()
    key = models.UUIDField(null=True)
    state = models.CharField(max_length=10, default="running")
    total = models.IntegerField(default=0)
    pence = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by_id", "key"], name="casework_one_run_a_form")
        ]


class Release(Recorded):
    """A payment left: once, by somebody who had no part in the award."""

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="release")
    transfer = models.OneToOneField(Transfer, models.PROTECT)
    run = models.ForeignKey(PaymentRun, models.PROTECT, null=True, related_name="releases")
    happened_on = models.DateField()


class NotReleased(Recorded):
    """A payment that a run could not release, and why."""

    run = models.ForeignKey(PaymentRun, models.PROTECT, related_name="refusals")
    payment = models.ForeignKey(Payment, models.PROTECT)
    why = models.TextField()


class Step(StepRow):
    """One move of an application, an award or a payment."""

    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="steps")
    award = models.ForeignKey(Award, models.PROTECT, null=True, related_name="steps")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="steps")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=False, award__isnull=True, payment__isnull=True)
                | Q(application__isnull=True, award__isnull=False, payment__isnull=True)
                | Q(application__isnull=True, award__isnull=True, payment__isnull=False),
                name="casework_step_of_one_thing",
            )
        ]


class Submission(Recorded):
    """A form that was sent: the second sending is answered with what the first one made."""

    key = models.UUIDField()
    action = models.CharField(max_length=40)
    content = models.TextField(default="")  # hash of what it said
    record_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by_id", "key"], name="casework_once_a_form")
        ]
