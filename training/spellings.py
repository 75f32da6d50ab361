"""Learns what differences between spellings cost: python -m training.spellings [--gazetteer FILE] [--out FILE]

Everything comes from a compiled gazetteer. One name each of places with several is taken out of the index of
spellings and asked for (a variant); one place in twenty is taken out with all its names, and its name asked for (an
absent name); and names kept are asked for with one letter dropped, added, changed or swapped (a slip). Names of
Arabic-speaking countries are asked for once more as their script writes them, without some of the short vowels. Every
pair of a name asked for and a name retrieved is an example, right where both name one place, and weighs so that the
kinds have the shares SHARES. A logistic model of `gazetteer.spelling.features` is fitted by Newton's method with a
Gaussian prior; what is scored is the fourth of the names held out from fitting. Prints both, before and after.
"""

from __future__ import annotations

import argparse
import difflib
import json
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import marisa_trie
import numpy as np

from gazetteer import Gazetteer
from gazetteer.fuzzy import Spellings, everything, spelling_sections
from gazetteer.names import fold
from gazetteer.spelling import UNVOWELLED, WEIGHTS, ZONES, Costs, beats, features, length_class, zone_of

SHARES = {"variant": 0.3, "slip": 0.15, "absent": 0.5, "script": 0.05}
"""How often a name that the gazetteer lacks is each kind; half of them absent places, for news of villages is full of
them, and a wrong pin harms more than a missing one."""

