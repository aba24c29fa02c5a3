"""What an event of the trail was, in words; the trail itself keeps codes."""

from __future__ import annotations

ACTIONS = {
    "access.refuse": "Was refused",
    "application.ask": "Asked for information",
    "application.award": "Awarded an application",
    "application.receive": "Recorded information that came",
    "application.record": "Recorded an application",
    "application.refuse": "Refused an application",
    "application.view": "Opened an application",
    "application.withdraw": "Withdrew an application",
    "applications.list": "Listed applications",
    "audit.search": "Searched the audit trail",
    "audit.verify": "Checked every link of the trail",
    "award.check": "Checked an award",
    "award.confirm": "Confirmed an award",
    "award.end": "Ended an award",
    "award.offer": "Offered money to an award",
    "award.queue": "Put an award in the queue",
    "award.view": "Opened an award",
    "award.withdraw": "Gave up an award",
    "budget.open": "Opened a budget",
    "code.issue": "Gave a one-time code",
    "contact.bar": "Barred contact",
    "contact.unbar": "Lifted a bar on contact",
    "extract.load": "Loaded an extract",
    "finding.apply": "Noted that somebody found has applied",
    "finding.bring_back": "Brought a finding back",
    "finding.open": "Began work on a finding",
    "finding.set_aside": "Set a finding aside",
    "finding.view": "Opened a finding",
    "finding.write": "Noted that somebody found was written to",
    "findings.count": "Counted findings",
    "findings.list": "Listed findings",
    "fund.view": "Opened a fund",
    "letter.print": "Printed a letter",
    "letter.view": "Opened a letter",
    "letter.write": "Wrote a letter",
    "load.view": "Opened a load",
    "money.allocate": "Allocated money",
    "money.pay": "Paid money",
    "money.release": "Gave money back to the budget",
    "money.reserve": "Reserved money",
    "own.casework": "Read their own casework",
    "own.view": "Read their own record",
    "payment.release": "Released a payment",
    "payment.view": "Opened a payment",
    "payments.finish": "Finished a payment run",
    "payments.list": "Listed payments",
    "payments.run": "Started a payment run",
    "person.list": "Saw in a list",
    "person.search": "Searched for a person",
    "person.view": "Opened a record",
    "places.load": "Loaded places",
    "queue.list": "Listed the queue for money",
    "scheme.keep": "Kept a scheme’s text",
    "session.begin": "Began to act",
    "snapshot.make": "Took a snapshot",
    "transfer.reverse": "Reversed a transfer",
    "trawl.ask": "Asked for a trawl",
    "trawl.count": "Counted whom schemes fit",
    "trawl.fail": "A trawl failed",
    "trawl.finish": "Finished a trawl",
}


def happening(action: str, record: str) -> str:
    """An event's action and record as one line: "Reserved money: transfer 172"."""
    words = ACTIONS.get(action)
    if words is None:
        said = action.replace(".", " ").replace("_", " ")
        words = f"{said[:1].upper()}{said[1:]}"
    return f"{words}: {record}" if record else words
