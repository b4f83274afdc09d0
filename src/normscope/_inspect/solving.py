"""The solver: drives one of our protocols, and asks through Inspect's model with Inspect's retries, limits and cache."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from normscope.dilemmas.inspect_keys import DILEMMA, HELD
from normscope.elicit import Brief, hold, phrases_for, whole
from normscope.errors import ModelError
from normscope.models.base import Ask, Completion, Message, Params
from normscope.models.inspect_answers import NoAnswer, chat_messages, read_output
from normscope.models.inspect_failures import causes, failure, secrets_around
from normscope.plugins import load
from normscope.records import Dilemma, from_dict

__all__ = ["make_solver"]

_INSPECTS_OWN = frozenset({"LimitExceededError", "SampleLimitExceededError", "TerminateSampleError"})
"""Ends that Inspect itself puts to a sample; they are no failures of the model."""


def make_solver(*, protocol: str, persona: str | None, seed: int | None) -> Any:
    """The solver that holds one conversation per sample; epoch k is draw k - 1."""
    from inspect_ai.solver import solver

    return solver(name="normscope_conversation")(_solver)(protocol=protocol, persona=persona, seed=seed)


def _solver(protocol: str, persona: str | None, seed: int | None) -> Any:
    conversation = load("protocols", protocol)

    async def solve(state: Any, generate: Any) -> Any:
        dilemma = from_dict(Dilemma, state.metadata[DILEMMA])
        draw = state.epoch - 1
        phrases = phrases_for(dilemma.language)
        held = await hold(
            whole(conversation, Brief(dilemma, phrases)),
            _asking(state, seed),
            phrases=phrases,
            persona=persona,
            params=Params(),  # what Inspect was told of lengths and temperatures holds, not these
            draw=draw,
        )
        turns = [{"role": t.role, "text": t.text, "stage": t.stage, "solution_id": t.solution_id} for t in held.turns]
        state.store.set(HELD, {"outcome": held.outcome.value, "reason": held.reason, "turns": turns})
        return state

    return solve


def _asking(state: Any, seed: int | None) -> Ask:
    """An `Ask` of the model under evaluation; what was said is shown in Inspect's viewer as it goes."""
    from inspect_ai.model import GenerateConfig, get_model

    model = get_model()

    async def ask(messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
        who = f"inspect:{model}"
        secrets = secrets_around([""], getattr(model.api, "api_key", None))
        state.messages = chat_messages(messages)
        try:
            output = await model.generate(
                state.messages, config=GenerateConfig() if seed is None else GenerateConfig(seed=seed + draw)
            )
            completion = read_output(output)
        except NoAnswer as error:
            raise ModelError(f"{who}: {error}", reason=error.reason, retry=False) from None
        except Exception as error:
            if any(type(cause).__name__ in _INSPECTS_OWN for cause in causes(error)):
                raise
            raise failure(error, who=who, secrets=secrets) from None
        state.messages.append(output.message)
        state.output = output
        return completion

    return ask
