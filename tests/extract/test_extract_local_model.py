"""A real model as the extractor: whatever it answers is either checked against the response or has a name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import pytest

from normscope.extract import Judge
from normscope.models import Completion, LocalModel, Message, Params
from normscope.models.embedded import slot
from normscope.records import Dilemma, Extraction, Outcome, Response, Turn

pytestmark = pytest.mark.local_model

SMOL = "smollm2-135m-instruct"
DILEMMA = Dilemma("d1", "My flatmate never washes up. What should I do?", "en")
TEXT = "Talk to him tonight. If he refuses again, move out. I would not wash his plates."


@pytest.fixture(autouse=True)
def _place_is_free_afterwards() -> Iterator[None]:
    yield
    slot().stop()


def test_what_a_real_model_reads_stands_in_the_response() -> None:
    seen: list[Completion] = []

    async def main() -> list[Extraction]:
        model = LocalModel(SMOL, context=4096)

        async def ask(messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
            seen.append(await model.complete(messages, params))
            return seen[-1]

        try:
            turns = (Turn("user", DILEMMA.text), Turn("assistant", TEXT))
            judge = Judge(f"local:{SMOL}", ask, max_tokens=200)
            return await judge([(DILEMMA, Response("d1", "m", 0, "ask", Outcome.ANSWERED, turns))])
        finally:
            await model.close()

    (extraction,) = asyncio.run(main())
    # what a model of this size finds is not worth asserting; that nothing unchecked gets through is
    assert seen
    assert extraction.reason in {None, "unreadable", "no_solution", "refused"}
    assert bool(extraction.solutions) is (extraction.reason is None)
    for solution in extraction.solutions:
        assert solution.start is not None
        assert TEXT[solution.start : solution.end].strip()
        assert all(condition in TEXT for condition in solution.conditions)
    assert sum(solution.main for solution in extraction.solutions) == bool(extraction.solutions)
