"""The house's doors: who may import whom, and that importing does nothing (DESIGN, Rooms and House rules 6)."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT: dict[str, set[str]] = {"gazetteer": set(), "maps": set(), "geoevents": {"gazetteer", "maps"}}
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in MAY_IMPORT
    for path in sorted((ROOT / package).rglob("*.py"))
    if "assets" not in path.parts  # maintenance scripts beside their data, no modules
}

ONLY_IN: dict[str, set[str]] = {
    "geopy.geocoders": {"gazetteer.geocoder"},
    "geopy.adapters": {"gazetteer.transport"},
    "marisa_trie": {"gazetteer.store", "gazetteer.fuzzy", "gazetteer.compiler"},  # the compiled gazetteer's format
    "mmap": {"gazetteer.store"},
    "sqlite3": {"gazetteer.ledger"},
    "urllib3": {"gazetteer.fetch"},
    "onnxruntime": {"geoevents.encoder.network"},
    "tokenizers": {"geoevents.encoder.pieces"},
    "folium": {"maps.page"},
    "branca": {"maps.page"},
    "maps": {"geoevents.api"},
    "geoevents.cli": set(),
    "gazetteer.build": {"gazetteer.layers", "gazetteer.buckets"},  # compilers of users' files; nothing else builds
    # inside a function: only who has places of his own needs it
    "gazetteer.layers": {"geoevents.cli_gazetteer", "geoevents.pipeline"},
    "typer": {"geoevents.cli", "geoevents.cli_gazetteer", "geoevents.options"},
    "pickle": set(),  # pickles execute
    "xml.etree.ElementTree": set(),  # entity expansion
}
"""What is imported, at the top or inside a function -> the modules that may; a package's own modules always may."""

MAY_NEED_EXTRAS = {"gazetteer.sources", "gazetteer.build"}
"""Leaves that import what only an extra installs."""

HEAVY = (
    *("spacy", "thinc", "numpy", "folium", "branca", "jinja2", "geopy", "dateparser", "trafilatura", "lxml"),
    *("marisa_trie", "requests", "sqlite3", "charset_normalizer", "geoevents.pipeline", "maps.page"),
    *("onnxruntime", "tokenizers", "urllib3"),
)


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def _imports(module: str) -> set[str]:
    """Everything that a module imports anywhere, and each name taken from it as if it were a module of its own."""
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            found.update([source, *(f"{source}.{alias.name}" for alias in node.names)])
    return found


def _within(imported: str, name: str) -> bool:
    return imported == name or imported.startswith(f"{name}.")


def test_modules_are_found() -> None:
    assert {"gazetteer.geocoder", "geoevents.records", "maps.page"} <= MODULES.keys()
    assert "gazetteer.ledger" in _imports("gazetteer.geocoder")
    assert "geopy.geocoders" in _imports("gazetteer.geocoder")


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_packages_import_downwards_only(package: str) -> None:
    for module in MODULES:
        if _within(module, package):
            roots = {imported.partition(".")[0] for imported in _imports(module)}
            assert roots & MAY_IMPORT.keys() <= MAY_IMPORT[package] | {package}, module
            assert not roots & {"training", "benchmarks", "tests"}, module


@pytest.mark.parametrize("name", ONLY_IN)
def test_one_door_each(name: str) -> None:
    importers = {
        module
        for module in MODULES
        if not (name == "maps" and _within(module, name))
        and any(_within(imported, name) for imported in _imports(module))
    }
    assert importers <= ONLY_IN[name]


def test_one_module_loads_spacy_pipelines() -> None:
    loaders = {"load", "load_model", "load_model_from_path", "load_model_from_init_py"}

    def calls(module: str) -> Iterator[str]:
        for node in ast.walk(_tree(module)):
            if isinstance(node, ast.Attribute) and node.attr in loaders:
                yield f"{ast.unparse(node.value)}.{node.attr}"

    for module in MODULES:
        spacy_calls = {call for call in calls(module) if call.startswith(("spacy.", "util.load_model"))}
        taken = {imported for imported in _imports(module) if imported.startswith("spacy.")}
        taken = {imported for imported in taken if imported.rpartition(".")[2] in loaders}
        if module != "geoevents.language":
            assert not spacy_calls | taken, module


@cache
def _distributions() -> Mapping[str, list[str]]:
    return packages_distributions()


def _canonical(requirement: str) -> str:
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower().replace("_", "-")  # type: ignore[index]


def test_what_is_imported_is_required() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = {_canonical(requirement) for requirement in project["dependencies"]}
    extras = {_canonical(line) for lines in project.get("optional-dependencies", {}).values() for line in lines}
    for module in MODULES:
        for root in sorted({imported.partition(".")[0] for imported in _imports(module)} - {""}):
            if root in sys.stdlib_module_names or root in MAY_IMPORT:
                continue
            allowed = required | extras if module in MAY_NEED_EXTRAS else required
            named = {_canonical(name) for name in _distributions().get(root, [root])}
            assert named & allowed, f"{module} imports {root}, which pyproject.toml does not require"


def _module_level_imports(module: str) -> set[str]:
    """Our modules that importing this one runs: not those inside functions, nor for type checkers alone."""
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in _tree(module).body:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            names = {f"{source}.{alias.name}" for alias in node.names}
            found.update(names & MODULES.keys() or {source})
    return found & MODULES.keys()


def test_no_import_cycles() -> None:
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join([*path[path.index(module) :], module])
        if module not in done:
            for imported in sorted(_module_level_imports(module)):
                visit(imported, (*path, module))
            done.add(module)

    for module in MODULES:
        visit(module, ())


WATCH = """
import importlib, json, logging, os, sys, warnings
root, modules = json.loads(sys.argv[1])
deeds = []

def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        path = os.fsdecode(path) if isinstance(path, (str, bytes)) else str(path)
        data = path.startswith(root + os.sep) and not path.endswith((".py", ".pyc", ".pth")) and ".venv" not in path
        if (writes and path != os.devnull) or data:
            deeds.append(f"opens {path} ({mode})")
    elif event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.mkdir"):
        deeds.append(f"{event} {arguments}")

sys.addaudithook(watch)
for module in modules:
    before = len(deeds)
    importlib.import_module(module)
    deeds[before:] = [f"{module} {deed}" for deed in deeds[before:]]
deeds += [f"logging handler {handler}" for handler in logging.root.handlers]
print(json.dumps(deeds))
"""


def _run(*command: str) -> str:
    done = subprocess.run([sys.executable, "-B", *command], capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_does_nothing() -> None:
    imported = [name for name in MODULES if not name.endswith("__main__")]
    assert json.loads(_run("-c", WATCH, json.dumps([str(ROOT), imported]))) == []


HELP = """
import sys
from geoevents.cli import main
sys.argv = ["geoevents", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("LOADED", *sorted(sys.modules))
"""


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["map", "--help"], ["gazetteer", "--help"]])
def test_help_is_light(arguments: list[str]) -> None:
    shown, _, loaded = _run("-c", HELP, *arguments).rpartition("LOADED ")
    assert "geoevents" in shown
    assert not {name for name in loaded.split() for heavy in HEAVY if _within(name, heavy)}


def test_importing_geoevents_is_light() -> None:
    loaded = _run("-c", "import sys, geoevents, gazetteer, maps, gazetteer.geocoder; print(*sys.modules)").split()
    assert "geoevents" in loaded
    heavy = {name for name in loaded for heavy in HEAVY if _within(name, heavy)}
    assert heavy <= {name for name in heavy if _within(name, "sqlite3")}  # the ledger's, and small
