"""The matcher that asks a named model: one call labels a text against a list of solutions, and every answer is checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from normscope.errors import UsageError
from normscope.match.addressed import GAP, beginning_without_orders
from normscope.match.asking import NO_ANSWER, Asking
from normscope.match.gathering import all_answered
from normscope.match.listed import lists
from normscope.match.options import JUDGE_OPTIONS, split_options
from normscope.match.orders import both_orders, swapped
from normscope.match.outliers import outliers
from normscope.match.prompt import judge_prompt
from normscope.models.base import Ask, AskFor
from normscope.records import Judgement, Question

__all__ = ["Judge", "make"]


@dataclass(frozen=True)
class Judge:
    """What does a named model say: does the text agree with the solution?

    Questions about the same text are asked together, up to `most_listed` solutions of `listed_characters` in all per call;
    an entry that cannot be used is asked for once more, then alone (see `asking`, and `listed` for the order of a list).
    Identical questions are asked once. The label comes with a passage of the text that is checked to stand there; what
    cannot be used in the end is `unclear` with score 0.0. `score` is the probability of the label's tokens where the server
    reports it, else 1.0; in neither case is it calibrated. Texts longer than `longest` characters are cut, and the judge is
    told so.

    `both_orders`: an unprompted text is labelled from both sides, the second time as if it were the solution. The label
    stands where both are the same, with the lower score; else it is `unclear` with score 0.0. `votes` has both.

    Without `evidence` each question is one call for the bare label, which small local models manage and long lists and exact
    passages they do not; nothing then ties a label to the text.

    Two defences ask a question once more for the bare label, and that label stands; `votes` has both. `re_ask`: where text
    or solution speaks to whoever labels it, without those sentences (see `addressed`). `flag_outliers`: where a text goes
    with everything and others do not (see `outliers`).

    A request that the server refuses for good (too long for it, its filter) gives `unclear` with score 0.0 too, unless it
    refuses all of them. A call that fails otherwise raises `ModelError`, but only after the others of the
    batch have ended: their answers are in the call store, and the next run asks only the missing ones.
    """

    model: str
    ask: Ask = field(repr=False)
    max_tokens: int = 512
    longest: int = 24_000
    alternatives: int = 5
    most_listed: int = 12
    listed_characters: int = 12_000
    both_orders: bool = False
    evidence: bool = True
    re_ask: bool = True
    flag_outliers: bool = True

    @property
    def name(self) -> str:
        given = {
            "both-orders": self.both_orders,
            "singly": self.most_listed == 1,
            "no-evidence": not self.evidence,
            "no-re-ask": not self.re_ask,
            "no-outlier-flag": not self.flag_outliers,
        }
        return ":".join(["judge", *(option for option, is_given in given.items() if is_given), self.model])

    @property
    def prompt_hash(self) -> str | None:
        return judge_prompt().sha256

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        turned = [swapped(question) for question in questions if self.both_orders and question.asked == "stated"]
        found = await self._label(dict.fromkeys([*questions, *turned]))
        if self.both_orders:
            return [both_orders(question, found) for question in questions]
        return [found[question] for question in questions]

    async def _label(self, questions: Iterable[Question]) -> dict[Question, Judgement]:
        parts = lists(questions, most=self.most_listed if self.evidence else 1, characters=self.listed_characters)
        work = [(len(part), self._answer(part)) for part in parts]
        answers = await all_answered(work, who=self.name, refused=lambda count: [NO_ANSWER] * count)
        found = {
            question: judgement
            for part, judgements in zip(parts, answers, strict=True)
            for question, judgement in zip(part, judgements, strict=True)
        }
        again = self._ordered_about(found) if self.re_ask else {}
        if self.flag_outliers:
            again |= {question: question for question in outliers(found) if question not in again}
        return found | await self._ask_again(found, again)

    def _ordered_about(self, questions: Iterable[Question]) -> dict[Question, Question]:
        """The questions in which a text or solution gives orders, each with the one that is asked instead."""
        questions = list(questions)
        texts = dict.fromkeys(text for question in questions for text in (question.text, question.solution))
        kept = {text: beginning_without_orders(text, longest=self.longest) for text in texts}
        cleaned = {q: replace(q, text=kept[q.text], solution=kept[q.solution]) for q in questions}
        return {question: other for question, other in cleaned.items() if other != question}

    async def _answer(self, part: Sequence[Question]) -> list[Judgement]:
        return await self._asking.listed(part) if self.evidence else [await self._asking.label_only(part[0])]

    async def _ask_again(
        self, found: Mapping[Question, Judgement], again: Mapping[Question, Question]
    ) -> dict[Question, Judgement]:
        work = [(1, self._label_only(cleaned)) for cleaned in again.values()]
        # texts that give orders are what filters refuse: all of them may be
        given = await all_answered(work, who=self.name, refused=lambda _: NO_ANSWER, fewest=len(work) + 1)
        answers = dict(zip(again, given, strict=True))
        return {question: _second(found[question], answer) for question, answer in answers.items()}

    async def _label_only(self, question: Question) -> Judgement:
        if not _words(question.text) or not _words(question.solution):
            return NO_ANSWER
        return await self._asking.label_only(question)

    @property
    def _asking(self) -> Asking:
        return Asking(self.model, self.ask, self.max_tokens, self.longest, self.alternatives)


def make(argument: str, ask_for: AskFor) -> Judge:
    """The matcher `judge:MODEL`, with options between: `judge:both-orders:http:MODEL`.

    `UsageError` where no model is named (a judge is never chosen for you) or an option is misspelt.
    """
    options, model = split_options(argument, JUDGE_OPTIONS, matcher="judge")
    if not model:
        raise UsageError("the matcher 'judge' needs the model to ask. Write: judge:http:MODEL or judge:local:MODEL")
    judge = Judge(model, ask_for(model))
    return replace(
        judge,
        both_orders="both-orders" in options,
        evidence="no-evidence" not in options,
        most_listed=1 if "singly" in options else judge.most_listed,
        re_ask="no-re-ask" not in options,
        flag_outliers="no-outlier-flag" not in options,
    )


def _words(text: str) -> bool:
    return bool(text.replace(GAP, "").strip())


def _second(first: Judgement, again: Judgement) -> Judgement:
    """The second label stands; the passage of the first one too, where they are the same."""
    same = first.label is again.label
    votes = {"first": first.label.value, "asked again": again.label.value}
    return Judgement(again.label, min(first.score, again.score) if same else again.score, first.evidence if same else None, votes)
