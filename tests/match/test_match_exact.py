"""The matcher for coded verdicts."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.errors import UsageError
from normscope.match import Exact
from normscope.match.exact import make
from normscope.models.base import Ask
from normscope.records import Judgement, Label, Matcher, Question


def judge(text: str, solution: str, asked: str = "stated") -> Judgement:
    (judgement,) = asyncio.run(Exact()([Question("?", text, solution, asked)]))
    return judgement


def no_model(name: str) -> Ask:
    raise AssertionError(f"{name} was asked for")


@pytest.mark.parametrize(
    ("text", "solution", "asked", "label"),
    [
        ("accept", "Accept ", "stated", Label.AGREE),
        ("Straße\tno 1", "STRASSE no 1", "stated", Label.AGREE),
        ("accept", "refuse", "stated", Label.DISAGREE),
        ("accept", "accept!", "stated", Label.DISAGREE),
        ("accept", "accept", "shown", Label.AGREE),
        ("Yes, I would accept.", "accept", "shown", Label.UNCLEAR),
    ],
)
def test_same_code_agrees_and_another_disagrees(text: str, solution: str, asked: str, label: Label) -> None:
    assert judge(text, solution, asked).label is label


@given(st.text(), st.text())
def test_is_symmetric_and_agrees_with_itself(a: str, b: str) -> None:
    assert judge(a, a) == Judgement(Label.AGREE, 1.0)
    assert judge(a, b) == judge(b, a)


def test_takes_no_argument_and_asks_no_model() -> None:
    matcher: Matcher = make("", no_model)
    assert (matcher.name, matcher.prompt_hash) == ("exact", None)
    with pytest.raises(UsageError, match="takes no argument"):
        make("x", no_model)
