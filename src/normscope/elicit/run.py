"""Holding many conversations at a time, each handed over as soon as it has ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from normscope.elicit.driver import hold
from normscope.elicit.jobs import Job
from normscope.elicit.phrases import phrases_for
from normscope.elicit.protocols import BUILT_IN, Brief, Protocol, whole
from normscope.errors import Halted, UsageError, did_you_mean
from normscope.models.base import Ask, AskFor
from normscope.records import Response

__all__ = ["elicit"]


async def elicit(
    jobs: Iterable[Job],
    asker_for: AskFor,
    *,
    on_response: Callable[[Response], None],
    concurrency: int,
    protocols: Mapping[str, Protocol] = BUILT_IN,
    player: str | None = None,
) -> Halted | None:
    """Hold the conversations of `jobs`, at most `concurrency` at a time, and give each to `on_response` when it has ended.

    `jobs` is read as places become free, so that a million of them need no memory. `asker_for` gives the `Ask` of a model.
    Where `params.seed` is set, draw n is asked with seed + n: the same seed would give the same answer again. `protocols`
    resolves the names in the jobs; an unknown one is a `UsageError`. `player` names the model that plays the asker where a
    protocol wants one.

    A failed call is an outcome, not an error. A call that is `Halted` ends the asking: its conversation has no outcome, no
    further one is begun, and the first such error is returned when those in hand have ended. Anything else that goes wrong,
    and a cancellation, ends the run after the conversations in hand were cancelled; what was given to `on_response` stays
    given.
    """
    if concurrency < 1:
        raise UsageError(f"concurrency must be at least 1. Got: {concurrency}.")
    waiting = iter(jobs)
    askers: dict[str, Ask] = {}
    halted: list[Halted] = []

    def ask_of(model: str) -> Ask:
        if model not in askers:
            askers[model] = asker_for(model)
        return askers[model]

    play = ask_of(player) if player is not None else None

    async def work() -> None:
        for job in waiting:
            model = job.responder.model
            if model is None:
                raise UsageError(f"{job.responder.responder_id!r} names no model, so it cannot be asked.")
            try:
                response = await _held(job, ask_of(model), play, protocols)
            except Halted as error:
                halted.append(error)
                return
            on_response(response)
            if halted:
                return

    workers = [asyncio.create_task(work()) for _ in range(concurrency)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return halted[0] if halted else None


async def _held(job: Job, ask: Ask, play: Ask | None, protocols: Mapping[str, Protocol]) -> Response:
    if job.protocol not in protocols:
        raise UsageError(f"no protocol named {job.protocol!r}. {did_you_mean(job.protocol, protocols)}")
    phrases = phrases_for(job.dilemma.language)
    brief = Brief(job.dilemma, phrases, job.shown, job.order_seed, job.turns)
    params = job.params if job.params.seed is None else replace(job.params, seed=job.params.seed + job.draw)
    turns, outcome, reason = await hold(
        whole(protocols[job.protocol], brief),
        ask,
        phrases=phrases,
        persona=job.responder.system,
        params=params,
        draw=job.draw,
        explicit_tokens=job.explicit_tokens,
        play=play,
    )
    return Response(
        dilemma_id=job.dilemma.dilemma_id,
        responder_id=job.responder.responder_id,
        draw=job.draw,
        protocol=job.protocol,
        outcome=outcome,
        turns=turns,
        reason=reason,
    )
