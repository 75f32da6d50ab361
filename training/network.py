"""The network that the bundled encoder is exported from: MiniLM with a table for case, and every head on one pass.

Names and shapes of the weights are those that `export.py` reads. The encoder is BERT's (post-norm, exact GELU)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

HIDDEN, LAYERS, ATTENTION_HEADS, WIDE, EPSILON = 384, 6, 12, 1536, 1e-12
CASES = 6
"""Classes of a word's case (geoevents/encoder/pieces.py): the vocabulary knows lower case only."""
ARC, RELATION, LINK, ROLE = 128, 64, 96, 64
"""Widths of the vectors that pairs of words are scored with: head and dependent, their relation, trigger and place,
trigger and what fills a role."""
RARE = -5.0
"""Log odds that a word fills a role, to begin with."""
SLOPE = 0.1


class Layer(nn.Module):
    """One transformer layer, queries, keys and values in one product.

    Dropout after the second half alone, and attention written out: on a CPU either costs a quarter of the time."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(HIDDEN, 3 * HIDDEN), nn.Linear(HIDDEN, HIDDEN)
        self.up, self.down = nn.Linear(HIDDEN, WIDE), nn.Linear(WIDE, HIDDEN)
        self.norm1, self.norm2 = nn.LayerNorm(HIDDEN, eps=EPSILON), nn.LayerNorm(HIDDEN, eps=EPSILON)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, _ = x.shape
        query, key, value = self.qkv(x).view(batch, length, 3, ATTENTION_HEADS, -1).permute(2, 0, 3, 1, 4)
        scores = query @ (key * (HIDDEN // ATTENTION_HEADS) ** -0.5).transpose(2, 3) + mask
        mixed = scores.softmax(-1).to(value.dtype) @ value
        x = self.norm1(x + self.out(mixed.transpose(1, 2).reshape(batch, length, HIDDEN)))
        return self.norm2(x + self.dropout(self.down(functional.gelu(self.up(x)))))


class Embeddings(nn.Module):
    """Pieces, positions and case."""

    def __init__(self, vocabulary: int, positions: int, dropout: float) -> None:
        super().__init__()
        self.word, self.position = nn.Embedding(vocabulary, HIDDEN), nn.Embedding(positions, HIDDEN)
        self.case = nn.Embedding(CASES, HIDDEN)
        self.norm, self.dropout = nn.LayerNorm(HIDDEN, eps=EPSILON), nn.Dropout(dropout)

    def forward(self, ids: Tensor, cases: Tensor) -> Tensor:
        places = self.position.weight[: ids.shape[1]]
        return self.dropout(self.norm(self.word(ids) + places + self.case(cases)))


class Biaffine(nn.Module):
    """Scores of pairs of words: heads of words, labels of these arcs, places of triggers."""

    def __init__(self, relations: int, roles: int) -> None:
        super().__init__()
        self.role = nn.ParameterDict({"weight": torch.zeros(roles, ROLE + 1, ROLE + 1)})
        self.arc = nn.ParameterDict(
            {"weight": torch.zeros(ARC, ARC), "bias": torch.zeros(ARC), "root": torch.zeros(ARC)}
        )
        self.rel = nn.ParameterDict(
            {
                "weight": torch.zeros(relations, RELATION, RELATION),
                "dep": torch.zeros(relations, RELATION),
                "head": torch.zeros(relations, RELATION),
                "bias": torch.zeros(relations),
            }
        )
        self.link = nn.ParameterDict(
            {
                "weight": torch.zeros(LINK, LINK),
                "trigger": torch.zeros(LINK),
                "site": torch.zeros(LINK),
                "bias": torch.zeros(1),
            }
        )
        for table in (self.arc, self.rel, self.link, self.role):
            nn.init.normal_(table["weight"], std=0.02)
        nn.init.normal_(self.arc["root"], std=0.02)
        with torch.no_grad():
            self.role["weight"][:, -1, -1] = RARE

    def score_arcs(self, dep: Tensor, head: Tensor) -> Tensor:
        """[batch, words, words + 1]: how well each word hangs on each, the last column being the root."""
        pairs = dep @ self.arc["weight"] @ head.transpose(1, 2) + (head @ self.arc["bias"]).unsqueeze(1)
        root = dep @ self.arc["weight"] @ self.arc["root"] + self.arc["root"] @ self.arc["bias"]
        return torch.cat([pairs, root.unsqueeze(-1)], dim=-1)

    def score_relations(self, dep: Tensor, head: Tensor) -> Tensor:
        """[pairs, relations] of vectors of dependents and their heads."""
        both = torch.einsum("nd,rde,ne->nr", dep, self.rel["weight"], head)
        return both + dep @ self.rel["dep"].T + head @ self.rel["head"].T + self.rel["bias"]

    def score_links(self, trigger: Tensor, site: Tensor) -> Tensor:
        """[triggers, words]: log odds that the event of the trigger happened at the word, of [triggers, words, d]."""
        pairs = (trigger @ self.link["weight"]).unsqueeze(1) @ site.transpose(1, 2)
        return (
            pairs.squeeze(1)
            + (trigger @ self.link["trigger"]).unsqueeze(1)
            + site @ self.link["site"]
            + self.link["bias"]
        )

    def score_roles(self, teller: Tensor, told: Tensor) -> Tensor:
        """[triggers, roles, words]: log odds that a word fills a role, of [triggers, d] and [triggers, words, d]."""
        teller, told = (functional.pad(x, (0, 1), value=1.0) for x in (teller, told))
        return torch.einsum("nd,rde->nre", teller, self.role["weight"]) @ told.transpose(1, 2)


class Network(nn.Module):
    """Encoder and heads; `slices` are (name, width) of the parts of the heads' one projection, in order."""

    def __init__(
        self, slices: list[tuple[str, int]], relations: int, roles: int, vocabulary: int, dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.slices = slices
        self.embeddings = Embeddings(vocabulary, 512, dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.heads = nn.ModuleDict({"project": nn.Linear(HIDDEN, sum(width for _, width in slices))})
        self.pairs = Biaffine(relations, roles)
        self.dropout = nn.Dropout(dropout)

    def forward(self, ids: Tensor, cases: Tensor, mask: Tensor, firsts: Tensor) -> dict[str, Tensor]:
        """Each head's output, [batch, words, width], for pieces [batch, pieces] and the first piece of each word."""
        x = self.embeddings(ids, cases)
        attention = torch.zeros(mask.shape).masked_fill(~mask, -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, attention)
        words = torch.gather(x, 1, firsts.unsqueeze(-1).expand(-1, -1, HIDDEN))
        parts = self.heads["project"](self.dropout(words)).float().split([w for _, w in self.slices], dim=-1)
        out = {name: part for (name, _), part in zip(self.slices, parts, strict=True)}
        for name in ("arc_dep", "arc_head", "rel_dep", "rel_head", "trigger", "site", "teller", "told"):
            out[name] = self.dropout(functional.leaky_relu(out[name], SLOPE))
        return out

    def exported(self) -> dict[str, Tensor]:
        """The weights under the names that `export.py` reads."""
        return {
            _EXPORTED.get(name, name.removeprefix("pairs.")): v.contiguous() for name, v in self.state_dict().items()
        }

    def load_exported(self, weights: dict[str, Tensor], config: dict[str, Any], roles: tuple[str, ...]) -> None:
        """Takes what `exported` gave, of a network made with `config`; heads and roles it lacks stay as they are."""
        state = self.state_dict()
        for name, value in state.items():
            given = weights.get(_EXPORTED.get(name, name.removeprefix("pairs.")))
            if given is not None and not name.startswith(("heads.", "pairs.role.")):
                value.copy_(given)
        at, rows = 0, {}
        for role in {*roles} & {*config.get("role", ())}:
            state["pairs.role.weight"][roles.index(role)] = weights["role.weight"][config["role"].index(role)]
        for name, width in config["slices"]:
            rows[name] = slice(at, at + width)
            at += width
        at = 0
        for name, width in self.slices:
            if name in rows:
                for part in ("weight", "bias"):
                    state[f"heads.project.{part}"][at : at + width] = weights[f"heads.project.{part}"][rows[name]]
            at += width


_EXPORTED = {f"embeddings.{table}.weight": f"embeddings.{table}" for table in ("word", "position", "case")}


def load_pretrained(network: Network, folder: Path) -> None:
    """Fills the encoder with the weights of all-MiniLM-L6-v2 (Apache-2.0); case starts as the table for segment 0."""
    source = load_file(folder / "model.safetensors")
    source = {name.removeprefix("bert."): value for name, value in source.items()}
    state = {
        "embeddings.word.weight": source["embeddings.word_embeddings.weight"],
        "embeddings.position.weight": source["embeddings.position_embeddings.weight"],
        "embeddings.case.weight": source["embeddings.token_type_embeddings.weight"][:1].repeat(CASES, 1),
        "embeddings.norm.weight": source["embeddings.LayerNorm.weight"],
        "embeddings.norm.bias": source["embeddings.LayerNorm.bias"],
    }
    names = {
        "out": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "norm2": "output.LayerNorm",
    }
    for layer in range(LAYERS):
        base = f"encoder.layer.{layer}."
        for kind in ("weight", "bias"):
            parts = [source[f"{base}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            state[f"layers.{layer}.qkv.{kind}"] = torch.cat(parts)
            for ours, theirs in names.items():
                state[f"layers.{layer}.{ours}.{kind}"] = source[f"{base}{theirs}.{kind}"]
    missing, unexpected = network.load_state_dict(state, strict=False)
    if unexpected or any(name.startswith(("embeddings", "layers")) for name in missing):
        raise ValueError(f"{folder}: not the weights of a BERT of this shape: {missing} {unexpected}")
    for word in ("word", "position"):
        network.embeddings.get_parameter(f"{word}.weight").requires_grad_(False)
