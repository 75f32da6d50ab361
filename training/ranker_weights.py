"""Fits the resolver's weights on the open place files: `python -m training.ranker_weights --shared ../shared`.

A conditional logit over the meanings of each name, twice: alone, and joint (given what the other names probably mean
after the rounds before). Right is what bench/score.py calls right; a GeoNames id, where gold has one, is asked for
besides. Fitted on the train split; weight decay, floor and calibration were chosen by cross-validation there (--folds).
Needs numpy only; takes about a minute.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from gazetteer.store import Gazetteer
from geoevents.candidates import Candidates
from geoevents.evidence import FEATURES, LOCAL_FEATURES, MAX_GROUPS, Evidence
from geoevents.idioms import find_home
from geoevents.language import load_language
from geoevents.mentions import find_names
from geoevents.ranker import ROUNDS, WEIGHTS, softmax
from geoevents.senses import group_mentions
from geoevents.spans import Name
from geoevents.verdicts import together

from .splits import is_dev

Array = NDArray[np.float64]

FILES = {"lgl": 1.0, "trnews": 2.5, "gwn": 1.7}
"""Weight of one name of each file, so that each file counts about as much (2,476, 637 and 1,107 names)."""

DEMONYM = 0.4
"""Weight of a demonym, which resolution is not scored on."""

IDENTITY = 0.4
"""Weight of naming the very GeoNames id, against lying within 161 km of it."""

FOLDS = 5

DECAY = 1e-4
"""L2 weight decay. Right, 5 folds on the train split, lgl/trnews/gwn: 1e-3 .874/.858/.859; 3e-4 .881/.861/.859; 1e-4
.883/.860/.858."""

FLOOR = 0.2
"""Least probability of a meaning and its neighbours that is believed. Of 3,472 names of the train split (5 folds) 95
lie below it: 6 were right, and 76 were names whose place the gazetteer lacks."""


@dataclass(slots=True, kw_only=True)
class Example:
    """One document: its evidence, and for each gold name (group, rows that are right, rows of its id, weight)."""

    file: str
    dev: bool
    evidence: Evidence
    labels: list[tuple[int, list[int], list[int], float]]


def load_examples(shared: Path, gazetteer: Gazetteer) -> list[Example]:
    """Every document of the open place files, with the gold spans as its names."""
    score = load_scorer(shared)
    candidates, nlp = Candidates(gazetteer), load_language()
    examples = []
    for file in FILES:
        rows = json.loads((shared / "bench" / "places" / f"{file}.json").read_text(encoding="utf-8"))
        for document, doc in zip(rows, nlp.pipe(row["text"] for row in rows), strict=True):
            if example := _example(file, document, doc, candidates, score):
                examples.append(example)
    return examples


def load_scorer(shared: Path) -> Any:
    """bench/score.py as a module."""
    spec = importlib.util.spec_from_file_location("score", shared / "bench" / "score.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{shared}: no bench/score.py there; say --shared")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _example(file: str, document: dict[str, Any], doc: Doc, candidates: Candidates, score: Any) -> Example | None:
    text, gold = document["text"], sorted(document["toponyms"], key=lambda t: (t["start"], t["end"]))
    names = [
        Name(text=t["text"], start=t["start"], end=t["end"], kind="demonym" if score.is_demonym(t["text"]) else "place")
        for t in gold
    ]
    found = find_names(doc, candidates.matches)  # other names are context, as at run time
    context = [n for n in found if not any(n.start < o.end and o.start < n.end for o in names)]
    groups, group_of = group_mentions(text, names, candidates, context)
    if not groups:
        return None
    evidence = Evidence(groups[:MAX_GROUPS], find_home(text))
    labels = []
    for name, toponym, g in zip(names, gold, group_of[: len(names)], strict=True):
        if toponym["lat"] is None or g >= MAX_GROUPS:
            continue
        first = evidence.starts[g]
        right, same = [], []
        for row, option in enumerate(groups[g].options, start=first):
            place = option.place
            found = {"lat": place.lat, "lon": place.lon, "country": place.country, "feature_code": place.feature_code}
            if score.right(toponym, found):
                right.append(row)
                if toponym["geonameid"] and place.id == f"geonames:{toponym['geonameid']}":
                    same.append(row)
        weight = FILES[file] * (DEMONYM if name.kind == "demonym" else 1.0)
        labels.append((g, right or [evidence.starts[g + 1] - 1], same, weight))
    return Example(file=file, dev=is_dev(document["id"]), evidence=evidence, labels=labels)


def fit(examples: Sequence[Example], columns: int, decay: float, start: Array | None = None) -> Array:
    """The weights of the first `columns` features that make the right rows likeliest."""
    matrix = np.vstack([e.evidence.matrix[:, :columns] for e in examples])
    starts, labels, rows = [0], [], 0
    for e in examples:
        base = len(starts) - 1
        starts += [rows + at for at in e.evidence.starts[1:]]
        labels += [(base + g, [rows + r for r in right], [rows + r for r in same], w) for g, right, same, w in e.labels]
        rows += len(e.evidence.rows)
    asked = [(g, right, w) for g, right, _, w in labels] + [(g, same, w * IDENTITY) for g, _, same, w in labels if same]
    group = np.array([g for g, _, _ in asked])
    wanted = np.concatenate([rows for _, rows, _ in asked]).astype(int)
    label = np.repeat(np.arange(len(asked)), [len(rows) for _, rows, _ in asked])
    weight = np.array([w for _, _, w in asked])
    of_group = np.bincount(group, weight, minlength=len(starts) - 1)
    sizes = np.diff(starts)
    total = weight.sum()

    def loss(w: Array) -> tuple[float, Array]:
        p = softmax(matrix @ w, starts)
        hit = np.bincount(label, p[wanted], minlength=len(asked)) + 1e-12
        target = np.zeros(len(p))
        np.add.at(target, wanted, weight[label] * p[wanted] / hit[label])
        gradient = matrix.T @ (np.repeat(of_group, sizes) * p - target)
        return float(-(weight * np.log(hit)).sum() / total + decay / 2 * w @ w), gradient / total + decay * w

    return minimise(loss, np.zeros(columns) if start is None else start)


def minimise(loss: Callable[[Array], tuple[float, Array]], w: Array, steps: int = 500, memory: int = 10) -> Array:
    """L-BFGS with backtracking (Nocedal & Wright, Numerical Optimization, algorithms 7.4 and 3.1)."""
    moves: list[tuple[Array, Array]] = []
    value, gradient = loss(w)
    for _ in range(steps):
        q, factors = gradient.copy(), []
        for s, y in reversed(moves):
            factors.append((s @ q) / (y @ s))
            q -= factors[-1] * y
        if moves:
            s, y = moves[-1]
            q *= (s @ y) / (y @ y)
        for (s, y), factor in zip(moves, reversed(factors), strict=True):
            q += s * (factor - (y @ q) / (y @ s))
        step, slope = 1.0 if moves else 1.0 / max(1.0, float(np.linalg.norm(gradient))), -float(gradient @ q)
        while (new := loss(w - step * q))[0] > value + 1e-4 * step * slope and step > 1e-9:
            step /= 2
        move, change = -step * q, new[1] - gradient
        done = abs(value - new[0]) < 1e-9
        w, (value, gradient) = w + move, new
        if done:
            break
        if change @ move > 1e-12:
            moves = [*moves, (move, change)][-memory:]
    return w


def fit_both(train: Sequence[Example], every: Sequence[Example], decay: float) -> tuple[Array, Array, list[Array]]:
    """The weights alone and joint, and every document's probabilities after the last round."""
    alone = fit(train, len(LOCAL_FEATURES), decay)
    joint = fit_joint(train, every, alone, None, decay)
    for _ in range(2):  # the columns of other names depend on the weights: three passes settle them
        joint = fit_joint(train, every, alone, joint, decay)
    return alone, joint, rank(every, alone, joint)


