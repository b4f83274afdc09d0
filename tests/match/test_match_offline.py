"""The offline matcher with the weights that ship."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from normscope.errors import UsageError
from normscope.match.offline import LABELS, Offline, make
from normscope.match.offline.encoder import ENGINES, digest, encoder
from normscope.match.offline.reading import DILEMMA as MOST_OF_DILEMMA
from normscope.match.offline.reading import SOLUTION, TEXT
from normscope.match.stance import make as make_stance
from normscope.models.base import Ask
from normscope.records import Label, Question
from normscope.stats import auc
from training.pairs import Pair, own_set
from training.split import part_of

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "src" / "normscope" / "match" / "offline"
DILEMMA = "My brother wants to borrow money again and never paid back the last loan. What do I do?"


def nobody(model: str) -> Ask:
    raise AssertionError(f"the offline matcher asked {model}")


def offline() -> Offline:
    return make("", nobody)


@cache
def held_out() -> list[Pair]:
    """Pairs of test dilemmas in all languages."""
    return [pair for pair in own_set(ROOT / "data" / "advice-agreement") if part_of(pair.group) == "test"]


def some_pairs(size: int, *kinds: str) -> list[tuple[Question, str]]:
    """Some of them with their labels; of all kinds where none is named."""
    pairs = [pair for pair in held_out() if not kinds or pair.kind in kinds]
    chosen = random.Random(5).sample(pairs, size)
    return [(Question(p.dilemma, p.text, p.solution, language=p.language), p.label) for p in chosen]


def test_it_tells_agreement_from_disagreement_in_dilemmas_it_has_not_seen() -> None:
    """A guard with room: the figures themselves are in the card, from `python -m benchmarks.matcher`."""
    sided = some_pairs(200, "same course", "both against", "opposite")
    found = offline().probabilities([question for question, _ in sided])
    assert auc([label == "agree" for _, label in sided], found[:, 0] - found[:, 1]) > 0.7


def test_advice_and_its_opposite_in_near_equal_words() -> None:
    solution = "Lend him the money."
    texts = ["I would lend him the money.", "I would not lend him the money."]
    same, opposite = offline().probabilities([Question(DILEMMA, text, solution, language="en") for text in texts])
    assert opposite.argmax() == LABELS.index(Label.DISAGREE)
    assert same[0] - same[1] > opposite[0] - opposite[1] + 0.2


def test_a_pair_is_judged_alike_in_any_company() -> None:
    questions = [question for question, _ in some_pairs(12)]
    together = offline().probabilities(questions)
    assert np.array_equal(offline().probabilities(questions[::-1])[::-1], together)
    assert np.array_equal(offline().probabilities(questions[3:4]), together[3:4])
    assert together.sum(axis=1) == pytest.approx(np.ones(12))
    assert offline().probabilities([]).shape == (0, len(LABELS))


def test_without_onnxruntime_the_labels_are_the_same() -> None:
    questions = [question for question, _ in some_pairs(8)]
    fast, bare = (Offline(encoder(engine)).probabilities(questions) for engine in ENGINES)
    assert np.abs(fast - bare).max() < 0.05
    sure = np.sort(fast, axis=1)[:, -1] - np.sort(fast, axis=1)[:, -2] > 0.1
    assert np.array_equal(fast.argmax(axis=1)[sure], bare.argmax(axis=1)[sure])


def test_a_script_it_cannot_read_is_unclear() -> None:
    questions = [Question("Что мне делать?", "Поговори с ним спокойно.", "Поговори с ним."), Question(DILEMMA, " \n", "Ask him.")]
    given = asyncio.run(offline()(questions))
    assert [(judgement.label, judgement.score) for judgement in given] == [(Label.UNCLEAR, 0.0)] * 2


def test_its_card_is_of_these_files_and_they_are_small() -> None:
    card = json.loads((FOLDER / "card.json").read_text(encoding="utf-8"))
    assert {name: hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() for name in card["files"]} == card["files"]
    assert sum((FOLDER / name).stat().st_size for name in card["files"]) < 40e6


def test_its_hash_is_of_all_that_its_labels_follow_from(monkeypatch: pytest.MonkeyPatch) -> None:
    network, pieces = ((FOLDER / name).read_bytes() for name in ("encoder.onnx", "vocabulary.npz"))
    lengths = (MOST_OF_DILEMMA, TEXT, SOLUTION)
    assert encoder().sha256 == digest(network, pieces, lengths)
    changed = [
        digest(network + b"x", pieces, lengths),
        digest(network, pieces + b"x", lengths),
        digest(network, pieces, (1, 2, 3)),
    ]
    assert len({encoder().sha256, *changed}) == 4
    before, uncleaned = offline().prompt_hash, replace(offline(), clean=False)
    monkeypatch.setattr("normscope.match.offline.matcher.cleaning_sha256", lambda: "another cleaning")
    assert offline().prompt_hash != before, "other texts would be left after cleaning"
    assert uncleaned.prompt_hash == replace(offline(), clean=False).prompt_hash != before


def test_standings_by_it_are_remembered_like_its_labels() -> None:
    matcher = make_stance("offline", nobody)
    assert (matcher.remembered, matcher.prompt_hash) == (True, offline().prompt_hash)


def test_it_takes_no_argument() -> None:
    with pytest.raises(UsageError, match="takes no argument"):
        make("http:x", nobody)
