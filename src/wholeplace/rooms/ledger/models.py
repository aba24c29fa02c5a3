"""The books: budgets, their four accounts, and the transfers between them, in whole pence.

A budget is the money of one funding source for one scheme in one financial year. Its accounts
are `fund` (where the money comes from, below zero), `available`, `committed` and `paid`. Every
transfer takes from one and gives to another; balances are kept by the database alone.
"""

from __future__ import annotations

from django.db import models

from wholeplace.rooms.agencies.recorded import Recorded


class FundingSource(models.Model):
    """Where money comes from; its conditions stand in the place's `governance/funding`."""

    code = models.SlugField(primary_key=True)
    name = models.TextField()

    def __str__(self) -> str:
        return self.name


class Budget(Recorded):
    """One source's money for one scheme in the financial year that begins in April of `year`."""

    source = models.ForeignKey(FundingSource, models.PROTECT)
    scheme = models.SlugField()
    year = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency_id", "source", "scheme", "year"], name="ledger_one_budget"
            )
        ]


class Account(models.Model):
    """One side of a budget. Made with it, and changed by the legs of transfers only."""

    agency_id = models.BigIntegerField()
    budget = models.ForeignKey(Budget, models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=10)
    balance_pence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["budget", "kind"], name="ledger_one_account_a_kind"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["fund", "available", "committed", "paid"]),
                name="ledger_account_kinds",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="fund") | models.Q(balance_pence__gte=0),
                name="ledger_never_below_zero",
            ),
        ]


class Transfer(Recorded):
    """One movement of money. Never changed; put right by a transfer that reverses it."""

    kind = models.CharField(max_length=10)  # allocate, reserve, pay, release, reverse
    happened_on = models.DateField()
    memo = models.TextField()
    about = models.TextField(blank=True, db_collation="C")  # such as `award 12`
    reverses = models.OneToOneField("self", models.PROTECT, null=True)
    key = models.UUIDField(null=True)  # of the form, so that a second click moves nothing

    class Meta:
        indexes = [models.Index(fields=["about"], name="ledger_about")]
        constraints = [
            models.UniqueConstraint(fields=["by_id", "key"], name="ledger_once_a_form"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["allocate", "reserve", "pay", "release"])
                & models.Q(reverses__isnull=True)
                | models.Q(kind="reverse", reverses__isnull=False),
                name="ledger_transfer_kinds",
            ),
            models.CheckConstraint(
                condition=~models.Q(memo=""), name="ledger_transfer_has_a_reason"
            ),
        ]


class Leg(models.Model):
    """What a transfer does to one account: above zero gives to it, below takes from it."""

    agency_id = models.BigIntegerField()
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="legs")
    account = models.ForeignKey(Account, models.PROTECT)
    amount_pence = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "account"], name="ledger_one_leg"),
            models.CheckConstraint(
                condition=~models.Q(amount_pence=0)
                & models.Q(amount_pence__gt=-(10**13), amount_pence__lt=10**13),
                name="ledger_leg_amount",
            ),
        ]
