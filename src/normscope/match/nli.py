"""The matcher that asks a local cross-encoder for natural-language inference whether one text entails the other."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from normscope.errors import UsageError
from normscope.match.cleaning import Cleaner
from normscope.match.cleaning_hash import cleaning_sha256
from normscope.match.cross_encoder import RELATIONS, load_cross_encoder
from normscope.models.base import AskFor
from normscope.records import Judgement, Label, Question

__all__ = ["Nli", "make"]

LABELS = (Label.AGREE, Label.DISAGREE, Label.SILENT)
"""What each of `RELATIONS` says of a text and a solution."""


@dataclass(frozen=True)
class Nli:
    """Does the text entail the solution (`agree`), contradict it (`disagree`), or neither (`silent`)?

    `score_pairs` takes pairs (premise, hypothesis) and gives probabilities (pairs, 3) in the order of `RELATIONS`. Unprompted
    texts are scored both ways, as advice has no direction: the label is the likeliest by the mean of both, `score` its mean
    probability in [0, 1], and `votes` has the likeliest of each way. An answer to a *shown* solution is the premise only.
    `unclear`, with score 0.0, is only where one of the two holds no advice at all.

    The dilemma is not read, and models of this kind are trained on descriptions, not advice: measure before use. A mere "Yes"
    to a shown solution entails nothing and is `silent`.
    """

    name: str
    score_pairs: Callable[[Sequence[tuple[str, str]]], npt.NDArray[np.float64]] = field(repr=False)
    clean: bool = True
    """What is not advice is taken out of text and solution first (see `cleaned`), as for the other offline matchers."""
    sha256: str | None = None
    """Of all that `score_pairs` follows from; None = not known."""

    @property
    def prompt_hash(self) -> str | None:
        """The SHA-256 of all that a label follows from, the cross-encoder and the wordings by which texts are cleaned: they are
        to this matcher what a prompt is to a judge. None where the cross-encoder's is not known."""
        if self.sha256 is None:
            return None
        both = f"{self.sha256}\n{cleaning_sha256() if self.clean else ''}"
        return hashlib.sha256(both.encode()).hexdigest()

    @property
    def remembered(self) -> bool:
        """Its judgements are kept in the study, where it is known what they follow from: each takes hundredths of a second."""
        return self.sha256 is not None

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        cleaner = Cleaner()
        given = [cleaner.question(question) for question in questions] if self.clean else questions
        ways = [_ways(question) for question in given]
        pairs = list(dict.fromkeys(pair for both in ways for pair in both))
        # in a thread: the figures take seconds, and whoever waits for a server must not wait for them
        scores = await asyncio.to_thread(self.score_pairs, pairs) if pairs else np.zeros((0, len(RELATIONS)))
        of = dict(zip(pairs, scores, strict=True))
        return [_judgement([of[pair] for pair in both]) for both in ways]


def make(argument: str, ask_for: AskFor) -> Nli:
    """The matcher `nli:FOLDER`; `UsageError` where no folder is named or it holds no such model. It asks no named model."""
    if not argument:
        raise UsageError("the matcher 'nli' needs the folder of a cross-encoder in ONNX. Write: nli:/path/to/folder")
    encoder = load_cross_encoder(Path(argument).expanduser())
    return Nli(f"nli:{argument}", encoder, sha256=encoder.sha256)


def _ways(question: Question) -> list[tuple[str, str]]:
    """The pairs that are scored for a question; none where there is nothing to compare."""
    if not question.text.strip() or not question.solution.strip():
        return []
    forth = (question.text, question.solution)
    return [forth, forth[::-1]] if question.asked == "stated" else [forth]


def _judgement(ways: Sequence[npt.NDArray[np.float64]]) -> Judgement:
    if not ways:
        return Judgement(Label.UNCLEAR, 0.0)
    mean = np.mean(ways, axis=0)
    best = int(mean.argmax())
    names = ("text first", "solution first")
    votes = {name: LABELS[int(way.argmax())].value for name, way in zip(names, ways, strict=False)} if len(ways) > 1 else {}
    # beyond the sixth place it depends on what was scored together
    return Judgement(LABELS[best], round(float(mean[best]), 6), None, votes)
