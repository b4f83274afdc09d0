"""How long answers are and how often a decision must be asked for: from stored calls where there are some, else a prior.

The prior and where it comes from is in docs/cost.md. What a model did itself counts most, then what the other models of the
study did, then the prior; each stands in for the next with the weight of two answers, so that a single odd one decides little.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import NamedTuple

from normscope.models.base import Message, Params, call_key
from normscope.models.tokens import CALL_TOKENS, MESSAGE_TOKENS, likely_tokens
from normscope.records import Turn
from normscope.store import CallTable

__all__ = [
    "PRIOR_COMMITS",
    "PRIOR_LENGTHS",
    "STAGES",
    "Habits",
    "Length",
    "Row",
    "Seen",
    "held_messages",
    "prior_habits",
    "watch",
]

STAGES = ("ask", "commit", "explicit")
SAMPLE = 200
"""Conversations per responder that are looked at."""
WORTH = 2
"""What stands behind a measured figure counts as much as so many answers."""


class Row(NamedTuple):
    """A stored conversation as the store has it: `turns` is JSON text, read only where it is needed."""

    dilemma_id: str
    draw: int
    outcome: str
    turns: str
    reason: str

    def read_turns(self) -> list[Turn]:
        return [Turn(**turn) for turn in json.loads(self.turns)]


@dataclass(frozen=True, slots=True)
class Length:
    """The length of an answer in tokens before any bound: log-normal, with this median and this standard deviation of the log."""

    median: float
    log_sd: float

    def expected(self, most: float) -> float:
        """The mean of min(length, most): what is generated where answers are cut at `most` tokens.

        exp(m + s²/2) F((ln b - m - s²) / s) + b (1 - F((ln b - m) / s)), F the normal distribution function.

        >>> round(Length(290, 0.35).expected(100)), round(Length(290, 0.35).expected(math.inf))
        (100, 308)
        """
        mu, s, normal = math.log(self.median), self.log_sd, NormalDist()
        mean = math.exp(mu + s * s / 2)
        if math.isinf(most):
            return mean
        low = math.log(most)
        return mean * normal.cdf((low - mu - s * s) / s) + most * (1 - normal.cdf((low - mu) / s))


PRIOR_LENGTHS = {"ask": Length(290, 0.35), "commit": Length(150, 0.5), "explicit": Length(150, 0.5)}
"""First advice as 8 language models gave it to 300 dilemmas; an answer to one plain question is taken to be half as long."""
PRIOR_COMMITS = 0.3
"""The share of first answers that leave the person without a decision, so that one is asked for."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What is expected of one model. By stage: `billed`, completion tokens per answer, and `resent`, the tokens (as
    `likely_tokens` counts) with which an answer comes back in the next prompt, thinking left out.

    `commits` is the share of conversations that go on in which a decision is asked for, `goes_on` the share that does not end
    with the first answer, `factor` the prompt tokens counted per token expected.
    """

    billed: dict[str, float]
    resent: dict[str, float]
    commits: float
    goes_on: float
    factor: float
    rests_on: str


@dataclass(slots=True)
class Seen:
    """Sums over stored conversations."""

    answers: int = 0
    conversations: int = 0
    went_on: int = 0
    commits: int = 0
    expected_prompt: float = 0.0
    counted_prompt: float = 0.0
    by_stage: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: {stage: [] for stage in STAGES})
    """Per answer: the tokens that were billed, and those of the text that comes back in the next prompt."""

    def __add__(self, other: Seen) -> Seen:
        return Seen(
            self.answers + other.answers,
            self.conversations + other.conversations,
            self.went_on + other.went_on,
            self.commits + other.commits,
            self.expected_prompt + other.expected_prompt,
            self.counted_prompt + other.counted_prompt,
            {stage: self.by_stage[stage] + other.by_stage[stage] for stage in STAGES},
        )

    def habits(self, behind: Habits, *, of: str, bounds: dict[str, float]) -> Habits:
        """What these conversations and, with the weight of two answers, the habits behind them lead to expect."""
        if not self.answers:
            return behind

        def share(n: float, total: float, otherwise: float) -> float:
            return (n + WORTH * otherwise) / (total + WORTH)

        def mean(place: int, stage: str, otherwise: float) -> float:
            lengths = [min(pair[place], bounds[stage]) for pair in self.by_stage[stage]]
            return share(sum(lengths), len(lengths), otherwise)

        # a prompt is hundreds of tokens: two calls' worth of them, expected and counted alike, stand behind the factor
        spare = WORTH * self.expected_prompt / self.answers
        counted = self.counted_prompt + spare * behind.factor
        return Habits(
            billed={stage: mean(0, stage, behind.billed[stage]) for stage in STAGES},
            resent={stage: mean(1, stage, behind.resent[stage]) for stage in STAGES},
            commits=share(self.commits, self.went_on, behind.commits),
            goes_on=share(self.went_on, self.conversations, behind.goes_on),
            factor=counted / (self.expected_prompt + spare) if self.counted_prompt else behind.factor,
            rests_on=f"{self.answers} stored answers{of}",
        )


def prior_habits(bounds: dict[str, float]) -> Habits:
    """What is expected of a model of which nothing is known; `bounds` are the most tokens of an answer, by stage."""
    lengths = {stage: PRIOR_LENGTHS[stage].expected(bounds[stage]) for stage in STAGES}
    return Habits(lengths, lengths, PRIOR_COMMITS, 1.0, 1.0, "prior")


def held_messages(persona: str | None, turns: Sequence[Turn]) -> Iterable[tuple[Turn, list[Message]]]:
    """The calls of a conversation as it was held: the person's turn, and the messages that were sent (see `elicit.driver`)."""
    seen = [] if persona is None else [Message("system", persona)]
    for said, answered in zip(turns[::2], turns[1::2], strict=False):
        asked = [*seen, Message("user", said.text)]
        yield said, asked
        if answered.text.strip():
            seen = [*asked, Message("assistant", answered.text)]


