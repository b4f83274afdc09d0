"""The asker over real HTTP: nothing is asked twice, bounds hold, failures are kept with their reason."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from normscope.errors import ModelError, UsageError
from normscope.models import (
    Asker,
    CallRecord,
    Completion,
    Counts,
    HttpModel,
    Limits,
    Message,
    Model,
    Params,
    RecordedModel,
    call_key,
)
from normscope.models.patience import LONGEST_BACKOFF, Breaker, wait_before_retry
from normscope.testing import LoopbackServer

T = TypeVar("T")
PARAMS = Params(max_tokens=20)


@dataclass
class DictLog:
    """A call log in memory: what the protocol promises, without a disk."""

    records: dict[str, CallRecord] = field(default_factory=dict)

    def get(self, key: str) -> Completion | None:
        return self.records[key].completion if key in self.records else None

    async def put(self, call: CallRecord) -> None:
        self.records[call.key] = call


@dataclass
class Waits:
    """Stands for `asyncio.sleep`: notes how long it should wait, and does not."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


def question(n: int) -> list[Message]:
    return [Message("user", f"Dilemma {n}: what should I do?")]


def run(asker: Asker, use: Callable[[Asker], Awaitable[T]]) -> T:
    async def main() -> T:
        try:
            return await use(asker)
        finally:
            await asker.close()

    return asyncio.run(main())


async def ask_all(asker: Asker, numbers: range, *, draw: int = 0) -> list[Completion | BaseException]:
    calls = (asker.ask("http:m", question(n), PARAMS, draw=draw) for n in numbers)
    return await asyncio.gather(*calls, return_exceptions=True)


def http(url: str) -> Mapping[str, Model]:
    return {"http:m": HttpModel("m", base_url=url, timeout=5)}


def dead_address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/v1"


def test_resume_asks_only_what_is_missing() -> None:
    log = DictLog()
    with LoopbackServer() as server:
        first = run(Asker(http(server.url), log), lambda a: ask_all(a, range(5)))
        again = Asker(http(server.url), log)
        second = run(again, lambda a: ask_all(a, range(8)))
        assert second[:5] == first
        assert server.count == 8
        assert set(server.asked.values()) == {1}
    assert again.counts == Counts(answered=3, from_store=5, shared=0, refused=0, failed={}, attempts=3)


def test_a_new_draw_is_asked_anew() -> None:
    log = DictLog()
    with LoopbackServer() as server:
        for draw in (0, 1, 0):
            run(Asker(http(server.url), log), lambda a, draw=draw: ask_all(a, range(1), draw=draw))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        assert server.count == 2


def test_the_log_has_the_call_before_its_answer_is_used() -> None:
    log, heard = DictLog(), list[CallRecord]()

    async def use(asker: Asker) -> None:
        completion = await asker.ask_for("http:m")(question(0), PARAMS, draw=2)
        record = log.records[call_key("http:m", question(0), PARAMS, 2)]
        assert record.completion == completion
        assert (record.model, record.draw, record.params, record.reason) == ("http:m", 2, PARAMS, None)
        assert heard == [record]

    with LoopbackServer() as server:
        run(Asker(http(server.url), log, on_call=heard.append), use)


@pytest.mark.parametrize("concurrency", [1, 3])
def test_concurrency_is_bounded(concurrency: int) -> None:
    with LoopbackServer(delay=0.02) as server:
        run(Asker(http(server.url), DictLog(), limits=Limits(concurrency, concurrency)), lambda a: ask_all(a, range(12)))
        assert server.most_at_once == concurrency


def test_a_model_may_state_its_own_bound() -> None:
    class OneAtATime(HttpModel):
        concurrency = 1

    with LoopbackServer(delay=0.01) as server:
        run(Asker({"http:m": OneAtATime("m", base_url=server.url)}, DictLog()), lambda a: ask_all(a, range(4)))
        assert server.most_at_once == 1


