"""Running the trained encoder: with onnxruntime where it is installed, else in numpy, with the same labels."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from normscope.match.offline.network import Network
from normscope.match.offline.onnx_file import initializers
from normscope.match.offline.reading import DILEMMA, SOLUTION, TEXT, Reading
from normscope.match.offline.vocabulary import Vocabulary, load_vocabulary

__all__ = ["ENGINES", "Encoder", "digest", "encoder"]

ENGINES = ("onnxruntime", "numpy")
"""What can run the network, the fastest first."""

LAYERS = 12

Logits = Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True)
class Encoder:
    """The network and its vocabulary. Each sequence is run by itself, so that its logits never depend on its neighbours
    (a quantised layer has one scale for all that it is given at once); the processor's cores take sequences in turn."""

    vocabulary: Vocabulary
    logits: Logits
    sha256: str
    """Of all that its logits follow from: the network, the vocabulary, and how much of each part is read (see `digest`)."""
    engine: str

    def __call__(self, readings: Sequence[Reading]) -> NDArray[np.float32]:
        """Questions as they are read to logits (readings, labels)."""
        order = sorted(range(len(readings)), key=lambda i: -len(readings[i].ids))
        with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
            found = list(threads.map(lambda i: self._of(readings[i]), order))
        rows = np.empty((len(readings), len(found[0]) if found else 0), np.float32)
        rows[order] = found
        return rows

    def _of(self, read: Reading) -> NDArray[np.float32]:
        pools = np.zeros((2, len(read.ids)), np.float32)
        for row, place in enumerate((read.text, read.solution)):
            pools[row, place] = 1 / (place.stop - place.start)
        return self.logits(self.vocabulary.vectors(read.ids), pools)


@cache
def encoder(engine: str | None = None) -> Encoder:
    """The encoder that ships with the package; `engine` is one of `ENGINES`, by default the first that is installed."""
    folder = files("normscope.match.offline")
    data = folder.joinpath("encoder.onnx").read_bytes()
    with as_file(folder.joinpath("vocabulary.npz")) as path:
        vocabulary, pieces = load_vocabulary(path), path.read_bytes()
    chosen = engine or next(name for name in ENGINES if find_spec(name) is not None)
    run = _onnxruntime(data) if chosen == "onnxruntime" else Network(initializers(data), LAYERS)
    return Encoder(vocabulary, run, digest(data, pieces, (DILEMMA, TEXT, SOLUTION)), chosen)


def digest(network: bytes, vocabulary: bytes, lengths: Sequence[int]) -> str:
    """The SHA-256 of an encoder: of its two files' SHA-256 and the most tokens of dilemma, text and solution."""
    parts = [hashlib.sha256(part).hexdigest() for part in (network, vocabulary)]
    return hashlib.sha256(json.dumps([*parts, *lengths]).encode()).hexdigest()


def _onnxruntime(data: bytes) -> Logits:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])

    def run(vectors: NDArray[np.float32], pools: NDArray[np.float32]) -> NDArray[np.float32]:
        logits: NDArray[np.float32] = session.run(None, {"vectors": vectors[None], "pools": pools[None]})[0][0]
        return logits

    return run
