"""May the matcher stand in for a person who labels? The alternative annotator test on the study's coders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from normscope.errors import Undefined
from normscope.records import AgainstCoder, Alternative, Label, NotMeasured
from normscope.stats import MINIMUM_ITEMS, Codings, alt_test

__all__ = ["EPSILON", "LEAST_CODERS", "alternative"]

LEAST_CODERS = 3
EPSILON = 0.1
"""What a matcher's lower cost is worth; the strictest of the values that the test's authors advise."""


def alternative(
    given: Sequence[Mapping[str, Label]], matcher: Sequence[Label], *, epsilon: float = EPSILON
) -> Alternative | NotMeasured:
    """Is the matcher as good a coder as the people are, each of them held against the others?

    `given[i]` are the labels of item i by coder, `matcher[i]` is the matcher's. It passes where it wins against at least half
    of the coders (`omega`). `NotMeasured` with fewer than 3 coders, or where no coder shares 30 items with others. See
    `stats.alt_test`. Source: Calderon, Reichart, Dror (2025), arXiv:2501.10970.
    """
    coders = {coder for labels in given for coder in labels}
    if len(coders) < LEAST_CODERS:
        return NotMeasured(f"it needs labels by at least {LEAST_CODERS} people; there are {len(coders)}")
    long = [(i, coder, label.value) for i, labels in enumerate(given) for coder, label in labels.items()]
    items, who, labels = (np.array(column) for column in zip(*long, strict=True))
    try:
        found = alt_test(Codings(items, who, labels), {str(i): label.value for i, label in enumerate(matcher)}, epsilon=epsilon)
    except Undefined:
        return NotMeasured(f"no coder shares {MINIMUM_ITEMS} labelled items with others, which the test needs")
    return Alternative(
        passed=found.passed,
        omega=found.winning_rate,
        epsilon=found.epsilon,
        advantage=found.advantage,
        against=tuple(AgainstCoder(a.coder, a.items, a.judge, a.human, a.p_value, a.won) for a in found.against),
        left_out={coder: str(reason) for coder, reason in found.left_out.items()},
    )
