"""Where sentences must end whatever the parser thinks: after a dateline, a headline, a paragraph, a sure full stop."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc

_SHORTENED = "|".join(rf"(?<=\b[A-Z][a-z]{{{n}}})\." for n in range(5))
_DATELINE = re.compile(
    rf"(?:[A-Z]{{3}}(?:[^\n.!?]|{_SHORTENED}){{0,60}}|"
    r"[A-Z][^\n!?]{1,90}?(?:\([^()\n]{2,40}\)|\d{1,2}(?:, \d{4})?"
    r"|\d{1,2} [A-Z][a-z]{2,8}\.?(?:,? \d{4})?)) ?(?:—|–|--|-) (?=\S)"
)
"""A place in front, then an agency in brackets, a date or capitals, then a dash: "HAMA, Syria, March 3 (SANA) - ",
"LEBANON, Mo. - ". Bounded, and tried at the start of a line only."""

_ENDED = re.compile(r"(?:\b[^\W\d_A-Z]{3,}|[^\W_]{6,}|(?<=[^\n]{3}\d)|[)%])[.!?][)\"”’']*[ \n]+(?=[\"“‘']?[A-Z]|[(\[])")
"""What surely ends a sentence: a full stop behind a word too long for a shortened one, or behind a number that does not
open its line, then a capital letter or an opening bracket."""

_WRAPPED_WIDTH = range(50, 100)
"""Line lengths of text wrapped by hand; longer lines are paragraphs."""


def mark_boundaries(doc: Doc) -> None:
    """Sets sentence starts in an unparsed document: after a dateline, a paragraph, a short line, a sure full stop."""
    ended = (match.end() for match in _ENDED.finditer(doc.text))
    starts = sorted({*(find_dateline(doc.text) or ())[1:], *_line_starts(doc.text), *ended}, reverse=True)
    for token in doc:
        if token.is_space or not starts or token.idx < starts[-1]:
            continue
        while starts and starts[-1] <= token.idx:
            starts.pop()
        token.is_sent_start = True


def find_dateline(text: str) -> tuple[int, int] | None:
    """Where the dateline begins and ends, if one of the first lines begins with one: its longer words are names."""
    at = 0
    for line in text.split("\n", 8)[:8]:
        match = _DATELINE.match(text, at)
        if match and all(word[0].isupper() for word in re.findall(r"[^\W\d_]{4,}", match[0])):
            return match.span()
        at += len(line) + 1
    return None


def _line_starts(text: str) -> list[int]:
    """Where lines begin that begin a sentence: all of them, but in text wrapped by hand only those after a blank line
    or after a line that ends early."""
    lines = text.split("\n")
    lengths = sorted(len(line) for line in lines if line.strip())
    width = lengths[int(len(lengths) * 0.8)] if lengths else 0
    wrapped = len(lengths) >= 4 and width in _WRAPPED_WIDTH
    starts, at = [], 0
    for n, line in enumerate(lines[:-1]):
        at += len(line) + 1
        if not wrapped or not line.strip() or not lines[n + 1].strip() or len(line) < 0.7 * width:
            starts.append(at)
    return starts
