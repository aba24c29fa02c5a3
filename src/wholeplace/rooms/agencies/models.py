"""Who acts: agencies, their roles, and the memberships that give and end access."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Agency(models.Model):
    """A body that acts: council service, provider, hospital, police force."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=30)

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """What a membership may do, from `governance/roles.yaml` (brief 15).

    `reach` says whose records: `agency` (all of its own agency's people), `money` (payments,
    nobody's record), `load` (bulk loading of its own agency's rows), `own` (a resident's own
    record), `link` (what tells people apart, of the agencies that an agreement names), `none`.
    `classes` are the information classes P0 to P5; `rights` are actions.
    """

    code = models.SlugField(primary_key=True)
    name = models.CharField(max_length=80)
    reach = models.CharField(max_length=10)
    classes = ArrayField(models.CharField(max_length=2))
    rights = ArrayField(models.CharField(max_length=40))

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """Somebody who signs in. What they may do comes from memberships only."""

    def check_password(self, raw_password: str) -> bool:
        """Whether this is the password. The hash is not renewed on the way, as Django would:
        the runtime role may not write it.
        """
        return check_password(raw_password, self.password)


class Membership(models.Model):
    """A person acting for an agency in a role, from a day to a day."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, models.PROTECT)
    role = models.ForeignKey(Role, models.PROTECT)
    team = models.CharField(max_length=80, blank=True)
    person_id = models.BigIntegerField(null=True, blank=True)  # a resident's own record
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="membership_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user.get_full_name() or self.user.username}, {self.role.name}"


class Agreement(models.Model):
    """A sharing agreement, from `governance/sharing/`: which roles read for which purposes.

    It holds from a day to a day. One whose file is gone is withdrawn: it stays, and shares
    nothing. `wp_enter` reads this at the beginning of every request.
    """

    code = models.SlugField(unique=True)
    name = models.TextField()
    what = models.TextField()
    lawful_basis = models.SlugField()
    source = models.TextField()
    roles = ArrayField(models.CharField(max_length=50))
    purposes = ArrayField(models.TextField())
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="agreement_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return self.name


class AgreementLine(models.Model):
    """One agency's statements of one information class, shared with one other agency.

    `whom`: `linked` for people of whom the receiving agency has a record of its own, or
    `everybody`.
    """

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="lines")
    from_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    information_class = models.CharField(max_length=2)
    whom = models.CharField(max_length=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["to_agency", "agreement", "from_agency", "information_class", "whom"],
                name="agreement_says_it_once",
            ),
            models.CheckConstraint(
                condition=models.Q(whom__in=["linked", "everybody"]), name="agreement_whom"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_agency_id} to {self.to_agency_id}: {self.information_class}"
