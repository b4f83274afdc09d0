"""The validation card: how far a matcher can be trusted, measured against labels that people gave."""

from __future__ import annotations

from dataclasses import dataclass, field

from normscope.records.core import NotMeasured
from normscope.records.flips import Flips
from normscope.records.tested import Alternative, Cost, Labelled, People, Placebo, Polarity, Rated, Voting

__all__ = ["CARD_VERSION", "Card", "Score"]

CARD_VERSION = 2
"""Version of the card's shape in files; a stored card of another version is to be made again."""

_LEFT_OUT = NotMeasured("this test was left out")


@dataclass(frozen=True, slots=True)
class Score:
    """A matcher's figures on one set of labelled pairs; intervals resample contexts (pairs of one dilemma stay together).

    `accuracy` and `macro_f1` are in [0, 1]; `kappa` (Cohen) in [-1, 1], 0 = no better than chance.
    `confusion[person's label][matcher's label]` counts pairs. `precision[label]`: the share of the matcher's labels of that
    kind that people gave too; `recall[label]`: the share of people's labels of that kind that the matcher gave too. Where
    pairs are weighted, all but the counts are of the weighted pairs.
    """

    n: int
    accuracy: float | NotMeasured
    accuracy_low: float | NotMeasured
    accuracy_high: float | NotMeasured
    macro_f1: float | NotMeasured
    kappa: float | NotMeasured
    kappa_low: float | NotMeasured
    kappa_high: float | NotMeasured
    confusion: dict[str, dict[str, int]] = field(default_factory=dict)
    precision: dict[str, float | NotMeasured] = field(default_factory=dict)
    recall: dict[str, float | NotMeasured] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Card:
    """How far one matcher can be trusted: its scores against people's labels, and what else it was put through.

    `overall` is also split by how the text was asked for, language, kind of pair and topic. Every other part was measured, or
    says why it was not.
    """

    matcher: str
    gold: str
    """What the labels are and who gave them, in one sentence."""
    level: float
    overall: Score
    by_asked: dict[str, Score] = field(default_factory=dict)
    by_language: dict[str, Score] = field(default_factory=dict)
    by_kind: dict[str, Score] = field(default_factory=dict)
    prompt_hash: str | None = None
    by_topic: dict[str, Score] = field(default_factory=dict)
    labelled: Labelled | NotMeasured = _LEFT_OUT
    people: People | NotMeasured = _LEFT_OUT
    orders: Rated | NotMeasured = _LEFT_OUT
    """The share of stated pairs whose label changes when text and solution change places."""
    repeats: Rated | NotMeasured = _LEFT_OUT
    """The share of pairs whose label changes when the same question is asked again."""
    polarity: Polarity | NotMeasured = _LEFT_OUT
    placebo: Placebo | NotMeasured = _LEFT_OUT
    injected: Flips | NotMeasured = _LEFT_OUT
    """Attempts to steer in texts that were said unprompted."""
    alternative: Alternative | NotMeasured = _LEFT_OUT
    cost: Cost | NotMeasured = _LEFT_OUT
    voting: Voting | NotMeasured = _LEFT_OUT
    injected_shown: Flips | NotMeasured = _LEFT_OUT
    """Attempts to steer in answers to a shown solution."""

    def sentence(self) -> str:
        """One line for people: accuracy and kappa with the number of labelled pairs, and the kind of pair it is worst at."""
        s = self.overall
        if isinstance(s.accuracy, NotMeasured):
            return f"Matcher '{self.matcher}' is not validated: {s.accuracy.reason}."
        parts = f"accuracy {s.accuracy:.2f} {_interval(s.accuracy_low, s.accuracy_high)}"
        if not isinstance(s.kappa, NotMeasured):
            parts += f", kappa {s.kappa:.2f} {_interval(s.kappa_low, s.kappa_high)}"
        return f"Matcher '{self.matcher}' against {s.n} labelled pairs ({self.gold}): {parts}.{self._weakest()}"

    def _weakest(self) -> str:
        known = [(s.accuracy, kind) for kind, s in sorted(self.by_kind.items()) if isinstance(s.accuracy, float)]
        if len(known) < 2:
            return ""
        accuracy, kind = min(known)
        return f" Worst at pairs of the kind '{kind}': {accuracy:.2f} right."


def _interval(low: float | NotMeasured, high: float | NotMeasured) -> str:
    if isinstance(low, NotMeasured) or isinstance(high, NotMeasured):
        return "(no interval)"
    return f"[{low:.2f}, {high:.2f}]"
