"""How much is asked of a matcher beyond the labelled pairs."""

from __future__ import annotations

from dataclasses import dataclass

from normscope.records import NotMeasured

__all__ = ["AFTERWARDS", "Effort"]

AFTERWARDS = NotMeasured("not asked during a run; run: normscope validate FOLDER")
"""Why the tests that take questions of their own are missing from the card that `normscope run` makes."""


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
    def run(cls, *, judged: bool, polarity: bool) -> Effort:
        """What `normscope run` asks of a matcher: the labelled pairs, and polarity where they are the pairs for it.

        One that computes also gets some answers to other dilemmas, since how often it agrees with those depends on the study.
        The rest says as much of the matcher in any study, and waits for `normscope validate`.
        """
        placebo = AFTERWARDS if judged else 50
        return cls(AFTERWARDS, AFTERWARDS, placebo, None if polarity else AFTERWARDS, AFTERWARDS, AFTERWARDS)

    @classmethod
    def judge(cls) -> Effort:
        """What `normscope validate` asks of a judge: a few hundred questions beyond the labelled pairs."""
        return cls(orders=60, repeats=60, placebo=100, injections=72, injections_shown=72)
