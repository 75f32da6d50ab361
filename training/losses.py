"""The losses of the heads, each a sum over its labelled words, so that a corpus weighs by what it labels."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from .network import Network
from .samples import MASKED, Sample
from .tellings import PART_LABELS

WEIGHTS = {
    "place": 1.0,
    "party": 1.0,
    "tag": 0.4,
    "pos": 0.2,
    "start": 0.5,
    "arc": 0.4,
    "rel": 0.3,
    "link": 4.0,
    "event": 3.0,
    "mode": 1.0,
    "modality": 1.0,
    "part": 3.0,
    "role": 2.0,
}
"""Shares of the heads in the loss, a word: names matter most; set by sense, not tuned."""
PART = torch.tensor([1.0 if part == "O" else 2.0 for part in PART_LABELS])
"""How much a word of each part counts: those of figures and speakers are few."""
SMOOTH = 0.05
"""Label smoothing where samples are few and seen often, so that probabilities stay of use."""
COMMON_WORD = 0.1
"""Weight of a word without a capital as a wrong place of an event."""


def stack(rows: list[np.ndarray], words: int) -> Tensor:
    """Label rows as one tensor, masked where a sample is shorter."""
    full = np.full((len(rows), words), MASKED, np.int64)
    for n, row in enumerate(rows):
        full[n, : len(row)] = row
    return torch.from_numpy(full)


def sum_losses(network: Network, out: dict[str, Tensor], batch: list[Sample]) -> dict[str, Tensor]:
    """Each head's loss a word of the batch."""
    width = out["place"].shape[1]
    words = sum(len(s.words) for s in batch)
    columns = {
        "place": [s.place for s in batch],
        "party": [s.party for s in batch],
        "tag": [s.tags for s in batch],
        "pos": [s.pos for s in batch],
        "start": [s.starts for s in batch],
        "event": [s.events for s in batch],
        "mode": [s.modes for s in batch],
        "modality": [s.modalities for s in batch],
        "part": [s.parts for s in batch],
    }
    losses = {}
    for name, rows in columns.items():
        gold = stack(rows, width)
        logits = out[name].flatten(0, 1)
        smooth = SMOOTH if name in ("event", "mode", "modality", "part") else 0.0
        losses[name] = (
            functional.cross_entropy(
                logits,
                gold.flatten(),
                weight=PART if name == "part" else None,
                ignore_index=MASKED,
                reduction="sum",
                label_smoothing=smooth,
            )
            / words
        )
    trees = [n for n, s in enumerate(batch) if (s.heads != MASKED).any()]
    losses["arc"], losses["rel"] = _tree_losses(network, out, [batch[n] for n in trees], trees, words)
    losses["link"] = _link_loss(network, out, batch, words)
    losses["role"] = _role_loss(network, out, batch, words)
    return losses


def _tree_losses(
    network: Network, out: dict[str, Tensor], samples: list[Sample], rows: list[int], words: int
) -> tuple[Tensor, Tensor]:
    if not samples:
        return torch.zeros(()), torch.zeros(())
    width = out["place"].shape[1]
    heads, relations = stack([s.heads for s in samples], width), stack([s.relations for s in samples], width)
    starts = stack([s.starts for s in samples], width)
    sentence = (starts == 1).cumsum(1)
    known = torch.zeros_like(heads, dtype=torch.bool)
    for n, sample in enumerate(samples):
        known[n, : len(sample.words)] = True
    apart = (sentence.unsqueeze(2) != sentence.unsqueeze(1)) | ~known.unsqueeze(1)
    scores = network.pairs.score_arcs(out["arc_dep"][rows], out["arc_head"][rows])
    scores = torch.cat([scores[..., :-1].masked_fill(apart, -1e4), scores[..., -1:]], dim=-1)
    numbers = torch.arange(width).expand_as(heads)
    root = heads == numbers
    crossing = (heads != MASKED) & ~root & torch.gather(apart, 2, heads.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    target = torch.where(root, width, heads).masked_fill(crossing, MASKED)
    arc = functional.cross_entropy(scores.flatten(0, 1), target.flatten(), ignore_index=MASKED, reduction="sum")
    labelled = (heads != MASKED) & ~root & (relations != MASKED)
    batch, dep = labelled.nonzero(as_tuple=True)
    head = heads[batch, dep]
    rel_dep, rel_head = out["rel_dep"][rows], out["rel_head"][rows]
    pairs = network.pairs.score_relations(rel_dep[batch, dep], rel_head[batch, head])
    rel = functional.cross_entropy(pairs, relations[batch, dep], reduction="sum")
    return arc / words, rel / words


def _link_loss(network: Network, out: dict[str, Tensor], batch: list[Sample], words: int) -> Tensor:
    rows = [(n, trigger, labels) for n, s in enumerate(batch) for trigger, labels in s.links]
    if not rows:
        return torch.zeros(())
    at, triggers = (torch.tensor(column) for column in list(zip(*rows, strict=True))[:2])
    gold = stack([labels for *_, labels in rows], out["place"].shape[1])
    weight = np.zeros(gold.shape, np.float32)
    for k, (n, _, labels) in enumerate(rows):
        for i, word in enumerate(batch[n].words):
            weight[k, i] = 1.0 if word[:1].isupper() or labels[i] else COMMON_WORD
    scores = network.pairs.score_links(out["trigger"][at, triggers], out["site"][at])
    each = functional.binary_cross_entropy_with_logits(scores, gold.clamp(min=0).float(), reduction="none")
    return (each * torch.from_numpy(weight)).sum() / words


def _role_loss(network: Network, out: dict[str, Tensor], batch: list[Sample], words: int) -> Tensor:
    rows = [(n, trigger, labels) for n, s in enumerate(batch) for trigger, labels in s.roles]
    if not rows:
        return torch.zeros(())
    at, triggers = (torch.tensor(column) for column in list(zip(*rows, strict=True))[:2])
    gold = torch.stack([stack(list(labels), out["place"].shape[1]) for *_, labels in rows])
    scores = network.pairs.score_roles(out["teller"][at, triggers], out["told"][at])
    each = functional.binary_cross_entropy_with_logits(scores, gold.clamp(min=0).float(), reduction="none")
    return (each * (gold != MASKED)).sum() / words
