"""Templates of letters: structure, values, and words that a child of eleven can read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wholeplace.core.casework.letters import Block, LetterFault, reading_grade, write

LETTERS = sorted(Path("places/birmingham/letters").glob("*.md"))


def test_a_letter_has_headings_paragraphs_and_items():
    written = write(
        "subject: About {what}\n\nDear {name},\nhello.\n\n## Next\n- one\n- two\n  more\n",
        {"what": "rent", "name": "Ada"},
    )
    assert written.subject == "About rent"
    assert written.blocks == (
        Block("p", "Dear Ada, hello."),
        Block("h", "Next"),
        Block("li", "one"),
        Block("li", "two more"),
    )


def test_a_value_of_several_lines_becomes_items():
    written = write("subject: x\n\n{failed}", {"failed": "- rent\n- age"})
    assert written.blocks == (Block("li", "rent"), Block("li", "age"))


def test_a_value_that_is_a_list_of_one_becomes_an_item():
    assert write("subject: x\n\n{failed}", {"failed": "- rent"}).blocks == (Block("li", "rent"),)


def test_what_a_value_says_is_never_a_placeholder():
    assert write("subject: x\n\n{name}", {"name": "{secret}"}).blocks[0].text == "{secret}"


@pytest.mark.parametrize(
    ("template", "words"),
    [("Dear you", "subject"), ("subject: x\n\n{unknown}", "unknown")],
)
def test_a_template_that_is_not_one_is_refused(template, words):
    with pytest.raises(LetterFault, match=words):
        write(template, {})


def test_the_template_is_known_by_its_text():
    one, two = (write(f"subject: x\n\n{text}", {}) for text in ("a", "b"))
    assert one.template_hash != two.template_hash


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_our_letters_read_at_eleven_or_younger(path):
    text = re.sub(r"\{[a-z_]+\}", "Ada", path.read_text(encoding="utf-8"))
    plain = "\n".join(
        line.lstrip("#- ") + ("." if line.startswith(("#", "- ")) else "")
        for line in text.splitlines()[1:]
    )
    assert reading_grade(plain) <= 6  # school year six ends at eleven


def test_the_invitation_says_where_the_data_came_from_and_how_to_object():
    text = Path("places/birmingham/letters/invitation.md").read_text(encoding="utf-8")
    assert "How we found you" in text
    assert "object" in text
    assert "{basis_name}" in text
    assert "{as_at}" in text


@pytest.mark.parametrize("name", ["award", "ended", "queued", "refusal"])
def test_every_decision_says_how_to_ask_again(name):
    text = Path(f"places/birmingham/letters/{name}.md").read_text(encoding="utf-8")
    for value in ("{reasons}", "{reconsider_by}", "{answer_within}", "{review}"):
        assert value in text


def test_long_words_and_sentences_read_harder():
    easy = reading_grade("You can get help. Phone us. We will tell you.")
    hard = reading_grade(
        "Notwithstanding the aforementioned discretionary entitlement determination, "
        "applicants are respectfully encouraged to communicate their circumstances."
    )
    assert easy < 3 < 15 < hard
