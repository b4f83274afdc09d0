"""The solver: drives one of our protocols, with what is shown afterwards, and keeps the conversation in the sample's store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from normscope._inspect.asking import ask_player, ask_responder
from normscope.dilemmas.inspect_keys import DILEMMA, HELD
from normscope.elicit import Brief, Job, hold, phrases_for, plan_jobs, whole
from normscope.models.base import Params
from normscope.plugins import load
from normscope.records import Dilemma, Kind, Responder, Solution, from_dict
from normscope.study.settings import Settings

__all__ = ["make_solver"]


def make_solver(settings: Settings, *, persona: str | None, coded: Mapping[str, Sequence[Solution]], player: Any) -> Any:
    """The solver that holds one conversation per sample; epoch k is draw k - 1.

    `coded` are people's solutions by dilemma, some of which are shown; `player` is Inspect's model that plays the person, or
    None.
    """
    from inspect_ai.solver import solver

    def conversation(protocol: str, persona: str | None, seed: int | None) -> Any:
        # `settings`, `coded` and `player` are no arguments, since Inspect writes those into the log. A retry makes the task
        # again from its options, and so finds the same solutions; each one shown stands in the conversation that is kept.
        return _solver(settings, persona, coded, player)

    return solver(name="normscope_conversation")(conversation)(
        protocol=settings.protocol, persona=persona, seed=settings.params.seed
    )


def _solver(settings: Settings, persona: str | None, coded: Mapping[str, Sequence[Solution]], player: Any) -> Any:
    protocol = load("protocols", settings.protocol)

    async def solve(state: Any, generate: Any) -> Any:
        dilemma = from_dict(Dilemma, state.metadata[DILEMMA])
        job = _planned(settings, dilemma, coded.get(dilemma.dilemma_id, ()), name=str(state.model), draw=state.epoch - 1)
        phrases = phrases_for(dilemma.language)
        held = await hold(
            whole(protocol, Brief(dilemma, phrases, job.shown, job.order_seed, job.turns)),
            ask_responder(state, as_told=job.params),
            phrases=phrases,
            persona=persona,
            params=job.params,
            draw=job.draw,
            explicit_tokens=job.explicit_tokens,
            play=None if player is None else ask_player(player),
        )
        turns = [{"role": t.role, "text": t.text, "stage": t.stage, "solution_id": t.solution_id} for t in held.turns]
        state.store.set(HELD, {"outcome": held.outcome.value, "reason": held.reason, "turns": turns})
        return state

    return solve


def _planned(settings: Settings, dilemma: Dilemma, coded: Sequence[Solution], *, name: str, draw: int) -> Job:
    """The conversation as `normscope run` plans it with a model of this name: what is shown, and in which order."""
    seed = settings.params.seed
    (job,) = plan_jobs(
        [dilemma],
        [Responder(name, Kind.MODEL, model=name)],
        protocol=settings.protocol,
        draws=draw + 1,
        solutions=coded,
        per_side=settings.explicit.per_side,
        params=Params(seed=None if seed is None else seed + draw),
        explicit_tokens=settings.explicit.max_tokens,
        turns=settings.dialogue.turns,
        seed=settings.seed,
        existing={(dilemma.dilemma_id, name, before) for before in range(draw)},
    )
    return job
