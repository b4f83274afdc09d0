"""What a run has spent and may still spend: per model, exact, and never above the cap."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from normscope.errors import Halted, UsageError
from normscope.models.base import Completion, Message, Params
from normscope.models.prices import FREE, Price, Prices, show_money
from normscope.models.tokens import at_most_tokens
from normscope.records import NotMeasured

__all__ = ["Spending", "Spent"]


@dataclass(slots=True)
class Spent:
    """What one model has cost: tokens, money in pico-units, calls of unknown cost, and what unusable answers may have cost."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: int = 0
    unknown_calls: int = 0
    may_have_cost: int = 0

    @property
    def at_most(self) -> int:
        """The money that is or may be gone."""
        return self.cost + self.may_have_cost


class Spending:
    """The money of one run over all its models.

    `before` is what the study had spent when the run began: the cap holds for both together. `cap` is in pico-units; None =
    no cap. With a cap, every call first reserves the most that it can cost (`reserve`), and gives back the rest when it has
    ended (`settle`), so that spent + in flight never exceeds the cap. `on_reserved` hears, before a call is made, when more is
    in flight than ever before: a killed run's calls in flight can then be counted as spent by the next one.
    """

    def __init__(
        self,
        prices: Prices,
        *,
        cap: int | None = None,
        before: Mapping[str, Spent] | None = None,
        lost: int = 0,
        on_reserved: Callable[[int], None] | None = None,
    ) -> None:
        self.prices = prices
        self.cap = cap
        self.by_model: dict[str, Spent] = dict(before or {})
        self._lost = lost
        self._in_flight = 0
        self._announced = 0
        self._on_reserved = on_reserved
        self._settled: asyncio.Event | None = None
        self._price_of: dict[str, Price | NotMeasured] = {}

    @property
    def total(self) -> int:
        """All money that is or may be gone, in pico-units."""
        return self._lost + sum(spent.at_most for spent in self.by_model.values())

    def price(self, model: str) -> Price | NotMeasured:
        """The price of a model, or why it is not known."""
        if model not in self._price_of:
            self._price_of[model] = self.prices.of(model)
        return self._price_of[model]

    def require_prices(self, models: Sequence[str]) -> None:
        """A cap cannot be kept for a model whose price is unknown: `UsageError` before anything is asked."""
        if self.cap is not None:
            for model in models:
                self._capped(model)

    async def reserve(self, model: str, messages: Sequence[Message], params: Params, *, batch: bool = False) -> int:
        """Set aside the most that a call can cost; waits for calls in flight to settle where that may make room.

        `Halted` (`over_budget`) where the cap leaves no room for it, `UsageError` where the price is not known.
        """
        if self.cap is None:
            return 0
        most = self._capped(model).cost(at_most_tokens(messages), params.max_tokens, batch=batch)
        while self.total + self._in_flight + most > self.cap:
            if not self._in_flight:
                raise Halted(self._over(model, most), reason="over_budget")
            if self._settled is None:
                self._settled = asyncio.Event()
            self._settled.clear()
            await self._settled.wait()
        self._in_flight += most
        if self._on_reserved is not None and self._in_flight > self._announced:
            self._announced = 2 * self._in_flight  # twice, so that it is announced a few times in a run and not at every call
            self._on_reserved(self._announced)
        return most

    def settle(self, reserved: int) -> None:
        """A call that had reserved so much has ended; what it cost was counted by `count`."""
        self._in_flight -= reserved
        if self._settled is not None:
            self._settled.set()

    def count(self, model: str, completion: Completion, *, batch: bool = False) -> int | NotMeasured:
        """Count an answer, and return what it cost in pico-units."""
        spent = self._spent(model)
        tokens = (completion.prompt_tokens, completion.completion_tokens)
        prompt, answer = (0 if isinstance(n, NotMeasured) else n for n in tokens)
        spent.prompt_tokens += prompt
        spent.completion_tokens += answer
        price = self.price(model)
        if isinstance(price, NotMeasured):
            cost: int | NotMeasured = price
        elif any(isinstance(n, NotMeasured) for n in tokens) and price != FREE:
            cost = NotMeasured("the server did not report the tokens")
        else:
            cost = price.cost(prompt, answer, batch=batch)
        if isinstance(cost, NotMeasured):
            spent.unknown_calls += 1
        else:
            spent.cost += cost
        return cost

    def count_doubtful(self, model: str, messages: Sequence[Message], params: Params, *, batch: bool = False) -> int:
        """Count an attempt that gave no usable answer and may have been charged; returns the most it may have cost."""
        price = self.price(model)
        if isinstance(price, NotMeasured):
            return 0
        most = price.cost(at_most_tokens(messages), params.max_tokens, batch=batch)
        self._spent(model).may_have_cost += most
        return most

    def _capped(self, model: str) -> Price:
        """The price of a model that is to be asked under a cap."""
        price = self.price(model)
        if isinstance(price, NotMeasured):
            raise UsageError(
                f"a budget is set, but {price.reason}; so the budget could not be kept. "
                "Add the price (prices in study.yaml, --prices, or price under the model), or run without a budget."
            )
        return price

    def _spent(self, model: str) -> Spent:
        spent = self.by_model.get(model)
        if spent is None:
            spent = self.by_model[model] = Spent()
        return spent

    def _over(self, model: str, most: int) -> str:
        money = self.prices.currency
        return (
            f"the budget of {show_money(self.cap or 0, money)} leaves no room for a call to {model}, which costs up to "
            f"{show_money(most, money)}: {show_money(self.total, money)} are or may be spent. Raise --budget and run again."
        )
