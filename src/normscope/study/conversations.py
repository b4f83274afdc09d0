"""Counting conversations without holding them: calls and tokens of all that is left to hold, for a whole model at once.

Every turn resends the conversation before it. With a dilemma of T tokens, answers of A (first and to each of r answered
questions), C (to the plain question q) and E (to a shown solution) tokens, replies of P, k solutions to show of S tokens in
all, and o tokens around each message, the prompts are

* first: base + o + T
* the i-th reply: base + (o + T) + (o + A) + (i - 1) (2o + P + A) + (o + P)
* the plain question: base + (o + T) + (o + A) + r (2o + P + A) + (o + q)
* the j-th solution: the same history with (2o + q + C) for the plain question + (j - 1) (2o + S/k + E) + (o + S/k)

so that their sums are arithmetic, and a million of conversations need no loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from normscope.elicit import choose_shown, phrases_for
from normscope.models.tokens import CALL_TOKENS, MESSAGE_TOKENS, MOST_PER_CALL, MOST_PER_MESSAGE, likely_tokens, most_tokens
from normscope.records import Dilemma, Solution
from normscope.study.lengths import PLAYER, Habits
from normscope.study.replaying import Replayed
from normscope.study.settings import Settings

__all__ = ["Left", "Rates", "Sizes", "Spend", "left_to_hold", "sizes_of", "spend"]

Floats = NDArray[np.float64]

MARKS = 25
"""About the tokens around each text in the player's prompt."""
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
class Begun:
    """A conversation of which the first turns are stored: its place and draw, its messages so far, and their tokens (likely
    and most). `next_stage` is what is asked next; `shown` how many solutions were shown, and their likely tokens."""

    place: int
    draw: int
    next_stage: str
    messages: int
    tokens: tuple[int, int]
    questions: int
    shown: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Left:
    """What one model is still to be asked: `fresh` conversations (1 per dilemma and draw, else 0), the rest of those begun,
    and how many there are with those of which only the response is missing."""

    fresh: Floats
    begun: tuple[Begun, ...]
    conversations: int


@dataclass(frozen=True, slots=True)
class Rates:
    """What a model's calls need: tokens per call and per message, per answer as billed and as resent, and how often.

    `side` is 0 for likely sizes and 1 for the most. Of conversations that go on (`goes_on`), `commits` is the share with a
    plain question, `questions` the answered questions in each, `earlier` the sum over them of those before.
    """

    side: int
    base: float
    message: float
    billed: Mapping[str, float]
    resent: Mapping[str, float]
    commits: float
    questions: float
    earlier: float
    goes_on: float
    factor: float
    read: float
    """Of an answer of the responder, as the player reads it."""

    @classmethod
    def likely(cls, habits: Habits, system: str | None, *, commits: bool, questions: int) -> Rates:
        """What is expected of a model with these habits; `questions` is the most that are answered."""
        base = CALL_TOKENS + (0 if system is None else MESSAGE_TOKENS + likely_tokens(system))
        asked = min(habits.questions, questions)
        return cls(
            0,
            base,
            MESSAGE_TOKENS,
            habits.billed,
            habits.resent,
            habits.commits if commits else 0.0,
            asked,
            max(asked * (asked - 1) / 2, 0.0),
            habits.goes_on,
            habits.factor,
            MARKS + habits.resent["ask"],
        )

    @classmethod
    def at_most(
        cls, bounds: Mapping[str, float], system: str | None, *, commits: bool, questions: int, said: int, read: int
    ) -> Rates:
        """What no conversation exceeds: every answer as long as it may be, every question asked. `said` and `read` are the
        most bytes that the player says, and reads of one answer."""
        base = MOST_PER_CALL + (0 if system is None else MOST_PER_MESSAGE + most_tokens(system))
        resent = {stage: RETOKENISED * bound for stage, bound in bounds.items()} | {PLAYER: said}
        earlier = questions * (questions - 1) / 2
        return cls(1, base, MOST_PER_MESSAGE, bounds, resent, float(commits), questions, earlier, 1.0, 1.0, read)


@dataclass(frozen=True, slots=True)
class Spend:
    """Calls and tokens; `plays` and `play_tokens` are what the player is asked: its calls, and what it reads of the dilemma and
    of the conversation in them."""

    calls: float = 0.0
    prompt: float = 0.0
    completion: float = 0.0
    plays: float = 0.0
    play_tokens: float = 0.0

    def __add__(self, other: Spend) -> Spend:
        return Spend(
            self.calls + other.calls,
            self.prompt + other.prompt,
            self.completion + other.completion,
            self.plays + other.plays,
            self.play_tokens + other.play_tokens,
        )


def sizes_of(dilemmas: Sequence[Dilemma], coded: Mapping[str, Sequence[Solution]], settings: Settings) -> Sizes:
    """Measure everything the person may say, once per dilemma and, where a part of the solutions is shown, per draw."""
    phrases = {language: phrases_for(language) for language in {dilemma.language for dilemma in dilemmas}}
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
        mine = coded.get(dilemma.dilemma_id)
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


