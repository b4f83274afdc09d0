"""The pieces of text the encoder knows, and their vectors in the base's own four bits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from normscope.match.offline.tokens import Tokenizer

__all__ = ["Vocabulary", "load_vocabulary", "unpacked"]

BLOCK = 32
BLOCK_BYTES = 18


@dataclass(frozen=True)
class Vocabulary:
    """`tokenizer` gives ids, `vectors` their vectors. `packed` (pieces, blocks, 18): per block of 32 weights a half-precision
    scale and 16 bytes, of which byte j holds weight j in its low half and weight j + 16 in its high half, each plus 8."""

    tokenizer: Tokenizer
    packed: NDArray[np.uint8]

    def vectors(self, ids: list[int]) -> NDArray[np.float32]:
        """The vectors (len(ids), hidden) of tokens."""
        return unpacked(self.packed[ids])


def unpacked(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Weights of packed blocks: (rows, blocks, 18) bytes to (rows, 32 · blocks) numbers."""
    scales = np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
    halves = np.concatenate([blocks[..., 2:] & 15, blocks[..., 2:] >> 4], axis=-1).astype(np.float32) - 8
    weights: NDArray[np.float32] = (halves * scales).reshape(len(blocks), -1)
    return weights


def load_vocabulary(path: Path) -> Vocabulary:
    """Read what `training.export` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        pieces = bytes(stored["pieces"]).decode().split("\n")
        normal = json.loads(bytes(stored["normal"]))
        return Vocabulary(Tokenizer(pieces, stored["scores"].astype(np.float32), normal), stored["packed"])
