"""What an audit says: one finding for each check and subject, with the numbers that it rests on and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from normscope.records.core import NotMeasured
from normscope.records.verdict import Verdict

__all__ = ["Finding", "Severity"]

Number = float | NotMeasured

NO_NUMBER = NotMeasured("this finding rests on no single number")
NO_THRESHOLD = NotMeasured("this check has no threshold")


class Severity(StrEnum):
    """How much a finding matters, the least first."""

    INFO = "info"
    WARNING = "warning"
    SERIOUS = "serious"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found of one subject: the whole study, a responder, a topic, or a responder on a topic.

    `what` says it in a sentence with its numbers, `fix` how to mend it (empty where there is nothing to mend). A `gate` decides
    the exit code of an audit. `responder_id` and `topic` are empty where the finding is not about one. `evidence` names what it
    rests on, as paths: `estimates/METRIC/PAIRING/RESPONDER/TARGET/TOPIC/READING/POLICY`, `responders/ID`, `dilemmas/ID`,
    `card/PART` …; within a part `/` is written `%2F` and `%` `%25`. `value`, `low` and `high` are the number that was held
    against `threshold`, with its interval.
    """

    check: str
    severity: Severity
    verdict: Verdict
    what: str
    fix: str = ""
    gate: bool = False
    responder_id: str = ""
    topic: str = ""
    evidence: tuple[str, ...] = ()
    value: Number = NO_NUMBER
    low: Number = NO_NUMBER
    high: Number = NO_NUMBER
    threshold: Number = NO_THRESHOLD

    @property
    def subject(self) -> str:
        """Whom it is about, for people to read.

        >>> Finding("topic_low", Severity.INFO, Verdict.PASS, "…", responder_id="m", topic="work").subject
        'm on work'
        """
        parts = (self.responder_id, f"on {self.topic}" if self.topic else "")
        return " ".join(part for part in parts if part) or "the study"
