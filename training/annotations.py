"""The event corpus of training/events: reads and checks it. `python -m training.annotations FILE...` prints faults.

training/events/README.md has the notation and what is annotated. Stories whose name's SHA-256 is divisible by three
are held out: never trained or tuned on.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from geoevents.ontology import load_ontology
from geoevents.records import COUNTS, MODALITIES

from .splits import is_dev

FOLDER = Path(__file__).parent / "events"
FIGURES = dict(zip(("killed", "injured", "missing", "displaced", "arrested"), COUNTS, strict=True))
"""Roles of figures in the notation, and the count of the records that each is."""

ROLES = ("actor", "recipient", "place", "date", "said", *FIGURES)
NO_EVENT = ("metaphor", "sport", "name", "kind", "general", "fiction")
"""Why a word that looks like a trigger tells of none: "the team was hammered", "Battle Street", "bomb squad",
"fires are common in summer", a film."""

MODES = {
    "CONSULT": "visit third-party multilateral phone",
    "RETREAT": "withdraw release return disarm ceasefire access resign",
    "REQUEST": "assist change yield meet",
    "ACCUSE": "disapprove investigate allege",
    "REJECT": "assist change yield meet",
    "THREATEN": "restrict ban arrest relations rights expel territory violence",
    "PROTEST": "demo riot strike hunger boycott obstruct",
    "SANCTION": "convict expel withdraw discontinue",
    "MOBILIZE": "troops weapons police militia",
    "COERCE": "seize restrict ban censor curfew arrest deport withhold misinformation cyber",
    "ASSAULT": "abduct beat torture execute sexual assassinate destroy primitive firearms explosives suicide-attack "
    "aerial drone heavy-weapons crowd-control cleansing massacre unconventional",
}
"""PLOVER 2021's modes by type (names only; the manual is CC BY-SA)."""

