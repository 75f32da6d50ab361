"""Fits the resolver's weights on the open place files: `python -m training.ranker --shared ../shared`.

A conditional logit over the meanings of each name, twice: alone, and joint (given what the other names probably mean
after the rounds before); then a small network beside the joint one. Right is what bench/score.py calls right; a
GeoNames id, where gold has one, is asked for besides. Fitted on the train split; weight decay, the network's shape,
floor and calibration were chosen by cross-validation over its documents (--folds). Needs torch; takes two minutes.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from gazetteer.store import Gazetteer
from geoevents.candidates import Candidates
from geoevents.evidence import FEATURES, LOCAL_FEATURES, MAX_GROUPS, Evidence
from geoevents.idioms import find_home
from geoevents.language import load_language
from geoevents.mentions import find_names
from geoevents.ranker import ROUNDS, WEIGHTS, Calibration, Ranker, Weights, softmax
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

CROPPED = ("trnews", "gwn")
"""Files whose sentences are examples too, each as a document of its own: of a bare name in a short text the best known
bearer is meant, and LGL's local papers alone would teach otherwise ("Police in London" are Ontario's there)."""

ALONE = 1.0
"""Weight of a name in a sentence alone, against the same in its document."""

FOLDS = 5

DECAY = 1e-4
"""L2 weight decay. Right, 5 folds on the train split, lgl/trnews/gwn: 1e-3 .874/.858/.859; 3e-4 .881/.861/.859; 1e-4
.883/.860/.858."""

UNITS, NETWORKS, STEPS, RATE = 32, 3, 250, 4e-3
SPARE, SHRINK, SEEN, SAY = 0.4, 0.5, 0.5, 0.6
"""Of the network: hidden units, how many are trained and averaged, steps, learning rate; dropout, weight decay, the
share of names a step sees, and how far the answer goes from the joint weights' to the network's. Right, 5 folds on the
train split, lgl/trnews/gwn: SAY 0 .887/.944/.873, 0.6 .904/.946/.879, 1 .909/.946/.887, but then plainly named
containers lose to fame on sentences of our own; 0.1 for SHRINK .913/.942/.882, half the rate .903/.942/.888."""

FLOOR = 0.2
"""Least probability of a meaning and its neighbours that is believed. Of 3,517 names of the train split (5 folds) 59
lie below it: 12 were right, and 44 were names whose place the gazetteer lacks."""


@dataclass(slots=True, kw_only=True)
class Example:
    """One document: its evidence, and for each gold name (group, rows that are right, rows of its id, weight).

    `cropped` where it is a sentence of a document."""

    file: str
    document: str
    evidence: Evidence
    labels: list[tuple[int, list[int], list[int], float]]
    cropped: bool = False

    @property
    def dev(self) -> bool:
        """Whether its document is of the dev split."""
        return is_dev(self.document)


def load_examples(shared: Path, gazetteer: Gazetteer) -> list[Example]:
    """Every document of the open place files, with the gold spans as its names."""
    score = load_scorer(shared)
    candidates, nlp = Candidates(gazetteer), load_language()
    examples = []
    for file in FILES:
        rows = json.loads((shared / "bench" / "places" / f"{file}.json").read_text(encoding="utf-8"))
        for document, doc in zip(rows, nlp.pipe(row["text"] for row in rows), strict=True):
            found = find_names(doc, candidates.matches)
            if example := _example(file, document, found, candidates, score):
                examples.append(example)
            for sentence in doc.sents if file in CROPPED else ():
                part, names = crop(document, found, sentence.start_char, sentence.end_char)
                if example := _example(file, part, names, candidates, score):
                    examples.append(replace(example, cropped=True))
    return examples


def crop(document: dict[str, Any], found: Sequence[Name], start: int, end: int) -> tuple[dict[str, Any], list[Name]]:
    """A stretch of a document as a document, and the names found in it."""
    inside = [t for t in document["toponyms"] if start <= t["start"] and t["end"] <= end]
    moved = [{**t, "start": t["start"] - start, "end": t["end"] - start} for t in inside]
    names = [replace(n, start=n.start - start, end=n.end - start) for n in found if start <= n.start and n.end <= end]
    return {**document, "text": document["text"][start:end], "toponyms": moved}, names


def load_scorer(shared: Path) -> Any:
    """bench/score.py as a module."""
    spec = importlib.util.spec_from_file_location("score", shared / "bench" / "score.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{shared}: no bench/score.py there; say --shared")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _example(
    file: str, document: dict[str, Any], found: Sequence[Name], candidates: Candidates, score: Any
) -> Example | None:
    text, gold = document["text"], sorted(document["toponyms"], key=lambda t: (t["start"], t["end"]))
    names = [
        Name(text=t["text"], start=t["start"], end=t["end"], kind="demonym" if score.is_demonym(t["text"]) else "place")
        for t in gold
    ]
    context = [  # as at run time
        n for n in found if not any(n.start < o.end and o.start < n.end for o in names)
    ]
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
            answer = {"lat": place.lat, "lon": place.lon, "country": place.country, "feature_code": place.feature_code}
            if score.right(toponym, answer):
                right.append(row)
                if toponym["geonameid"] and place.id == f"geonames:{toponym['geonameid']}":
                    same.append(row)
        weight = FILES[file] * (DEMONYM if name.kind == "demonym" else 1.0)
        labels.append((g, right or [evidence.starts[g + 1] - 1], same, weight))
    return Example(file=file, document=document["id"], evidence=evidence, labels=labels)


def stack(examples: Sequence[Example], columns: int) -> tuple[Array, list[int], list[tuple[int, list[int], float]]]:
    """The first `columns` features of all rows, where each name's begin, and (name, rows that are right, weight)."""
    matrix = np.vstack([e.evidence.matrix[:, :columns] for e in examples])
    starts, labels, rows = [0], [], 0
    for e in examples:
        base = len(starts) - 1
        starts += [rows + at for at in e.evidence.starts[1:]]
        part = ALONE if e.cropped else 1.0
        labels += [
            (base + g, [rows + r for r in right], [rows + r for r in same], w * part) for g, right, same, w in e.labels
        ]
        rows += len(e.evidence.rows)
    asked = [(g, right, w) for g, right, _, w in labels] + [(g, same, w * IDENTITY) for g, _, same, w in labels if same]
    return matrix, starts, asked


