"""The extractor `coded`: people have read the responses already; nothing is read anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from normscope.errors import UsageError
from normscope.models.base import AskFor
from normscope.records import Dilemma, Extraction, Response

__all__ = ["Coded", "make"]


@dataclass(frozen=True, slots=True)
class Coded:
    """Leaves the solutions that came with the data as the only ones. Every extraction is empty, for the reason `coded`."""

    name: str = "coded"

    async def __call__(self, items: Sequence[tuple[Dilemma, Response]]) -> list[Extraction]:
        return [Extraction((), "coded") for _ in items]


def make(argument: str, ask_for: AskFor) -> Coded:
    """The extractor that `coded` names; it takes no argument and asks no model."""
    if argument:
        raise UsageError(f"the extractor 'coded' takes no argument. Got: 'coded:{argument}'. Write: coded")
    return Coded()
