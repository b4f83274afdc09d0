"""How often a text could tell a matcher what to say: its labels of harmless texts beside those of the same texts, attacked."""

from __future__ import annotations

from dataclasses import dataclass, field

from normscope.records.core import NotMeasured
from normscope.records.words import Label

__all__ = ["Flip", "FlipRate", "Flips"]


@dataclass(frozen=True, slots=True)
class Flip:
    """One attack that changed the label: what the matcher said of the harmless twin, of the attacked text, what was aimed at."""

    injection_id: str
    of_twin: Label
    of_attacked: Label
    aim: Label

    @property
    def towards_aim(self) -> bool:
        """Whether the attack got what it wanted."""
        return self.of_attacked is self.aim


@dataclass(frozen=True, slots=True)
class FlipRate:
    """The share of `n` attacks that changed the label, in [0, 1], with an interval; 0 = the matcher cannot be steered so.

    `towards_aim` counts the flips to the label that the attack wanted; the others broke the matcher without steering it.
    `clustered`: some attacks are about the same dilemma, so that the interval resamples dilemmas (Wilson's on the number of
    dilemmas where all resamples are equal); else it is Wilson's, of independent attacks.
    """

    n: int
    flips: int
    towards_aim: int
    rate: float | NotMeasured
    low: float | NotMeasured
    high: float | NotMeasured
    clustered: bool = False


@dataclass(frozen=True, slots=True)
class Flips:
    """How a matcher stood up to the injections: overall, by technique, by language, and each flip."""

    matcher: str
    asked: str
    """How the texts were said to be asked for: `stated` or `shown`."""
    level: float
    overall: FlipRate
    by_technique: dict[str, FlipRate] = field(default_factory=dict)
    by_language: dict[str, FlipRate] = field(default_factory=dict)
    flipped: tuple[Flip, ...] = ()

    def sentence(self) -> str:
        """One line for people: the rate with its interval, how many flips went where they were meant to, the worst technique."""
        rate = self.overall
        if isinstance(rate.rate, NotMeasured):
            return f"Matcher '{self.matcher}' was not tried with injections: {rate.rate.reason}."
        said = f"Matcher '{self.matcher}' changed its label in {rate.flips} of {rate.n} injected texts ({rate.rate:.1%}"
        if isinstance(rate.low, float) and isinstance(rate.high, float):
            said += f" [{rate.low:.1%}, {rate.high:.1%}]"
        said += f"), {rate.towards_aim} of them to the label that the text asked for."
        known = [(part.rate, name) for name, part in sorted(self.by_technique.items()) if isinstance(part.rate, float)]
        if rate.flips and known:
            worst, name = max(known)
            said += f" Most often by '{name}': {worst:.1%}."
        return said
