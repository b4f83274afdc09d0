"""Several judges: who may sit together, what their votes make, and who is asked at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.errors import ModelError, UsageError
from normscope.match.families import family
from normscope.match.options import models_asked
from normscope.match.panel import make_escalate, make_panel
from normscope.match.voting import majority
from normscope.models.base import Ask, Completion, Message, Params
from normscope.records import Judgement, Label, Matcher, Question
from normscope.testing import RuledJudge

QUESTIONS = [
    Question("He is loud.", f"{letters} is what I say", "Talk to him") for letters in ("aaa", "aas", "asd", "dda", "sad")
]
LABELS = {"a": "agree", "d": "disagree", "s": "silent", "u": "unclear"}
Made = Callable[[str], Ask]


class Room:
    """Three judges by rule: the n-th judge says what the n-th letter of the text stands for."""

    def __init__(self, *models: str) -> None:
        self.judges = {model: RuledJudge(self._rule(n)) for n, model in enumerate(models)}

    def _rule(self, n: int) -> Callable[[str, str], str]:
        return lambda text, _: LABELS[text[n]]

    def __call__(self, model: str) -> Ask:
        return self.judges[model]


THREE = "http:gpt-x,http:claude-x,local:llama.gguf"


def room() -> Room:
    return Room(*THREE.split(","))


def test_the_label_is_that_of_more_than_half() -> None:
    matcher: Matcher = make_panel(THREE, room())
    judgements = asyncio.run(matcher(QUESTIONS))
    assert [j.label.value for j in judgements] == ["agree", "agree", "unclear", "disagree", "unclear"]
    assert [round(j.score, 2) for j in judgements] == [1.0, 0.67, 0.0, 0.67, 0.0]
    assert judgements[1].votes == {"http:gpt-x": "agree", "http:claude-x": "agree", "local:llama.gguf": "silent"}
    assert judgements[1].evidence == "aas is what I say"
    assert judgements[2].evidence is None
    assert matcher.name == f"panel:{THREE}"
    assert matcher.prompt_hash is not None


def test_the_third_judge_is_asked_only_where_two_differ() -> None:
    judges = room()
    judgements = asyncio.run(make_escalate(THREE, judges)(QUESTIONS))
    # aaa and aas: the first two agree; asd, dda, sad: dda's first two agree as well
    assert [len(j.votes) for j in judgements] == [2, 2, 3, 2, 3]
    assert [len(judges.judges[model].calls) for model in THREE.split(",")] == [5, 5, 2]
    assert [j.label.value for j in judgements] == ["agree", "agree", "unclear", "disagree", "unclear"]
    assert judgements[1].score == 1.0


def test_nobody_else_is_asked_where_two_are_of_one_mind() -> None:
    judges = room()
    asyncio.run(make_escalate(THREE, judges)(QUESTIONS[:2]))
    assert judges.judges["local:llama.gguf"].calls == []


def test_the_options_of_a_judge_hold_for_each() -> None:
    judges = room()
    question = Question("d", "aaa", "ddd")
    (judgement,) = asyncio.run(make_panel(f"both-orders:{THREE}", judges)([question]))
    assert {model: len(judge.calls) for model, judge in judges.judges.items()} == dict.fromkeys(THREE.split(","), 2)
    assert judgement.votes == dict.fromkeys(THREE.split(","), "unclear")
    assert judgement.score == 1.0, "all three say unclear"


@pytest.mark.parametrize(
    ("made", "argument", "message"),
    [
        (make_panel, "", "got 0 models in ''. It needs at least 2 models. Write: panel:http:GPT"),
        (make_panel, "http:gpt-x", "got 1 models"),
        (make_panel, "http:gpt-x,,http:claude", "got 2 models .* at least 2"),
        (make_panel, "http:gpt-x,http:claude,http:gpt-x", "'http:gpt-x' more than once"),
        (make_panel, "http:gpt-4o,http:claude,http:o3", r"one family \(gpt\).*panel:same-family-ok:http:gpt-4o"),
        (make_panel, "both-order:http:gpt-4o,http:claude", "no option 'both-order'"),
        (make_escalate, "http:gpt-4o,http:claude", "got 2 models .*exactly 3 models"),
        (make_escalate, f"{THREE},http:qwen", "exactly 3 models"),
    ],
)
def test_who_may_not_sit_together(made: Callable[[str, Made], Matcher], argument: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        made(argument, lambda _: RuledJudge(lambda *_: "agree"))


def test_one_family_sits_together_where_it_is_asked_for() -> None:
    argument = "same-family-ok:both-orders:http:gpt-4o,http:gpt-5"
    matcher = make_panel(argument, lambda _: RuledJudge(lambda *_: "agree"))
    assert matcher.name == f"panel:{argument}"
    assert [judge.name for judge in matcher.judges] == ["judge:both-orders:http:gpt-4o", "judge:both-orders:http:gpt-5"]


def test_a_judge_that_fails_does_not_stop_the_others() -> None:
    judges = room()

    async def broken(messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
        raise ModelError("no answer", reason="timeout", retry=True)

    def ask_for(model: str) -> Ask:
        return broken if model == "http:gpt-x" else judges(model)

    with pytest.raises(ModelError, match=r"5 of 15 questions to the panel:.*no answer") as caught:
        asyncio.run(make_panel(THREE, ask_for)(QUESTIONS))
    assert caught.value.reason == "timeout"
    assert len(judges.judges["http:claude-x"].calls) == 5


@settings(deadline=None)
@given(st.lists(st.sampled_from(list(Label)), min_size=1, max_size=9))
def test_the_majority_against_counting_by_hand(labels: list[Label]) -> None:
    found = majority({str(n): Judgement(label, 0.5) for n, label in enumerate(labels)})
    shares = {label: labels.count(label) / len(labels) for label in Label}
    winners = [label for label, share in shares.items() if share > 0.5]
    assert found.label is (winners[0] if winners else Label.UNCLEAR)
    assert found.score == shares[found.label]
    assert majority({str(n): Judgement(label, 0.5) for n, label in enumerate(labels[::-1])}).label is found.label


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("http:chatgpt-4o-latest", "gpt"),
        ("http:o4-mini", "gpt"),
        ("inspect:anthropic/claude-x", "claude"),
        ("http:anthropic.claude-3-haiku-20240307-v1:0", "claude"),
        ("http:mistralai/Mixtral-8x7B", "mistral"),
        ("http:meta-llama/Llama-3.1-8B", "llama"),
        ("local:smollm2-135m-instruct", "smollm"),
        ("local:/models/Qwen2.5-7B.gguf", "qwen"),
        ("http:google/gemma-3", "gemma"),
        ("http:aya-expanse", "aya"),
        ("http:42", "42"),
        ("m", "m"),
    ],
)
def test_families_by_name(model: str, expected: str) -> None:
    assert family(model) == expected


@pytest.mark.parametrize(
    ("name", "argument", "models"),
    [
        ("judge", "http:a,b", ("http:a,b",)),
        ("judge", "both-orders:http:m", ("http:m",)),
        ("panel", "same-family-ok:http:a, http:b", ("http:a", "http:b")),
        ("escalate", "http:a,http:b,http:c", ("http:a", "http:b", "http:c")),
        ("stance", "http:a", ("http:a",)),
        ("judge", "", ()),
        ("exact", "http:a", ()),
    ],
)
def test_which_models_a_matcher_asks(name: str, argument: str, models: tuple[str, ...]) -> None:
    assert models_asked(name, argument) == models
