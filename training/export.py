"""From trained weights to the files that ship: `encoder.onnx` (8-bit integers) and `vocabulary.npz` (the base's four bits)."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from normscope.match.offline.reading import Reading
from training.base import Base
from training.evening import DENSE, evened
from training.network import Encoder

__all__ = ["PIECES", "chosen_pieces", "export_encoder", "export_vocabulary"]

PIECES = 74_000
"""Pieces that are kept of the base's 250,002, so that all files together stay under 40 MB."""

LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzàâäæáãåçéèêëíìîïñóòôöõøœúùûüÿß")
"""A piece is kept if all its letters are of Western European alphabets; the rest are digits, marks and signs."""

FIRST_OTHER_SCRIPT = 0x2E80

FLOAT = ["/encoder/compare/Gemm_MatMul", "/encoder/head/Gemm_MatMul", "/compare/Gemm_MatMul", "/head/Gemm_MatMul"]
"""The last two layers see one row a question: they stay as they are."""


def chosen_pieces(base: Base) -> list[int]:
    """Ids in the base of the pieces that are kept, in the base's order, which is that of their probability."""
    fits = [
        i
        for i, piece in enumerate(base.pieces)
        if i < 4 or all(c.lower() in LETTERS if c.isalpha() else ord(c) < FIRST_OTHER_SCRIPT for c in piece)
    ]
    return fits[:PIECES]


def export_vocabulary(base: Base, path: Path) -> None:
    """Write the chosen pieces, their scores, the base's packed vectors of them and the table of normalised characters."""
    kept = chosen_pieces(base)
    np.savez_compressed(
        path,
        pieces=np.frombuffer("\n".join(base.pieces[i] for i in kept).encode(), np.uint8),
        scores=base.scores[kept].astype(np.float16),
        packed=base.packed_words[kept],
        normal=np.frombuffer(json.dumps(dict(base.normal), ensure_ascii=False, sort_keys=True).encode(), np.uint8),
    )


class _OneSequence(nn.Module):
    """The network for one sequence at a time, which needs no mask; the kind of token is added to the positions."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.positions = nn.Parameter(encoder.positions.weight.detach() + encoder.kinds.detach())
        self.encoder = encoder
        self.first, self.layers = encoder.first, encoder.layers

    def forward(self, vectors: Tensor, pools: Tensor) -> Tensor:
        x = self.first(vectors + self.positions[: vectors.shape[1]])
        bias = torch.zeros(1)
        for layer in self.layers:
            x = layer(x, bias)
        return self.encoder.judged(x.mean(1), pools @ x)


def export_encoder(encoder: Encoder, path: Path, shown: Sequence[Reading]) -> None:
    """Write the network with its dense layers in 8-bit integers (7 of which are used, so that processors without VNNI do
    not overflow), each initializer under its name in the network. `shown` is read to even out the layers' inputs."""
    network = _OneSequence(evened(encoder, shown)).eval()
    with tempfile.TemporaryDirectory() as folder:
        plain, small = str(Path(folder) / "plain.onnx"), str(Path(folder) / "small.onnx")
        torch.onnx.export(
            network,
            (torch.randn(1, 9, encoder.positions.embedding_dim), torch.rand(1, 2, 9)),
            plain,
            input_names=["vectors", "pools"],
            output_names=["logits"],
            dynamic_axes={"vectors": {1: "length"}, "pools": {2: "length"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(plain, small, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True, nodes_to_exclude=FLOAT)
        model = onnx.load(small)
    _rename(model, len(encoder.layers))
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def _rename(model: onnx.ModelProto, layers: int) -> None:
    """Give the integer weights and their scales the names of their layers; they come in the order of the network."""
    integer = [node for node in model.graph.node if node.op_type == "MatMulInteger"]
    named = [f"layers.{n}.{dense}" for n in range(layers) for dense in DENSE]
    names: dict[str, str] = {}
    for node, name in zip(integer, named, strict=True):
        stem = node.input[1].removesuffix("_quantized")
        names |= {f"{stem}_quantized": f"{name}.weight", f"{stem}_scale": f"{name}.scale", f"{stem}_zero_point": f"{name}.zero"}
    for tensor in model.graph.initializer:
        name = names.get(tensor.name, tensor.name).removeprefix("encoder.").replace("_Transposed", "").replace(".dense.", ".")
        names[tensor.name] = name
        # from_array stores raw bytes, which is all that the reader without ONNX's packages knows
        tensor.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(tensor), name))
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = names.get(name, name)
    for value in model.graph.value_info:
        value.name = names.get(value.name, value.name)
