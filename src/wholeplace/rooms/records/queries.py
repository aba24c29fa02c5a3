"""Reading what agencies' files say, under the reader's row security."""

from __future__ import annotations

from wholeplace.rooms.records.models import Load


def load_of_same_files(load_id: int) -> int | None:
    """The latest earlier finished load of the very same files read the same way, or None."""
    this = Load.objects.get(pk=load_id)
    earlier = Load.objects.filter(
        agency_id=this.agency_id,
        source=this.source,
        fingerprint=this.fingerprint,
        state="finished",
        pk__lt=this.pk,
    )
    return earlier.order_by("-pk").values_list("pk", flat=True).first()
