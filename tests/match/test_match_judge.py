"""The judge's protocol: what it asks, what it accepts, what it mends once, and what it never hides."""

import asyncio
import json
import math
from collections.abc import Sequence

import pytest

from normscope.errors import ModelError, UsageError
from normscope.match.judge import Judge, make
from normscope.match.verdict import SCHEMA, label_probability
from normscope.models.base import Ask, Completion, Message, Params
from normscope.models.quotes import locate
from normscope.records import Judgement, Label, Matcher, NotMeasured, Question

TEXT = "Well, talk to\n him first; don’t shout."
QUESTION = Question("He is loud.", TEXT, "Talk to him", "stated", "en")
NOT_COUNTED = NotMeasured("scripted")


def said(text: str, finish: str = "stop") -> Completion:
    return Completion(text, finish, NOT_COUNTED, NOT_COUNTED)


def verdict(label: str, evidence: str = "") -> str:
    return json.dumps({"evidence": evidence, "label": label})


class Scripted:
    """Answers in turn, and keeps what it was asked."""

    def __init__(self, *answers: Completion | ModelError) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[list[Message], Params]] = []

    async def __call__(self, messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
        self.asked.append((list(messages), params))
        await asyncio.sleep(0)
        answer = self.answers.pop(0)
        if isinstance(answer, ModelError):
            raise answer
        return answer


def judge(script: Scripted) -> Judgement:
    (judgement,) = asyncio.run(Judge("http:m", script)([QUESTION]))
    return judgement


def test_one_call_with_the_schema_is_enough() -> None:
    script = Scripted(said(verdict("agree", "talk to him")))
    assert judge(script) == Judgement(Label.AGREE, 1.0, "talk to\n him")
    (asked,) = script.asked
    assert asked[1].json_schema == SCHEMA
    assert [message.role for message in asked[0]] == ["system", "user"]


@pytest.mark.parametrize(
    "answer",
    [
        said("```json\n" + verdict("disagree", "don't shout") + "\n```"),
        said("Here it is: " + verdict(" Disagree ", "talk to him first; don't shout.")),
    ],
)
def test_words_around_the_object_are_put_up_with(answer: Completion) -> None:
    script = Scripted(answer)
    assert judge(script).label is Label.DISAGREE
    assert len(script.asked) == 1


@pytest.mark.parametrize("label", ["silent", "unclear"])
def test_silence_needs_no_evidence_and_keeps_no_invented_one(label: str) -> None:
    assert judge(Scripted(said(verdict(label, "not in the text")))) == Judgement(Label(label), 1.0, None)


UNUSABLE = {
    "nothing": said(""),
    "prose": said("I think they agree."),
    "cut": said('{"evidence": "talk to', "length"),
    "broken": said('{"evidence": "talk to him", "label": agree}'),
    "another label": said(verdict("maybe", "talk to him")),
    "label of another type": said('{"evidence": "talk to him", "label": 1}'),
    "list": said('["agree"]'),
    "invented evidence": said(verdict("agree", "Talk with her")),
    "no evidence": said(verdict("agree")),
    "evidence of another type": said('{"evidence": 3, "label": "agree"}'),
    "deep": said("{" * 100_000 + "}" * 100_000),
}


@pytest.mark.parametrize("answer", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_an_unusable_answer_is_mended_once(answer: Completion) -> None:
    script = Scripted(answer, said(verdict("disagree", "don’t shout")))
    assert judge(script) == Judgement(Label.DISAGREE, 1.0, "don’t shout")
    first, second = script.asked
    assert second[0][: len(first[0])] == first[0], "the first question stands at the beginning of the second"
    assert [message.role for message in second[0]] == ["system", "user", "assistant", "user"]
    assert second[0][2].content.strip(), "some servers refuse an empty message"
    assert "cannot be used" in second[0][3].content


@pytest.mark.parametrize("answer", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_twice_unusable_is_unclear_with_score_0(answer: Completion) -> None:
    assert judge(Scripted(answer, answer)) == Judgement(Label.UNCLEAR, 0.0, None)


def test_a_failed_call_is_an_error_after_all_others_have_ended() -> None:
    texts = [f"Talk to him, {n}" for n in range(3)]
    ended = []

    async def ask(messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
        text = next(text for text in texts if text in messages[1].content)
        if text == texts[1]:
            raise ModelError("no answer", reason="timeout", retry=True)
        await asyncio.sleep(0.01)
        ended.append(text)
        return said(verdict("agree", text))

    with pytest.raises(ModelError, match=r"1 of 3 questions to the judge:m .*no answer") as caught:
        asyncio.run(Judge("m", ask)([Question("d", text, "Talk") for text in texts]))
    assert caught.value.reason == "timeout"
    assert ended == [texts[0], texts[2]]


def test_judgements_come_in_the_order_of_the_questions() -> None:
    async def ask(messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
        number = next(n for n in range(20) if f"text {n:02}" in messages[1].content)
        await asyncio.sleep(0.001 * (20 - number))
        return said(verdict("agree", f"text {number:02}"))

    judgements = asyncio.run(Judge("m", ask)([Question("d", f"text {n:02}", "s") for n in range(20)]))
    assert [judgement.evidence for judgement in judgements] == [f"text {n:02}" for n in range(20)]


def tokens(*given: tuple[str, float]) -> tuple[tuple[str, tuple[tuple[str, float], ...]], ...]:
    return tuple((token, ((token, math.log(p)), ("other", math.log(0.01)))) for token, p in given)


def test_the_score_is_the_probability_of_the_labels_tokens() -> None:
    text = verdict("disagree", "talk")
    # "```json" was reported as a token and taken off the text, as llama.cpp does
    logprobs = tokens(
        ("```json", 0.9), ('{"evidence": "talk", "', 0.9), ('label": "', 0.8), ("dis", 0.5), ("agree", 0.6), ('"}', 0.7)
    )
    completion = Completion(text, "stop", NOT_COUNTED, NOT_COUNTED, logprobs=logprobs)
    # 0.5 * 0.6: the tokens that make up the label, and no other
    assert judge(Scripted(completion)).score == pytest.approx(0.3)


@pytest.mark.parametrize(
    "logprobs",
    [(), tokens(('{"label": "agree"}', 0.5)), ((verdict("agree"), (("other", -1.0),)),)],
    ids=["none", "of another text", "the chosen token is not among those reported"],
)
def test_no_probability_where_it_cannot_be_read(
    logprobs: tuple[tuple[str, tuple[tuple[str, float], ...]], ...],
) -> None:
    completion = Completion(verdict("agree"), "stop", NOT_COUNTED, NOT_COUNTED, logprobs=logprobs)
    assert label_probability(completion, Label.AGREE) is None


@pytest.mark.parametrize(
    ("quoted", "text", "found"),
    [
        ("a  b", "x a\t\nb y", "a\t\nb"),
        ("“so”", 'say "so" now', '"so"'),
        ("b", "a b", "b"),
        ("lk t", "talk  to", "lk  t"),
        ("", "a", None),
        (" ", "a b", None),
        ("A", "a", None),
    ],
)
def test_passages_are_found_as_they_stand(quoted: str, text: str, found: str | None) -> None:
    place = locate(quoted, text)
    assert (None if place is None else text[slice(*place)]) == found


def test_a_judge_is_named() -> None:
    asked_for = []

    def ask_for(name: str) -> Ask:
        asked_for.append(name)
        return Scripted()

    matcher: Matcher = make("http:gpt-x", ask_for)
    assert (matcher.name, asked_for) == ("judge:http:gpt-x", ["http:gpt-x"])
    assert "max_tokens=512" in repr(matcher)
    with pytest.raises(UsageError, match="needs the model"):
        make("", ask_for)


def test_a_bug_keeps_its_own_error() -> None:
    async def ask(messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(Judge("m", ask)([QUESTION]))
