"""Could this study have found a difference that matters?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from normscope.audit.evidence import Evidence
from normscope.audit.held import Fixes, held, missing
from normscope.audit.paths import path
from normscope.audit.saying import number, some
from normscope.audit.shares import Margin
from normscope.records import Finding, NotMeasured

__all__ = ["Detectable"]

CEILING = "ceiling"
"""The `other_id` of a model's distance to people among themselves."""

FIXES = Fixes(
    "Ask about more dilemmas: normscope power --difference SIZE --pilot FOLDER says how many. Until then a difference that was "
    "not found says nothing.",
    not_measured="Two responders need shared dilemmas on which both can be scored. Ask about more: see normscope power.",
)


@dataclass(frozen=True)
class Detectable:
    """The smallest true difference in stated agreement with people that the study finds with 80 % probability, in (0, 1], against
    `at_most`: one finding for each model beside the ceiling, and one for every two models, at the worst pair.

    It follows from the numbers of dilemmas and how they scatter; the number is taken as it is, without an interval of its own.
    """

    name: ClassVar[str] = "detectable"
    scopes: ClassVar[frozenset[str]] = frozenset({"models"})

    at_most: Margin = 0.1

    def __call__(self, evidence: Evidence) -> list[Finding]:
        models = set(evidence.models)
        rows = [row for row in evidence.rows("detectable") if row["metric"] == "stated" and row["responder_id"] in models]
        beside = [self._of([row], f"{row['responder_id']} and the ceiling") for row in rows if row["other_id"] == CEILING]
        pairs = [row for row in rows if row["other_id"] in models]
        return [*beside, *([self._of(pairs, "two models")] if pairs else [])]

    def _of(self, rows: Sequence[Mapping[str, Any]], between: str) -> Finding:
        alone = rows[0]["responder_id"] if rows[0]["other_id"] == CEILING else ""
        demand = f"at most {self.at_most:g} is demanded"
        unknown = [row["detectable"] for row in rows if isinstance(row["detectable"], NotMeasured)]
        if unknown:
            what = f"Which difference between {between} this study finds is not measured ({unknown[0].reason}); {demand}."
            return missing(self.name, what, fix=FIXES.not_measured, responder_id=alone)
        worst = max(rows, key=lambda row: (row["detectable"], row["responder_id"], row["other_id"]))
        size = float(worst["detectable"])
        where = "" if alone else f" ({worst['responder_id']} and {worst['other_id']}, the worst of {some(len(rows), 'pair')})"
        return held(
            self.name,
            (size, size, size),
            f"A study like this finds a true difference of {number(size)} between {between}{where} with {worst['power']:.0%} "
            f"probability; {demand} ({some(worst['n_dilemmas'], 'dilemma')}).",
            fixes=FIXES,
            ceiling=self.at_most,
            responder_id=alone,
            evidence=(path("detectable", "stated", worst["responder_id"], worst["other_id"]),),
        )
