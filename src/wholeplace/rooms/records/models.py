"""What each agency's files say: every version, with when it was true and when it was recorded.

A statement is never overwritten. A correction adds a version and marks the former as
superseded; the current version is the one with no `superseded_at`.
"""

from __future__ import annotations

from django.db import models

from wholeplace.rooms.people.models import Person


class Load(models.Model):
    """One arrival of one source's files."""

    agency_id = models.BigIntegerField()
    source = models.SlugField()
    folder = models.TextField()
    fingerprint = models.CharField(max_length=64)  # SHA-256 over the files
    state = models.CharField(max_length=12)  # started, finished, refused
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # file → read, added, changed, ended, same, set aside
    started_by_id = models.BigIntegerField()


class Reject(models.Model):
    """A row that was set aside: where it stood, which value was wrong, and why."""

    load = models.ForeignKey(Load, models.PROTECT, related_name="rejects")
    agency_id = models.BigIntegerField()
    file = models.CharField(max_length=60)
    line = models.BigIntegerField()
    field = models.CharField(max_length=60)
    value = models.TextField()
    reason = models.TextField()


class Statement(models.Model):
    """One version of one row of an agency's file."""

    agency_id = models.BigIntegerField()
    load_id = models.BigIntegerField()
    source_key = models.TextField(db_collation="C")
    row_hash = models.UUIDField()
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["agency_id", "source_key"],
                condition=models.Q(superseded_at__isnull=True),
                name="records_%(class)s_current",
            )
        ]


class Resident(Statement):
    """A person as the agency describes them."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="residents")
    title = models.TextField(null=True)
    given_names = models.TextField()
    family_name = models.TextField()
    date_of_birth = models.DateField(null=True)
    sex = models.TextField()
    ni_number = models.TextField(null=True)
    phone = models.TextField(null=True)
    email = models.TextField(null=True)
    language = models.TextField(null=True)
    do_not_contact = models.BooleanField()
    unsafe_address = models.BooleanField()
    date_of_death = models.DateField(null=True)

    class Meta(Statement.Meta):
        abstract = False
        indexes = [models.Index(fields=["ni_number"], name="resident_ni_number")]


class Address(Statement):
    """A home; the source key is its Unique Property Reference Number."""

    line_1 = models.TextField()
    line_2 = models.TextField(null=True)
    town = models.TextField(null=True)
    postcode = models.TextField(null=True)
    lsoa_code = models.TextField(null=True, db_collation="C")

    class Meta(Statement.Meta):
        abstract = False
        indexes = [models.Index(fields=["postcode"], name="address_postcode")]


class Household(Statement):
    """People whom the council treats as one household, and where they live."""

    uprn = models.TextField(db_collation="C")
    tenure = models.TextField(null=True)
    landlord = models.TextField(null=True)
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)

    class Meta(Statement.Meta):
        abstract = False
        indexes = [models.Index(fields=["uprn"], name="household_uprn")]


class Member(Statement):
    """Somebody's place in a household, from a day to a day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    household_key = models.TextField(db_collation="C")
    role = models.TextField()
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)

    class Meta(Statement.Meta):
        abstract = False
        indexes = [models.Index(fields=["household_key"], name="member_household")]


class BenefitSpell(Statement):
    """A benefit in payment; the end date is its last day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="benefit_spells")
    benefit = models.TextField()
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    weekly_pence = models.IntegerField(null=True)
    housing_costs = models.BooleanField(null=True)


class Job(Statement):
    """A job as reported to the council."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="jobs")
    employer = models.TextField(null=True)
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    expected_weeks = models.IntegerField(null=True)
    hours_a_week = models.FloatField(null=True)
    reported_on = models.DateField(null=True)


class Account(Statement):
    """A household's rent or council tax account on a day."""

    household_key = models.TextField(db_collation="C")
    kind = models.TextField()
    weekly_charge_pence = models.IntegerField(null=True)
    weekly_help_pence = models.IntegerField(null=True)
    arrears_pence = models.IntegerField(null=True)
    as_at_date = models.DateField(null=True)

    class Meta(Statement.Meta):
        abstract = False
        indexes = [models.Index(fields=["household_key"], name="account_household")]


STATEMENTS: dict[str, type[Statement]] = {
    "resident": Resident,
    "address": Address,
    "household": Household,
    "member": Member,
    "benefit_spell": BenefitSpell,
    "job": Job,
    "account": Account,
}