def test_identical_calls_in_flight_are_asked_once() -> None:
    async def use(asker: Asker) -> set[str]:
        calls = [asker.ask("http:m", question(0), PARAMS) for _ in range(6)]
        return {completion.text for completion in await asyncio.gather(*calls)}

    with LoopbackServer(delay=0.05) as server:
        asker = Asker(http(server.url), DictLog())
        assert len(run(asker, use)) == 1
        assert server.count == 1
    assert (asker.counts.answered, asker.counts.shared) == (1, 5)


def test_one_cancelled_asker_does_not_leave_the_other_without_an_answer() -> None:
    async def use(asker: Asker) -> Completion:
        first = asyncio.create_task(asker.ask("http:m", question(0), PARAMS))
        second = asyncio.create_task(asker.ask("http:m", question(0), PARAMS))
        await asyncio.sleep(0.02)
        first.cancel()
        with suppress(asyncio.CancelledError):
            await first
        return await second

    with LoopbackServer(delay=0.1) as server:
        assert run(Asker(http(server.url), DictLog()), use).text
        assert server.count == 2, "the one that waited asks itself"


def test_a_call_nobody_waits_for_is_given_up_and_can_be_asked_again() -> None:
    async def use(asker: Asker) -> Completion:
        task = asyncio.create_task(asker.ask("http:m", question(0), PARAMS))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.sleep(0)
        return await asker.ask("http:m", question(0), PARAMS)

    log = DictLog()
    with LoopbackServer(faults=["hang"]) as server:
        assert run(Asker(http(server.url), log), use).text
    assert len(log.records) == 1


def test_faults_are_retried_until_an_answer_comes() -> None:
    waits, log = Waits(), DictLog()
    with LoopbackServer(faults=["500", "429-retry-after", "truncated", "html"]) as server:
        asker = Asker(http(server.url), log, retries=4, sleep=waits)
        (answer,) = run(asker, lambda a: ask_all(a, range(1)))
    assert isinstance(answer, Completion)
    assert (asker.counts.answered, asker.counts.attempts) == (1, 5)
    assert [r.reason for r in log.records.values()] == [None]
    # full jitter under 0.5 · 2^attempt; the server's own wait for the second
    assert [low <= s <= high for s, low, high in zip(waits.seconds, (0, 1, 0, 0), (0.5, 1.5, 2, 4), strict=True)] == [True] * 4


def test_the_last_failure_is_kept_and_asked_again_next_time() -> None:
    log = DictLog()
    with LoopbackServer(faults=["500"] * 3) as server:
        asker = Asker(http(server.url), log, retries=2, sleep=Waits())
        (error,) = run(asker, lambda a: ask_all(a, range(1)))
        assert isinstance(error, ModelError)
        assert error.reason == "server_error"
        (record,) = log.records.values()
        assert (record.completion, record.reason) == (None, "server_error")
        assert asker.counts == Counts(answered=0, from_store=0, shared=0, refused=0, failed={"server_error": 1}, attempts=3)
        (answer,) = run(Asker(http(server.url), log), lambda a: ask_all(a, range(1)))
        assert isinstance(answer, Completion)


@pytest.mark.parametrize(("fault", "reason"), [("401", "wrong_key"), ("404", "no_such_model"), ("400", "bad_request")])
def test_what_cannot_help_is_not_retried(fault: str, reason: str) -> None:
    with LoopbackServer(faults=[fault]) as server:
        asker = Asker(http(server.url), DictLog(), sleep=Waits())
        run(asker, lambda a: ask_all(a, range(1)))
        assert server.count == 1
        assert asker.counts.failed == {reason: 1}


def test_an_unreachable_model_is_given_up_soon() -> None:
    waits, log = Waits(), DictLog()
    asker = Asker(http(dead_address()), log, sleep=waits)
    errors = run(asker, lambda a: ask_all(a, range(500)))
    assert {e.reason for e in errors if isinstance(e, ModelError)} == {"unreachable"}
    assert len(errors) == 500
    assert "not asked any more" in str(errors[-1])
    # 16 are with the server at once when the 20th fails for good
    assert 20 <= asker.counts.failed["unreachable"] <= 36
    assert asker.counts.refused == 500 - asker.counts.failed["unreachable"]
    assert len(log.records) == asker.counts.failed["unreachable"]
    # all wait side by side, each 0.5 + 1 + 2 + 4 s at most
    assert sum(waits.seconds) / 500 <= 7.5


