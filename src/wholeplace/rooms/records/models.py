"""What each agency's files say: every version, with when it was true and when it was recorded.

A statement is never overwritten. A correction adds a version and marks the former as
superseded; the current version is the one with no `superseded_at`.
"""

from __future__ import annotations

from django.db import models

from wholeplace.rooms.agencies.recorded import Recorded
from wholeplace.rooms.people.models import Person


class Load(models.Model):
    """One arrival of one source's files, on the day for which it tells how things stand."""

    agency_id = models.BigIntegerField()
    source = models.SlugField()
    folder = models.TextField()
    fingerprint = models.CharField(max_length=64)  # SHA-256 over the files and how they are read
    files = models.JSONField(default=dict)  # file → its SHA-256
    state = models.CharField(max_length=12)  # started, finished, refused
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # file → read, added, changed, ended, same, set aside
    started_by_id = models.BigIntegerField()
    as_at = models.DateField(null=True)
    delivers = models.CharField(max_length=8, default="full")  # full, changes
    quality = models.JSONField(default=dict)  # file → what its fields hold; see quality.py
    why_refused = models.TextField(default="")
    corrected_by_id = models.BigIntegerField(null=True)  # who sent rows set aside through again


class Reject(models.Model):
    """A row that was set aside: where it stood, which value was wrong, and why; until mended."""

    load = models.ForeignKey(Load, models.PROTECT, related_name="rejects")
    agency_id = models.BigIntegerField()
    file = models.CharField(max_length=60)
    line = models.BigIntegerField()
    field = models.CharField(max_length=60)
    value = models.TextField()
    reason = models.TextField()
    source = models.SlugField(db_default="")
    source_key = models.TextField(null=True, db_collation="C")  # NULL where it cannot be read
    row = models.JSONField(null=True)  # column → text as it stood
    state = models.CharField(max_length=8, db_default="open")  # open, mended, dropped
    closed_at = models.DateTimeField(null=True)
    closed_by_id = models.BigIntegerField(null=True)
    closed_load_id = models.BigIntegerField(null=True)
    why_closed = models.TextField(db_default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["agency_id", "source", "file"],
                condition=models.Q(state="open"),
                name="reject_open",
            )
        ]


class Correction(models.Model):
    """A row set aside that an officer put right, beside the row as it stood.

    `values` are what was typed in place of what stood there, column → text: none where the row
    was right after all, once something else was.
    """

    reject = models.ForeignKey(Reject, models.PROTECT, related_name="corrections")
    load = models.ForeignKey(Load, models.PROTECT, related_name="corrections")
    agency_id = models.BigIntegerField()
    values = models.JSONField()
    why = models.TextField()
    by_id = models.BigIntegerField()
    by_user_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()