def fit_joint(
    train: Sequence[Example], every: Sequence[Example], alone: Array, joint: Array | None, decay: float
) -> Array:
    """One pass: fill the columns of other names as the weights so far have it, then fit."""
    for example, probability in zip(every, rank(every, alone, joint), strict=True):
        example.evidence.join(probability)
    return fit(train, len(FEATURES), decay, joint)


def rank(examples: Sequence[Example], alone: Array, joint: Array | None) -> list[Array]:
    """Every row's probability after the rounds that Ranker runs (one fewer, so that a fit sees what it will see)."""
    ranked = []
    for example in examples:
        evidence = example.evidence
        probability = softmax(evidence.matrix[:, : len(alone)] @ alone, evidence.starts)
        for _ in range(ROUNDS - 1 if joint is not None else 0):
            evidence.join(probability)
            probability = softmax(evidence.matrix @ joint, evidence.starts)
        ranked.append(probability)
    return ranked


def report(examples: Sequence[Example], probabilities: Sequence[Array]) -> str:
    """Accuracy by file: best meaning right, right meaning among the options, very id (demonyms left out)."""
    lines = []
    for file in FILES:
        n = hits = possible = ids = same_hits = 0
        for example, p in zip(examples, probabilities, strict=True):
            for g, right, same, weight in example.labels if example.file == file else ():
                start, stop = example.evidence.starts[g], example.evidence.starts[g + 1] - 1
                if weight < FILES[file]:
                    continue
                n += 1
                possible += right != [stop]
                if start < stop:
                    best = start + int(np.argmax(p[start:stop]))
                    hits += best in right
                    ids += bool(same)
                    same_hits += best in same
        shares = f"{hits / max(n, 1):.4f} of {possible / max(n, 1):.4f}"
        lines.append(f"{file} {shares}, id {same_hits / max(ids, 1):.3f}, n {n}")
    return "; ".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder that holds bench/")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--decay", type=float, default=DECAY)
    parser.add_argument("--folds", type=int, default=0, help="cross-validate on the train split instead of fitting")
    options = parser.parse_args()
    examples = load_examples(options.shared, Gazetteer.open())
    train = [e for e in examples if not e.dev]
    if options.folds:  # to choose the decay, the floor, or features
        held = cross_validate(train, options.folds, options.decay)
        print(f"train, {options.folds} folds:", report(train, held))
        return
    alone, joint, probabilities = fit_both(train, examples, options.decay)
    for split in (False, True):
        pairs = [(e, p) for e, p in zip(examples, probabilities, strict=True) if e.dev == split]
        print("dev:  " if split else "train:", report(*zip(*pairs, strict=True)))
    held = cross_validate(train, options.folds or FOLDS, options.decay)
    slope, shift = calibrate(train, held)
    save(options.out, alone, joint, slope, shift)


