"""Money: exact, never above the cap, unknown where it is not known."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from normscope.errors import Halted, ModelError, UsageError
from normscope.models import Asker, CallRecord, Completion, HttpModel, Limits, Message, Params
from normscope.models.prices import PICO, Price, Prices
from normscope.models.spending import Spending, Spent
from normscope.models.tokens import at_most_tokens
from normscope.records import NotMeasured
from normscope.testing import LoopbackServer

PRICES = Prices("USD", {"http:m": Price(150_000, 600_000)})
PARAMS = Params(max_tokens=20)
HELLO = [Message("user", "My neighbour is loud. What should I do?")]


class Log:
    def __init__(self) -> None:
        self.records: dict[str, CallRecord] = {}

    def get(self, key: str) -> Completion | None:
        return self.records[key].completion if key in self.records else None

    async def put(self, call: CallRecord) -> None:
        self.records[call.key] = call


def ask_many(server: LoopbackServer, spending: Spending, calls: int, *, retries: int = 0) -> tuple[Log, list[object]]:
    async def main() -> tuple[Log, list[object]]:
        log = Log()
        models = {"http:m": HttpModel("m", base_url=server.url, timeout=5)}
        asker = Asker(models, log, limits=Limits(8, 8), retries=retries, spending=spending)
        try:
            asked = (asker.ask("http:m", HELLO, PARAMS, draw=n) for n in range(calls))
            return log, list(await asyncio.gather(*asked, return_exceptions=True))
        finally:
            await asker.close()

    return asyncio.run(main())


def test_a_call_costs_what_its_tokens_cost() -> None:
    spending = Spending(PRICES)
    with LoopbackServer(answer=lambda _: "one two three") as server:
        log, _ = ask_many(server, spending, 2)
    # the loopback server counts words: 8 asked, 3 answered; 8 x 0.15 + 3 x 0.60 millionths
    assert [record.cost for record in log.records.values()] == [8 * 150_000 + 3 * 600_000] * 2
    assert spending.by_model["http:m"] == Spent(16, 6, 6_000_000)


def test_the_cap_is_never_passed_and_used_as_far_as_the_worst_case_allows() -> None:
    worst = PRICES.models["http:m"].cost(at_most_tokens(HELLO), PARAMS.max_tokens)
    cap = 3 * worst
    spending = Spending(PRICES, cap=cap)
    with LoopbackServer(answer=lambda _: "one two three", delay=0.01) as server:
        log, results = ask_many(server, spending, 400)
        answered = [result for result in results if isinstance(result, Completion)]
        assert server.most_at_once <= 3, "no more in flight than the cap has room for at their worst"
        assert server.count == len(answered) == len(log.records)
    halted = [result for result in results if isinstance(result, Halted)]
    assert len(answered) + len(halted) == 400
    assert {error.reason for error in halted} == {"over_budget"}
    assert "Raise --budget" in str(halted[0])
    assert cap - worst < spending.total <= cap
    again = Spending(PRICES, cap=cap, before=spending.by_model)
    with LoopbackServer() as server:
        ask_many(server, again, 5)
        assert server.count == 0, "what was spent before counts"


def test_an_answer_that_never_arrived_may_have_been_paid() -> None:
    spending = Spending(PRICES, cap=PICO)
    with LoopbackServer(faults=["truncated", "500", "ok"]) as server:
        log, _ = ask_many(server, spending, 1, retries=4)
    (record,) = log.records.values()
    worst = PRICES.models["http:m"].cost(at_most_tokens(HELLO), PARAMS.max_tokens)
    assert record.may_have_cost == worst == spending.by_model["http:m"].may_have_cost
    assert spending.total == worst + spending.by_model["http:m"].cost


def test_no_price_is_unknown_and_no_cap_can_be_kept() -> None:
    spending = Spending(Prices())
    with LoopbackServer() as server:
        log, _ = ask_many(server, spending, 1)
    (record,) = log.records.values()
    assert isinstance(record.cost, NotMeasured)
    assert spending.by_model["http:m"].unknown_calls == 1
    with pytest.raises(UsageError, match="no price is known for http:m"):
        Spending(Prices(), cap=1).require_prices(["http:m", "local:x"])
    Spending(Prices(), cap=1).require_prices(["local:x"])


def test_what_a_killed_run_had_in_flight_is_announced_before_it_is_asked() -> None:
    heard: list[int] = []
    spending = Spending(PRICES, cap=PICO, on_reserved=heard.append)

    async def main() -> None:
        reserved = [await spending.reserve("http:m", HELLO, PARAMS) for _ in range(9)]
        assert heard[-1] >= sum(reserved)
        assert len(heard) <= 4, "announced in doublings"
        for amount in reserved:
            spending.settle(amount)

    asyncio.run(main())
    lost = Spending(PRICES, cap=heard[-1], lost=heard[-1])
    with pytest.raises(ModelError, match="leaves no room"):
        asyncio.run(lost.reserve("http:m", HELLO, PARAMS))


def test_money_by_model_is_kept_apart() -> None:
    before: Mapping[str, Spent] = {"http:m": Spent(1, 1, 5), "http:n": Spent(1, 1, 7, may_have_cost=2)}
    assert Spending(PRICES, before=before).total == 14
