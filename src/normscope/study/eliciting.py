"""The study's asking stage: which conversations are missing, held and stored one by one."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence

from normscope.elicit import Job, plan_jobs
from normscope.elicit import elicit as hold_all
from normscope.errors import ModelError, UsageError
from normscope.models.base import Ask, Completion, Message, Params
from normscope.plugins import load, split
from normscope.records import Dilemma, Outcome, Responder, Response, Solution
from normscope.store import Store
from normscope.study.asking import make_asker
from normscope.study.progress import Progress
from normscope.study.settings import Settings

__all__ = ["LAST_ERRORS", "check_unchanged", "elicit", "params_of"]

LAST_ERRORS = "last_errors"
"""The fact that keeps, per model, the words of the last error of the last asking."""


def params_of(settings: Settings) -> Params:
    """How the models under test are asked."""
    given = settings.params
    return Params(max_tokens=given.max_tokens, temperature=given.temperature, seed=given.seed)


def check_unchanged(store: Store, settings: Settings) -> None:
    """Refuse to mix answers that were asked for in different ways under one responder's name."""
    for model in settings.models:
        name = f"asked:{model.responder_id}"
        now = json.dumps(
            {
                "model": model.model,
                "persona": model.persona,
                "protocol": settings.protocol,
                "explicit": settings.explicit.model_dump(),
                "params": settings.params.model_dump(),
                "extra_body": model.extra_body,
                "seed": settings.seed,
            },
            sort_keys=True,
        )
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
    responders = [r for r in store.all(Responder) if r.responder_id in wanted]
    existing = {(r.dilemma_id, r.responder_id, r.draw): r.outcome for r in store.all(Response)}
    done = {key for key, outcome in existing.items() if outcome is not Outcome.FAILED}
    jobs = list(
        plan_jobs(
            store.all(Dilemma),
            responders,
            protocol=settings.protocol,
            draws=settings.draws,
            solutions=[s for s in store.all(Solution) if s.extractor == "coded"],
            per_side=settings.explicit.per_side,
            params=params_of(settings),
            explicit_tokens=settings.explicit.max_tokens,
            seed=settings.seed,
            existing=done,
        )
    )
    store.set_fact(LAST_ERRORS, "{}")
    if jobs:
        asyncio.run(_hold(settings, store, jobs, progress))
    return dict(Counter(r.outcome.value for r in store.all(Response) if r.responder_id in wanted))


def _at_once(settings: Settings) -> int:
    """How many conversations to hold at a time.

    A local model answers one call after the other and keeps what it has read of one conversation: taking turns between
    conversations would make it read each from the start at every turn.
    """
    if settings.models and all(split(model.model)[0] == "local" for model in settings.models):
        return max(int(model.extra_body.get("parallel", 1)) for model in settings.models)
    return settings.concurrency


async def _hold(settings: Settings, store: Store, jobs: list[Job], progress: Progress) -> None:
    asker = make_asker(settings, store.calls)
    errors: dict[str, str] = {}
    held = 0

    def ask_for(model: str) -> Ask:
        ask = asker.ask_for(model)

        async def remembering(messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
            try:
                return await ask(messages, params, draw=draw)
            except ModelError as error:
                errors[model] = str(error)
                raise

        return remembering

    def keep(response: Response) -> None:
        nonlocal held
        store.put([response])
        held += 1
        progress("elicit", held, len(jobs))

    progress("elicit", 0, len(jobs))
    try:
        await hold_all(
            jobs,
            ask_for,
            on_response=keep,
            concurrency=_at_once(settings),
            protocols={settings.protocol: load("protocols", settings.protocol)},
        )
    finally:
        await asker.close()
        store.set_fact(LAST_ERRORS, json.dumps(errors, ensure_ascii=False))
