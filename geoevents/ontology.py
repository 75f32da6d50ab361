"""The ontology: event types and the rules by which words tell of them, read from a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from .errors import OntologyError

FRAMES = ("acts", "with", "to", "suffers", "against", "none")
MARKERS = ("@place", "@named", "@demonym", "@people", "@none")
_RULE_KEYS = {
    "type",
    "mode",
    "verbs",
    "nouns",
    "frame",
    "subject",
    "object",
    "governor",
    "sentence",
    "contexts",
    "acled",
    "weak",
}


_LISTS = ("verbs", "nouns", "subject", "object", "governor", "sentence", "contexts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a word beside a trigger must be (one of `wanted`, if any) and must not be (`barred`): lemmas and markers."""

    wanted: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.wanted or self.barred)


NO_CONDITION = Condition()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of the ontology: these words, under these conditions, tell of this type of event.

    `verbs` and `nouns` are phrases of lemmas. `order` is the rule's place in the file, -1 where the
    encoder found the event."""

    order: int
    event_type: str
    mode: str | None
    verbs: tuple[tuple[str, ...], ...]
    nouns: tuple[tuple[str, ...], ...]
    frame: str
    subject: Condition
    object: Condition
    governor: Condition
    sentence: Condition
    contexts: tuple[str, ...]
    acled: tuple[str, str] | None
    weak: bool


@dataclass(frozen=True, kw_only=True)
class Ontology:
    """Event types, their labels and ACLED's names for them, and the rules."""

    version: str
    labels: Mapping[str, str]
    acled: Mapping[str, tuple[str, str] | None]
    rules: tuple[Rule, ...]

    @cached_property
    def verbs(self) -> dict[str, list[tuple[tuple[str, ...], Rule]]]:
        """Rules by the first lemma of a verb phrase."""
        return _indexed((phrase[0], phrase, rule) for rule in self.rules for phrase in rule.verbs)

    @cached_property
    def nouns(self) -> dict[str, list[tuple[tuple[str, ...], Rule]]]:
        """Rules by the last lemma of a noun phrase."""
        return _indexed((phrase[-1], phrase, rule) for rule in self.rules for phrase in rule.nouns)

    def crosswalk(self, event_type: str, mode: str | None) -> tuple[str, str] | None:
        """ACLED's event type and sub-event type, or None where it has none."""
        return self.acled.get(f"{event_type} {mode}", self.acled.get(event_type))


def _indexed(
    entries: Iterable[tuple[str, tuple[str, ...], Rule]],
) -> dict[str, list[tuple[tuple[str, ...], Rule]]]:
    index: dict[str, list[tuple[tuple[str, ...], Rule]]] = {}
    for key, phrase, rule in entries:
        index.setdefault(key, []).append((phrase, rule))
    return index


def load_ontology(path: str | Path | None = None) -> Ontology:
    """Reads an ontology file; None reads the bundled one. Raises OntologyError naming the file and the entry."""
    source = Path(path) if path else resources.files("geoevents") / "data" / "ontology.toml"
    try:
        data = tomllib.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise OntologyError(f"cannot read the ontology {source}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OntologyError(f"{source} is not valid TOML: {error}") from error
    try:
        return _parse(data)
    except OntologyError as error:
        raise OntologyError(f"{source}: {error}") from None


def _parse(data: dict[str, Any]) -> Ontology:
    classes = {
        f"@{name}": frozenset(_words(f"class {name}", words))
        for name, words in _table("classes", data.get("classes", {})).items()
    }
    types = _table("types", data.get("types", {}))
    if not types:
        raise OntologyError("has no [types.NAME] tables")
    acled = {name: entry["acled"] for name, entry in types.items() if "acled" in _table(f"types.{name}", entry)}
    acled |= _table("modes", data.get("modes", {}))
    entries = data.get("rules", [])
    if not isinstance(entries, list):
        raise OntologyError("rules must be [[rules]] tables")
    rules = tuple(_rule(order, entry, types, classes) for order, entry in enumerate(entries))
    return Ontology(
        version=str(data.get("version", "")),
        labels={name: entry.get("label", name) for name, entry in types.items()},
        acled={name: _pair(repr(name), pair) if pair != [] else None for name, pair in acled.items()},
        rules=rules,
    )


def _table(where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise OntologyError(f"{where} must be a table, not {value!r}")
    return value


def _words(where: str, value: Any) -> list[str]:
    if not (isinstance(value, list) and all(isinstance(word, str) for word in value)):
        raise OntologyError(f"{where} must be a list of words, not {value!r}")
    return value


def _pair(where: str, value: Any) -> tuple[str, str]:
    if not (isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value)):
        raise OntologyError(f"{where}: acled must be [event type, sub-event type], not {value!r}")
    return value[0], value[1]


def _rule(order: int, entry: dict[str, Any], types: dict[str, Any], classes: dict[str, frozenset[str]]) -> Rule:
    entry = _table(f"rule {order + 1}", entry)
    where = f"rule {order + 1} ({entry.get('type')} {entry.get('mode', '')})".replace(" )", ")")
    if unknown := sorted(entry.keys() - _RULE_KEYS):
        raise OntologyError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(sorted(_RULE_KEYS))}")
    if entry.get("type") not in types:
        raise OntologyError(f"{where}: type is not among the [types]")
    frame = entry.get("frame", "acts")
    if frame not in FRAMES:
        raise OntologyError(f"{where}: frame {frame!r} is not one of {', '.join(FRAMES)}")
    lists = {key: _words(f"{where}: {key}", entry.get(key, [])) for key in _LISTS}
    if not (lists["verbs"] or lists["nouns"]):
        raise OntologyError(f"{where}: needs verbs or nouns")
    if not isinstance(entry.get("mode", ""), str):
        raise OntologyError(f"{where}: mode must be a word")

    def condition(key: str) -> Condition:
        wanted: set[str] = set()
        barred: set[str] = set()
        for word in lists[key]:
            bare = word.removeprefix("!")
            if bare.startswith("@") and bare not in classes and bare not in MARKERS:
                raise OntologyError(f"{where}: {key} names the unknown class {bare!r}")
            (barred if word.startswith("!") else wanted).update(classes.get(bare, (bare,)))
        return Condition(wanted=frozenset(wanted), barred=frozenset(barred))

    def phrases(key: str) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(phrase.lower().replace("-", " - ").split()) for phrase in lists[key])

    return Rule(
        order=order,
        event_type=entry["type"],
        mode=entry.get("mode"),
        verbs=phrases("verbs"),
        nouns=phrases("nouns"),
        frame=frame,
        subject=condition("subject"),
        object=condition("object"),
        governor=condition("governor"),
        sentence=condition("sentence"),
        contexts=tuple(lists["contexts"]),
        acled=_pair(where, entry["acled"]) if "acled" in entry else None,
        weak=bool(entry.get("weak", False)),
    )
