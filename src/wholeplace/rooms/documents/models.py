"""Letters: what was written to whom, kept as it was sent."""

from __future__ import annotations

from django.db import models

from wholeplace.rooms.agencies.recorded import Recorded
from wholeplace.rooms.people.models import Person


class Letter(Recorded):
    """One letter to one person. Its words never change; it may be printed once more.

    `delivery` is `post`, or `hand` where nothing may go to the address: then it has none.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=12)  # invitation, award, queued, refusal, grant
    template = models.SlugField()
    template_hash = models.CharField(max_length=64)
    subject = models.TextField()
    blocks = models.JSONField()  # [[kind, text], …]; kinds h, p and li
    delivery = models.CharField(max_length=4)
    address_lines = models.JSONField()
    about = models.TextField()  # such as `finding 3` or `decision 7`
    happened_on = models.DateField()
    printed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person"], name="documents_letter_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about"],
                condition=~models.Q(kind="invitation"),  # one may be invited again
                name="documents_decision_letter_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["invitation", "award", "queued", "refusal", "grant"]),
                name="documents_kinds",
            ),
            models.CheckConstraint(
                condition=models.Q(delivery="post") | models.Q(delivery="hand", address_lines=[]),
                name="documents_by_hand_has_no_address",
            ),
        ]
