"""Which trawl of a scheme is the current one, and what the others are.

The current trawl is what Home, overlaps and public counts show: of the scheme's trawls that are
done, the one read as at the latest day, of several of that day the one asked for last. A trawl
read as at a day after the one on which it was asked for is a look ahead and never current: a
what-if must not stand in for what is so. A look back does not replace a later day either.
"""

from __future__ import annotations

from django.conf import settings

CURRENT, EARLIER, BACK, AHEAD = "current", "earlier", "look_back", "look_ahead"

# Written into SQL as it is: `r` is schemes_trawlrun.
ASKED_ON = f"(r.recorded_at AT TIME ZONE '{settings.TIME_ZONE}')::date"
CURRENT_RUNS = f"""
SELECT DISTINCT ON (r.scheme) r.id, r.scheme, r.as_at, r.version_id
  FROM schemes_trawlrun r WHERE r.state = 'whole' AND r.as_at <= {ASKED_ON}
 ORDER BY r.scheme, r.as_at DESC, r.id DESC
"""
"""The current trawl of each scheme that has one."""

STANDING = f"""
CASE WHEN r.state <> 'whole' THEN ''
     WHEN r.as_at > {ASKED_ON} THEN '{AHEAD}'
     WHEN r.id IN (SELECT c.id FROM ({CURRENT_RUNS}) c) THEN '{CURRENT}'
     WHEN r.as_at < {ASKED_ON} THEN '{BACK}' ELSE '{EARLIER}' END
"""
"""What a trawl is, in one word; empty until it is done."""
