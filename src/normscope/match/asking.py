"""One named model asked for labels: about one solution, about a list of them, or for the bare label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from normscope.errors import ModelError
from normscope.match.gathering import all_answered
from normscope.match.listed import ListedVerdict, list_schema, read_list
from normscope.match.prompt import judge_prompt, quoted
from normscope.match.verdict import LABEL_SCHEMA, SCHEMA, Unusable, Verdict, label_probability, verdict
from normscope.models.base import Ask, Completion, Message, Params
from normscope.models.failures import refused_for_good
from normscope.records import Judgement, Label, Question

__all__ = ["Asking"]

NO_ANSWER = Judgement(Label.UNCLEAR, 0.0)


@dataclass(frozen=True)
class Asking:
    """The calls to one model. Each text is cut after `longest` characters, and the model is told so.

    An answer that cannot be used (no JSON, another label, a passage that is not in the text, broken off) is asked for once
    more; if that is not usable either, the label is `unclear` with score 0.0. `score` is the probability of the label's
    tokens where the server reports it, else 1.0.
    """

    model: str
    ask: Ask = field(repr=False)
    max_tokens: int
    longest: int
    alternatives: int

    async def one(self, question: Question) -> Judgement:
        """The label of one question: one call, or two."""
        messages = judge_prompt().ask(question, longest=self.longest)
        completion = await self._ask(messages, SCHEMA)
        answer = verdict(completion, question.text)
        if isinstance(answer, Unusable):
            repair = judge_prompt().repair(question, problem=answer.problem)
            completion = await self._ask([*messages, quoted(completion), repair], SCHEMA)
            answer = verdict(completion, question.text)
        if isinstance(answer, Unusable):
            return NO_ANSWER
        return _judgement(answer, label_probability(completion, answer.label))

    async def listed(self, questions: Sequence[Question]) -> list[Judgement]:
        """The labels of one text towards a list of solutions, in order.

        One call, and a second one for the entries that cannot be used. What is still missing then is asked for one by one;
        so is the whole list where the server refuses it as a bad request, which it does to what is too long for the model.
        """
        if len(questions) == 1:
            return [await self.one(questions[0])]
        try:
            found = await self._list(questions)
        except ModelError as error:
            if not refused_for_good(error):
                raise
            found = {}
        numbers = [n for n in range(1, len(questions) + 1) if n not in found]
        # where every one is refused alone too, whoever asked decides what that means
        work = [(1, self.one(questions[n - 1])) for n in numbers]
        alone = await all_answered(work, who=f"judge:{self.model}", refused=lambda _: NO_ANSWER, fewest=len(questions))
        single = dict(zip(numbers, alone, strict=True))
        return [_judgement(*found[n]) if n in found else single[n] for n in range(1, len(questions) + 1)]

    async def label_only(self, question: Question) -> Judgement:
        """The label of one question without evidence: one call, without a second one."""
        completion = await self._ask(judge_prompt().ask_label(question, longest=self.longest), LABEL_SCHEMA)
        answer = verdict(completion, question.text, need_evidence=())
        if isinstance(answer, Unusable):
            return NO_ANSWER
        return _judgement(Verdict(answer.label, None), label_probability(completion, answer.label))

    async def _list(self, questions: Sequence[Question]) -> dict[int, ListedVerdict]:
        text = questions[0].text
        messages = judge_prompt().ask_list(questions, longest=self.longest)
        completion = await self._ask(messages, list_schema(len(questions)), labels=len(questions))
        answers = read_list(completion, text, range(1, len(questions) + 1))
        problems = {n: answer.problem for n, answer in answers.items() if isinstance(answer, Unusable)}
        if problems:
            repair = judge_prompt().repair_list(questions, problems=problems)
            again = [*messages, quoted(completion), repair]
            completion = await self._ask(again, list_schema(len(problems)), labels=len(problems))
            answers |= read_list(completion, text, [*problems])
        return {n: answer for n, answer in answers.items() if not isinstance(answer, Unusable)}

    async def _ask(self, messages: Sequence[Message], schema: str, *, labels: int = 1) -> Completion:
        tokens = self.max_tokens * (1 + labels) // 2  # half as much for every further label
        return await self.ask(
            messages, Params(max_tokens=tokens, temperature=0.0, seed=0, json_schema=schema, logprobs=self.alternatives)
        )


def _judgement(answer: Verdict[Label], probability: float | None) -> Judgement:
    return Judgement(answer.label, 1.0 if probability is None else probability, answer.evidence)
