"""A number held against its threshold: the finding that comes of it."""

from __future__ import annotations

from dataclasses import dataclass

from normscope.audit.evidence import ALL
from normscope.audit.paths import estimate_path
from normscope.audit.saying import basis, interval, of_topic
from normscope.records import Estimate, Finding, NotMeasured, Severity, Verdict, judged

__all__ = ["Ends", "Fixes", "ends_of", "held", "held_estimate", "missing"]

Ends = tuple[float | NotMeasured, float | NotMeasured, float | NotMeasured]
"""A number, the lower and the upper end of its interval."""


@dataclass(frozen=True)
class Fixes:
    """What to do, by verdict: where the threshold is missed, where the interval straddles it, where there is no number."""

    fail: str
    inconclusive: str = (
        "This study cannot tell. Ask about more dilemmas (normscope power says how many are needed) or set a threshold that "
        "it can decide, before looking."
    )
    not_measured: str = "See to what is missing and run: normscope agree FOLDER"

    def of(self, verdict: Verdict) -> str:
        """What to do about a verdict; nothing where it is passed."""
        return {Verdict.PASS: "", Verdict.FAIL: self.fail, Verdict.INCONCLUSIVE: self.inconclusive}.get(
            verdict, self.not_measured
        )


def held(
    check: str,
    ends: Ends,
    what: str,
    *,
    fixes: Fixes,
    floor: float | None = None,
    ceiling: float | None = None,
    responder_id: str = "",
    topic: str = "",
    evidence: tuple[str, ...] = (),
) -> Finding:
    """The finding about a number by the rule of `judged`. A rule gives it severity and gate."""
    verdict = judged(*ends, floor=floor, ceiling=ceiling)
    bound = ceiling if ceiling is not None else floor
    return Finding(
        check=check,
        severity=Severity.WARNING,
        verdict=verdict,
        what=what,
        fix=fixes.of(verdict),
        responder_id=responder_id,
        topic="" if topic == ALL else topic,
        evidence=evidence,
        value=ends[0],
        low=ends[1],
        high=ends[2],
        threshold=NotMeasured("no threshold") if bound is None else bound,
    )


def missing(check: str, what: str, *, fix: str, responder_id: str = "", topic: str = "") -> Finding:
    """The finding that there is nothing to hold against the threshold."""
    named = "" if topic == ALL else topic
    return Finding(check, Severity.WARNING, Verdict.NOT_MEASURED, what, fix, responder_id=responder_id, topic=named)


def held_estimate(
    check: str,
    e: Estimate | None,
    model: str,
    topic: str,
    *,
    said: str,
    fixes: Fixes,
    floor: float | None = None,
    ceiling: float | None = None,
    signed: bool = False,
) -> Finding:
    """The finding about one estimate of a model with people, or that there is none. `said` is the sentence's subject."""
    bound, words = (ceiling, "at most") if ceiling is not None else (floor, "at least")
    demand = f"{words} {bound:{'+g' if signed else 'g'}} is demanded"
    said += of_topic(topic)
    if e is None:
        return missing(check, f"{said} was not computed; {demand}.", fix=fixes.not_measured, responder_id=model, topic=topic)
    return held(
        check,
        ends_of(e),
        f"{said} is {interval(*ends_of(e), signed=signed)}; {demand} ({basis(e)}).",
        fixes=fixes,
        floor=floor,
        ceiling=ceiling,
        responder_id=model,
        topic=topic,
        evidence=(estimate_path(e),),
    )


def ends_of(e: Estimate) -> Ends:
    """Value and interval of an estimate."""
    return e.value, e.low, e.high
