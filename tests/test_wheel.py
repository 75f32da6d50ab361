"""The wheel: complete, installable, and able to draw a map in an environment that has never seen the checkout.

The environment borrows this one's dependencies, which takes seconds; with GEOEVENTS_FRESH_DEPENDENCIES=1, as in
.ci/run, pip fetches what the wheel says it needs, and nothing else is there.
"""

from __future__ import annotations

import configparser
import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import geoevents

ROOT = Path(__file__).parent.parent
PACKAGES = ("gazetteer", "maps", "geoevents")
FRESH = bool(os.environ.get("GEOEVENTS_FRESH_DEPENDENCIES"))
SCRIPTS = "Scripts" if os.name == "nt" else "bin"


def _run(*command: str | Path, cwd: Path = ROOT) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GEOEVENTS"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment in which only the wheel's packages are ours."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=os.name != "nt")
    python = folder / SCRIPTS / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "--no-input", "install")
    if FRESH:
        _run(*pip, "-q", "-c", ROOT / "constraints.txt", wheel)
    else:
        _run(*pip, "-q", "--no-deps", wheel)
        # A path file lends the dependencies; path files that lie in a folder so lent, such as the one of the editable
        # installation of this checkout, are not read.
        [site] = folder.glob("Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages")
        (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n" + sysconfig.get_path("platlib") + "\n")
    return folder


def test_everything_of_the_packages_is_inside(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    here = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert inside == here - {"maps/assets/build.py"}  # makes the assets, in a checkout
    assert {"gazetteer/data/world.gaz", "gazetteer/data/SOURCES.json", "maps/assets/leaflet.js"} <= inside
    assert {f"{package}/py.typed" for package in PACKAGES} <= inside
    assert any(name.startswith("geoevents/data/model/") for name in inside)


def test_metadata(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [metadata] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        about = Parser().parsestr(archive.read(metadata).decode())
        scripts = configparser.ConfigParser()
        scripts.read_string(archive.read(metadata.replace("METADATA", "entry_points.txt")).decode())
    assert (about["Name"], about["Version"]) == ("geoevents", geoevents.__version__)
    assert about["License-Expression"] == "MIT"
    assert about.get_all("License-File") == ["LICENSE", "NOTICE"]
    assert "# geoevents" in about.get_payload()
    assert scripts["console_scripts"]["geoevents"] == "geoevents.cli:main"


def test_packages_come_from_the_wheel(environment: Path, tmp_path: Path) -> None:
    script = f"import json, {', '.join(PACKAGES)}; print(json.dumps([p.__file__ for p in ({', '.join(PACKAGES)})]))"
    for file in json.loads(_run(environment / SCRIPTS / "python", "-c", script, cwd=tmp_path)):
        assert Path(file).is_relative_to(environment)


def test_draws_a_map_away_from_the_checkout(environment: Path, tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    [seed] = (ROOT / "seeds").glob("000_*.txt")
    article.write_bytes(seed.read_bytes())
    command = environment / SCRIPTS / "geoevents"
    _run(command, "map", "article.txt", "--offline", "-o", "map.html", "--geojson", "events.geojson", cwd=tmp_path)
    events = json.loads((tmp_path / "events.geojson").read_text(encoding="utf-8"))
    assert "Hama" in {feature["properties"]["place_name"] for feature in events["features"]}
    assert "leaflet" in (tmp_path / "map.html").read_text(encoding="utf-8").lower()
    assert {path.name for path in tmp_path.iterdir()} == {"article.txt", "map.html", "events.geojson"}
    assert geoevents.__version__ in _run(command, "--version", cwd=tmp_path)