def cross_validate(examples: Sequence[Example], folds: int, decay: float) -> list[Array]:
    """Every document's probabilities from weights that have not seen it."""
    held: list[Array] = [np.zeros(0)] * len(examples)
    for fold in range(folds):
        rest = [e for i, e in enumerate(examples) if i % folds != fold]
        _, _, probabilities = fit_both(rest, examples, decay)
        held[fold::folds] = probabilities[fold::folds]
    return held


def calibrate(examples: Sequence[Example], held: Sequence[Array]) -> tuple[float, float]:
    """Slope and shift of the logistic curve (Platt 1999) from the log-odds of the best meaning to being right."""
    odds, hits = [], []
    for example, p in zip(examples, held, strict=True):
        for g, right, _, weight in example.labels:
            start, stop = example.evidence.starts[g], example.evidence.starts[g + 1] - 1
            if start < stop and weight >= FILES[example.file]:
                best = start + int(np.argmax(p[start:stop]))
                mass = min(max(together(example.evidence.groups[g], p, start, best), 1e-6), 1 - 1e-6)
                odds.append(np.log(mass / (1 - mass)))
                hits.append(best in right)
    x, y = np.array(odds), np.array(hits, dtype=float)

    def loss(w: Array) -> tuple[float, Array]:
        z = w[0] * x + w[1]
        p = 1 / (1 + np.exp(-z))
        value = float(np.mean(np.logaddexp(0, z) - y * z))
        return value, np.array([np.mean((p - y) * x), np.mean(p - y)])

    slope, shift = minimise(loss, np.array([1.0, 0.0]))
    return float(slope), float(shift)


def save(path: Path, alone: Array, joint: Array, slope: float, shift: float) -> None:
    """Write the weights as the JSON that geoevents.ranker reads."""
    data = {
        "source": "training/ranker_weights.py on the train split of bench/places",
        "alone": {name: round(float(w), 4) for name, w in zip(LOCAL_FEATURES, alone, strict=True)},
        "joint": {name: round(float(w), 4) for name, w in zip(FEATURES, joint, strict=True)},
        "slope": round(slope, 4),
        "shift": round(shift, 4),
        "floor": FLOOR,
    }
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