def test_a_server_killed_in_the_middle_fails_only_the_rest() -> None:
    log = DictLog()

    async def use(asker: Asker) -> tuple[list[Completion | BaseException], list[Completion | BaseException]]:
        before = await ask_all(asker, range(3))
        server.stop()
        return before, await ask_all(asker, range(5))

    with LoopbackServer() as server:
        before, after = run(Asker(http(server.url), log, retries=1, sleep=Waits()), use)
    assert after[:3] == before
    assert [e.reason for e in after[3:] if isinstance(e, ModelError)] == ["unreachable", "unreachable"]
    assert sorted(str(r.reason) for r in log.records.values()) == ["None"] * 3 + ["unreachable"] * 2


def test_breaker_counts_only_an_unbroken_row_of_hopeless_failures() -> None:
    gone = ModelError("gone", reason="unreachable", retry=True)
    broken = ModelError("broken", reason="server_error", retry=True)
    breaker = Breaker(limit=2)
    for event in (gone, broken, gone):
        breaker.failed(event)
    assert breaker.refusal("m") is None
    assert not breaker.patient(gone), "never answered, so not worth waiting for"
    assert breaker.patient(broken)
    breaker.succeeded()
    breaker.failed(gone)
    assert breaker.patient(gone), "it answered before and may come back"
    breaker.failed(gone)
    refusal = breaker.refusal("m")
    assert refusal is not None
    assert (refusal.reason, refusal.retry) == ("unreachable", False)


def test_waits_are_seeded_and_bounded() -> None:
    def waits(seed: int, reason: str = "server_error") -> list[float]:
        error = ModelError("x", reason=reason, retry=True)
        return [wait_before_retry(error, attempt, seed=seed, key="k") for attempt in range(2000)]

    assert waits(1) == waits(1) != waits(2)
    assert 0 <= min(waits(0)) <= max(waits(0)) <= LONGEST_BACKOFF
    assert waits(0, "rate_limited")[0] == 4 * waits(0)[0]


def test_unknown_model_is_a_usage_error_with_the_known_ones() -> None:
    asker = Asker({"recorded:a": RecordedModel("recorded:a", {})}, DictLog())
    with pytest.raises(UsageError, match="Did you mean 'recorded:a'"):
        run(asker, lambda a: a.ask("recorded:b", question(0), PARAMS))


def test_models_are_resolved_only_when_really_asked() -> None:
    key = call_key("http:gone", question(0), PARAMS, 0)
    stored = RecordedModel("x", {"q": ["Talk to her."]})._answers["q"][0]
    log = DictLog({key: CallRecord(key, "http:gone", tuple(question(0)), PARAMS, 0, stored)})

    def resolve(name: str) -> Model:
        raise UsageError(f"{name} has no address")

    assert run(Asker(resolve, log), lambda a: a.ask("http:gone", question(0), PARAMS)) == stored


@pytest.mark.parametrize("settings", [{"retry_seconds": -1}, {"retries": -1}])
def test_settings_that_cannot_work(settings: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="Allowed: both from 0"):
        Asker({}, DictLog(), **settings)  # type: ignore[arg-type]  # a dict of ints stands for the two keywords


@pytest.mark.parametrize("limits", [{"concurrency": 0}, {"first": 0}, {"requests_per_minute": 0.0}, {"tokens_per_minute": -1.0}])
def test_limits_that_cannot_work(limits: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="Allowed: concurrency and first from 1, rates above 0"):
        Limits(**limits)  # type: ignore[arg-type]  # a table of wrong values


def test_recorded_draws_are_the_draws_asked_for() -> None:
    model = RecordedModel("recorded:a", {question(0)[0].content: ["Talk.", "Move out."]})

    async def use(asker: Asker) -> list[str]:
        # out of order, as after a resume
        return [(await asker.ask("recorded:a", question(0), PARAMS, draw=draw)).text for draw in (1, 0)]

    assert run(Asker({"recorded:a": model}, DictLog()), use) == ["Move out.", "Talk."]
