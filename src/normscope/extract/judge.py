"""The extractor that asks a named model: one response per call, every passage checked, one chance to mend the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from normscope.errors import ModelError, UsageError
from normscope.extract.identity import solution_id
from normscope.extract.prompt import judge_prompt
from normscope.extract.reading import MOST, SCHEMA, Unusable, read
from normscope.models.base import Ask, AskFor, Completion, Message, Params
from normscope.models.failures import ALL_REFUSED, refused_for_good
from normscope.records import Dilemma, Extraction, Response, Solution

__all__ = ["Judge", "make"]

LONGEST_QUOTE = 4_000
"""Characters of an unusable answer that are shown to the judge again."""


@dataclass(frozen=True)
class Judge:
    """Reads solutions by asking a named model for them, each with the passage it was read from.

    An answer that cannot be used (no JSON, an unknown stance, evidence or a condition that does not stand in the response) is
    asked for once more; then the extraction is empty for the reason `unreadable`. A usable answer without solutions is
    `refused` where the judge finds that the response declines to advise, else `no_solution`; a response or dilemma of more
    than `longest` characters is not sent, for the reason `too_long`. `refused` is the judge's finding about an answered
    conversation: its outcome stays what it was.

    A request that the server refuses for good (too long for it, its filter) leaves the extraction empty for the reason
    `bad_request`, unless it refuses all of them. A call that fails otherwise raises `ModelError`, but only after the others of
    the batch have ended: their answers are in the call store, and the next run asks only the missing ones.
    """

    model: str
    ask: Ask = field(repr=False)
    max_tokens: int = 1_536
    longest: int = 24_000

    @property
    def name(self) -> str:
        return f"judge:{self.model}"

    @property
    def prompt_hash(self) -> str:
        return judge_prompt().sha256

    async def __call__(self, items: Sequence[tuple[Dilemma, Response]]) -> list[Extraction]:
        results = await asyncio.gather(*(self._extract(*item) for item in items), return_exceptions=True)
        bad = [isinstance(result, BaseException) and refused_for_good(result) for result in results]
        if not (all(bad) and len(bad) >= ALL_REFUSED):
            results = [Extraction((), "bad_request") if is_bad else r for is_bad, r in zip(bad, results, strict=True)]
        extractions = [result for result in results if isinstance(result, Extraction)]
        failures = [result for result in results if isinstance(result, BaseException)]
        for failure in failures:
            if not isinstance(failure, ModelError):
                raise failure
        if failures and isinstance(first := failures[0], ModelError):
            raise ModelError(
                f"{len(failures)} of {len(items)} responses were not read by the {self.name}; the other answers are stored, "
                f"and running again asks only the missing ones. The first failure: {first}",
                reason=first.reason,
                retry=first.retry,
            ) from first
        return extractions

    async def _extract(self, dilemma: Dilemma, response: Response) -> Extraction:
        text = response.text
        if max(len(dilemma.text), len(text)) > self.longest:
            return Extraction((), "too_long")
        messages = judge_prompt().ask(dilemma.text, text, most=MOST)
        completion = await self._ask(messages)
        reading = read(completion, text)
        if isinstance(reading, Unusable):
            quoted = Message("assistant", completion.text[:LONGEST_QUOTE].strip() or "(no answer)")
            again = judge_prompt().repair(dilemma.text, text, problem=reading.problem)
            reading = read(await self._ask([*messages, quoted, again]), text)
        if isinstance(reading, Unusable):
            return Extraction((), "unreadable")
        if reading.refusal:
            return Extraction((), "refused")
        solutions = tuple(
            Solution(
                solution_id=solution_id(response, "judge", n),
                dilemma_id=response.dilemma_id,
                responder_id=response.responder_id,
                draw=response.draw,
                text=course.text,
                stance=course.stance,
                main=course.main,
                extractor=self.name,
                start=course.start,
                end=course.end,
                prompt_hash=self.prompt_hash,
                conditions=course.conditions,
                hedged=n in reading.hedged,
            )
            for n, course in enumerate(reading.courses, start=1)
        )
        return Extraction(solutions, None if solutions else "no_solution")

    async def _ask(self, messages: Sequence[Message]) -> Completion:
        return await self.ask(messages, Params(max_tokens=self.max_tokens, temperature=0.0, seed=0, json_schema=SCHEMA))


def make(argument: str, ask_for: AskFor) -> Judge:
    """The extractor `judge:MODEL`. `UsageError` where no model is named: a judge is never chosen for you."""
    if not argument:
        raise UsageError("the extractor 'judge' needs the model to ask. Write: judge:http:MODEL or judge:local:MODEL")
    return Judge(argument, ask_for(argument))
