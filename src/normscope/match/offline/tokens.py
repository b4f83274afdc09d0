"""Text to tokens: the unigram pieces that the base weights were trained with."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["BEGIN", "END", "PAD", "UNKNOWN", "Tokenizer"]

BEGIN, PAD, END, UNKNOWN = 0, 1, 2, 3
"""Ids of the four pieces that stand for no text."""

SPACE = "▁"
LONGEST_WORD = 200
"""Characters of a run without white space that are looked at: nobody's word is longer, and the search takes its square."""

MEMORY = 200_000


@dataclass(frozen=True)
class Tokenizer:
    """Which pieces is a text made of? The division of each word whose pieces are most probable together (unigram model,
    Viterbi), as in SentencePiece (Kudo and Richardson 2018).

    `pieces` by id with their log-probabilities `scores`; the first four are special and never match a text. `normal` maps
    a character to what it is read as (full-width letters, ligatures, kinds of space).
    """

    pieces: Sequence[str]
    scores: NDArray[np.float32]
    normal: Mapping[str, str]
    _known: dict[str, tuple[int, float]] = field(init=False, repr=False)
    _words: dict[str, tuple[int, ...]] = field(init=False, repr=False, default_factory=dict)
    _longest: int = field(init=False, repr=False)
    _unknown_score: float = field(init=False, repr=False)
    _normal: dict[int, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        known = {piece: (i, float(self.scores[i])) for i, piece in enumerate(self.pieces) if i > UNKNOWN}
        object.__setattr__(self, "_known", known)
        object.__setattr__(self, "_longest", max(map(len, known)))
        object.__setattr__(self, "_unknown_score", float(self.scores.min()) - 10)
        object.__setattr__(self, "_normal", {ord(character): text for character, text in self.normal.items()})

    def __call__(self, text: str) -> list[int]:
        """The ids of the text's pieces, without begin and end; `UNKNOWN` for a character that no piece holds."""
        found: list[int] = []
        for word in text.translate(self._normal).split():
            ids = self._words.get(word)
            if ids is None:
                ids = self._divide(SPACE + word[:LONGEST_WORD])
                if len(self._words) < MEMORY:
                    self._words[word] = ids
            found += ids
        return found

    def _divide(self, word: str) -> tuple[int, ...]:
        best = [0.0] + [-math.inf] * len(word)
        last: list[tuple[int, int]] = [(0, UNKNOWN)] * (len(word) + 1)
        for start in range(len(word)):
            for end in range(start + 1, min(len(word), start + self._longest) + 1):
                found = self._known.get(word[start:end])
                if found is None:
                    if end > start + 1:
                        continue
                    found = (UNKNOWN, self._unknown_score)
                score = best[start] + found[1]
                if score > best[end]:
                    best[end], last[end] = score, (start, found[0])
        ids = []
        end = len(word)
        while end:
            end, token = last[end]
            ids.append(token)
        return tuple(reversed(ids))