def fit(examples: Sequence[Example], columns: int, decay: float, start: Array | None = None) -> Array:
    """The weights of the first `columns` features that make the right rows likeliest."""
    matrix, starts, asked = stack(examples, columns)
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


def fit_all(train: Sequence[Example], every: Sequence[Example], decay: float) -> tuple[Weights, list[Array]]:
    """The weights of all rounds, and every document's probabilities after the last."""
    alone = fit(train, len(LOCAL_FEATURES), decay)
    joint = fit_joint(train, every, alone, None, decay)
    for _ in range(2):  # the columns of other names depend on the weights: three passes settle them
        joint = fit_joint(train, every, alone, joint, decay)
    for example, probability in zip(every, rank(every, alone, joint), strict=True):
        example.evidence.join(probability)  # as the last round will find it
    weights = fit_network(train, alone, joint)
    ranker = Ranker(weights)
    return weights, [softmax(ranker.score(e.evidence.matrix), e.evidence.starts) for e in every]


def fit_network(train: Sequence[Example], alone: Array, joint: Array) -> Weights:
    """The network of the last round, begun from the joint weights; NETWORKS of them side by side, their mean."""
    matrix, starts, asked = stack(train, len(FEATURES))
    scale = matrix.std(axis=0) + 1e-6
    rows = torch.tensor(matrix / scale, dtype=torch.float32)
    group = torch.tensor(np.repeat(np.arange(len(starts) - 1), np.diff(starts)))
    wanted = torch.tensor(np.concatenate([rows for _, rows, _ in asked]).astype(np.int64))
    label = torch.tensor(np.repeat(np.arange(len(asked)), [len(rows) for _, rows, _ in asked]))
    weight = torch.tensor([w for *_, w in asked], dtype=torch.float32)
    torch.set_num_threads(1)  # the same sums in the same order on any machine
    last, hidden, bias, out = [], [], [], []
    for seed in range(NETWORKS):
        torch.manual_seed(seed)
        straight = torch.nn.Linear(len(FEATURES), 1, bias=False)
        units, top = torch.nn.Linear(len(FEATURES), UNITS), torch.nn.Linear(UNITS, 1, bias=False)
        with torch.no_grad():
            straight.weight[0] = torch.tensor(joint * scale, dtype=torch.float32)
            top.weight.mul_(0.1)
        optimizer = torch.optim.AdamW(
            [
                {"params": straight.parameters(), "peak": RATE / 10, "weight_decay": 0.0},
                {"params": [*units.parameters(), *top.parameters()], "peak": RATE, "weight_decay": SHRINK},
            ]
        )
        for step in range(STEPS):
            for part in optimizer.param_groups:
                part["lr"] = part["peak"] * (1 - step / STEPS)
            raised = torch.nn.functional.dropout(torch.relu(units(rows)), SPARE)
            scores = (straight(rows) + top(raised)).squeeze(-1)
            highest = torch.full((len(starts) - 1,), -torch.inf).scatter_reduce(0, group, scores, "amax")
            power = torch.exp(scores - highest.detach()[group])
            share = power / torch.zeros(len(starts) - 1).index_add(0, group, power)[group]
            hit = torch.zeros(len(asked)).index_add(0, label, share[wanted]) + 1e-9
            seen = weight * (torch.rand(len(asked)) < SEEN)
            loss = -(seen * torch.log(hit)).sum() / seen.sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        last.append(straight.weight[0].detach().numpy() / scale)
        hidden.append(units.weight.detach().numpy().T / scale[:, None])
        bias.append(units.bias.detach().numpy())
        out.append(top.weight[0].detach().numpy() * SAY / NETWORKS)
    table = np.hstack(hidden)
    return Weights(
        alone=_named(alone),
        joint=_named(joint),
        last=_named(joint + SAY * (np.mean(last, axis=0) - joint)),
        hidden={name: [round(float(w), 4) for w in row] for name, row in zip(FEATURES, table, strict=True)},
        bias=[round(float(w), 4) for w in np.concatenate(bias)],
        out=[round(float(w), 5) for w in np.concatenate(out)],
        floor=FLOOR,
    )


