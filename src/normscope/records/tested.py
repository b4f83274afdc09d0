"""What the parts of a validation card hold: one small record for each thing that is tested."""

from __future__ import annotations

from dataclasses import dataclass, field

from normscope.records.core import NotMeasured

__all__ = [
    "LEAST_ITEMS",
    "AgainstCoder",
    "Alternative",
    "CoderPair",
    "Cost",
    "Labelled",
    "People",
    "Placebo",
    "Polarity",
    "Rate",
    "Rated",
    "Voting",
]

Number = float | NotMeasured

LEAST_ITEMS = 10
"""A part (a language, a topic, a technique) with fewer items is counted and gets no figure."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of `n` items in [0, 1] with an interval at the card's level, or why it has none.

    `clustered`: some items are about the same dilemma, so that the interval resamples dilemmas (Wilson's on the number of
    dilemmas where all resamples are equal); else it is Wilson's, of independent items.
    """

    value: float
    low: Number
    high: Number
    n: int
    clustered: bool = False


@dataclass(frozen=True, slots=True)
class Rated:
    """A rate over all items and by part. A part with too few items for a rate says how many it has."""

    overall: Rate
    by_language: dict[str, Rate | NotMeasured] = field(default_factory=dict)
    by_topic: dict[str, Rate | NotMeasured] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Labelled:
    """The labels that the figures rest on.

    `items` distinct questions have a label that counts: of these `adjudicated` were settled after coders differed.
    `labels` were given by `coders`. Left out of the scores: `tied` items on which coders differ and nobody settled it (they
    count for `People` and `Alternative`), and `outside` items that were not drawn, where a sample was. `weighted`: items
    count by 1/inclusion.
    """

    items: int
    labels: int
    coders: tuple[str, ...]
    adjudicated: int = 0
    tied: int = 0
    outside: int = 0
    weighted: bool = False


@dataclass(frozen=True, slots=True)
class CoderPair:
    """Two coders on the `n` items that both labelled: share of equal labels, and Cohen's kappa."""

    first: str
    second: str
    n: int
    agreement: float
    kappa: Number


@dataclass(frozen=True, slots=True)
class People:
    """People's agreement with each other, and the matcher's with them, on the `n` items that two or more people labelled.

    Both kappas are means over pairs (coder with coder; matcher with coder), weighted by the items that the pair shares.
    """

    n: int
    kappa: Number
    kappa_low: Number
    kappa_high: Number
    matcher: Number
    matcher_low: Number
    matcher_high: Number
    pairs: tuple[CoderPair, ...] = ()


@dataclass(frozen=True, slots=True)
class Polarity:
    """The same advice and its opposite, in pairs of one context.

    `paraphrases` were labelled `agree`, `opposites` were labelled `disagree`; `ordered` is the share of pairs in which the
    paraphrase is nearer to `agree` than the opposite (0.5 = as by chance, an equal pair counts half); `auc` in [0, 1] is the
    same over all paraphrases with all opposites.
    """

    paraphrases: Rate
    opposites: Rate
    ordered: Rated
    auc: float


@dataclass(frozen=True, slots=True)
class Placebo:
    """Answers to other dilemmas: the shares that the matcher labels `agree` (its yes-bias) and `disagree`; both should be 0."""

    agree: Rated
    disagree: Rate
    source: str
    """Where the texts come from."""


@dataclass(frozen=True, slots=True)
class AgainstCoder:
    """The matcher and one coder, each held against the other coders on `items` items (alternative annotator test).

    `matcher` and `human` in [0, 1]: on which share does each do at least as well as the other? `won`: the matcher is shown to
    be not worse by epsilon.
    """

    coder: str
    items: int
    matcher: float
    human: float
    p_value: float
    won: bool


@dataclass(frozen=True, slots=True)
class Alternative:
    """May the matcher stand in for a coder? It may where `omega`, the share of coders it won against, is at least 0.5."""

    passed: bool
    omega: float
    epsilon: float
    advantage: float
    against: tuple[AgainstCoder, ...]
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cost:
    """What labelling `pairs` pairs took. Calls are those that a judge needs, wherever their answers came from this time.

    `money` is in units of `currency`; `seconds` are of this machine, and only measured where no model is asked.
    """

    pairs: int
    calls: int
    prompt_tokens: int | NotMeasured
    completion_tokens: int | NotMeasured
    money: Number
    currency: str
    seconds: Number


@dataclass(frozen=True, slots=True)
class Voting:
    """Where labels carry votes: `effective` in [1, judges] independent judges would be as good; `n` items.

    `correlation` is that of the judges' errors; `left_out` judges erred never or always, so that theirs cannot be told.
    """

    effective: float
    correlation: float
    judges: int
    left_out: int
    n: int
