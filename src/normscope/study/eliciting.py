"""The study's asking stage: which conversations are missing, held and stored."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from normscope.elicit import plan_jobs, player_prompt
from normscope.errors import UsageError
from normscope.models.base import Params
from normscope.plugins import load, split
from normscope.records import Dilemma, Responder, Solution
from normscope.store import Store
from normscope.study.asking import close_asker, open_asker
from normscope.study.fleet import Queue, ask_all
from normscope.study.loop import run, seldom_collected
from normscope.study.progress import Progress
from normscope.study.settings import ModelSettings, Settings

__all__ = ["LAST_ERRORS", "check_unchanged", "elicit", "params_of"]

LAST_ERRORS = "last_errors"
"""The fact that keeps, per model, the words of the last error of the last asking."""

HANDS = 2
"""Conversations in hand for every call that may run at a time: while the answer of one is committed, or its retry waits, another
has its place."""


def params_of(settings: Settings) -> Params:
    """How the models under test are asked."""
    given = settings.params
    return Params(max_tokens=given.max_tokens, temperature=given.temperature, seed=given.seed)


def check_unchanged(store: Store, settings: Settings) -> None:
    """Refuse to mix answers that were asked for in different ways under one responder's name."""
    for model in settings.models:
        name = f"asked:{model.responder_id}"
        way: dict[str, Any] = {
            "model": model.model,
            "system_prompt": model.system_prompt,
            "persona": model.persona,
            "protocol": settings.protocol,
            "explicit": settings.explicit.model_dump(),
            "params": settings.params.model_dump(),
            "extra_body": model.extra_body,
            "seed": settings.seed,
        }
        if settings.protocol == "dialogue":
            way["dialogue"] = {**settings.dialogue.model_dump(), "prompt": player_prompt().sha256}
        now = json.dumps(way, sort_keys=True)
        before = store.fact(name)
        if before is None:
            store.set_fact(name, now)
        elif before != now:
            raise UsageError(
                f"{model.responder_id!r} was asked with other settings in {store.folder}: {before}; now: {now}. "
                "Give the model a new `id`, or use a new study folder."
            )


def elicit(settings: Settings, store: Store, progress: Progress) -> dict[str, int]:
    """Hold the missing conversations; a failed one is asked again. Returns conversations by outcome, over the whole study."""
    wanted = {model.responder_id for model in settings.models}
    # filled also when the asking is interrupted
    errors: dict[str, str] = {}
    store.set_fact(LAST_ERRORS, "{}")
    queues = _queues(settings, store)
    if queues:
        try:
            run(_ask(settings, store, queues, progress, errors))
        finally:
            store.set_fact(LAST_ERRORS, json.dumps(errors, ensure_ascii=False))
    counts: Counter[str] = Counter()
    for responder_id, outcome, _, n in store.outcomes():
        if responder_id in wanted:
            counts[outcome] += n
    return dict(counts)


def _queues(settings: Settings, store: Store) -> list[Queue]:
    """One queue per model that has something to do."""
    dilemmas = store.all(Dilemma)
    responders = {responder.responder_id: responder for responder in store.all(Responder)}
    coded = [s for s in store.all(Solution) if s.extractor == "coded"] if settings.explicit.per_side != 0 else []
    ids = {dilemma.dilemma_id for dilemma in dilemmas}
    queues = []
    for model in settings.models:
        held = {key for key in store.held(model.responder_id) if key[0] in ids and key[2] < settings.draws}
        jobs = plan_jobs(
            dilemmas,
            [responders[model.responder_id]],
            protocol=settings.protocol,
            draws=settings.draws,
            solutions=coded,
            per_side=settings.explicit.per_side,
            params=params_of(settings),
            explicit_tokens=settings.explicit.max_tokens,
            turns=settings.dialogue.turns,
            seed=settings.seed,
            existing=held,
        )
        total = len(dilemmas) * settings.draws - len(held)
        if total:
            queues.append(Queue(model.responder_id, model.model, jobs, total, _at_once(settings, model), takes_turns(model)))
    return queues


def takes_turns(model: ModelSettings) -> bool:
    """Whether a model is asked only when no other such model is.

    Two conversations on one local server take each other's place in what it has read: with two responders on the same weights
    at once, every turn would be read from the start.
    """
    return split(model.model)[0] == "local"


def _at_once(settings: Settings, model: ModelSettings) -> int:
    """How many conversations with one model to hold at a time.

    A local model answers one call after the other and keeps what it has read of one conversation: taking turns between
    conversations would make it read each from the start at every turn. A batch holds one turn of every conversation.
    Elsewhere `HANDS` conversations share each of the model's places for calls.
    """
    backend = split(model.model)[0]
    if backend == "local":
        return int(model.extra_body.get("parallel", 1))
    if settings.batch and backend == "http":
        return settings.batch_size
    return HANDS * (model.concurrency or settings.concurrency)


async def _ask(settings: Settings, store: Store, queues: Sequence[Queue], progress: Progress, errors: dict[str, str]) -> None:
    player = settings.dialogue.player if settings.protocol == "dialogue" else None
    asker, writer = open_asker(settings, store, on_batch=_noting(queues))
    try:
        asker.spending.require_prices(sorted({queue.model for queue in queues} | ({player} if player else set())))
        protocols = {settings.protocol: load("protocols", settings.protocol)}
        with seldom_collected():
            await ask_all(queues, asker, writer, protocols=protocols, player=player, progress=progress)
    finally:
        errors.update(asker.last_errors)
        await close_asker(settings, store, asker, writer)


def _noting(queues: Sequence[Queue]) -> Callable[[str, str, int, int, int, str], None]:
    def note(model: str, batch_id: str, completed: int, failed: int, total: int, status: str) -> None:
        for queue in queues:
            if queue.model == model:
                queue.note = f"batch {batch_id}: {status}, {completed + failed} of {total}"

    return note
