"""What the documents point at is there: pages, headings, files, make targets, commands."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from wholeplace.cli import main
from wholeplace.site import commands

from .terminal import ROOT

TOP = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "GLOSSARY.md")]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [*TOP, *DOCS]
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
CODE = re.compile(r"`([^`]+)`")


def ids(page: Path) -> str:
    return str(page.relative_to(ROOT))


def links(page: Path) -> Iterator[tuple[str, Path, str]]:
    """Each link within the project: as written, the file it means, the heading it means."""
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if "://" not in target and not target.startswith("mailto:"):
            file, _, heading = target.partition("#")
            yield target, (page.parent / file).resolve() if file else page, heading


def headings(page: Path) -> set[str]:
    """The names by which headings are linked to: lower case, dashes for spaces."""
    found = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in found}


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_link_leads_somewhere(page: Path) -> None:
    for written, file, heading in links(page):
        assert file.exists(), written
        assert not heading or heading in headings(file), written


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [TOP[0]]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        for _, file, _ in links(page):
            waiting += sorted(file.glob("*.md")) if file.is_dir() else []
            waiting += [file] if file.suffix == ".md" else []
    assert {ids(page) for page in PAGES} - {ids(page) for page in reached} == set()


def spoken(page: Path) -> Iterator[str]:
    """What a page shows as code, a line each."""
    text = page.read_text(encoding="utf-8")
    for block in FENCE.findall(text):
        yield from block.splitlines()[1:-1]
    for code in CODE.findall(FENCE.sub("", text)):
        yield " ".join(code.split())


def test_every_make_target_that_a_page_names_exists() -> None:
    rules = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    named = {
        (ids(page), found[1])
        for page in PAGES
        for line in spoken(page)
        if (found := re.match(r"(?:\$ )?make ([a-z]+)", line))
    }
    assert named, "the pages name no target at all"
    assert {(page, target) for page, target in named if target not in rules} == set()


def test_every_command_that_a_page_names_exists() -> None:
    known = _commands()
    named = {
        (ids(page), found[1], found[2] or "")
        for page in PAGES
        for line in spoken(page)
        if (found := re.match(r"(?:\$ )?wholeplace ([a-z]+)(?: ([a-z]+)(?![\w./-]))?", line))
    }
    assert len(named) >= 10
    missing = {(page, f"{noun} {verb}") for page, noun, verb in named if not _is(known, noun, verb)}
    assert missing == set()


def _is(known: dict[str, set[str]], noun: str, verb: str) -> bool:
    """A noun without verbs takes an argument in the verb's place."""
    return noun in known and (not verb or not known[noun] or verb in known[noun])


def _commands() -> dict[str, set[str]]:
    main.PACKAGES.append(commands)
    try:
        modules = main.nouns()
    finally:
        main.PACKAGES.remove(commands)
    return {noun: _verbs(importlib.import_module(module)) for noun, module in modules.items()}


def _verbs(module: object) -> set[str]:
    app = getattr(module, "app", None)
    if not isinstance(app, typer.Typer):
        return set()
    return {command.name or command.callback.__name__ for command in app.registered_commands}


def test_running_it_tells_every_variable_of_the_environment() -> None:
    page = (ROOT / "docs" / "guides" / "running-it.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.M))
    pattern = re.compile(r"environ(?:\.get\(|\[)\s*\"((?:WHOLEPLACE|DATABASE)_\w+)\"")
    source = [file.read_text(encoding="utf-8") for file in (ROOT / "src").rglob("*.py")]
    read = {name for text in source for name in pattern.findall(text)}
    assert "DATABASE_URL" in read
    assert read - told == set()
    assert {name for name in told if not any(name in text for text in source)} == set()


def test_the_officers_guide_uses_the_words_of_the_pages() -> None:
    page = (ROOT / "docs" / "guides" / "for-officers.md").read_text(encoding="utf-8")
    bold = re.findall(r"\*\*([^*]+)\*\*", " ".join(page.split()))
    words = {word for word in bold if not re.match(r"\d\. ", word)} - {"bold"}
    web = ROOT / "src" / "wholeplace" / "web"
    shown = " ".join(
        " ".join(file.read_text(encoding="utf-8").split())
        for kind in ("*.html", "*.py")
        for file in web.rglob(kind)
    )
    assert len(words) > 15
    assert {word for word in words if word not in shown} == set()
