"""What a study folder holds and what is left to do."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from normscope.records import Outcome, Responder, Response
from normscope.store import Store
from normscope.study.eliciting import LAST_ERRORS
from normscope.study.settings import Settings

__all__ = ["ResponderStatus", "Status", "status"]


@dataclass(frozen=True, slots=True)
class ResponderStatus:
    """One responder's conversations: how many by outcome, failures by reason, how many are still to be held."""

    responder_id: str
    kind: str
    outcomes: dict[str, int]
    failed: dict[str, int]
    to_do: int


@dataclass(frozen=True, slots=True)
class Status:
    """A study folder's counts. `calls` are (model, `answered` or reason of failure, count)."""

    folder: str
    dilemmas: int
    responders: list[ResponderStatus]
    calls: list[tuple[str, str, int]]
    solutions: int
    matches: int
    estimates: int
    last_errors: dict[str, str]
    """The words of each model's last error in the last asking."""


def status(settings: Settings, store: Store) -> Status:
    """Count everything in the folder; a conversation that failed is still to do."""
    dilemmas = store.count("dilemmas")
    outcomes: dict[str, Counter[str]] = {}
    failed: dict[str, Counter[str]] = {}
    for response in store.all(Response):
        outcomes.setdefault(response.responder_id, Counter())[response.outcome.value] += 1
        if response.outcome is Outcome.FAILED:
            failed.setdefault(response.responder_id, Counter())[response.reason or "unknown"] += 1
    asked = {model.responder_id for model in settings.models}
    rows = []
    for responder in store.all(Responder):
        counts = outcomes.get(responder.responder_id, Counter())
        done = sum(n for outcome, n in counts.items() if outcome != Outcome.FAILED.value)
        to_do = dilemmas * settings.draws - done if responder.responder_id in asked else 0
        rows.append(
            ResponderStatus(
                responder_id=responder.responder_id,
                kind=responder.kind.value,
                outcomes=dict(sorted(counts.items())),
                failed=dict(sorted(failed.get(responder.responder_id, Counter()).items())),
                to_do=max(to_do, 0),
            )
        )
    return Status(
        folder=str(store.folder),
        dilemmas=dilemmas,
        responders=rows,
        calls=store.calls.counts(),
        solutions=store.count("solutions"),
        matches=store.count("matches"),
        estimates=store.count("estimates"),
        last_errors=json.loads(store.fact(LAST_ERRORS) or "{}"),
    )
