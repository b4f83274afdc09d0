"""What a finding rests on, as paths that name one thing each."""

from __future__ import annotations

from normscope.records import Estimate

__all__ = ["estimate_path", "path"]


def path(*parts: str) -> str:
    """One path; a part may hold anything.

    >>> path("responders", "http:org/model-1")
    'responders/http:org%2Fmodel-1'
    """
    return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)


def estimate_path(e: Estimate) -> str:
    """Everything that tells an estimate from the others of its study."""
    return path("estimates", e.metric, e.pairing, e.responder_id, e.target_id, e.topic, e.reading, e.policy)
