"""For trying out a set-up without a model: a real HTTP server on loopback that answers, and fails, as it is told, and a judge."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from normscope.testing.answers import example, plain_answer
    from normscope.testing.judging import RuledJudge
    from normscope.testing.loopback import FAULTS, LoopbackServer

__all__ = ["FAULTS", "LoopbackServer", "RuledJudge", "example", "plain_answer"]

_LAZY = {
    "FAULTS": "loopback",
    "LoopbackServer": "loopback",
    "RuledJudge": "judging",
    "example": "answers",
    "plain_answer": "answers",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