def left_to_hold(
    sizes: Sizes, missing: Iterable[tuple[str, int]], begun: Iterable[Replayed], languages: Mapping[str, str]
) -> Left:
    """What is still to be held with one model: (dilemma, draw) of what is missing, and as far as the store holds any of it."""
    fresh: Floats = np.zeros(sizes.count.shape)
    for dilemma_id, draw in missing:
        fresh[sizes.place[dilemma_id], draw] = 1
    conversations = round(float(fresh.sum()))
    rest = []
    for stored in begun:
        response = stored.response
        place, language, turns = sizes.place[response.dilemma_id], languages[response.dilemma_id], response.turns
        fresh[place, response.draw] = 0
        if stored.next_stage is None:
            continue  # all its answers are stored, and only the response is missing
        # a blank answer was left out of what was sent next, together with its question
        pairs = [(q.text, a.text) for q, a in zip(turns[::2], turns[1::2], strict=True) if a.text.strip()]
        texts = [text for pair in pairs for text in pair]
        said = [turn for turn in turns if turn.role == "user"]
        shown = [turn.text for turn in said if turn.stage == "explicit"]
        rest.append(
            Begun(
                place,
                response.draw,
                stored.next_stage,
                len(texts),
                (sum(likely_tokens(text, language) for text in texts), sum(most_tokens(text) for text in texts)),
                sum(turn.stage == "dialogue" for turn in said),
                (len(shown), sum(likely_tokens(text, language) for text in shown)),
            )
        )
    return Left(fresh, tuple(rest), conversations)


def spend(sizes: Sizes, left: Left, rates: Rates, *, questions: int) -> Spend:
    """All that is left to ask one model; `questions` is the most of them that are answered in a conversation."""
    spent = _fresh(sizes, left.fresh, rates)
    for begun in left.begun:
        spent += _rest(sizes, begun, rates, questions)
    return Spend(spent.calls, spent.prompt * rates.factor, spent.completion, spent.plays, spent.play_tokens)


def _fresh(sizes: Sizes, wanted: Floats, rates: Rates) -> Spend:
    side, base, o = rates.side, rates.base, rates.message
    told = (o + sizes.dilemma[side])[:, None]
    asked = (o + sizes.commit[side])[:, None]
    advised, informed, committed, replied = (o + rates.resent[stage] for stage in ("ask", "dialogue", "commit", "explicit"))
    said = o + rates.resent[PLAYER]
    k, s, g, r = sizes.count, rates.commits, rates.goes_on, rates.questions
    first = base + told
    questions = r * (first + advised + said) + rates.earlier * (said + informed)
    history = told + advised + r * (said + informed)
    commit = base + history + asked
    after = history + s * (asked + committed)
    explicit = k * (base + after + o) + sizes.shown[side] + sizes.before[side] + k * (k - 1) / 2 * (o + replied)
    billed = rates.billed
    return Spend(
        _sum(wanted * (1 + g * (r + s + k))),
        _sum(wanted * (first + g * (questions + s * commit + explicit))),
        _sum(wanted * (billed["ask"] + g * (r * billed["dialogue"] + s * billed["commit"] + k * billed["explicit"]))),
        _sum(wanted) * g * r,
        _sum(wanted * (r * (sizes.dilemma[side][:, None] + rates.read) + rates.earlier * (said + rates.read))) * g,
    )


def _rest(sizes: Sizes, begun: Begun, rates: Rates, questions: int) -> Spend:
    """The same for a conversation of which the beginning is stored."""
    side, base, o = rates.side, rates.base, rates.message
    where = begun.place, begun.draw
    history = begun.messages * o + begun.tokens[side]
    spent = Spend()
    open_still = begun.next_stage in (PLAYER, "dialogue")
    if open_still:
        # one question is to be answered for certain; at most, all that may be
        r = max(questions - begun.questions, 1) if side else 1
        pair = 2 * o + rates.resent[PLAYER] + rates.resent["dialogue"]
        prompt = r * (base + history + o + rates.resent[PLAYER]) + r * (r - 1) / 2 * pair
        plays = r if begun.next_stage == PLAYER else r - 1
        grown = r * (r - 1) / 2 * (o + rates.resent[PLAYER] + rates.read)
        spent += Spend(r, prompt, r * rates.billed["dialogue"], plays, plays * (history + rates.read) + grown)
        history += r * pair
    commits = 1.0 if begun.next_stage == "commit" else rates.commits if open_still else 0.0
    if commits:
        asked = o + float(sizes.commit[side][begun.place])
        spent += Spend(commits, commits * (base + history + asked), commits * rates.billed["commit"])
        history += commits * (asked + o + rates.resent["commit"])
    k = float(sizes.count[where]) - begun.shown[0]
    if k > 0:
        # for the most, any of the solutions may be among those that are left
        texts = float(sizes.shown[side][where]) - (0 if side else begun.shown[1])
        before = texts * (k - 1) if side else texts * (k - 1) / 2
        prompt = k * (base + history + o) + texts + before + k * (k - 1) / 2 * (2 * o + rates.resent["explicit"])
        spent += Spend(k, prompt, k * rates.billed["explicit"])
    return spent


def _sum(values: Any) -> float:
    return float(np.sum(values))
