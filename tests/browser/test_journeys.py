"""The main journey, by mouse, by keyboard alone, and without scripts; and a resident's own."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.waiting import leads, says

pytestmark = pytest.mark.browser


class Mouse:
    """Does as somebody with a mouse would."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def follow(self, words: str) -> None:
        """A link by its words, to the page that it leads to."""
        leads(self.page, self.page.get_by_role("link", name=words).first.click)

    def press(self, words: str) -> None:
        """A button, or a link that looks like one, by its words; to the page that follows."""
        leads(self.page, self.page.get_by_role("button", name=words, exact=True).first.click)

    def choose(self, words: str) -> None:
        """A radio or a box to tick."""
        self.page.get_by_label(words).first.check()

    def write(self, label: str, text: str) -> None:
        """Into a box, by its label."""
        self.page.get_by_label(label).first.fill(text)


class Keyboard(Mouse):
    """Does everything by Tab, Space, Enter and letters, in the order of the page."""

    def follow(self, words: str) -> None:
        """Tab to the link, then Enter."""
        self._to(self.page.get_by_role("link", name=words).first)
        self._enter()

    def press(self, words: str) -> None:
        """Tab to the button, then Enter."""
        self._to(self.page.get_by_role("button", name=words, exact=True).first)
        self._enter()

    def choose(self, words: str) -> None:
        """Tab to it, or within a group of radios by the arrows; then Space."""
        box = self.page.get_by_label(words).first
        if box.get_attribute("type") == "radio":
            group = self.page.locator(f"input[name={box.get_attribute('name')}]")
            self._to(group.locator("visible=true"), group=True)
            for _ in range(10):
                if box.evaluate("e => e === document.activeElement"):
                    break
                self.page.keyboard.press("ArrowDown")
        else:
            self._to(box)
        if not box.is_checked():
            self.page.keyboard.press("Space")
        assert box.is_checked()

    def write(self, label: str, text: str) -> None:
        """Tab to the box, select what is in it, and type."""
        self._to(self.page.get_by_label(label).first)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def _enter(self) -> None:
        leads(self.page, lambda: self.page.keyboard.press("Enter"))

    def _to(self, wanted: Any, group: bool = False) -> None:
        test = "all => all.some(e => e === document.activeElement)"
        for _ in range(120):
            if wanted.evaluate_all(test):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {wanted}")


@pytest.mark.parametrize("way", ["mouse", "keyboard", "no scripts"])
def test_from_the_work_list_to_a_released_payment(world, visitor, shot, way):
    """Given somebody whom a trawl found, when they are written to, apply and are awarded,
    then another person releases the payment, and the award shows it paid."""
    hand, scripts = (Keyboard if way == "keyboard" else Mouse), way != "no scripts"
    page = visitor(java_script_enabled=scripts)
    page.goto("/sign-in")
    assessor = hand(page)
    assessor.write("Username", "amina.begum")
    assessor.write("Password", "demonstration-only-2026")
    assessor.press("Sign in")
    assessor.follow("whom the scheme fits")
    assessor.follow("Cleo Fresh")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cleo Fresh")
    says(page, "Yes. This scheme fits.")

    assessor.press("Write a letter")
    assessor.press("Write the letter")
    says(page, "Dear Cleo Fresh")
    assessor.press("I have printed it")
    says(page, re.compile(r"Printed \d"))
    assessor.follow("Back to the record")

    assessor.press("Record an application")
    assessor.choose("I have gone through what we hold")
    assessor.press("Record the application")
    assessor.press("Award")
    assessor.choose("local, ")
    assessor.write("Reasons", "Every test is met, and the rent falls due before the wages.")
    assessor.press("Award")
    says(page, "The award is made.")
    expect(page).to_have_url(re.compile(r"/awards/\d+$"))
    award = page.url
    shot(page, f"journey-award-{way}")

    money = visitor("grace.lindqvist", java_script_enabled=scripts)
    money.goto("/payments")
    officer = hand(money)
    officer.choose(f"Release Award {award.rsplit('/', 1)[1]}, week 1 of 8")
    officer.press("Release the ticked payments")
    expect(money.locator(".govuk-panel")).to_contain_text("£35.00")
    shot(money, f"journey-released-{way}")

    page.goto(award)
    for sum_ in ("£35.00", "£245.00"):
        expect(page.locator("dl").first).to_contain_text(sum_)
    says(page, "Released")


def test_who_decided_may_not_release(world, visitor):
    """Scenario 15.2 in the browser: the assessor is not even shown the button."""
    page = visitor("amina.begum")
    assert page.goto(f"/payments/{world.payment}").status == 200
    assert page.get_by_role("button", name="Release this payment").count() == 0


@pytest.mark.parametrize("width", [1280, 320])
def test_a_resident_opens_their_own_record_by_a_code(act, world, visitor, shot, width):
    from tests.browser.test_pages import overflow, violations

    from wholeplace.rooms.people.actions import issue_code

    with act("amina.begum"):
        code = issue_code(ref=world.paid.ref)
    page = visitor(width=width)
    page.goto("/code")
    resident = Mouse(page)
    resident.write("Your reference", world.paid.ref)
    resident.write("Your one-time code", code)
    resident.press("Open my record")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Paid")
    for path, words in (
        ("/", "Universal Credit"),
        ("/my/payments", "£35.00"),
        ("/my/views", "You"),
    ):
        page.goto(path)
        says(page, words)
        assert violations(page) == []
        assert overflow(page) <= 0
        shot(page, f"resident-{width}-{path.strip('/').replace('/', '_') or 'home'}")
    says(page, "Benefits assessor, Transition payments")
    assert page.goto(f"/people/{world.found.ref}").status == 404


def test_the_letter_prints_alone(world, visitor, shot):
    page = visitor("amina.begum", width=800)
    page.goto(f"/letters/{world.letter}")
    page.emulate_media(media="print")
    assert not page.get_by_text("I have printed it").is_visible()
    assert page.get_by_text("Dear Bert Found").is_visible()
    shot(page, "letter-print")


def test_two_officers_and_one_application(world, visitor, shot):
    """The second to decide is told who was first, and nothing of theirs is saved."""
    first, second = visitor("amina.begum"), visitor("tom.okafor")
    for page in (first, second):
        page.goto(f"/applications/{world.application}/refuse")
        page.get_by_label("Reasons").fill("The job ended in the first week.")
    Mouse(first).press("Refuse")
    says(first, "The application is refused.")
    Mouse(second).press("Refuse")
    says(second, "Somebody else changed this")
    shot(second, "stale")
    Mouse(second).follow("Look at it as it is now")
    says(second, "Amina Begum")
