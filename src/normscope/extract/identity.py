"""The ids of solutions that were read from responses."""

from __future__ import annotations

from normscope.records import Response

__all__ = ["solution_id"]


def solution_id(response: Response, extractor: str, number: int) -> str:
    """The id of the n-th solution that a kind of extractor read from a response.

    The extractor is part of it: a response may also hold coded solutions, and both are kept. The parts are escaped, so that
    they cannot run into each other.

    >>> from normscope.records import Outcome
    >>> solution_id(Response("d/1", "ane", 0, "ask", Outcome.ANSWERED), "rules", 2)
    'd%2F1/ane/0/rules/2'
    """
    parts = (response.dilemma_id, response.responder_id, str(response.draw), extractor, str(number))
    return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)