class CorrectionRequest(Recorded):
    """Somebody says that a value of an agency's statement is wrong, and what it should be.

    The agency asked is `to_agency_id`, and `person` is the person as that agency knows them.
    `said` is what it said then, "" where it said nothing; days as `2026-06-01`.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    to_agency_id = models.BigIntegerField()
    field = models.CharField(max_length=30)
    said = models.TextField()
    asked = models.TextField()
    why = models.TextField()
    key = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["to_agency_id"], name="correction_request_to")]
        constraints = [
            models.UniqueConstraint(fields=["by_id", "key"], name="correction_request_once")
        ]


class CorrectionAnswer(Recorded):
    """What became of a request: corrected, stands (both by an officer), arrived (by a load)."""

    request = models.ForeignKey(CorrectionRequest, models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=10)
    why = models.TextField(default="")
    load_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=~models.Q(kind="arrived"),
                name="correction_answer_once",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(kind="arrived"),
                name="correction_arrived_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["corrected", "stands", "arrived"]),
                name="correction_answer_kind",
            ),
        ]


class Withheld(models.Model):
    """A number of a sealed record that an agency's file gave under another name, and was not kept.

    Nobody but those who opened the seal reads that these two ever met.
    """

    agency_id = models.BigIntegerField()
    load_id = models.BigIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    sealed_person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    field = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "sealed_person", "field"], name="records_withheld_once"
            )
        ]


TYPED = 0
"""The load of a statement that no file told: somebody typed it in."""


class Statement(models.Model):
    """One version of one row of an agency's file, or of what was typed in."""

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
    sex = models.TextField(null=True)
    ni_number = models.TextField(null=True)
    phone = models.TextField(null=True)
    email = models.TextField(null=True)
    language = models.TextField(null=True)
    do_not_contact = models.BooleanField(db_default=False)
    unsafe_address = models.BooleanField(db_default=False)
    date_of_death = models.DateField(null=True)
    nhs_number = models.TextField(null=True, db_collation="C")
    upn = models.TextField(null=True, db_collation="C")
    previous_family_name = models.TextField(null=True)
    known_as = models.TextField(null=True)
    ethnicity = models.TextField(null=True)
    # Where the agency's file of people holds their home itself, and no file of households does.
    uprn = models.TextField(null=True, db_collation="C")
    line_1 = models.TextField(null=True)
    line_2 = models.TextField(null=True)
    town = models.TextField(null=True)
    postcode = models.TextField(null=True)
    address_from = models.DateField(null=True)
    service = models.TextField(null=True)  # GP practice, school

    class Meta(Statement.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["ni_number"], name="resident_ni_number"),
            *(
                models.Index(
                    fields=[name],
                    condition=models.Q((f"{name}__isnull", False)),
                    name=f"resident_{name}",
                )
                for name in ("nhs_number", "upn", "postcode")
            ),
            # Who had a key before: a person who comes back is the same person.
            models.Index(
                fields=["agency_id", "source_key"],
                condition=models.Q(superseded_at__isnull=False),
                name="resident_former",
            ),
        ]


class Address(Statement):
    """A home; the source key is its Unique Property Reference Number."""

    line_1 = models.TextField()
    line_2 = models.TextField(null=True)
    town = models.TextField(null=True)
    postcode = models.TextField(null=True)
    lsoa_code = models.TextField(null=True, db_collation="C")

    class Meta(Statement.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["postcode"], name="address_postcode"),
            models.Index(fields=["source_key"], name="address_key"),
        ]


class Household(Statement):
    """People whom the council treats as one household, and where they live."""

    uprn = models.TextField(db_collation="C")
    tenure = models.TextField(null=True)
    landlord = models.TextField(null=True)
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)

    class Meta(Statement.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["uprn"], name="household_uprn"),
            models.Index(fields=["source_key"], name="household_key"),
        ]


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


class Tenancy(Statement):
    """A home let to somebody, from a day to a day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="tenancies")
    uprn = models.TextField(null=True, db_collation="C")
    line_1 = models.TextField(null=True)
    postcode = models.TextField(null=True)
    kind = models.TextField(null=True)
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    weekly_rent_pence = models.IntegerField(null=True)


class SchoolPlace(Statement):
    """A child's place at a school, from a day to a day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="school_places")
    school_code = models.TextField(null=True)
    school = models.TextField(null=True)
    year_group = models.TextField(null=True)
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)


class Attendance(Statement):
    """Sessions at a school over a time, or a visit to a service."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="attendances")
    place = models.TextField(null=True)
    kind = models.TextField(null=True)
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)
    sessions_possible = models.IntegerField(null=True)
    sessions_attended = models.IntegerField(null=True)


class Involvement(Statement):
    """A team or worker of the agency who works with somebody, from a day to a day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="involvements")
    team = models.TextField(null=True)
    worker = models.TextField(null=True)
    role = models.TextField(null=True)
    phone = models.TextField(null=True)
    kind = models.TextField(null=True)
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)


STATEMENTS: dict[str, type[Statement]] = {
    "resident": Resident,
    "address": Address,
    "household": Household,
    "member": Member,
    "benefit_spell": BenefitSpell,
    "job": Job,
    "account": Account,
    "tenancy": Tenancy,
    "school_place": SchoolPlace,
    "attendance": Attendance,
    "involvement": Involvement,
}
