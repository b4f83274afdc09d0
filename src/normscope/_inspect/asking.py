"""Asking through Inspect's models, with Inspect's retries, limits and cache: the one under evaluation, and the player."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from normscope.errors import ModelError
from normscope.models.base import Ask, Completion, Message, Params
from normscope.models.inspect_answers import NoAnswer, chat_messages, read_output
from normscope.models.inspect_failures import causes, failure, secrets_around

__all__ = ["ask_player", "ask_responder", "open_player"]

_INSPECTS_OWN = frozenset({"LimitExceededError", "SampleLimitExceededError", "TerminateSampleError"})
"""Ends that Inspect itself puts to a sample; they are no failures of a model."""


def ask_responder(state: Any, *, as_told: Params) -> Ask:
    """An `Ask` of the model under evaluation; what was said is shown in Inspect's viewer as it goes.

    What Inspect was told of lengths and temperatures (`-T`, `--max-tokens` …) holds for all that is asked with `as_told`
    itself; other parameters are those of the answers to shown solutions, whose own bound overrides it.
    """
    from inspect_ai.model import get_model

    def sent(params: Params) -> dict[str, Any]:
        # by identity: a bound that is as long as the usual one is a bound still
        return {"seed": params.seed} if params is as_told else {"seed": params.seed, "max_tokens": params.max_tokens}

    def on_messages(messages: list[Any]) -> None:
        state.messages = messages

    def on_output(output: Any) -> None:
        state.messages.append(output.message)
        state.output = output

    return _asking(get_model(), sent, on_messages, on_output)


def ask_player(player: Any) -> Ask:
    """An `Ask` of the model that plays the person. Nothing of it enters the sample's own conversation."""

    def sent(params: Params) -> dict[str, Any]:
        return {"seed": params.seed, "max_tokens": params.max_tokens, "temperature": params.temperature}

    return _asking(player, sent)


def open_player(name: str) -> Any:
    """Inspect's model of this name. Raises a `NormscopeError` where there is no such provider, package or key."""
    from inspect_ai.model import get_model

    try:
        # not memoized: a player of the same name as the model under evaluation would be that model to Inspect, and would get
        # its system message and temperature
        return get_model(name, memoize=False)
    except Exception as error:
        raise failure(error, who=f"the player inspect:{name}", secrets=secrets_around([""], None)) from None


def _asking(
    model: Any,
    sent: Callable[[Params], dict[str, Any]],
    on_messages: Callable[[list[Any]], None] = lambda messages: None,
    on_output: Callable[[Any], None] = lambda output: None,
) -> Ask:
    from inspect_ai.model import GenerateConfig

    async def ask(messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
        who = f"inspect:{model}"
        secrets = secrets_around([""], getattr(model.api, "api_key", None))
        said = chat_messages(messages)
        on_messages(said)
        try:
            # what is None here is left as Inspect has it
            output = await model.generate(said, config=GenerateConfig(**sent(params)))
            completion = read_output(output)
        except NoAnswer as error:
            raise ModelError(f"{who}: {error}", reason=error.reason, retry=False) from None
        except Exception as error:
            if any(type(cause).__name__ in _INSPECTS_OWN for cause in causes(error)):
                raise
            raise failure(error, who=who, secrets=secrets) from None
        on_output(output)
        return completion

    return ask
