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
    record), `none`. `classes` are the information classes P0 to P5; `rights` are actions.
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
