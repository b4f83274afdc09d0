"""Asking a model: one Protocol, its backends, and the asker that keeps, retries and bounds the calls."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from normscope.models.base import (
    Ask,
    AskFor,
    CallLog,
    CallRecord,
    Completion,
    Message,
    Model,
    ModelSpec,
    Params,
    call_key,
)

if TYPE_CHECKING:
    from normscope.models.asker import Asker, Counts
    from normscope.models.http import HttpModel
    from normscope.models.lane import Limits
    from normscope.models.local import LocalModel, serve
    from normscope.models.recorded import RecordedModel
    from normscope.models.weights import WEIGHTS, PinnedWeights, Weights

__all__ = [
    "WEIGHTS",
    "Ask",
    "AskFor",
    "Asker",
    "CallLog",
    "CallRecord",
    "Completion",
    "Counts",
    "HttpModel",
    "Limits",
    "LocalModel",
    "Message",
    "Model",
    "ModelSpec",
    "Params",
    "PinnedWeights",
    "RecordedModel",
    "Weights",
    "call_key",
    "serve",
]

_LAZY = {
    "Asker": "asker",
    "Counts": "asker",
    "HttpModel": "http",
    "Limits": "lane",
    "LocalModel": "local",
    "serve": "local",
    "RecordedModel": "recorded",
    "WEIGHTS": "weights",
    "PinnedWeights": "weights",
    "Weights": "weights",
}


def __getattr__(name: str) -> Any:
    # the backends bring asyncio, aiohttp and metadata look-ups along: only for those who ask a model
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
