"""Many conversations: what is planned, how many run at a time, what a stopped run leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from normscope.elicit import BUILT_IN, Brief, Conversation, Job, Say, elicit, plan_jobs
from normscope.errors import ModelError, UsageError
from normscope.models.base import Ask, Completion, Message, Params
from normscope.records import Dilemma, Kind, NotMeasured, Outcome, Responder, Response, Solution, Stance

DILEMMAS = [Dilemma(f"d{n}", f"Dilemma {n}. What should I do?", "en") for n in range(3)]
MODELS = [Responder("a", Kind.MODEL, model="local:a"), Responder("b", Kind.MODEL, model="local:b", persona="Be kind.")]
PEOPLE = [Responder("ane", Kind.HUMAN), Responder("old-run", Kind.MODEL)]
SOLUTIONS = [
    Solution("s1", "d0", "ane", 0, "Wait.", Stance.RECOMMENDS, main=True, extractor="coded"),
    Solution("s2", "d0", "ane", 0, "Shout.", Stance.ADVISES_AGAINST, main=False, extractor="coded"),
]
Key = tuple[str, str, int]


def key(of: Job | Response) -> Key:
    if isinstance(of, Job):
        return of.dilemma.dilemma_id, of.responder.responder_id, of.draw
    return of.dilemma_id, of.responder_id, of.draw


class Fleet:
    """Models that answer at once, count how many of them are asked at a time, and fail where they are told to."""

    def __init__(self, *, fails: set[str] | None = None) -> None:
        self.fails = fails or set()
        self.calls: list[tuple[str, list[Message], Params, int]] = []
        self.now = self.most = 0

    def ask_for(self, name: str) -> Ask:
        async def ask(messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
            self.calls.append((name, list(messages), params, draw))
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0)
            self.now -= 1
            if messages[-1].content in self.fails:
                raise ModelError("down", reason="server_error", retry=True)
            return Completion("I would wait.", "stop", NotMeasured("test"), NotMeasured("test"))

        return ask


def run(jobs: Iterator[Job] | list[Job], fleet: Fleet, *, concurrency: int = 2) -> list[Response]:
    responses: list[Response] = []
    asyncio.run(elicit(jobs, fleet.ask_for, on_response=responses.append, concurrency=concurrency))
    return responses


def plan(existing: set[Key] | None = None, *, draws: int = 2) -> list[Job]:
    jobs = plan_jobs(
        DILEMMAS, [*MODELS, *PEOPLE], protocol="ask", draws=draws, solutions=SOLUTIONS, per_side=None, existing=existing or set()
    )
    return list(jobs)


def test_only_models_that_can_be_asked_are_and_one_after_the_other() -> None:
    expected = [(f"d{d}", responder, draw) for responder in "ab" for draw in range(2) for d in range(3)]
    assert [key(job) for job in plan()] == expected


def test_solutions_are_shown_for_their_own_dilemma_in_an_order_of_each_conversation() -> None:
    jobs = plan()
    assert all(bool(job.shown) is (job.dilemma.dilemma_id == "d0") for job in jobs)
    shown = [job for job in jobs if job.shown]
    assert len({job.order_seed for job in shown}) == len(shown) == 4
    assert jobs == plan()


def test_a_second_run_asks_only_what_is_missing() -> None:
    fleet = Fleet(fails={DILEMMAS[1].text})
    first = run(plan(), fleet)
    assert sorted(map(key, first)) == sorted(map(key, plan()))
    failed = {key(r) for r in first if r.outcome is Outcome.FAILED}
    assert failed == {("d1", responder, draw) for responder in "ab" for draw in range(2)}
    done = {key(r) for r in first} - failed
    second = run(plan(done), Fleet())
    assert {key(r) for r in second} == failed
    assert plan(done | failed) == []
    assert {key(job) for job in plan(done | failed, draws=3)} == {
        (d.dilemma_id, m.responder_id, 2) for d in DILEMMAS for m in MODELS
    }


def test_a_response_says_what_was_held() -> None:
    (response,) = run(plan()[:1], Fleet())
    assert (response.protocol, response.outcome, response.reason) == ("ask", Outcome.ANSWERED, None)
    assert [turn.stage for turn in response.turns] == ["ask", "ask", *["explicit"] * 4]


def test_persona_and_draw_reach_the_model_and_the_seed_moves_with_the_draw() -> None:
    fleet = Fleet()
    jobs = plan_jobs(DILEMMAS[:1], MODELS, protocol="ask", draws=2, params=Params(seed=7))
    run(jobs, fleet)
    asked = {(name, draw): (messages, params) for name, messages, params, draw in fleet.calls}
    assert {draw: asked["local:a", draw][1].seed for draw in (0, 1)} == {0: 7, 1: 8}
    assert [m.role for m in asked["local:b", 1][0]] == ["system", "user"]
    assert [m.role for m in asked["local:a", 1][0]] == ["user"]


def test_without_a_seed_none_is_sent() -> None:
    fleet = Fleet()
    run(plan(), fleet)
    assert {params.seed for _, _, params, _ in fleet.calls} == {None}


@pytest.mark.parametrize("concurrency", [1, 3, 50])
def test_at_most_so_many_at_a_time(concurrency: int) -> None:
    fleet = Fleet()
    assert len(run(plan(), fleet, concurrency=concurrency)) == 12
    assert fleet.most == min(concurrency, 12)


def test_jobs_are_taken_as_places_become_free() -> None:
    taken: list[Job] = []

    def endless() -> Iterator[Job]:
        for draw in range(10**9):
            taken.append(replace(plan()[0], draw=draw))
            yield taken[-1]

    async def main() -> list[Response]:
        held: list[Response] = []
        enough = asyncio.Event()

        def keep(response: Response) -> None:
            held.append(response)
            if len(held) == 5:
                enough.set()

        running = asyncio.create_task(elicit(endless(), Fleet().ask_for, on_response=keep, concurrency=2))
        await enough.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return held

    # a cancelled run keeps what it held, and has taken no more than it could hold
    assert 5 <= len(asyncio.run(main())) <= len(taken) <= 8


def test_what_goes_wrong_ends_the_run_and_is_not_wrapped() -> None:
    def broken(response: Response) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        asyncio.run(elicit(plan(), Fleet().ask_for, on_response=broken, concurrency=4))


def test_a_protocol_of_ones_own_is_given_by_name() -> None:
    def greet(brief: Brief) -> Conversation:
        yield Say("Hello!", "ask")
        yield Say(brief.dilemma.text, "ask")

    responses: list[Response] = []
    jobs = [replace(job, protocol="greet", shown=()) for job in plan()[:1]]
    protocols = {**BUILT_IN, "greet": greet}
    asyncio.run(elicit(jobs, Fleet().ask_for, on_response=responses.append, concurrency=1, protocols=protocols))
    assert (responses[0].protocol, len(responses[0].turns)) == ("greet", 4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"draws": 0}, "draws must be at least 1"),
        ({"per_side": -1}, "per_side must be at least 0"),
    ],
)
def test_a_wrong_plan_is_refused_before_anything_is_asked(change: dict[str, int], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        plan_jobs(DILEMMAS, MODELS, protocol="ask", **change)  # type: ignore[arg-type]  # a table of wrong values


def test_a_language_without_phrases_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(UsageError, match="'fi'"):
        plan_jobs([*DILEMMAS, Dilemma("d9", "Mitä teen?", "fi")], MODELS, protocol="ask")


def test_an_unknown_protocol_and_no_concurrency_are_mistakes() -> None:
    with pytest.raises(UsageError, match="Did you mean 'ask-then-commit'"):
        run([replace(plan()[0], protocol="ask_then_commit")], Fleet())
    with pytest.raises(UsageError, match="concurrency"):
        run(plan(), Fleet(), concurrency=0)
