"""The checks that come with normscope, by the name that a policy gives them, in the order in which they are made."""

from __future__ import annotations

from typing import Any

from normscope.audit.checks.acquiescence import Acquiescence
from normscope.audit.checks.agreement import Agreement
from normscope.audit.checks.beside_ceiling import BesideCeiling
from normscope.audit.checks.detectable import Detectable
from normscope.audit.checks.equivalence import Equivalence
from normscope.audit.checks.holes import Holes
from normscope.audit.checks.matcher import MatcherBar
from normscope.audit.checks.placebo import PlaceboRate
from normscope.audit.checks.ranks import Ranks
from normscope.audit.checks.refusals import Refusals
from normscope.audit.checks.self_judged import SelfJudged
from normscope.audit.checks.weak_topic import WeakTopic

__all__ = [
    "CHECKS",
    "Acquiescence",
    "Agreement",
    "BesideCeiling",
    "Detectable",
    "Equivalence",
    "Holes",
    "MatcherBar",
    "PlaceboRate",
    "Ranks",
    "Refusals",
    "SelfJudged",
    "WeakTopic",
]

_IN_ORDER: tuple[type[Any], ...] = (
    SelfJudged,
    Holes,
    MatcherBar,
    PlaceboRate,
    Agreement,
    BesideCeiling,
    Equivalence,
    WeakTopic,
    Acquiescence,
    Refusals,
    Ranks,
    Detectable,
)

CHECKS: dict[str, type[Any]] = {check.name: check for check in _IN_ORDER}
"""Each is a frozen dataclass: its thresholds are its fields, `name` and `scopes` (what a rule may name of `models` and `topics`)
belong to the class, and called with an `Evidence` it gives its findings."""
