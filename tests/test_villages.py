"""Recall and precision of place names in conflict news full of villages; `python -m tests.test_villages` prints faults.

tests/villages.txt is held out: nothing is trained on it, and no rule is made for one of its lines. A name counts as
found where the report has a place of exactly its characters; demonyms, and places inside organisations, aside.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import geoevents
from geoevents.pipeline import Pipeline
from geoevents.records import PlaceMention, Report

VILLAGES = Path(__file__).with_name("villages.txt")
_MARK = re.compile(r"\[([^\[\]|]+)\|(PLACE|NORP|ORG|PERSON|-)\]")

# What `python -m tests.test_villages` measured, rounded down; each may only rise.
RECALL = 0.955  # 0.957, 673 of 703
PRECISION = 0.945  # 0.951


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One document without its marks, and its names as (start, end, kind), in characters, in text order."""

    number: int
    text: str
    names: tuple[tuple[int, int, str], ...]

    @property
    def places(self) -> set[tuple[int, int]]:
        """The spans that a reader must find."""
        return {(start, end) for start, end, kind in self.names if kind == "PLACE"}


def read_line(number: int, marked: str) -> Line:
    """Takes the marks out of a line."""
    text, names, last = "", [], 0
    for mark in _MARK.finditer(marked):
        text += marked[last : mark.start()]
        names.append((len(text), len(text) + len(mark[1]), mark[2]))
        text += mark[1]
        last = mark.end()
    return Line(number=number, text=text + marked[last:], names=tuple(names))


def read_lines() -> list[Line]:
    """The documents of tests/villages.txt; blank lines and lines that start with "#" are passed over."""
    lines = enumerate(VILLAGES.read_text(encoding="utf-8").splitlines(), 1)
    return [read_line(number, line) for number, line in lines if line and not line.startswith("#")]


LINES = read_lines()


@dataclass(slots=True, kw_only=True)
class Score:
    """Names found, of those wanted and of those reported; each fault is (what kind, where and which)."""

    right: int = 0
    wanted: int = 0
    reported: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.right / self.wanted

    @property
    def precision(self) -> float:
        return self.right / self.reported

    def add(self, line: Line, report: Report) -> None:
        """Counts one document."""
        found = {(place.start, place.end): place for place in report.places if place.kind == "place"}
        self.right += len(line.places & found.keys())
        self.wanted += len(line.places)
        self.reported += len(found)
        for span in sorted(line.places - found.keys()):
            self._fault(_miss(span, report.places), line, span)
        for span in sorted(found.keys() - line.places):
            self._fault(_alarm(span, line), line, span)

    def _fault(self, kind: str, line: Line, span: tuple[int, int]) -> None:
        start, end = span
        near = f"{line.text[max(0, start - 30) : start]}[{line.text[start:end]}]{line.text[end : end + 20]}"
        self.faults.append((kind, f"{line.number}: {near}"))


def _miss(span: tuple[int, int], places: Iterable[PlaceMention]) -> str:
    across = {place.kind for place in places if place.start < span[1] and span[0] < place.end}
    if "place" in across:
        return "missed: cut otherwise"
    return "missed: part of an organisation" if across else "missed: not seen"


def _alarm(span: tuple[int, int], line: Line) -> str:
    kinds = {kind for start, end, kind in line.names if start < span[1] and span[0] < end}
    if "PLACE" in kinds:
        return "false: cut otherwise"
    return f"false: {min(kinds, default='no name')}"


def score_lines(pipeline: Pipeline) -> Score:
    """Reads every line as a document of its own."""
    score = Score()
    for line in LINES:
        report = pipeline(line.text)
        if report.error is not None:
            raise report.error
        score.add(line, report)
    return score


# --- the file ---------------------------------------------------------------------------------------------------------


def test_every_mark_is_read() -> None:
    assert len(LINES) == 200
    assert not [line.number for line in LINES if set("[]|") & set(line.text)]
    assert sum(len(line.places) for line in LINES) == 703


def test_lines_are_documents_of_their_own() -> None:
    """No line is there twice, and no village either: the few names told of twice are countries."""
    assert len({line.text for line in LINES}) == len(LINES)
    told = Counter(name for line in LINES for name in {line.text[start:end] for start, end in line.places})
    assert {name for name, lines in told.items() if lines > 1} <= {"Chad"}


# --- the scorer -------------------------------------------------------------------------------------------------------


def test_score_knows_right_from_wrong() -> None:
    line = read_line(7, "[Kurds|NORP] of [Tell Ahmar|PLACE], [Sarrin|PLACE] and [Qara Qozaq|PLACE] left.")
    assert line.text == "Kurds of Tell Ahmar, Sarrin and Qara Qozaq left."

    def mention(text: str, kind: str = "place") -> PlaceMention:
        start = line.text.index(text)
        return PlaceMention(text=text, start=start, end=start + len(text), kind=kind)

    found = (mention("Kurds"), mention("Ahmar"), mention("Sarrin"), mention("Qozaq", "organisation"), mention("left"))
    score = Score()
    score.add(line, Report(document=geoevents.Document(text=line.text), places=found))

    assert (score.right, score.wanted, score.reported) == (1, 3, 4)
    assert (score.recall, score.precision) == (1 / 3, 1 / 4)
    assert score.faults == [
        ("missed: cut otherwise", "7: Kurds of [Tell Ahmar], Sarrin and Qara Qo"),
        ("missed: part of an organisation", "7: rds of Tell Ahmar, Sarrin and [Qara Qozaq] left."),
        ("false: NORP", "7: [Kurds] of Tell Ahmar, Sarr"),
        ("false: cut otherwise", "7: Kurds of Tell [Ahmar], Sarrin and Qara Qo"),
        ("false: no name", "7:  Ahmar, Sarrin and Qara Qozaq [left]."),
    ]


# --- the pipeline -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def score(pipeline: Pipeline) -> Score:
    """The score over all lines."""
    return score_lines(pipeline)


def test_recall_holds(score: Score) -> None:
    missed = [fault for fault in score.faults if fault[0].startswith("missed")]
    assert score.recall >= RECALL, "\n".join(map(": ".join, missed))


def test_precision_holds(score: Score) -> None:
    false = [fault for fault in score.faults if fault[0].startswith("false")]
    assert score.precision >= PRECISION, "\n".join(map(": ".join, false))


def main() -> None:
    """Prints every fault by kind, how many there are of each, and the figures."""
    score = score_lines(geoevents.load())
    for kind, fault in sorted(score.faults, key=lambda fault: fault[0]):
        print(f"{kind}: {fault}")
    print()
    for kind, times in sorted(Counter(kind for kind, _ in score.faults).items()):
        print(f"{kind:32} {times}")
    print(f"{'recall':10} {score.recall:.3f}  {score.right} of {score.wanted}")
    print(f"{'precision':10} {score.precision:.3f}  {score.right} of {score.reported}")


if __name__ == "__main__":
    main()
