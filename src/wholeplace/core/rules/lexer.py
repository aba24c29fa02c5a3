"""Words and signs of a rule. Everything outside the grammar is refused with its place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.files.faults import sentence

MAX_LENGTH = 4_000

KEYWORDS = frozenset({"and", "or", "not", "in", "between", "yes", "no", "as_at", "min", "max"})
KEYWORDS |= {"if", "then", "else"}
UNITS = {"day": 1, "days": 1, "week": 7, "weeks": 7, "month": 1, "months": 1}
UNITS |= {"year": 12, "years": 12}


class RuleMistake(UserMistake):
    """A rule that cannot be used: `offset` is the character (from 0) where it goes wrong."""

    def __init__(self, text: str, offset: int, what: str, do: str = "") -> None:
        before = text[:offset]
        self.text, self.offset = text, offset
        self.line = before.count("\n") + 1
        self.column = offset - (before.rfind("\n") + 1) + 1
        self.fault_what = what
        self.fault_do = do
        super().__init__(f"line {self.line}, column {self.column}: {sentence(what, do)}")


@dataclass(frozen=True)
class Token:
    """`kind` is number, percent, money, date, name, keyword, sign or end."""

    kind: str
    text: str
    start: int
    end: int


_SPACE = re.compile(r"[ \t\r\n]+", re.ASCII)
_PATTERNS = (
    ("date", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)),
    ("money", re.compile(r"£(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]{2})?", re.ASCII)),
    ("percent", re.compile(r"[0-9]+(?:\.[0-9]+)?%", re.ASCII)),
    ("number", re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)),
    ("name", re.compile(r"[a-z][a-z0-9_]*", re.ASCII)),
    ("sign", re.compile(r"<=|>=|!=|[=<>+\-*()\[\],:]", re.ASCII)),
)
_AFTER_VALUE = re.compile(r"[A-Za-z0-9_.,£%]")
_REFUSED = (
    (";", "`;` has no place in a rule", "write one expression, and join parts with `and`"),
    ("--", "comments have no place in a rule", "say it in the criterion's `text`"),
    ("//", "comments have no place in a rule", "say it in the criterion's `text`"),
    ("/*", "comments have no place in a rule", "say it in the criterion's `text`"),
    ("#", "comments have no place in a rule", "say it in the criterion's `text`"),
    ("==", "`==` is not a sign of the language", "write `=`"),
    ("=>", "`=>` is not a sign of the language", "write `>=`"),
    ("=<", "`=<` is not a sign of the language", "write `<=`"),
    ("<>", "`<>` is not a sign of the language", "write `!=`"),
    ("&", "`&` is not a sign of the language", "write `and`"),
    ("|", "`|` is not a sign of the language", "write `or`"),
    ("'", "there are no quoted texts in a rule", "write the code as a plain word"),
    ('"', "there are no quoted texts in a rule", "write the code as a plain word"),
    ("`", "there are no quoted names in a rule", "write the plain word"),
    ("/", "there is no division", "multiply by a decimal or a percentage"),
    ("£", "this is not an amount of money", "write it like `£35.00` or `£1,234.50`"),
    ("$", "money is in pounds", "write it like `£35.00`"),
    ("€", "money is in pounds", "write it like `£35.00`"),
    ("%", "a percentage needs its number", "write it like `25.0%`"),
    ("!", "`!` is not a sign of the language", "write `not`"),
    (".", "a decimal needs a digit before its point", "write it like `0.5`"),
    ("_", "a name begins with a letter", "use a plain word, like `weekly_rent`"),
)
_EARLY = 9  # those that begin like a sign of the language, looked for first
_LOOKALIKES = {"≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "−": "-", "–": "-", "—": "-"}


def tokens(text: str) -> list[Token]:
    """The tokens of `text`, ending with one of kind `end`. Raises RuleMistake."""
    if len(text) > MAX_LENGTH:
        what = f"this rule is {len(text):,} characters long and the limit is {MAX_LENGTH:,}"
        raise RuleMistake(text, MAX_LENGTH, what, "split it into several criteria")
    found: list[Token] = []
    at = 0
    while at < len(text):
        if space := _SPACE.match(text, at):
            at = space.end()
            continue
        token = _token(text, at)
        found.append(token)
        at = token.end
    found.append(Token("end", "", len(text), len(text)))
    return found


def _token(text: str, at: int) -> Token:
    for sign, what, do in _REFUSED[:_EARLY]:
        if text.startswith(sign, at):
            raise RuleMistake(text, at, what, do)
    for kind, pattern in _PATTERNS:
        if match := pattern.match(text, at):
            token = Token(kind, match.group(), at, match.end())
            _check_end(text, token)
            if kind == "name" and token.text in KEYWORDS:
                return Token("keyword", token.text, at, token.end)
            return token
    raise _refusal(text, at)


def _check_end(text: str, token: Token) -> None:
    """A value must end where it seems to: not `26weeks`, `1,000`, `£35.5` or `Uc`."""
    if token.kind == "sign" or not (after := _AFTER_VALUE.match(text, token.end)):
        return
    if after.group() == "," and not _thousands(text, token):
        return
    whole = _run(text, token.start)
    if token.kind == "money":
        do = "write pounds and two digits of pence, like `£35.50` or `£1,234.50`"
        raise RuleMistake(text, token.start, f"`{whole}` is not an amount of money", do)
    if token.kind == "name":
        raise RuleMistake(text, token.start, f"`{whole}` is not a name", _name_hint(whole))
    do = "write digits, a space and the unit, like `26 weeks`, and no comma inside a number"
    raise RuleMistake(text, token.start, f"`{whole}` is not a number", do)


def _thousands(text: str, token: Token) -> bool:
    """Whether a comma right after a number looks like `1,000` rather than a list."""
    return token.kind in ("number", "money") and bool(
        re.match(r",[0-9]{3}(?![0-9])", text[token.end :], re.ASCII)
    )


def _run(text: str, at: int) -> str:
    """The unbroken run of letters, digits and marks at `at`, cut short for the message."""
    match = re.match(r"[\w.,£%]+", text[at:])
    return (match.group() if match else text[at])[:40].rstrip(",")


def _name_hint(word: str) -> str:
    plain = re.sub(r"[^a-z0-9_]", "_", word.lower()).strip("_")
    return f"names are lower case: write `{plain}`" if plain else "use a plain word"


def _refusal(text: str, at: int) -> RuleMistake:
    sign = text[at]
    for refused, what, do in _REFUSED:
        if text.startswith(refused, at):
            return RuleMistake(text, at, what, do)
    if sign in _LOOKALIKES:
        what, do = f"`{sign}` is not a sign of the language", f"write `{_LOOKALIKES[sign]}`"
        return RuleMistake(text, at, what, do)
    if "A" <= sign <= "Z":
        whole = _run(text, at)
        return RuleMistake(text, at, f"`{whole}` is not a name", _name_hint(whole))
    name = unicodedata.name(sign, f"number {ord(sign)}").lower()
    plain = unicodedata.normalize("NFKC", _run(text, at))
    if plain.strip() and plain.isascii() and plain.isprintable() and plain != _run(text, at):
        return RuleMistake(text, at, f"this is no plain character ({name})", f"write `{plain}`")
    return RuleMistake(
        text, at, f"this is no plain character ({name})", "use plain letters, digits and signs"
    )
