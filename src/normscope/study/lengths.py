"""How long answers are and how often a decision must be asked for: from stored calls where there are some, else a prior.

The prior and where it comes from is in docs/cost.md. What a model did itself counts most, then, for the pinned weights, what they
did when they were measured, for others what the other models of the study did, then the prior; each stands in for the next
with the weight of two answers, so that a single odd one decides little.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist

__all__ = [
    "MEASURED",
    "PLAYER",
    "PRIOR_COMMITS",
    "PRIOR_LENGTHS",
    "PRIOR_QUESTIONS",
    "STAGES",
    "Habits",
    "Length",
    "Seen",
    "prior_habits",
]

PLAYER = "player"
"""The stage of what the model that plays the person says, under the protocol `dialogue`."""
STAGES = ("ask", "dialogue", "commit", "explicit", PLAYER)
CONTEXT = 8192
"""Where nothing bounds an endless answer, it fills a context of the usual size."""
WORTH = 2
"""What stands behind a measured figure counts as much as so many answers."""


@dataclass(frozen=True, slots=True)
class Length:
    """The length of an answer in tokens before any bound: log-normal, with this median and this standard deviation of the log.

    `endless` is the share of answers that do not end by themselves: small models repeat a sentence until they are stopped.
    """

    median: float
    log_sd: float
    endless: float = 0.0

    def expected(self, most: float) -> float:
        """The mean of min(length, most): what is generated where answers are cut at `most` tokens.

        exp(m + s²/2) F((ln b - m - s²) / s) + b (1 - F((ln b - m) / s)), F the normal distribution function, for those that
        end; b for those that do not.

        >>> round(Length(320, 0.4).expected(100)), round(Length(320, 0.4).expected(math.inf))
        (100, 347)
        >>> round(Length(320, 0.4, endless=0.5).expected(1000))
        673
        """
        if self.endless:
            stopped = min(most, CONTEXT)
            return (1 - self.endless) * Length(self.median, self.log_sd).expected(most) + self.endless * stopped
        mu, s, normal = math.log(self.median), self.log_sd, NormalDist()
        mean = math.exp(mu + s * s / 2)
        if math.isinf(most):
            return mean
        low = math.log(most)
        return mean * normal.cdf((low - mu - s * s) / s) + most * (1 - normal.cdf((low - mu) / s))


_ADVICE, _REPLY = Length(320, 0.4), Length(200, 0.5)
PRIOR_LENGTHS: Mapping[str, Length] = {
    "ask": _ADVICE,
    "dialogue": _ADVICE,
    "commit": _REPLY,
    "explicit": _REPLY,
    PLAYER: Length(40, 0.5),
}
"""First advice about as 8 language models gave it to 300 dilemmas; an answer to one plain question is taken to be shorter."""
PRIOR_COMMITS = 0.3
"""The share of conversations in which a decision is asked for: where the answer leaves the person without one."""
PRIOR_QUESTIONS = 0.05
"""How many questions of the responder are answered per conversation under `dialogue`."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How long the answers of known weights were, by stage, and in which share of conversations a decision was asked for."""

    lengths: Mapping[str, Length]
    commits: float


_RAMBLE, _RETORT = Length(316, 0.48, endless=0.58), Length(269, 0.69, endless=0.65)
MEASURED: Mapping[str, Measured] = {
    "local:smollm2-135m-instruct": Measured(
        {
            "ask": _RAMBLE,
            "dialogue": _RAMBLE,
            "commit": _RETORT,
            "explicit": Length(291, 0.46, endless=0.24),
            PLAYER: PRIOR_LENGTHS[PLAYER],
        },
        commits=0.45,
    )
}
"""By model: the pinned weights were asked starter dilemmas (docs/cost.md). 135 million parameters often find no end."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What is expected of one model. By stage: `billed`, completion tokens per answer, and `resent`, the tokens (as
    `likely_tokens` counts) with which an answer comes back in the next prompt, thinking left out.

    Of the conversations that go on after the first answer, a decision is asked for in the share `commits`, and `questions`
    are answered in each. `goes_on` is the share that does go on, `factor` the prompt tokens counted per token expected.
    """

    billed: Mapping[str, float]
    resent: Mapping[str, float]
    commits: float
    questions: float
    goes_on: float
    factor: float
    rests_on: str


@dataclass(slots=True)
class Seen:
    """Sums over stored conversations; `by_stage` has the tokens billed and the tokens resent of each answer.

    Prompts are summed as expected and as counted, those of the player (`play`) apart.
    """

    conversations: int = 0
    went_on: int = 0
    commits: int = 0
    questions: int = 0
    expected_prompt: float = 0.0
    counted_prompt: float = 0.0
    expected_play: float = 0.0
    counted_play: float = 0.0
    by_stage: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: {stage: [] for stage in STAGES})

    @property
    def answers(self) -> int:
        """Answers of the model itself; what another said as the player is not among them."""
        return sum(len(self.by_stage[stage]) for stage in STAGES if stage != PLAYER)

    def __add__(self, other: Seen) -> Seen:
        return Seen(
            self.conversations + other.conversations,
            self.went_on + other.went_on,
            self.commits + other.commits,
            self.questions + other.questions,
            self.expected_prompt + other.expected_prompt,
            self.counted_prompt + other.counted_prompt,
            self.expected_play + other.expected_play,
            self.counted_play + other.counted_play,
            {stage: self.by_stage[stage] + other.by_stage[stage] for stage in STAGES},
        )

    def habits(self, behind: Habits, *, of: str, bounds: Mapping[str, float]) -> Habits:
        """What these conversations and, with the weight of two answers, the habits behind them lead to expect."""
        if not self.answers:
            return behind

        def share(n: float, total: float, otherwise: float) -> float:
            return (n + WORTH * otherwise) / (total + WORTH)

        def mean(place: int, stage: str, otherwise: float) -> float:
            lengths = [min(pair[place], bounds[stage]) for pair in self.by_stage[stage]]
            return share(sum(lengths), len(lengths), otherwise)

        # the factor has two calls' worth of prompt behind it
        spare = WORTH * self.expected_prompt / self.answers
        counted = self.counted_prompt + spare * behind.factor
        return Habits(
            billed={stage: mean(0, stage, behind.billed[stage]) for stage in STAGES},
            resent={stage: mean(1, stage, behind.resent[stage]) for stage in STAGES},
            commits=share(self.commits, self.went_on, behind.commits),
            questions=share(self.questions, self.went_on, behind.questions),
            goes_on=share(self.went_on, self.conversations, behind.goes_on),
            factor=counted / (self.expected_prompt + spare) if self.counted_prompt else behind.factor,
            rests_on=f"{self.answers} stored answers{of}",
        )


def prior_habits(bounds: Mapping[str, float], *, model: str = "") -> Habits:
    """What is expected before a model is asked; `bounds` are the most tokens of an answer, by stage."""
    known = MEASURED.get(model)
    lengths_of, commits = (known.lengths, known.commits) if known else (PRIOR_LENGTHS, PRIOR_COMMITS)
    lengths = {stage: lengths_of[stage].expected(bounds[stage]) for stage in STAGES}
    return Habits(lengths, lengths, commits, PRIOR_QUESTIONS, 1.0, 1.0, "measured beforehand" if known else "prior")
