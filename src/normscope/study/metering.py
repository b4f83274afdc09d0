"""What a matcher's questions cost, counted where they are asked: calls, tokens and money, wherever the answers come from."""

from __future__ import annotations

from collections.abc import Sequence

from normscope.models.base import Ask, AskFor, Completion, Message, Params
from normscope.models.prices import PICO, Prices
from normscope.records import Cost, NotMeasured

__all__ = ["Meter"]


class Meter:
    """Passes questions on to models and counts them. An answer from the call store counts like one that is paid for now.

    >>> Meter(Prices()).cost(2, 0.5)
    Cost(pairs=2, calls=0, prompt_tokens=0, completion_tokens=0, money=0.0, currency='USD', seconds=0.5)
    """

    def __init__(self, prices: Prices) -> None:
        self._prices = prices
        self.models: set[str] = set()
        """The models that somebody wanted to ask."""
        self._calls = 0
        self._prompt: int | NotMeasured = 0
        self._completion: int | NotMeasured = 0
        self._pico: int | NotMeasured = 0

    def counting(self, ask_for: AskFor) -> AskFor:
        """The same models, counted."""

        def counted(model: str) -> Ask:
            self.models.add(model)
            inner = ask_for(model)

            async def ask(messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
                completion = await inner(messages, params, draw=draw)
                self._count(model, completion)
                return completion

            return ask

        return counted

    def cost(self, pairs: int, seconds: float | NotMeasured) -> Cost:
        """What was counted so far, for so many pairs. Seconds say nothing of a matcher where models are waited for."""
        money = self._pico if isinstance(self._pico, NotMeasured) else self._pico / PICO
        slow = NotMeasured("a model was waited for, or its stored answers were read")
        return Cost(
            pairs,
            self._calls,
            self._prompt,
            self._completion,
            money,
            self._prices.currency,
            slow if self.models else seconds,
        )

    def _count(self, model: str, done: Completion) -> None:
        self._calls += 1
        self._prompt = _plus(self._prompt, done.prompt_tokens)
        self._completion = _plus(self._completion, done.completion_tokens)
        price = self._prices.of(model)
        if isinstance(price, NotMeasured):
            self._pico = price
        elif isinstance(done.prompt_tokens, NotMeasured) or isinstance(done.completion_tokens, NotMeasured):
            self._pico = _plus(self._pico, NotMeasured(f"{model} does not report all tokens"))
        else:
            self._pico = _plus(self._pico, price.cost(done.prompt_tokens, done.completion_tokens))


def _plus(total: int | NotMeasured, more: int | NotMeasured) -> int | NotMeasured:
    if isinstance(total, NotMeasured):
        return total
    return more if isinstance(more, NotMeasured) else total + more
