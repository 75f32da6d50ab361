"""The peers' figures that benchmarks/accuracy.py prints: each with its conditions and source, none lost on the way."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "accuracy.py"
if not SCRIPT.is_file():
    pytest.skip("a source distribution has no benchmarks", allow_module_level=True)


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("accuracy", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["accuracy"] = module  # where dataclasses look annotations up
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module


accuracy = _load()
STUDIES = accuracy.load_studies()
TASKS = accuracy.PLACE_TASKS + accuracy.EVENT_TASKS


@pytest.mark.parametrize("number", STUDIES)
def test_a_study_says_what_it_rests_on(number: int) -> None:
    study = STUDIES[number]
    assert study.task in TASKS
    assert study.figures
    assert all(0 < figure < 1 for figure in study.figures.values())
    assert len(study.conditions.split()) >= 3
    # "same file" leans on the row before, which must lead to an address in the end.
    root = next(n for n in range(number, 0, -1) if not STUDIES[n].source.startswith("same "))
    assert STUDIES[root].task == study.task
    assert any(mark in STUDIES[root].source for mark in ("github.com/", "arxiv.org/", "doi.org/", "of this project"))


def test_no_figure_is_given_twice() -> None:
    keys = [(s.peer, s.version, s.task, s.metric, file) for s in STUDIES.values() for file in s.figures]
    assert len(keys) == len(set(keys))


def test_every_figure_is_printed_once() -> None:
    beside = [
        line for task in TASKS for file in accuracy.scored_files(task) for line in accuracy.beside(STUDIES, task, file)
    ]
    notes = list(accuracy.footnotes(STUDIES, TASKS))
    elsewhere = notes[: notes.index("Conditions:")]
    for number, study in STUDIES.items():
        for file in study.figures:
            line = study.line(number, file)
            assert f"{study.figures[file]:.3f}" in line
            assert line in beside or any(note.endswith(line) for note in elsewhere), line
        assert sum(note.startswith(f"[{number}] ") for note in notes) == 1
    unknown = [note for note in elsewhere if "no published figure" in note]
    assert [note.split()[0] for note in unknown] == [t for t in TASKS if t not in {s.task for s in STUDIES.values()}]
    figures = sum(len(study.figures) for study in STUDIES.values())
    assert len(beside) + len(elsewhere) - len(unknown) - 1 == figures  # 1: the heading


def test_only_the_tasks_asked_for_are_annotated() -> None:
    notes = "\n".join(accuracy.footnotes(STUDIES, ["eventplace"]))
    assert "Halterman" not in notes
    assert "1905.12713" in notes
    assert "GeoNames" not in notes