LIMIT = 2.1
"""Names of a lesser chance than one in eight are no matches: the held-out figures at several limits are printed."""
SURE = 0.7
"""Where one is likelier than not, no other consonants are tried."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PRIOR = 1.0  # precision of the weights' Gaussian prior, against some 50,000 examples
MANY = 5000
"""Names asked for of each kind, at most."""
_LEAST = 60  # examples that a difference must occur in to have a weight of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A folded name asked for: which kind, the rows of the places it names, and their country."""

    kind: str
    key: str
    rows: frozenset[int]
    country: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the index retrieves for a question: key id, beats asked for and differences, in order of key id."""

    question: Question
    found: tuple[tuple[int, int, dict[str, float]], ...]


class Index:
    """The spellings of a gazetteer less what is asked for. `rows` are the places of each key id."""

    def __init__(self, kept: dict[str, set[int]], countries: list[str | None]) -> None:
        self.keys = marisa_trie.Trie(sorted(kept))
        self.names: dict[int, list[str]] = defaultdict(list)
        for key in sorted(kept):
            for row in sorted(kept[key]):
                self.names[row].append(key)
        self.rows = {self.keys.key_id(key): frozenset(rows) for key, rows in kept.items()}
        sections = spelling_sections(
            (key, self.keys.key_id(key), min(rows), countries[min(rows)]) for key, rows in sorted(kept.items())
        )
        self.spellings = Spellings(self.keys, {name: memoryview(data) for name, data in sections.items()})

    def answer(self, question: Question) -> Answers:
        found: dict[int, tuple[int, dict[str, float]]] = {}
        asked, also = beats(question.key), (UNVOWELLED,) if question.kind == "script" else ()
        candidates = [] if also else [(0, asked, near, also) for _, near in self.spellings.like([asked])]
        candidates += self.spellings.others([(question.key, asked, also)], everything())
        for _, spelled, (at, zone, crowd), differ in candidates:
            if at not in found:
                found[at] = len(spelled), features(spelled, beats(self.keys.restore_key(at)), zone, crowd, differ)
        return Answers(question=question, found=tuple((at, *found[at]) for at in sorted(found)))

    def right(self, answers: Answers, at: int) -> bool:
        """Whether a name retrieved names the place asked for."""
        return not answers.question.rows.isdisjoint(self.rows[at])

    def alike(self, question: Question) -> bool:
        """Whether a spelling kept of the same place is so near (difflib's ratio, 0.7) that it is no other name."""
        return any(
            difflib.SequenceMatcher(None, question.key, name).ratio() >= 0.7
            for row in question.rows
            for name in self.names[row]
        )


def set_questions(gazetteer: Gazetteer, chosen: random.Random) -> tuple[dict[str, set[int]], list[Question]]:
    """The names kept in the index with the rows they lead to, and the names to ask for."""
    kept: dict[str, set[int]] = defaultdict(set)
    asked: list[Question] = []
    for row, place in enumerate(gazetteer):
        names = list(dict.fromkeys(key for name in gazetteer.names(place.id) if (key := fold(name)).isascii() and key))
        rows = frozenset([row])
        if chosen.random() < 0.05:
            asked += [Question(kind="absent", key=key, rows=rows, country=place.country) for key in names[:1]]
            continue
        if len(names) > 1 and chosen.random() < 0.5:
            key = names.pop(chosen.randrange(len(names)))
            asked.append(Question(kind="variant", key=key, rows=rows, country=place.country))
        for key in names:
            kept[key].add(row)
        if names and chosen.random() < 0.04:
            asked.append(Question(kind="slip", key=_slip(names[0], chosen), rows=rows, country=place.country))
        if names and ZONES[zone_of(place.country)] == "arabic":
            asked.append(Question(kind="script", key=_unvowelled(names[0], chosen), rows=rows, country=place.country))
    unknown = {q.key: q for q in asked if q.kind == "script" or q.key not in kept}
    by_kind: dict[str, list[Question]] = defaultdict(list)
    for key in sorted(unknown):
        by_kind[unknown[key].kind].append(unknown[key])
    return kept, [q for kind, found in sorted(by_kind.items()) for q in chosen.sample(found, min(MANY, len(found)))]


def _slip(key: str, chosen: random.Random) -> str:
    """A name of five letters or more with one letter wrong, not its first; a shorter one as it is."""
    if len(key) < 5:
        return key
    at, kind = chosen.randrange(1, len(key)), chosen.randrange(4)
    left, here, right = key[:at], key[at], key[at + 1 :]
    letter = chosen.choice(_LETTERS)
    return fold(
        [left + right, left + letter + here + right, left + letter + right, left + right[:1] + here + right[1:]][kind]
    )


def _unvowelled(key: str, chosen: random.Random) -> str:
    """A name as the Arabic script would give it: each single vowel inside it, long or not, left out by the toss."""
    spelled = beats(key)
    last = len(spelled) - 1
    return "".join(
        ("" if 0 < i < last and vowels in "aeiou" and chosen.random() < 0.5 else vowels) + consonant
        for i, (vowels, consonant) in enumerate(spelled)
    )


def fit(answers: list[Answers], index: Index) -> tuple[dict[str, float], dict[str, float]]:
    """Biases by length in beats and weights of the differences, by maximum posterior likelihood."""
    examples = [(a, length, found, index.right(a, at)) for a in answers for at, length, found in a.found]
    seen = Counter(name for _, _, found, _ in examples for name in found)
    names = sorted(name for name, times in seen.items() if times >= _LEAST)
    lengths = sorted({length_class(length) for _, length, _, _ in examples})
    column = {name: i for i, name in enumerate(names)} | {
        f"bias {size}": len(names) + i for i, size in enumerate(lengths)
    }
    table = np.zeros((len(examples), len(column)), dtype=np.float32)
    for i, (_, length, found, _) in enumerate(examples):
        table[i, column[f"bias {length_class(length)}"]] = 1.0
        for name, times in found.items():
            if name in column:
                table[i, column[name]] = -times
    asked = Counter(a.question.kind for a in answers)
    weight = np.array([SHARES[a.question.kind] / asked[a.question.kind] for a, _, _, _ in examples]) * len(answers)
    right = np.array([float(fits) for _, _, _, fits in examples])
    found = np.zeros(len(column))
    for _ in range(30):
        chance = 1 / (1 + np.exp(-table @ found))
        slope = table.T @ (weight * (right - chance)) - _PRIOR * found
        curve = (table * (weight * chance * (1 - chance))[:, None]).T @ table + _PRIOR * np.eye(len(column))
        step = np.linalg.solve(curve, slope)
        found += step
        if np.abs(step).max() < 1e-6:
            break
    rounded = [round(float(value), 3) for value in found]
    return dict(zip(lengths, rounded[len(names) :], strict=True)), dict(zip(names, rounded, strict=False))


def score(answers: list[Answers], index: Index, costs: Costs) -> dict[str, tuple[int, float, float, float]]:
    """By kind of question: how many, the share with any match, with the right one, and with the right one first."""
    rows: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    for a in answers:
        ranked = sorted((costs.settle(length, found), min(index.rows[at]), at) for at, length, found in a.found)
        ranked = [item for item in ranked if item[0] <= costs.limit]
        right = [index.right(a, at) for _, _, at in ranked]
        result = (bool(ranked), any(right), right[:1] == [True])
        kinds = [a.question.kind]
        if a.question.kind == "variant" and index.alike(a.question):
            kinds += ["  alike"]
            if zone_of(a.question.country):
                kinds += ["  alike, other script"]
        for kind in kinds:
            rows[kind].append(result)
    return {kind: (len(found), *np.mean(found, axis=0).round(4).tolist()) for kind, found in sorted(rows.items())}


def calibration(answers: list[Answers], index: Index, costs: Costs) -> list[tuple[float, float, int]]:
    """Mean chance told, share right, and examples, in tenths of the chance; weighed as in fitting."""
    asked = Counter(a.question.kind for a in answers)
    told = [
        (np.exp(-costs.settle(length, found)), index.right(a, at), SHARES[a.question.kind] / asked[a.question.kind])
        for a in answers
        for at, length, found in a.found
    ]
    table = []
    for tenth in range(10):
        here = [(p, r, w) for p, r, w in told if min(int(p * 10), 9) == tenth]
        if here:
            p, r, w = np.array(here).T
            table.append((float(p @ w / w.sum()), float(r @ w / w.sum()), len(here)))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gazetteer", type=Path, help="a compiled gazetteer instead of the bundled one")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    gazetteer = Gazetteer.open(options.gazetteer)
    kept, questions = set_questions(gazetteer, random.Random(0))
    index = Index(kept, [place.country for place in gazetteer])
    answers = [index.answer(question) for question in questions]
    learning = [a for i, a in enumerate(answers) if i % 4]
    held_out = answers[::4]
    bias, weights = fit(learning, index)
    costs = Costs(bias=bias, weights=weights, limit=LIMIT, sure=SURE)
    print(f"{len(learning)} names asked for to learn from; differences of {len(weights)} kinds")
    for limit in (0.7, 1.1, LIMIT, 2.3, 3.0):
        print(f"held out, costs up to {limit} (names, any match, right among them, right first):")
        for kind, figures in score(held_out, index, replace(costs, limit=limit)).items():
            print(f"  {kind:24} {figures[0]:6} {figures[1]:.3f} {figures[2]:.3f} {figures[3]:.3f}")
    print("chance told, share right, pairs:")
    for told, right, many in calibration(held_out, index, costs):
        print(f"  {told:.3f} {right:.3f} {many}")
    read = {"bias": bias, "weights": weights, "limit": LIMIT, "sure": SURE}
    options.out.write_text(json.dumps(read, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
