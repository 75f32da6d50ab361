"""docs/map.md says what the page says, and its commands and its Python are right."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main

import maps
from geoevents.cli import app
from geoevents.points import ALIASES

GUIDE = (Path(__file__).parent.parent / "docs/map.md").read_text(encoding="utf-8")
PAGE = maps.draw({"type": "FeatureCollection", "features": []})


def rows(heading: str) -> list[str]:
    """First cells of the table below a heading."""
    section = GUIDE.partition(f"\n## {heading}")[2].partition("\n## ")[0]
    return re.findall(r"^\| (?!the page|sign|-)([^|]+) \|", section, re.MULTILINE)


@pytest.mark.parametrize("words", [*rows("How precisely"), *rows("How sure")])
def test_words_of_the_guide_are_the_page_s(words: str) -> None:
    assert words in PAGE


def test_the_guide_has_all_degrees_of_precision_and_of_sureness() -> None:
    assert len(rows("How precisely")) == 7
    assert len(rows("How sure")) == 5


def test_figures_and_phrases_of_the_guide_are_the_page_s() -> None:
    for words in ("161 km", "Not on the map", "Told in", "According to", "How precisely", "Why there", "When",
                  "More filters", "Take away what is shown", "Copy citation", "Something wrong?"):  # fmt: skip
        assert words in GUIDE
        assert words in PAGE, words
    assert "Boundaries are not an endorsement" in PAGE
    assert "not an endorsement" in GUIDE
    towns = sum(text.count(";") + 1 for text in re.findall(r'"\d+":"([^"]*)"', PAGE))
    assert round(towns, -3) == int(re.findall(r"(\d+,\d+) towns", GUIDE)[0].replace(",", ""))


@pytest.mark.parametrize("line", re.findall(r"^    geoevents (.*)$", GUIDE, re.MULTILINE))
def test_command_lines_of_the_guide_are_right(line: str) -> None:
    name, *words = shlex.split(line)
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    command.make_context(name, words)


def test_the_guide_names_columns_that_there_are() -> None:
    section = GUIDE.partition("--columns` says")[2].partition("need no telling")[0]
    assert set(re.findall(r"`(\w+)`", section)) == set(ALIASES) | {"source", "url"}


def test_python_of_the_guide_runs() -> None:
    [code] = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    *body, last = code.strip().splitlines()
    scope: dict[str, object] = {}
    exec("\n".join(body), scope)  # noqa: S102
    assert "<iframe" in eval(last, scope)._repr_html_()  # noqa: S307
