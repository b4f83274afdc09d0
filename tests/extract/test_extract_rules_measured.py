"""How well `rules` finds advice that people marked; the figure in its docstring is checked, never assumed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from normscope.extract import advice_in, cues_for
from normscope.extract.cues import Cues

_SPLIT_OFF = re.compile(r" (n't|'\w+)\b")
_SPACED = re.compile(r" ([,.;:!?)])")


def as_written(tokens: str) -> str:
    """The sentences come as tokens with spaces between them ("do n't"); people do not write like that."""
    return _SPACED.sub(r"\1", _SPLIT_OFF.sub(r"\1", tokens.translate({0x2019: "'", 0x2018: "'"})))


def found_and_marked(sentences: list[dict[str, Any]], cues: Cues) -> Iterator[tuple[bool, bool]]:
    """Of each sentence of a reply: whether some advice begins in it, and whether people marked it. The reply is read whole."""
    parts = [as_written(sentence["text"]) for sentence in sentences]
    starts = [advice.start for advice in advice_in("\n\n".join(parts), cues)]
    begin = 0
    for part, sentence in zip(parts, sentences, strict=True):
        yield any(begin <= start < begin + len(part) for start in starts), bool(sentence["is_advice"])
        begin += len(part) + len("\n\n")


def test_advice_sentences_of_forum_replies(shared_data: Path) -> None:
    path = shared_data / "advice_emnlp2020" / "extraction.jsonl"
    if not path.is_file():
        pytest.skip(f"the marked sentences are not at {path}")
    cues = cues_for("en")
    with path.open(encoding="utf-8") as lines:
        replies = [reply for reply in map(json.loads, lines) if reply["dataset_split"] == "dev"]
    pairs = [pair for reply in replies for pair in found_and_marked(reply["sentences"], cues)]
    assert len(pairs) == 1449
    hits = sum(found and marked for found, marked in pairs)
    precision = hits / sum(found for found, _ in pairs)
    recall = hits / sum(marked for _, marked in pairs)
    f1 = 2 * precision * recall / (precision + recall)
    # calling every sentence advice comes to 2 * 0.306 / 1.306 = 0.47
    assert f1 == pytest.approx(0.655, abs=0.005), f"precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}"
