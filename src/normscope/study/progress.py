"""How a long stage says how far it is; who shows it is the caller's business."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["ModelProgress", "Progress", "silent"]


@dataclass(frozen=True, slots=True)
class ModelProgress:
    """One model that is being asked: conversations done and wanted in this run, money as text, failures by reason.

    `places` is how many calls may run at a time now, `note` what else is to be said (a batch, why it is not asked any more).
    """

    responder_id: str
    done: int
    total: int
    spent: str = ""
    failed: Mapping[str, int] = field(default_factory=dict)
    places: int | None = None
    note: str = ""


class Progress(Protocol):
    """Called with the stage, how many steps are done and how many there are; while models are asked, with a line for each."""

    def __call__(self, stage: str, done: int, total: int, models: Sequence[ModelProgress] = ()) -> None: ...


def silent(stage: str, done: int, total: int, models: Sequence[ModelProgress] = ()) -> None:
    """Shows nothing."""