def _named(weights: Array) -> dict[str, float]:
    return {name: round(float(w), 4) for name, w in zip(FEATURES[: len(weights)], weights, strict=True)}


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
            for g, right, same, weight in example.labels if example.file == file and not example.cropped else ():
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
    weights, probabilities = fit_all(train, examples, options.decay)
    for split in (False, True):
        pairs = [(e, p) for e, p in zip(examples, probabilities, strict=True) if e.dev == split]
        print("dev:  " if split else "train:", report(*zip(*pairs, strict=True)))
    right, none = calibrate(train, cross_validate(train, FOLDS, options.decay))
    save(options.out, replace(weights, right=right, none=none))


def cross_validate(examples: Sequence[Example], folds: int, decay: float) -> list[Array]:
    """Every document's probabilities from weights that have not seen it."""
    order = {document: n for n, document in enumerate(dict.fromkeys(e.document for e in examples))}
    held: list[Array] = [np.zeros(0)] * len(examples)
    for fold in range(folds):
        inside = [order[e.document] % folds == fold for e in examples]
        _, probabilities = fit_all([e for e, own in zip(examples, inside, strict=True) if not own], examples, decay)
        held = [p if own else kept for p, own, kept in zip(probabilities, inside, held, strict=True)]
    return held


def calibrate(examples: Sequence[Example], held: Sequence[Array]) -> tuple[Calibration, Calibration]:
    """Of the best meaning (with what lies beside it), and of "none of these"."""
    best, none = [], []
    for example, p in zip(examples, held, strict=True):
        for g, right, _, weight in example.labels:
            start, stop = example.evidence.starts[g], example.evidence.starts[g + 1] - 1
            if start < stop and weight >= FILES[example.file]:
                row = start + int(np.argmax(p[start:stop]))
                best.append((together(example.evidence.groups[g], p, start, row), row in right))
                none.append((float(p[stop]), right == [stop]))
    return _fit_curve(best), _fit_curve(none)


def _fit_curve(believed: Sequence[tuple[float, bool]]) -> Calibration:
    p = np.clip([probability for probability, _ in believed], 1e-6, 1 - 1e-6)
    x, y = np.log(p / (1 - p)), np.array([hit for _, hit in believed], dtype=float)

    def loss(w: Array) -> tuple[float, Array]:
        z = w[0] * x + w[1]
        p = 1 / (1 + np.exp(-z))
        value = float(np.mean(np.logaddexp(0, z) - y * z))
        return value, np.array([np.mean((p - y) * x), np.mean(p - y)])

    slope, shift = minimise(loss, np.array([1.0, 0.0]))
    return Calibration(slope=round(float(slope), 4), shift=round(float(shift), 4))


def save(path: Path, weights: Weights) -> None:
    """Write the weights as the JSON that geoevents.ranker reads, a line a feature."""
    data = {"source": "training/ranker.py on the train split of bench/places", **asdict(weights)}
    text = json.dumps(data, indent=1) + "\n"
    path.write_text(re.sub(r"(?<=[\d\[,])\s+(?=[-\d\]])", " ", text), encoding="utf-8")


if __name__ == "__main__":
    main()
