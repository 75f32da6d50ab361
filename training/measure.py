"""Quick figures of the network in training, on dev samples: names by corpus, tags, trees in gold sentences, links.

What counts is measured on the exported pipeline (`evaluate.py`, benchmarks/accuracy.py); these show how a run goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from geoevents.encoder.pieces import Pieces

from .losses import stack
from .network import Network
from .samples import MASKED, PARTY_LABELS, PLACE_LABELS, Sample, make_names_sample, make_syntax_sample
from .tellings import PART_LABELS, ROLE_LABELS

if TYPE_CHECKING:
    from .prepare import Data
    from .train import Sampler

Encode = Callable[[list[Sample], Pieces], tuple[Tensor, ...]]
Found = set[tuple[int, int, str]]
BATCH = 16


def find_runs(numbers: list[int], labels: tuple[str, ...]) -> Found:
    """(first, end, label) of the runs that BIO numbers spell, masked words as outside."""
    runs, first, kind = set(), -1, ""
    for at, number in enumerate([*numbers, 0]):
        label = labels[number] if number != MASKED else "O"
        if first >= 0 and label != f"I-{kind}":
            runs.add((first, at, kind))
            first = -1
        if label.startswith("B-") or (label != "O" and first < 0):
            first, kind = at, label[2:]
    return runs


def _outputs(
    network: Network, samples: list[Sample], pieces: Pieces, encode: Encode
) -> Iterator[tuple[Sample, dict[str, Tensor]]]:
    order = sorted(range(len(samples)), key=lambda n: len(samples[n].words))
    for at in range(0, len(order), BATCH):
        batch = [samples[n] for n in order[at : at + BATCH]]
        out = network(*encode(batch, pieces))
        for n, sample in enumerate(batch):
            yield sample, {name: part[n, : len(sample.words)] for name, part in out.items()}


def _f1(hits: int, found: int, gold: int) -> float:
    return 2 * hits / (found + gold) if found + gold else 0.0


@torch.no_grad()
def measure(network: Network, sampler: Sampler, dev: Data, pieces: Pieces, encode: Encode) -> dict[str, float]:
    """F1 of names ("lgl_PLACE", "wikigold_ORG", ...), accuracies of syntax, "link_exact", "link_f1" and "link_none"."""
    scores: dict[str, float] = {}
    for source in ("lgl", "trnews", "gwn", "own", "wikigold", "re3d"):
        passages = [p for p in dev.passages if p.source == source]
        samples = [make_names_sample(sampler.nlp, p, [], sampler.swapper, None) for p in passages]
        scores |= {f"{source}_{k}": v for k, v in _name_figures(network, samples, pieces, encode).items()}
    scores |= _syntax_figures(network, sampler, dev, pieces, encode)
    passages = [p for p in dev.passages if p.source == "eventplace"][::2]
    samples = [make_names_sample(sampler.nlp, p, dev.links[p.text], sampler.swapper, None) for p in passages]
    scores |= _link_figures(network, samples, pieces, encode)
    if sampler.teacher is None:
        return scores
    return scores | _event_figures(network, sampler.read_items(dev.items), pieces, encode)


def _name_figures(network: Network, samples: list[Sample], pieces: Pieces, encode: Encode) -> dict[str, float]:
    counts: Counter[tuple[str, str]] = Counter()
    for sample, out in _outputs(network, samples, pieces, encode):
        for head, gold, labels in (("place", sample.place, PLACE_LABELS), ("party", sample.party, PARTY_LABELS)):
            best = out[head].argmax(-1).numpy()
            best[gold == MASKED] = 0
            truth, found = find_runs(list(gold), labels), find_runs(list(best), labels)
            for name, runs in (("hit", truth & found), ("gold", truth), ("found", found)):
                counts.update((name, kind) for *_, kind in runs)
    kinds = ("PLACE", "ORG", "PERSON")
    return {k: _f1(counts["hit", k], counts["found", k], counts["gold", k]) for k in kinds if counts["gold", k] > 5}


def _syntax_figures(network: Network, sampler: Sampler, dev: Data, pieces: Pieces, encode: Encode) -> dict[str, float]:
    samples = [make_syntax_sample(sampler.nlp, doc, sampler.labels, None) for doc in dev.docs[::4]]
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for sample, out in _outputs(network, samples, pieces, encode):
        for name, gold in (("tag", sample.tags), ("pos", sample.pos), ("start", sample.starts)):
            known = gold != MASKED
            total[name] += int(known.sum())
            right[name] += int((out[name].argmax(-1).numpy() == gold)[known].sum())
        sentence = torch.from_numpy(sample.starts == 1).cumsum(0)
        scores = network.pairs.score_arcs(out["arc_dep"][None], out["arc_head"][None])[0]
        scores[:, :-1].masked_fill_(sentence[:, None] != sentence[None], -1e4)
        best = scores.argmax(-1)
        heads = stack([sample.heads], len(sample.words))[0]
        numbers = torch.arange(len(heads))
        best = torch.where(best == len(heads), numbers, best)
        relations = network.pairs.score_relations(out["rel_dep"], out["rel_head"][best]).argmax(-1)
        known = (heads != MASKED).numpy()
        hit = (best == heads).numpy() & known
        same = (relations.numpy() == sample.relations) | (heads == numbers).numpy()
        total["uas"] += int(known.sum())
        right["uas"] += int(hit.sum())
        total["las"] += int(known.sum())
        right["las"] += int((hit & same).sum())
    return {name: right[name] / total[name] for name in sorted(total)}


def _link_figures(network: Network, samples: list[Sample], pieces: Pieces, encode: Encode) -> dict[str, float]:
    hits = found = truth = exact = none = none_right = count = 0
    for sample, out in _outputs(network, samples, pieces, encode):
        places = [r for r in find_runs(list(out["place"].argmax(-1).numpy()), PLACE_LABELS) if r[2] == "PLACE"]
        for trigger, labels in sample.links:
            scores = network.pairs.score_links(out["trigger"][trigger][None], out["site"][None])[0]
            chosen = [(s, e) for s, e, _ in places if float(scores[s:e].mean()) > 0]
            gold = [(s, e) for s, e, _ in find_runs(_as_bio(list(labels)), ("O", "B-X", "I-X"))]
            good = sum(any(s < e2 and s2 < e for s2, e2 in gold) for s, e in chosen)
            count, found, truth, hits = count + 1, found + len(chosen), truth + len(gold), hits + min(good, len(gold))
            exact += good == len(chosen) == len(gold)
            if not gold:
                none, none_right = none + 1, none_right + (not chosen)
    return {"link_exact": exact / count, "link_f1": _f1(hits, found, truth), "link_none": none_right / max(1, none)}


def _as_bio(labels: list[int]) -> list[int]:
    return [(2 if n and labels[n - 1] == 1 else 1) if label == 1 else 0 for n, label in enumerate(labels)]


def _event_figures(network: Network, samples: list[Sample], pieces: Pieces, encode: Encode) -> dict[str, float]:
    """F1 of triggers and of triggers with their type; shares of gold triggers with the right mode and modality; F1 of
    the words of each role and part."""
    counts: Counter[str] = Counter()
    for sample, out in _outputs(network, samples, pieces, encode):
        known = sample.events != MASKED
        best = out["event"].argmax(-1).numpy()
        truth, found = known & (sample.events > 0), known & (best > 0)
        counts.update(gold=int(truth.sum()), found=int(found.sum()), trigger=int((truth & found).sum()))
        parts = out["part"].argmax(-1).numpy()
        for n, part in enumerate(PART_LABELS[1:], start=1):
            counts[f"{part} of"] += int((parts == n).sum() + (sample.parts == n).sum())
            counts[f"{part} right"] += int(((parts == n) & (sample.parts == n)).sum())
        counts.update(type=int((truth & (best == sample.events)).sum()))
        for name, gold in (("mode", sample.modes), ("modality", sample.modalities)):
            counts[name] += int((truth & (out[name].argmax(-1).numpy() == gold)).sum())
        for trigger, gold in sample.roles:
            scores = network.pairs.score_roles(out["teller"][trigger][None], out["told"][None])[0].numpy() > 0
            for n, role in enumerate(ROLE_LABELS):
                counts[f"{role} hit"] += int((scores[n] & (gold[n] == 1)).sum())
                counts[f"{role} both"] += int(scores[n].sum() + (gold[n] == 1).sum())
    figures = {"event_trigger": _f1(counts["trigger"], counts["found"], counts["gold"])}
    figures["event_type"] = _f1(counts["type"], counts["found"], counts["gold"])
    figures |= {f"event_{name}": counts[name] / max(1, counts["gold"]) for name in ("mode", "modality")}
    figures |= {f"role_{r}": 2 * counts[f"{r} hit"] / max(1, counts[f"{r} both"]) for r in ROLE_LABELS}
    figures |= {f"part_{p}": 2 * counts[f"{p} right"] / max(1, counts[f"{p} of"]) for p in PART_LABELS[1:]}
    return figures
