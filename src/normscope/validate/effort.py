"""How much is asked of a matcher beyond the labelled pairs."""

from __future__ import annotations

from dataclasses import dataclass

from normscope.records import NotMeasured

__all__ = ["AFTERWARDS", "Effort"]

AFTERWARDS = NotMeasured("not asked during a run; run: normscope validate FOLDER")
"""Why the tests that cost a judge calls of their own are missing from the card that `normscope run` makes."""


@dataclass(frozen=True)
class Effort:
    """At most so many pairs (texts, for injections) per test; None = all there are, `NotMeasured` = not asked, and why.

    `polarity` is asked whole or not at all: None = it is.
    """

    orders: int | NotMeasured | None = None
    repeats: int | NotMeasured | None = None
    placebo: int | NotMeasured = 400
    polarity: NotMeasured | None = None
    injections: int | NotMeasured | None = None
    """Attempts to steer in unprompted texts."""
    injections_shown: int | NotMeasured | None = None
    """The same in answers to a shown solution."""

    @classmethod
    def run_by_judge(cls, *, polarity: bool) -> Effort:
        """What `normscope run` asks of a judge: nothing but the labelled pairs, and polarity where they are the pairs for it."""
        return cls(AFTERWARDS, AFTERWARDS, AFTERWARDS, None if polarity else AFTERWARDS, AFTERWARDS, AFTERWARDS)

    @classmethod
    def judge(cls) -> Effort:
        """What `normscope validate` asks of a judge: a few hundred questions beyond the labelled pairs."""
        return cls(orders=60, repeats=60, placebo=100, injections=72, injections_shown=72)

    @classmethod
    def run_offline(cls) -> Effort:
        """What `normscope run` asks of a matcher that computes: a few hundred questions,
        which take it seconds."""
        return cls(orders=50, repeats=50, placebo=100, injections=36, injections_shown=18)
