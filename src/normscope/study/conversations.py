"""Counting conversations without holding them: calls and tokens of all that is left to hold, for a whole model at once.

Every turn resends the conversation before it. With a dilemma of T tokens, k solutions to show of S tokens together, answers
of A (first), C (to the plain question) and E (to a shown solution) tokens, and o tokens around each message, the prompts are

* first: base + o + T
* the plain question q: base + (o + T) + (o + A) + (o + q)
* the j-th solution: base + (o + T) + (o + A) + [(o + q) + (o + C)] + (j - 1) (o + S/k + o + E) + (o + S/k)

so that their sums are arithmetic, and a million of conversations need no loop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from normscope.elicit import choose_shown, phrases_for
from normscope.models.tokens import (
    CALL_TOKENS,
    MESSAGE_TOKENS,
    MOST_PER_CALL,
    MOST_PER_MESSAGE,
    likely_tokens,
    most_tokens,
)
from normscope.records import Dilemma, Solution
from normscope.study.lengths import Habits, Row
from normscope.study.settings import Settings

__all__ = ["KNOWN_PROTOCOLS", "Left", "Rates", "Sizes", "left_to_hold", "sizes_of", "spend"]

Floats = NDArray[np.float64]

KNOWN_PROTOCOLS = ("ask", "ask-then-commit")
"""The protocols of which it is known how often they ask."""
RETOKENISED = 2
"""An answer that comes back in a prompt can be cut into other tokens than it was made of: at most so many times more."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Tokens of what the person says. The first place of each pair is the likely number, the second the most.

    `dilemma` and `commit` are per dilemma, the rest per dilemma and draw. `shown` is the sum over the solutions that are shown,
    `before` the sum over them of all shown before: in any order for the likely number, in the worst one for the most.
    """

    place: Mapping[str, int]
    dilemma: tuple[Floats, Floats]
    commit: tuple[Floats, Floats]
    count: Floats
    shown: tuple[Floats, Floats]
    before: tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Left:
    """What one model is still to be asked: `fresh` conversations (0 or 1 per dilemma and draw), and the rest of some that failed.

    Of each of those: its place and draw, what stands in it so far (messages and tokens, likely and most), and what is missing.
    """

    fresh: Floats
    begun: tuple[Begun, ...]

    @property
    def conversations(self) -> int:
        return round(float(self.fresh.sum())) + len(self.begun)


@dataclass(frozen=True, slots=True)
class Begun:
    """A conversation that failed on its way. What was answered in it comes from the call store when it is held again."""

    place: int
    draw: int
    messages: int
    tokens: tuple[int, int]
    commit: bool
    """Whether the plain question is what failed."""
    shown: tuple[int, int, int]
    """How many solutions were shown, and their tokens."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What a model's calls need: tokens per call and per message, per answer as billed and as resent, and how often."""

    side: int
    """0 for likely sizes, 1 for the most."""
    base: float
    """Per call: the template's own and the persona."""
    message: float
    billed: Mapping[str, float]
    resent: Mapping[str, float]
    commits: float
    goes_on: float
    factor: float

    @classmethod
    def likely(cls, habits: Habits, persona: str | None, *, commits: bool) -> Rates:
        """What is expected of a model with these habits."""
        system = 0 if persona is None else MESSAGE_TOKENS + likely_tokens(persona)
        share = habits.commits if commits else 0.0
        base = CALL_TOKENS + system
        return cls(0, base, MESSAGE_TOKENS, habits.billed, habits.resent, share, habits.goes_on, habits.factor)

    @classmethod
    def at_most(cls, bounds: Mapping[str, float], persona: str | None, *, commits: bool) -> Rates:
        """What no conversation exceeds: every answer as long as it may be, every question asked."""
        system = 0 if persona is None else MOST_PER_MESSAGE + most_tokens(persona)
        resent = {stage: RETOKENISED * bound for stage, bound in bounds.items()}
        return cls(1, MOST_PER_CALL + system, MOST_PER_MESSAGE, bounds, resent, float(commits), 1.0, 1.0)


def sizes_of(dilemmas: Sequence[Dilemma], solutions: Sequence[Solution], settings: Settings) -> Sizes:
    """Measure everything the person may say, once per dilemma and, where a part of the solutions is shown, per draw."""
    phrases = {language: phrases_for(language) for language in {dilemma.language for dilemma in dilemmas}}
    of_dilemma: dict[str, list[Solution]] = defaultdict(list)
    for solution in solutions:
        if solution.extractor == "coded":
            of_dilemma[solution.dilemma_id].append(solution)
    per_side = settings.explicit.per_side
    shape = (len(dilemmas), settings.draws)
    count, shown, before = np.zeros(shape), (np.zeros(shape), np.zeros(shape)), (np.zeros(shape), np.zeros(shape))
    around = {
        language: (
            round(sum(likely_tokens(p.show("", wording=n), language) for n in range(len(p.explicit))) / len(p.explicit)),
            max(most_tokens(p.show("", wording=n)) for n in range(len(p.explicit))),
        )
        for language, p in phrases.items()
    }
    lengths: dict[str, tuple[int, int]] = {}
    for place, dilemma in enumerate(dilemmas):
        mine = of_dilemma.get(dilemma.dilemma_id)
        if not mine or per_side == 0:
            continue
        # with all of them shown, every draw shows the same
        distinct = 1 if per_side is None or len(mine) <= per_side else settings.draws
        for draw in range(distinct):
            # the responder matters only for its own solutions, and a model that is still to be asked has none
            chosen = choose_shown(
                mine, per_side=per_side, seed=settings.seed, dilemma_id=dilemma.dilemma_id, responder_id="", draw=draw
            )
            for text in (s.text for s in chosen):
                if text not in lengths:
                    lengths[text] = likely_tokens(text, dilemma.language), most_tokens(text)
            here = slice(None) if distinct == 1 else draw
            k = count[place, here] = len(chosen)
            for side in (0, 1):
                texts = sorted((lengths[s.text][side] + around[dilemma.language][side] for s in chosen), reverse=True)
                shown[side][place, here] = sum(texts)
                if side:
                    before[1][place, here] = sum(tokens * (k - 1 - n) for n, tokens in enumerate(texts))
                elif texts:
                    before[0][place, here] = sum(texts) * (k - 1) / 2
    return Sizes(
        place={dilemma.dilemma_id: d for d, dilemma in enumerate(dilemmas)},
        dilemma=(
            np.array([likely_tokens(d.text, d.language) for d in dilemmas], dtype=float),
            np.array([most_tokens(d.text) for d in dilemmas], dtype=float),
        ),
        commit=(
            np.array([likely_tokens(phrases[d.language].commit, d.language) for d in dilemmas], dtype=float),
            np.array([most_tokens(phrases[d.language].commit) for d in dilemmas], dtype=float),
        ),
        count=count,
        shown=shown,
        before=before,
    )


