"""A matcher that is worth remembering works on each distinct question once, in this run and in later ones."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from normscope.records import Judgement, Label, Matcher, Question
from normscope.store import Store
from normscope.study.remembering import remembering


@dataclass
class Counting:
    """Agrees with everything, keeps what it was asked."""

    name: str = "counting"
    prompt_hash: str | None = "weights-1"
    remembered: bool = True
    asked: list[Question] = field(default_factory=list)

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        self.asked += questions
        return [Judgement(Label.AGREE, 0.25, "because", {"first": "agree"}) for _ in questions]


QUESTIONS = [Question("d", text, "s") for text in ("a", "b", "c")]


def ask(matcher: Matcher, questions: Sequence[Question]) -> list[Judgement]:
    return asyncio.run(matcher(questions))


def test_a_question_is_worked_on_once_even_by_a_later_run(tmp_path: Path) -> None:
    matcher = Counting()
    with Store(tmp_path / "s", create=True) as store:
        first = ask(remembering(matcher, store), QUESTIONS[:2])
    with Store(tmp_path / "s") as store:
        again = ask(remembering(matcher, store), QUESTIONS)
    assert again == [*first, first[0]]
    assert matcher.asked == QUESTIONS


def test_other_weights_or_another_context_are_another_question(tmp_path: Path) -> None:
    with Store(tmp_path / "s", create=True) as store:
        matcher = Counting()
        ask(remembering(matcher, store), QUESTIONS[:1])
        ask(remembering(matcher, store), [Question("d", "a", "s", asked="shown"), Question("other", "a", "s")])
        newer = Counting(prompt_hash="weights-2")
        ask(remembering(newer, store), QUESTIONS[:1])
    assert len(matcher.asked) == 3
    assert len(newer.asked) == 1


def test_a_matcher_that_does_not_say_so_is_not_remembered(tmp_path: Path) -> None:
    matcher = Counting(remembered=False)
    with Store(tmp_path / "s", create=True) as store:
        assert remembering(matcher, store) is matcher
