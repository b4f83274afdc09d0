"""The matcher that ships with the project: a small encoder that was trained to tell agreement between two pieces of advice."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from normscope.errors import UsageError
from normscope.match.cleaning import Cleaner
from normscope.match.cleaning_hash import cleaning_sha256
from normscope.match.offline.encoder import Encoder, encoder
from normscope.match.offline.reading import reading
from normscope.match.offline.tokens import UNKNOWN
from normscope.models.base import AskFor
from normscope.records import Judgement, Label, Question

__all__ = ["LABELS", "Offline", "make"]

LABELS = (Label.AGREE, Label.DISAGREE, Label.SILENT, Label.UNCLEAR)
"""The labels in the order of the encoder's logits."""

UNREADABLE = 0.2
"""From this share of unknown characters' tokens on, a text is in a script that the encoder cannot read."""


@dataclass(frozen=True)
class Offline:
    """Does a text agree with a solution, given the dilemma? No key, no hub, no large model.

    A cross-encoder of 21 million weights (multilingual-e5-small, fine-tuned by this project on its advice-agreement set and
    on the training shares of perspectrum and argkp2021) reads dilemma, text and solution together. English, Danish, German,
    Spanish, Portuguese and French; other languages in Latin script unmeasured, other scripts `unclear` with score 0.0. How
    often it is right, and where it fails: `card.md` beside this file.

    `score` is the label's probability by the encoder, in [0, 1]; it is not calibrated on your data. The same question gets
    the same answer whatever it is asked together with.
    """

    run: Encoder = field(repr=False)
    clean: bool = True
    """What is not advice is taken out of text and solution first (see `cleaned`), so that no text can say what to answer."""
    remembered: ClassVar[bool] = True
    """Its judgements are kept in the study: each takes some milliseconds."""

    @property
    def name(self) -> str:
        return "offline"

    @property
    def prompt_hash(self) -> str | None:
        """The SHA-256 of all that a label follows from, the encoder and the wordings by which texts are cleaned: they are to
        this matcher what a prompt is to a judge."""
        both = f"{self.run.sha256}\n{cleaning_sha256() if self.clean else ''}"
        return hashlib.sha256(both.encode()).hexdigest()

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        given = self._cleaned(questions)
        found = self._shares(given)
        best = found.argmax(axis=1)
        return [
            Judgement(LABELS[label], round(float(row[label]), 6)) if self._readable(question) else Judgement(Label.UNCLEAR, 0.0)
            for row, label, question in zip(found, best, given, strict=True)
        ]

    def probabilities(self, questions: Sequence[Question]) -> NDArray[np.float64]:
        """The probability of each of `LABELS` for each question, (questions, 4); rows sum to 1.

        `agree` minus `disagree` orders pairs by which side they are on; `agree` alone, by whether it is the same course.
        """
        return self._shares(self._cleaned(questions))

    def _cleaned(self, questions: Sequence[Question]) -> list[Question]:
        cleaner = Cleaner()
        return [cleaner.question(question) for question in questions] if self.clean else list(questions)

    def _shares(self, questions: Sequence[Question]) -> NDArray[np.float64]:
        tokens = self.run.vocabulary.tokenizer
        readings = [reading(tokens(q.dilemma), tokens(q.text), tokens(q.solution), shown=q.asked == "shown") for q in questions]
        if not readings:
            return np.zeros((0, len(LABELS)))
        logits = self.run(readings).astype(np.float64)
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
        return shares

    def _readable(self, question: Question) -> bool:
        parts = [self.run.vocabulary.tokenizer(part) for part in (question.text, question.solution)]
        return all(ids and ids.count(UNKNOWN) < UNREADABLE * len(ids) for ids in parts)


def make(argument: str, ask_for: AskFor) -> Offline:
    """The `offline` matcher. It takes no argument (`UsageError`) and asks no model."""
    if argument:
        raise UsageError(f"the matcher 'offline' takes no argument, got {argument!r}. Write: offline")
    return Offline(encoder())