def left_to_hold(sizes: Sizes, known: Sequence[Row], failed: Sequence[Row], languages: Mapping[str, str]) -> Left:
    """What is still to be held with one model, of whose conversations these are stored."""
    fresh: Floats = np.ones(sizes.count.shape)
    for row in known:
        place = sizes.place.get(row.dilemma_id)
        if place is not None and row.draw < fresh.shape[1]:
            fresh[place, row.draw] = 0
    begun = []
    for row in failed:
        place = sizes.place.get(row.dilemma_id)
        turns = row.read_turns()
        if place is None or row.draw >= fresh.shape[1] or not turns:
            continue
        language = languages[row.dilemma_id]
        # a blank answer was left out of what was sent next, together with its question
        pairs = [(q.text, a.text) for q, a in zip(turns[::2], turns[1::2], strict=True) if a.text.strip()]
        texts = [text for pair in pairs for text in pair]
        explicit = [turn.text for turn in turns if turn.role == "user" and turn.stage == "explicit"]
        fresh[place, row.draw] = 0
        begun.append(
            Begun(
                place,
                row.draw,
                len(texts),
                (sum(likely_tokens(text, language) for text in texts), sum(most_tokens(text) for text in texts)),
                row.reason.startswith("commit:"),
                (
                    len(explicit),
                    sum(likely_tokens(text, language) for text in explicit),
                    sum(most_tokens(text) for text in explicit),
                ),
            )
        )
    return Left(fresh, tuple(begun))


def spend(sizes: Sizes, left: Left, rates: Rates) -> tuple[int, int, int]:
    """Calls, prompt tokens and completion tokens of all that is left to hold with one model."""
    fresh = _fresh(sizes, left.fresh, rates)
    rest = [_rest(sizes, begun, rates) for begun in left.begun]
    calls, prompt, completion = (sum(values) for values in zip(fresh, *rest, strict=True))
    return round(calls), round(prompt * rates.factor), round(completion)


def _fresh(sizes: Sizes, wanted: Floats, rates: Rates) -> tuple[float, float, float]:
    side, base, o = rates.side, rates.base, rates.message
    told = (o + sizes.dilemma[side])[:, None]
    asked = (o + sizes.commit[side])[:, None]
    advised, committed, replied = (o + rates.resent[stage] for stage in ("ask", "commit", "explicit"))
    k, s, g = sizes.count, rates.commits, rates.goes_on
    first = base + told
    commit = base + told + advised + asked
    history = told + advised + s * (asked + committed)
    explicit = k * (base + history + o) + sizes.shown[side] + sizes.before[side] + k * (k - 1) / 2 * (o + replied)
    prompt = first + g * (s * commit + explicit)
    calls = 1 + g * (s + k)
    completion = rates.billed["ask"] + g * (s * rates.billed["commit"] + k * rates.billed["explicit"])
    return _sum(wanted * calls), _sum(wanted * prompt), _sum(wanted * completion)


def _rest(sizes: Sizes, begun: Begun, rates: Rates) -> tuple[float, float, float]:
    """The same for a conversation of which the beginning is stored."""
    side, base, o = rates.side, rates.base, rates.message
    where = begun.place, begun.draw
    history = begun.messages * o + begun.tokens[side]
    calls = prompt = completion = 0.0
    if begun.commit:
        asked = o + float(sizes.commit[side][begun.place])
        calls, prompt, completion = 1.0, base + history + asked, rates.billed["commit"]
        history += asked + o + rates.resent["commit"]
    k = float(sizes.count[where]) - begun.shown[0]
    if k > 0:
        texts = max(float(sizes.shown[side][where]) - begun.shown[1 + side], 0.0)
        if side:
            # the worst order of what is left is not known any more: all of it before each
            texts = float(sizes.shown[side][where])
        before = texts * (k - 1) if side else texts * (k - 1) / 2
        prompt += k * (base + history + o) + texts + before + k * (k - 1) / 2 * (2 * o + rates.resent["explicit"])
        calls += k
        completion += k * rates.billed["explicit"]
    return calls, prompt, completion


def _sum(values: Any) -> float:
    return float(np.sum(values))
