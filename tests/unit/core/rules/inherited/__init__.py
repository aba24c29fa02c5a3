"""Two small places: `base`, and `second`, which inherits from it and differs."""

from __future__ import annotations

from pathlib import Path

FACT = """\
name: {name}
meaning: For these tests.
type: {type}
question: What is it?
class: P2
agency: stated
derive: {{stated: {{}}}}
"""
BASES = """\
bases:
  public-task:
    name: Public task
    law: The law
    purpose: To help
    agencies: [council-benefits]
    valid: {from: 2013-04-01}
"""
FUND = """\
funding: local
name: Local money
source: The council
valid: {from: 2020-04-01}
review: Every April
conditions:
  grown_up: {text: is grown up, when: "age >= 18"}
"""
SCHEME = """\
scheme: warm-rooms
name: Warm rooms
owner: benefits-service
source: For these tests
valid: {from: 2026-10-01}
about: person
lawful_basis: public-task
may_read: [council-benefits]
settings:
  rent_limit: {value: £150.00, meaning: The highest rent that counts}
  most: {value: £10.00, meaning: The most that is paid}
criteria:
  grown_up: {text: is 18 or over, when: "age >= 18"}
  modest_rent: {text: pays a modest rent, when: "weekly_rent <= rent_limit"}
eligible: {all: [grown_up, modest_rent]}
found_by: [self_referral]
journey: {lead: benefits-assessor, decide_within: 5 working days}
pays:
  heating:
    amount: "min(most, 10.0% * weekly_rent)"
    for: {weeks: 8, counting: additional}
    funding: [local]
cases:
  - name: eighteen today. rent of £99.90
    as_at: 2026-11-02
    facts: {age: 18, weekly_rent: £99.90}
    expect: {eligible: yes, pays: {heating: £9.99}}
  - name: seventeen
    as_at: 2026-11-02
    facts: {age: 17, weekly_rent: £99.90}
    expect: {eligible: no, because: [grown_up]}
"""
PLACE = """\
name = "Second"
inherits = "base"
leaves_out = ["cool-rooms"]
"""
AMENDED = """\
scheme: warm-rooms
inherits: base
reason: Higher rents here
amend:
  settings.rent_limit.value: £180.00
  criteria.grown_up.text: is grown up
  pays.heating.for.weeks: 10
remove: [cases.seventeen]
cases:
  - name: sixteen
    as_at: 2026-11-02
    facts: {age: 16, weekly_rent: £170.00}
    expect: {eligible: no, because: [grown_up]}
"""
AMENDED_FACT = """\
name: age
inherits: base
reason: Other words
amend: {question: How old now}
"""
FILES = {
    "base/facts/age.yaml": FACT.format(name="age", type="number"),
    "base/facts/weekly_rent.yaml": FACT.format(name="weekly_rent", type="money"),
    "base/governance/lawful-bases.yaml": BASES,
    "base/governance/funding/local.yaml": FUND,
    "base/schemes/warm-rooms.yaml": SCHEME,
    "base/schemes/cool-rooms.yaml": SCHEME.replace("warm-rooms", "cool-rooms"),
    "base/letters/award.md": "# Award\n",
    "base/letters/refusal.md": "# Refusal\n",
    "base/areas/council.csv": "council_code\n",
    "second/place.toml": PLACE,
    "second/facts/age.yaml": AMENDED_FACT,
    "second/schemes/warm-rooms.yaml": AMENDED,
    "second/letters/award.md": "# Award of the second place\n",
}


def two_places(folder: Path, changed: dict[str, str] | None = None) -> Path:
    """Writes both places below `folder`; `changed` holds other texts by path. The second's."""
    for name, text in (FILES | (changed or {})).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "second"
