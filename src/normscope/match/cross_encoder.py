"""A cross-encoder for natural-language inference in a folder on this machine, run by ONNX Runtime. Needs the extra [local]."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from normscope.errors import MissingExtra, UsageError
from normscope.match.offline.onnx_file import files_beside

__all__ = ["RELATIONS", "CrossEncoder", "load_cross_encoder"]

RELATIONS = ("entailment", "contradiction", "neutral")
"""The columns of what a cross-encoder gives."""

FILES = ("model.onnx", "tokenizer.json", "config.json")
INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids"})
MOST_TOKENS = 512
LONGEST = 20_000
"""Characters of a text that are read: far more than `MOST_TOKENS` hold, and few enough for the tokenizer."""
BATCH = 16
QUANTISING = b"DynamicQuantizeLinear"


@dataclass(frozen=True)
class CrossEncoder:
    """How likely is it that the premise entails or contradicts the hypothesis, or neither?

    Takes pairs (premise, hypothesis) and gives an array (pairs, 3) of probabilities in the order of `RELATIONS`, each row
    with the sum 1. Pairs of more than 512 tokens (fewer where the model knows fewer) lose the end of the longer text. Pairs
    are scored `together`, in order of length, so that a batch is not filled up for one long pair; each pair's figures are its
    own, but for rounding in the seventh place.
    """

    session: Any
    tokenizer: Any
    columns: tuple[int, ...]
    folder: Path
    sha256: str
    """Of all that the figures follow from: the files of the model and how much of a text is read."""
    together: int = BATCH

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> npt.NDArray[np.float64]:
        encoded = [self.tokenizer.encode(a[:LONGEST], b[:LONGEST]) for a, b in pairs]
        found = np.zeros((len(pairs), len(RELATIONS)))
        order = sorted(range(len(pairs)), key=lambda i: len(encoded[i].ids))
        for start in range(0, len(order), self.together):
            batch = order[start : start + self.together]
            found[batch] = self._score([encoded[i] for i in batch])
        return found

    def _score(self, encoded: Sequence[Any]) -> npt.NDArray[np.float64]:
        length = max(len(one.ids) for one in encoded)

        def padded(rows: Sequence[Sequence[int]]) -> npt.NDArray[np.int64]:
            # what stands in the padding does not matter: the attention mask leaves it out
            return np.array([[*row, *[0] * (length - len(row))] for row in rows], dtype=np.int64)

        fields = {
            "input_ids": padded([one.ids for one in encoded]),
            "attention_mask": padded([one.attention_mask for one in encoded]),
            "token_type_ids": padded([one.type_ids for one in encoded]),
        }
        wanted = {given.name for given in self.session.get_inputs()}
        (logits, *_) = self.session.run(None, {name: fields[name] for name in wanted})
        if logits.ndim != 2 or logits.shape[1] <= max(self.columns):
            raise UsageError(
                f"{self.folder / 'model.onnx'} gives an array of shape {logits.shape}. Allowed: one row for each pair with a "
                f"column for each label of config.json. Export it for sequence classification."
            )
        weights = np.exp(logits - logits.max(axis=1, keepdims=True), dtype=np.float64)
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))[:, list(self.columns)]


def load_cross_encoder(folder: Path) -> CrossEncoder:
    """The cross-encoder in a folder with `model.onnx`, `tokenizer.json` and `config.json`, as Hugging Face's optimum exports it.

    `MissingExtra` without onnxruntime or tokenizers. `UsageError` where a file is missing or cannot be read, and for a model
    whose labels are not entailment, contradiction and neutral: one that cannot say that two texts contradict each other
    would take every opposite for silence.
    """
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise UsageError(
            f"the folder {str(folder)!r} of the matcher 'nli' lacks {', '.join(missing)}. It must hold {', '.join(FILES)}: "
            "export a cross-encoder for natural-language inference with `optimum-cli export onnx --task text-classification`."
        )
    try:
        import onnxruntime
        from tokenizers import Tokenizer
    except ImportError:
        raise MissingExtra("the matcher 'nli'", "local") from None
    config = _config(folder / "config.json")
    columns = _columns(config, folder / "config.json")
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    except Exception as error:  # both libraries raise their own kinds, tokenizers the bare Exception
        raise UsageError(f"the cross-encoder in {str(folder)!r} cannot be loaded: {error}. Export it again.") from None
    strange = {given.name for given in session.get_inputs()} - INPUTS
    if strange:
        raise UsageError(
            f"{folder / 'model.onnx'} wants the inputs {', '.join(sorted(strange))}. Allowed: {', '.join(sorted(INPUTS))}."
        )
    known = config.get("max_position_embeddings")
    most = known if isinstance(known, int) and 0 < known < MOST_TOKENS else MOST_TOKENS
    tokenizer.enable_truncation(max_length=most, strategy="longest_first")
    tokenizer.no_padding()
    model = (folder / "model.onnx").read_bytes()
    # it has one scale for all that it is given at once: a pair's figures would depend on the others'
    together = 1 if QUANTISING in model else BATCH
    return CrossEncoder(session, tokenizer, columns, folder, _digest(model, folder), together)


def _digest(model: bytes, folder: Path) -> str:
    try:
        beside = files_beside(model)
    except (IndexError, ValueError, KeyError):  # ONNX Runtime reads other formats too, which keep all in one file
        beside = []
    digests = [hashlib.sha256(model).hexdigest()]
    for name in (*FILES[1:], *beside):
        with (folder / name).open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    return hashlib.sha256(json.dumps([*digests, MOST_TOKENS, LONGEST]).encode()).hexdigest()


def _config(path: Path) -> Mapping[str, Any]:
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise UsageError(f"{path} is not a JSON object. Export the model again.")
    return given


def _columns(config: Mapping[str, Any], path: Path) -> tuple[int, ...]:
    """Which column of the model is entailment, contradiction and neutral."""
    labels = config.get("id2label")
    named = {str(label).lower(): str(column) for column, label in labels.items()} if isinstance(labels, dict) else {}
    columns = tuple(int(named[relation]) for relation in RELATIONS if named.get(relation, "").isdecimal())
    if len(columns) != len(RELATIONS):
        raise UsageError(
            f"{path} names the labels {', '.join(named) or 'none'} in `id2label`. Needed: {', '.join(RELATIONS)}. Without "
            "contradiction the opposite of an advice cannot be told from another one: name a model that was trained for it."
        )
    return columns