_SPAN = re.compile(r"\{([A-Za-z]+\d*):|\}")
_AMOUNT = re.compile(r"(?P<value>\d+\+?|\d+-\d+|-\d+|[a-z][a-z ]*)(?P<total>!)?")
_DAYS = re.compile(r"\d{4}-\d\d-\d\d(?:\.\.\d{4}-\d\d-\d\d)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One role of an event and the words that fill it: `value` is a figure's amount ("5+") or a date's ISO day or
    days, `total` marks a running toll, `claimed_by` the span of whoever gives a figure."""

    role: str
    start: int
    end: int
    value: str | None = None
    total: bool = False
    claimed_by: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One trigger and what it tells of. `event_type` is None, and `modality` the reason, where it tells of no event.
    Tellings of one event share `same`."""

    start: int
    end: int
    event_type: str | None
    mode: str | None = None
    modality: str = "asserted"
    arguments: tuple[Argument, ...] = ()
    same: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An annotated sentence or document: `id` is "story" or "story/part"; lines of text are paragraphs."""

    id: str
    text: str
    tellings: tuple[Telling, ...]
    published: date | None = None
    source: str | None = None
    title: str | None = None

    @property
    def story(self) -> str:
        """What the split goes by."""
        return self.id.split("/")[0]

    @property
    def is_held_out(self) -> bool:
        """Whether the item is of the third that nothing is trained or tuned on."""
        return int(hashlib.sha256(self.story.encode()).hexdigest(), 16) % 3 == 0

    @property
    def is_dev(self) -> bool:
        """Whether the item is of the dev split: a fifth of the stories that are not held out."""
        return not self.is_held_out and is_dev(self.story)


class AnnotationError(ValueError):
    """A line that does not follow the notation; the message names file and line."""


@dataclass(slots=True)
class _Draft:
    """An item while its lines are read."""

    id: str
    where: str
    head: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    coded: list[tuple[str, str]] = field(default_factory=list)

    def add_text(self, marked: str) -> None:
        """Takes a marked line of text; its spans count from the item's start."""
        offset = sum(len(line) + 2 for line in self.lines)
        plain, opened, at = "", [], 0
        for mark in _SPAN.finditer(marked):
            plain += marked[at : mark.start()]
            at = mark.end()
            if mark[1]:
                opened.append((mark[1], len(plain)))
            elif not opened:
                raise ValueError("a } without its {")
            else:
                label, start = opened.pop()
                if label in self.spans:
                    raise ValueError(f"label {label} is used twice")
                if start == len(plain) or plain[start:] != plain[start:].strip():
                    raise ValueError(f"span {label} is empty or has spaces at its ends")
                self.spans[label] = offset + start, offset + len(plain)
        plain += marked[at:]
        if opened or "{" in plain:
            raise ValueError("a { is not closed, or has no label")
        if not plain.strip() or plain != plain.strip() or "  " in plain:
            raise ValueError("text is empty or has stray spaces")
        self.lines.append(plain)

    def finish(self) -> Item:
        """The item; raises ValueError with what is wrong."""
        if not self.lines:
            raise ValueError("no text")
        day = self.head.get("published")
        used: set[str] = set()
        tellings = []
        for where, line in self.coded:
            try:
                tellings.append(_read_telling(line, self.spans, used, dated=day is not None))
            except ValueError as error:
                raise AnnotationError(f"{where}: {error}") from None
        if idle := sorted(self.spans.keys() - used):
            raise ValueError(f"marked but not used: {', '.join(idle)}")
        return Item(
            id=self.id,
            text="\n\n".join(self.lines),
            tellings=tuple(sorted(tellings, key=lambda telling: (telling.start, telling.end))),
            published=date.fromisoformat(day) if day else None,
            source=self.head.get("source"),
            title=self.head.get("title"),
        )


@cache
def _types() -> frozenset[str]:
    return frozenset(load_ontology().labels)


def _read_telling(line: str, spans: dict[str, tuple[int, int]], used: set[str], *, dated: bool) -> Telling:
    def span(label: str) -> tuple[int, int]:
        used.add(label)
        if label not in spans:
            raise ValueError(f"{label} is not marked in the text")
        return spans[label]

    trigger, kind, modality, *rest = line.split()
    start, end = span(trigger)
    if kind == "NONE":
        if modality not in NO_EVENT or rest:
            raise ValueError(f"after NONE comes one of {', '.join(NO_EVENT)}")
        return Telling(start=start, end=end, event_type=None, modality=modality)
    event_type, _, mode = kind.partition("/")
    if event_type not in _types():
        raise ValueError(f"unknown type {event_type}")
    if mode and mode not in MODES.get(event_type, "").split():
        raise ValueError(f"{event_type} has no mode {mode}")
    if modality not in MODALITIES:
        raise ValueError(f"unknown modality {modality}")
    arguments, same = [], None
    for word in rest:
        role, _, given = word.partition("=")
        if role == "same" and given:
            same = given
        elif role not in ROLES or not given:
            raise ValueError(f"unknown role in {word}")
        else:
            arguments += [_read_argument(role, one, span, dated=dated) for one in given.split(",")]
    return Telling(
        start=start, end=end, event_type=event_type, mode=mode or None, modality=modality,
        arguments=tuple(arguments), same=same,
    )  # fmt: skip


def _read_argument(role: str, given: str, span: Callable[[str], tuple[int, int]], *, dated: bool) -> Argument:
    given, _, by = given.partition("@")
    label, _, value = given.partition(":")
    start, end = span(label)
    if role in FIGURES:
        amount = _AMOUNT.fullmatch(value.replace("_", " "))
        if amount is None:
            raise ValueError(f"{role}={given}: the amount must be 5, 5+, 5-9, -9 or a vague word, with ! for a toll")
        claimed_by = span(by) if by else None
        return Argument(
            role=role, start=start, end=end, value=amount["value"], total=bool(amount["total"]), claimed_by=claimed_by
        )
    if by:
        raise ValueError(f"{role}={given}: only figures take @")
    if role == "date" and not value and dated:
        raise ValueError(
            f"date={given}: published is given, so give the day or days, or ? where the words leave it open"
        )
    if role == "date" and value:
        if value == "?":
            value = ""
        elif not _DAYS.fullmatch(value):
            raise ValueError(f"date={given}: the day must be 2024-05-11 or 2024-05-11..2024-05-13")
        for day in filter(None, value.split("..")):
            date.fromisoformat(day)
    elif value:
        raise ValueError(f"{role}={given}: only dates and figures take a value")
    return Argument(role=role, start=start, end=end, value=value or None)


def read_items(path: Path) -> Iterator[Item]:
    """The items of a file in order; raises AnnotationError at the first fault."""
    draft: _Draft | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        where = f"{path.name}:{number}"
        try:
            if line.startswith("= "):
                if draft:
                    yield draft.finish()
                draft = _Draft(id=line[2:].strip(), where=where)
            elif not line.strip() or line.startswith("#"):
                continue
            elif draft is None:
                raise ValueError("a line before the first item")
            elif line.startswith("@ "):
                key, _, value = line[2:].partition(" ")
                if key not in ("published", "source", "title") or not value.strip():
                    raise ValueError(f"unknown head {line[2:]}")
                draft.head[key] = value.strip()
            elif line.startswith("> "):
                draft.add_text(line[2:])
            else:
                draft.coded.append((where, line))
        except AnnotationError:
            raise
        except ValueError as error:
            raise AnnotationError(f"{where}: {error}") from None
    if draft:
        try:
            yield draft.finish()
        except AnnotationError:
            raise
        except ValueError as error:
            raise AnnotationError(f"{draft.where}: {error}") from None


def read_corpus(paths: Iterable[Path] | None = None) -> list[Item]:
    """All items of the files given, else of all themes; ids are unique."""
    apart = ("merging", "second")
    chosen = [p for p in sorted(FOLDER.glob("*.txt")) if not p.stem.startswith(apart)] if paths is None else paths
    items = [item for path in chosen for item in read_items(path)]
    twice = [id for id, n in Counter(item.id for item in items).items() if n > 1]
    if twice:
        raise AnnotationError(f"ids used twice: {', '.join(twice[:5])}")
    return items


def frames(text: str) -> set[str]:
    """The runs of seven words of a text, names and numbers left out: two sentences that share one share a frame."""
    words = [w.casefold() for w in re.findall(r"[^\W\d_]+", text) if not w[0].isupper()]
    return {" ".join(words[i : i + 7]) for i in range(len(words) - 6)}


def main() -> None:
    """Reads the files given, or all, and prints what is wrong and what is there."""
    try:
        items = read_corpus([Path(name) for name in sys.argv[1:]] or None)
    except AnnotationError as error:
        sys.exit(f"{error}")
    seen: dict[str, str] = {}
    for item in items:
        shared = sorted({seen[frame] for frame in frames(item.text) if frame in seen and seen[frame] != item.id})
        if shared:
            print(f"{item.id} shares words with {', '.join(shared[:3])}")
        for frame in frames(item.text):
            seen.setdefault(frame, item.id)
    tellings = [telling for item in items for telling in item.tellings]
    documents = [item for item in items if "\n" in item.text]
    print(f"{len(items) - len(documents)} sentences, {len(documents)} documents, {len(tellings)} tellings")
    print(f"{sum(item.is_held_out for item in items)} items held out")
    for what, counted in (
        ("types", Counter(t.event_type or f"NONE {t.modality}" for t in tellings)),
        ("modes", Counter(f"{t.event_type}/{t.mode}" for t in tellings if t.mode)),
        ("modalities", Counter(t.modality for t in tellings if t.event_type)),
        ("roles", Counter(argument.role for t in tellings for argument in t.arguments)),
    ):
        print(f"{what}: " + ", ".join(f"{name} {n}" for name, n in sorted(counted.items())))


if __name__ == "__main__":
    main()
