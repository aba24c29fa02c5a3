"""What is recorded from a person's page: a letter, an application, a bar, a one-time code."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.flows import apply_and_decide, place_rules
from wholeplace.flows.contact import contact_reasons, write_invitation
from wholeplace.flows.explain import explain_person
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.people import actions, queries
from wholeplace.rooms.people.queries import PersonLine
from wholeplace.rooms.schemes import queries as schemes
from wholeplace.rooms.schemes.queries import PersonFinding
from wholeplace.web.gate import page
from wholeplace.web.look.forms import ActionForm
from wholeplace.web.look.model import SummaryRow
from wholeplace.web.people.forms import Apply, Bar, IssueCode
from wholeplace.web.people.schemes_of import likeliest
from wholeplace.web.questions import answers_in, put_questions
from wholeplace.web.submit import Asking, ask, posted
from wholeplace.web.why import meaning_of, note_of

OPEN = ("new", "opened", "contacted")


def _viewed(ref: str) -> PersonLine:
    """The person; each of these pages shows them, so each is a view."""
    found = queries.person(ref)
    audit.record("person.view", person_id=found.id)
    return found


@page("contact.write", hidden=True, methods=("GET", "POST"))
def letter(request: HttpRequest, ref: str) -> HttpResponse:
    """`/people/<ref>/letter`: invite somebody whom a trawl found; then the letter is shown."""
    person = _viewed(ref)
    found = _open_finding(person)
    reasons = contact_reasons(person.id)
    if reasons:
        context = {"person": person, "reasons": reasons, "base": f"/people/{person.ref}"}
        return render(request, "people/no_letter.html", context)
    asking = Asking(
        title=f"Write to {person.name}",
        button="Write the letter",
        back=f"/people/{person.ref}",
        steps=schemes.finding(found.line.id).steps,
        intro=(
            f"The letter says that {found.scheme_name} may help, and how to apply. It is made "
            "now and kept as it is; you then see it as it prints.",
        ),
    )

    def act(said: dict[str, Any]) -> str:
        number = write_invitation(
            finding_id=found.line.id, version=said["version"], key=said["key"]
        )
        return f"/letters/{number}"

    return ask(request, asking, ActionForm(posted(request), version=found.line.version), act)


def _open_finding(person: PersonLine) -> PersonFinding:
    """The newest finding that may still be worked on."""
    for found in schemes.findings_of(person.id):
        if found.line.state in OPEN:
            return found
    raise UserMistake(
        "There is nothing to write about.",
        why="No trawl has found this person, or what it found has been dealt with.",
        do="Record an application if they have asked for help.",
    )


@page("application.record", hidden=True, methods=("GET", "POST"))
def application(request: HttpRequest, ref: str) -> HttpResponse:
    """`/people/<ref>/application`: what is known is shown to be confirmed; the rest is asked."""
    person = _viewed(ref)
    today = timezone.localdate()
    found = [one for one in schemes.findings_of(person.id) if one.line.state in OPEN]
    found = [one for one in found if one.scheme in place_rules.names()]  # one may have ended
    key = request.GET.get("scheme") or (found[0].scheme if found else likeliest(person.id))
    said = explain_person(person_id=person.id, scheme=key, as_at=today, ahead=False).as_data()
    finding = next((one for one in found if one.scheme == key), None)
    source = "trawl" if finding else "self"
    form = Apply(posted(request), initial={"received_on": today, "source": source})
    put_questions(form, said, place_rules.place_rules().facts)
    asking = Asking(
        title=f"Application of {person.name}",
        button="Record the application",
        back=f"/people/{person.ref}",
        template="people/application.html",
        done="The application is recorded.",
        more={"known": _known(said), "scheme": said["name"], "notes": said["notes"]},
    )
    return ask(request, asking, form, lambda sent: _apply(person, key, finding, sent))


def _apply(
    person: PersonLine, key: str, finding: PersonFinding | None, sent: dict[str, Any]
) -> str:
    number = apply_and_decide.record_application(
        person_id=person.id,
        scheme=key,
        source=sent["source"],
        referrer=sent["referrer"],
        received_on=sent["received_on"],
        answers=answers_in(sent, place_rules.place_rules().facts),
        finding_id=finding.line.id if finding and sent["source"] == "trawl" else None,
        key=sent["key"],
    )
    return f"/applications/{number}"


def _known(said: dict[str, Any]) -> list[SummaryRow]:
    """Each fact that is known, once, with where it comes from."""
    rows: dict[str, SummaryRow] = {}
    read = [*said["criteria"], *said["pays"]]
    for fact in (fact for item in read for fact in item["facts"]):
        if fact["protected"] or fact["value"] is None:
            continue
        rows[fact["fact"]] = SummaryRow(meaning_of(fact), fact["shown"], note=note_of(fact))
    return list(rows.values())


@page("contact.bar", hidden=True, methods=("GET", "POST"))
def bar(request: HttpRequest, ref: str) -> HttpResponse:
    """`/people/<ref>/bar`: say that this person is not to be written to."""
    person = _viewed(ref)
    asking = Asking(
        title=f"Bar contact with {person.name}",
        button="Set the bar",
        back=f"/people/{person.ref}",
        intro=("No invitation is written while a bar stands, by anybody.",),
        done="The bar is set.",
    )

    def act(said: dict[str, Any]) -> str:
        actions.set_contact_bar(
            ref=person.ref,
            kind=said["kind"],
            reason=said["reason"],
            happened_on=said["happened_on"],
        )
        return f"/people/{person.ref}"

    form = Bar(posted(request), initial={"happened_on": timezone.localdate()})
    return ask(request, asking, form, act)


@page("contact.bar", hidden=True, methods=("POST",))
def end_bar(request: HttpRequest, ref: str, bar_id: int) -> HttpResponse:
    """`/people/<ref>/bar/<id>/end`: lift a bar."""
    person = _viewed(ref)
    actions.end_contact_bar(ref=person.ref, bar=bar_id)
    return HttpResponseRedirect(f"/people/{person.ref}")


@page("code.issue", hidden=True, methods=("GET", "POST"))
def code(request: HttpRequest, ref: str) -> HttpResponse:
    """`/people/<ref>/code`: a one-time code, shown once and never again."""
    person = _viewed(ref)
    form = IssueCode(posted(request))
    if request.method == "POST" and form.is_valid():
        context = {"person": person, "code": actions.issue_code(ref=person.ref)}
        return render(request, "people/code.html", context)
    asking = Asking(
        title=f"Give {person.name} a one-time code",
        button="Make the code",
        back=f"/people/{person.ref}",
        intro=(
            "With it they open their own record and see who looked. It works once, for 14 days, "
            "and ends any code given before.",
        ),
    )
    status = 422 if form.errors else 200
    return render(request, "shared/form.html", {"asking": asking, "form": form}, status=status)
