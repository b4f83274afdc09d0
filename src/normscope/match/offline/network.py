"""The encoder in numpy: what runs where onnxruntime is not installed, with the same integer arithmetic."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Network"]

Floats = NDArray[np.float32]

HEADS = 12
EPSILON = 1e-12
EXACT = 384
"""Products of so many bytes sum to less than 2²⁴, so that single precision holds their sum exactly."""


@dataclass(frozen=True)
class Network:
    """Logits of one sequence of token vectors.

    `tensors` are the initializers of `encoder.onnx`. Each dense layer quantises its input to 8 bits with one scale for the
    sequence, as ONNX's DynamicQuantizeLinear and MatMulInteger define it, so that both ways to run differ in the last bits
    of exponentials and roots only.
    """

    tensors: Mapping[str, NDArray[np.generic]]
    layers: int

    def __call__(self, vectors: Floats, pools: Floats) -> Floats:
        """`vectors` (length, hidden) and what averages the text's and the solution's, (2, length), to logits (labels,)."""
        x = self._norm(vectors + self._of("positions")[: len(vectors)], "first")
        for n in range(self.layers):
            x = self._layer(x, f"layers.{n}")
        text, solution = pools @ x
        compared = np.concatenate([x.mean(axis=0), text * solution, np.abs(text - solution)])
        inner = _gelu(compared @ self._of("compare.weight") + self._of("compare.bias"))
        logits: Floats = inner @ self._of("head.weight") + self._of("head.bias")
        return logits

    def _layer(self, x: Floats, name: str) -> Floats:
        length, hidden = x.shape
        shaped = self._dense(x, f"{name}.qkv").reshape(length, 3, HEADS, hidden // HEADS)
        query, key, value = shaped.transpose(1, 2, 0, 3)
        heat = query @ key.transpose(0, 2, 1) * np.float32((hidden // HEADS) ** -0.5)
        heat = np.exp(heat - heat.max(axis=2, keepdims=True))
        heat /= heat.sum(axis=2, keepdims=True)
        mixed = (heat @ value).transpose(1, 0, 2).reshape(length, hidden)
        x = self._norm(x + self._dense(mixed, f"{name}.out"), f"{name}.after_attention")
        return self._norm(x + self._dense(_gelu(self._dense(x, f"{name}.up")), f"{name}.down"), f"{name}.after_dense")

    def _dense(self, given: Floats, name: str) -> Floats:
        x = given * self._of(f"{name}.factor")
        low, high = min(0.0, float(x.min())), max(0.0, float(x.max()))
        scale = np.float32((np.float32(high) - np.float32(low)) / np.float32(255))
        if not scale:
            return np.broadcast_to(self._of(f"{name}.bias"), (len(x), self._of(f"{name}.bias").shape[0])).copy()
        zero = np.clip(np.rint(-np.float32(low) / scale), 0, 255)
        small = np.clip(np.rint(x / scale) + zero, 0, 255) - zero
        weight = self._weights[f"{name}.weight"]
        parts = [small[:, at : at + EXACT] @ weight[at : at + EXACT] for at in range(0, x.shape[1], EXACT)]
        total = parts[0] if len(parts) == 1 else np.sum(parts, axis=0, dtype=np.float64).astype(np.float32)
        dense: Floats = total * (scale * self._of(f"{name}.scale")) + self._of(f"{name}.bias")
        return dense

    def _norm(self, x: Floats, name: str) -> Floats:
        centred = x - x.mean(axis=1, keepdims=True)
        deviation = np.sqrt((centred * centred).mean(axis=1, keepdims=True) + np.float32(EPSILON))
        normed: Floats = centred / deviation * self._of(f"{name}.weight") + self._of(f"{name}.bias")
        return normed

    def _of(self, name: str) -> Floats:
        return self.tensors[name]  # type: ignore[return-value]

    @cached_property
    def _weights(self) -> dict[str, Floats]:
        """The integer weights in single precision, which holds them exactly and is what processors multiply fastest."""
        return {name: array.astype(np.float32) for name, array in self.tensors.items() if array.dtype == np.int8}


def _gelu(x: Floats) -> Floats:
    return (0.5 * x * (1 + _erf(x * math.sqrt(0.5)))).astype(np.float32)


def _erf(x: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """The error function to 1.5e-7 (Abramowitz and Stegun 7.1.26)."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    terms = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
    series: NDArray[np.floating[Any]] = np.zeros_like(x)
    for term in reversed(terms):
        series = (series + term) * t
    found: NDArray[np.floating[Any]] = np.sign(x) * (1 - series * np.exp(-x * x))
    return found
