"""What `agree` says beyond single estimates, as plain rows: one frozen record per row of `estimates.json` and of a tidy frame."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from normscope.records import NotMeasured

__all__ = [
    "SECTIONS",
    "AboveRow",
    "DetectableRow",
    "MapPairRow",
    "MapRow",
    "RankRow",
    "Row",
    "TauRow",
    "TopicRow",
    "TreeRow",
    "row_values",
]

Number = float | NotMeasured
Whole = int | NotMeasured
Yes = bool | NotMeasured


@dataclass(frozen=True, slots=True)
class RankRow:
    """A model's place by one metric with people; 1 = agrees most. What a model without a rank lacks is said in its numbers.

    `rank_low` and `rank_high` bound the rank at `level` (simultaneous over the paired differences to all other models);
    `drawn_low` and `drawn_high` are the ranks that the middle `level` of the resamples show, and too narrow where models are
    close. `behind` in [-1, 1] is the highest of the other models minus this one, with its interval; negative = ahead of all
    others. `among_best`: it cannot be told from the best (`behind_low` <= 0). `same_dilemmas`: all ranked models were scored on
    the same dilemmas.
    """

    metric: str
    responder_id: str
    value: Number
    rank: Whole
    rank_low: Whole
    rank_high: Whole
    drawn_low: Whole
    drawn_high: Whole
    behind: Number
    behind_low: Number
    behind_high: Number
    among_best: Yes
    same_dilemmas: Yes
    n_dilemmas: int
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class AboveRow:
    """P(i above j): the share of resamples in which a model is above another, a tie counting half; in [0, 1]."""

    metric: str
    responder_id: str
    other_id: str
    above: float


@dataclass(frozen=True, slots=True)
class TauRow:
    """Kendall's tau-b in [-1, 1] between the rankings that two lists of the same models give; 1 = the same order.

    `first` and `second` name metric, reading, reference policy and matcher; both lists are turned so that more is better.
    """

    first: str
    second: str
    tau: Number
    n_models: int


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A model's metric with people on one topic: `raw`, and `pooled` towards the model's other topics, with its interval.

    `weight` in [0, 1] is how much of the pooled value is the topic's own. `n_effective` is the number of independent observations
    that would know as much.
    """

    metric: str
    responder_id: str
    topic: str
    raw: Number
    pooled: Number
    pooled_low: Number
    pooled_high: Number
    weight: Number
    n_dilemmas: int
    n_effective: Number
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class DetectableRow:
    """Which difference this study could have found: two models by one metric with people, or a model and the ceiling.

    `error` is the clustered standard error of the paired `difference`; `detectable` the smallest true difference that a
    two-sided test at 1 - `level` finds with probability `power`.
    """

    metric: str
    responder_id: str
    other_id: str
    difference: Number
    error: Number
    detectable: Number
    n_dilemmas: int
    level: float
    power: float
    method: str


@dataclass(frozen=True, slots=True)
class MapRow:
    """A responder's place on the map of agreement, and in the order in which the tree draws its leaves (0 = first).

    Distances on the map stand for 1 - agreement; `kept` in (0, 1] is the share of their variance that `x` and `y` show.
    `spread`: how far the place moves over the resamples (root mean square distance, each resampled map laid onto this one).
    A responder that lacks a pair says so.
    """

    responder_id: str
    x: Number
    y: Number
    spread: Number
    kept: Number
    order: Whole
    method: str


@dataclass(frozen=True, slots=True)
class MapPairRow:
    """The agreement of two responders, both directions together, that map and tree are made from."""

    responder_id: str
    other_id: str
    agreement: Number
    n_dilemmas: int


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One join of the tree (average linkage), the nearest first: these `members` are one group from this `agreement` down.

    `agreement` is the mean over the pairs across the two groups that were joined. `support` in [0, 1]: the share of resamples
    in whose trees just these responders are a group.
    """

    step: int
    members: list[str]
    agreement: float
    support: Number


Row = RankRow | AboveRow | TauRow | TopicRow | DetectableRow | MapRow | MapPairRow | TreeRow

SECTIONS: dict[str, type[Any]] = {
    "rankings": RankRow,
    "above": AboveRow,
    "tau": TauRow,
    "topics": TopicRow,
    "detectable": DetectableRow,
    "map": MapRow,
    "map_pairs": MapPairRow,
    "tree": TreeRow,
}
"""The sections of `estimates.json` beside the estimates, and what their rows are."""


def row_values(row: Row) -> dict[str, Any]:
    """A row as JSON values; what is not measured is `{"not_measured": reason}`.

    >>> row_values(AboveRow("stated", "m", "n", 0.75))
    {'metric': 'stated', 'responder_id': 'm', 'other_id': 'n', 'above': 0.75}
    """
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    return {name: {"not_measured": value.reason} if isinstance(value, NotMeasured) else value for name, value in values.items()}
