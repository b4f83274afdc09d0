"""Measures how far language models share people's social norms, from what they say in natural conversation."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from normscope.errors import NormscopeError
    from normscope.records import Dilemma, Estimate, Gold, Match, Responder, Response, Solution
    from normscope.study import Study

__version__ = "0.1.0"

__all__ = [
    "Dilemma",
    "Estimate",
    "Gold",
    "Match",
    "NormscopeError",
    "Responder",
    "Response",
    "Solution",
    "Study",
    "__version__",
]

_ROOMS = {"Study": "normscope.study", "NormscopeError": "normscope.errors"}


def __getattr__(name: str) -> Any:
    # loaded on first use, so that `import normscope` costs nothing
    if name not in __all__:
        raise AttributeError(f"module 'normscope' has no attribute {name!r}")
    return getattr(import_module(_ROOMS.get(name, "normscope.records")), name)


def __dir__() -> list[str]:
    return sorted(__all__)
