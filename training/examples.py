"""The examples of a training run: pairs drawn from the sets, some without their dilemma, some as answers to a shown solution."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from normscope.validate.injections import Injection, load_injections
from training.pairs import Pair, read_json

__all__ = ["SHARE", "disturbed", "drawn", "restated", "shown_answers"]

SHARE = {
    "same course": 1.0,
    "opposite": 0.6,
    "both against": 0.5,
    "other course": 0.3,
    "excluded": 0.6,
    "reply": 0.4,
    "replies": 0.5,
    "question": 0.9,
}
"""The share of each kind of the own set's pairs that an epoch draws: there are many more pairs of some kinds than of others."""

WITHOUT_DILEMMA = 0.5
"""The share of pairs of wordings that are learnt without their dilemma: what is said must be told from the words alone."""

BARE = frozenset({"same course", "opposite", "both against", "restated"})

RESTATED_A_DILEMMA = 4
SHOWN_A_DILEMMA = 10
FRAMES = Path(__file__).parent / "frames.yaml"
ASIDES = Path(__file__).parent / "asides.yaml"
LAST_ATTACK = 42
"""Attacks with higher numbers became `dev` after the weights were made that ship; they would be others with them."""

LONGEST_ATTACK = 300
_BETWEEN = re.compile(r"(?<=[.!?])\s+")


def drawn(pairs: Sequence[Pair], rng: random.Random) -> list[Pair]:
    """The pairs of one epoch."""
    chosen = [pair for pair in pairs if rng.random() < SHARE.get(pair.kind, 1.0)]
    return [replace(pair, dilemma="") if pair.kind in BARE and rng.random() < WITHOUT_DILEMMA else pair for pair in chosen]


def restated(pairs: Sequence[Pair], rng: random.Random) -> list[Pair]:
    """A wording beside itself, one of the two after a phrase that changes nothing: they agree.

    Beside the near-equal wordings for and against a course, it shows that it is small words that turn advice round.
    """
    frames: Mapping[str, Sequence[str]] = yaml.safe_load(FRAMES.read_text(encoding="utf-8"))
    found = []
    for pair in _few_of_each(pairs, RESTATED_A_DILEMMA, rng):
        framed = rng.choice(frames[pair.language]) + pair.text
        text, solution = (framed, pair.text) if rng.random() < 0.5 else (pair.text, framed)
        found.append(replace(pair, text=text, solution=solution, label="agree", kind="restated"))
    return found


def shown_answers(pairs: Sequence[Pair], folder: Path, rng: random.Random) -> list[Pair]:
    """Answers to a shown solution: a general yes, no or neither, alone or with advice that says the same or both sides.

    `pairs` are those of `kind` `opposite` or `same course`; the advice of an answer is of the pair's own course.
    """
    answers = {path.stem: read_json(path) for path in sorted(folder.glob("*.json"))}
    found = []
    for pair in _few_of_each([p for p in pairs if p.kind in ("opposite", "same course")], SHOWN_A_DILEMMA, rng):
        known = answers[pair.language]
        side = "agree" if pair.label == "agree" else "disagree"
        form = rng.random()
        label = side
        if form < 0.35:
            label = rng.choice(["agree", "disagree", "unclear"])
            text = rng.choice(known[label])
        elif form < 0.75:
            text = f"{rng.choice(known[side])} {pair.text}"
        elif form < 0.9:
            label = "unclear"
            one, other = (pair.text, pair.solution) if rng.random() < 0.5 else (pair.solution, pair.text)
            text = rng.choice(known["hedges"]).replace("{for}", one).replace("{against}", other)
            if side == "agree":
                text = rng.choice(known["unclear"])
        else:
            text = pair.text
        found.append(replace(pair, text=text, label=label, kind="shown", shown=True))
        if label == "unclear" and text not in known["unclear"]:
            found.append(replace(pair, text=text, label=label, kind="hedge"))
    return found


def disturbed(pairs: Sequence[Pair], a_dilemma: int, rng: random.Random) -> list[Pair]:
    """Pairs whose text has a passage put in that is no advice, before, within or after it: the label stays.

    Half of the passages are what the `dev` half of the project's injection texts puts into its twins, in any language and
    whatever label they ask for; half are asides. `a_dilemma` pairs are drawn of each dilemma.
    """
    asides: Mapping[str, Sequence[str]] = yaml.safe_load(ASIDES.read_text(encoding="utf-8"))
    known = [injection for injection in load_injections("dev") if injection.number <= LAST_ATTACK]
    attacks = sorted({passage for injection in known if (passage := _put_in(injection))})
    found = []
    for pair in _few_of_each(pairs, a_dilemma, rng):
        passage = rng.choice(attacks) if rng.random() < 0.5 else rng.choice(asides[pair.language])
        sentences = _BETWEEN.split(pair.text)
        sentences.insert(rng.randint(0, len(sentences)), passage)
        found.append(replace(pair, text=" ".join(sentences), kind="disturbed"))
    return found


def _put_in(injection: Injection) -> str:
    """What an injection puts into its twin at one place; nothing where it changes more than that, or puts in very much."""
    text, twin = injection.text, injection.twin
    before = _alike(text, twin)
    after = _alike(text[before:][::-1], twin[before:][::-1])
    whole = before + after == len(twin) and len(text) - len(twin) <= LONGEST_ATTACK
    return text[before : len(text) - after].strip() if whole else ""


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _few_of_each(pairs: Sequence[Pair], few: int, rng: random.Random) -> Iterator[Pair]:
    by_group: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_group.setdefault(f"{pair.group} {pair.language}", []).append(pair)
    for group in sorted(by_group):
        yield from rng.sample(by_group[group], min(few, len(by_group[group])))
