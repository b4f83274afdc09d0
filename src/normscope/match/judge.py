"""The matcher that asks a named model: one question per call, an answer that is checked, one chance to mend it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from normscope.errors import ModelError, UsageError
from normscope.match.prompt import judge_prompt
from normscope.match.verdict import SCHEMA, Unusable, Verdict, label_probability, verdict
from normscope.models.base import Ask, AskFor, Completion, Message, Params
from normscope.records import Judgement, Label, Question

__all__ = ["Judge", "make"]

LONGEST_QUOTE = 2_000
"""Characters of an unusable answer that are shown to the judge again."""


@dataclass(frozen=True)
class Judge:
    """What does a named model say: does the text agree with the solution?

    The label comes with a passage of the text that is checked to stand there. An answer that cannot be used (no JSON,
    another label, a passage that is not in the text, broken off) is asked for once more; if that is not usable either, the
    label is `unclear` with score 0.0. `score` is the probability of the label's tokens where the server reports it, else
    1.0; in neither case is it calibrated. Texts longer than `longest` characters are cut, and the judge is told so.

    A call that fails raises `ModelError`, but only after the others of the batch have ended: their answers are in the call
    store, and the next run asks only the missing ones.
    """

    model: str
    ask: Ask = field(repr=False)
    max_tokens: int = 512
    longest: int = 24_000
    alternatives: int = 5

    @property
    def name(self) -> str:
        return f"judge:{self.model}"

    @property
    def prompt_hash(self) -> str | None:
        return judge_prompt().sha256

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        answers = await asyncio.gather(*(self._judge(question) for question in questions), return_exceptions=True)
        judgements = [answer for answer in answers if isinstance(answer, Judgement)]
        failures = [answer for answer in answers if isinstance(answer, BaseException)]
        for failure in failures:
            if not isinstance(failure, ModelError):
                raise failure
        if failures and isinstance(first := failures[0], ModelError):
            raise ModelError(
                f"{len(failures)} of {len(questions)} questions to the {self.name} were not answered; the other answers are "
                f"stored, and running again asks only the missing ones. The first failure: {first}",
                reason=first.reason,
                retry=first.retry,
            ) from first
        return judgements

    async def _judge(self, question: Question) -> Judgement:
        messages = judge_prompt().ask(question, longest=self.longest)
        completion = await self._ask(messages)
        answer = verdict(completion, question.text)
        if isinstance(answer, Unusable):
            again = Message("assistant", completion.text[:LONGEST_QUOTE].strip() or "(no answer)")
            completion = await self._ask([*messages, again, judge_prompt().repair(question, problem=answer.problem)])
            answer = verdict(completion, question.text)
        if not isinstance(answer, Verdict):
            return Judgement(Label.UNCLEAR, 0.0)
        probability = label_probability(completion, answer.label)
        return Judgement(answer.label, 1.0 if probability is None else probability, answer.evidence)

    async def _ask(self, messages: Sequence[Message]) -> Completion:
        params = Params(max_tokens=self.max_tokens, temperature=0.0, seed=0, json_schema=SCHEMA, logprobs=self.alternatives)
        return await self.ask(messages, params)


def make(argument: str, ask_for: AskFor) -> Judge:
    """The matcher `judge:MODEL`. `UsageError` where no model is named: a judge is never chosen for you."""
    if not argument:
        raise UsageError("the matcher 'judge' needs the model to ask. Write: judge:http:MODEL or judge:local:MODEL")
    return Judge(argument, ask_for(argument))