def watch(
    rows: Sequence[Row],
    calls: CallTable,
    *,
    model: str,
    persona: str | None,
    params: Params,
    explicit_tokens: int | None,
    languages: Sequence[str],
) -> Seen:
    """What the stored calls behind some conversations of one responder say; conversations without stored calls say nothing.

    Of more rows than `SAMPLE`, every so many are looked at. `languages` are those of the rows' dilemmas.
    """
    seen = Seen()
    step = max(1, math.ceil(len(rows) / SAMPLE))
    for row, language in zip(rows[::step], languages[::step], strict=True):
        turns = row.read_turns()
        asked = params if params.seed is None else replace(params, seed=params.seed + row.draw)
        short = asked if explicit_tokens is None else replace(asked, max_tokens=explicit_tokens)
        found = False
        for said, messages in held_messages(persona, turns):
            stage = said.stage or "ask"
            stored = calls.get(call_key(model, messages, short if stage == "explicit" else asked, row.draw))
            if stored is None or stage not in STAGES:
                continue
            found = True
            seen.answers += 1
            visible = likely_tokens(stored["text"] or stored["refusal"], language)
            billed = stored["completion_tokens"]
            if not isinstance(billed, int):
                billed = visible + likely_tokens(stored["reasoning"], language)
            seen.by_stage[stage].append((billed, visible))
            if isinstance(stored["prompt_tokens"], int):
                parts = sum(MESSAGE_TOKENS + likely_tokens(message.content, language) for message in messages)
                seen.expected_prompt += CALL_TOKENS + parts
                seen.counted_prompt += stored["prompt_tokens"]
        if found:
            seen.conversations += 1
            seen.went_on += row.outcome == "answered"
            seen.commits += row.outcome == "answered" and any(turn.stage == "commit" for turn in turns)
    return seen
