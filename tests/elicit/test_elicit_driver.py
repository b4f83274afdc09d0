"""The driver: what a model sees, and how each conversation ends."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from normscope.elicit import Brief, Held, Shown, ask_then_commit, hold, phrases_for, recorded_answers, replay_ask, whole
from normscope.errors import ModelError
from normscope.models.base import Completion, Message, Params
from normscope.records import Dilemma, NotMeasured, Outcome, Response

DILEMMA = Dilemma("d1", "My flatmate never washes up. What should I do?", "en")
SHOWN = (Shown("s1", "Move out."), Shown("s2", "Make a rota."))
NO_COUNT = NotMeasured("scripted")


def completion(text: str, finish_reason: str = "stop", *, reasoning: str = "", refusal: str = "") -> Completion:
    return Completion(text, finish_reason, NO_COUNT, NO_COUNT, reasoning=reasoning, refusal=refusal)


class Script:
    """An `Ask` that says its lines, or raises them, and remembers what it was asked."""

    def __init__(self, *lines: str | Completion | ModelError) -> None:
        self.lines = list(lines)
        self.seen: list[list[Message]] = []
        self.draws: list[int] = []

    async def __call__(self, messages: Sequence[Message], params: Params, *, draw: int = 0) -> Completion:
        self.seen.append(list(messages))
        self.draws.append(draw)
        line = self.lines.pop(0)
        if isinstance(line, ModelError):
            raise line
        return completion(line) if isinstance(line, str) else line


def held(script: Script, *, persona: str | None = None, draw: int = 0, shown: tuple[Shown, ...] = SHOWN) -> Held:
    phrases = phrases_for("en")
    conversation = whole(ask_then_commit, Brief(DILEMMA, phrases, shown))
    return asyncio.run(hold(conversation, script, phrases=phrases, persona=persona, params=Params(), draw=draw))


def timeout() -> ModelError:
    return ModelError("too slow", reason="timeout", retry=True)


def test_an_answered_conversation_has_all_its_turns() -> None:
    turns, outcome, reason = held(Script("It depends.", "Make a rota.", "No.", "Yes."), draw=3)
    assert (outcome, reason) == (Outcome.ANSWERED, None)
    assert [turn.role for turn in turns] == ["user", "assistant"] * 4
    assert [turn.stage for turn in turns[::2]] == ["ask", "commit", "explicit", "explicit"]
    assert {turn.solution_id for turn in turns[4:]} == {"s1", "s2"}
    response = Response("d1", "m", 3, "ask-then-commit", outcome, turns)
    assert response.text == "It depends.\n\nMake a rota."


def test_the_model_sees_the_conversation_so_far_and_the_persona_only_as_system() -> None:
    script = Script("Make a rota.", "No.", "Yes.")
    held(script, persona="You are a gruff uncle.", draw=2)
    for messages in script.seen:
        assert messages[0] == Message("system", "You are a gruff uncle.")
        assert [m.role for m in messages[1:]] == (["user", "assistant"] * len(messages))[: len(messages) - 1]
        assert not any("gruff" in m.content for m in messages[1:])
    assert script.seen[2][:-1] == [*script.seen[1], Message("assistant", "No.")]
    assert script.draws == [2, 2, 2]


def test_no_persona_no_system_message() -> None:
    script = Script("Make a rota.", "No.", "Yes.")
    held(script)
    assert script.seen[0] == [Message("user", DILEMMA.text)]


@pytest.mark.parametrize(
    ("first", "outcome", "reason"),
    [
        (completion("", refusal="I cannot discuss this."), Outcome.REFUSED, "refusal"),
        (completion("Well, ", "content_filter"), Outcome.REFUSED, "content_filter"),
        (completion("I'm sorry, but I can't help with that."), Outcome.REFUSED, "words_of_refusal"),
        (completion(" \n "), Outcome.EMPTY, "finish_reason:stop"),
        (completion("", "length", reasoning="Let me think"), Outcome.EMPTY, "finish_reason:length"),
    ],
)
def test_a_conversation_that_begins_refused_or_empty_ends_there(first: Completion, outcome: Outcome, reason: str) -> None:
    script = Script(first, "never asked for")
    turns, *ended = held(script)
    assert ended == [outcome, reason]
    assert (len(turns), len(script.seen)) == (2, 1)
    assert turns[1].text == (first.text if first.text.strip() else first.refusal)


@pytest.mark.parametrize(
    ("lines", "reason", "kept"),
    [
        ([], "timeout", 0),
        (["It depends."], "commit:timeout", 2),
        (["Make a rota."], "explicit:timeout", 2),
        (["It depends.", "Make a rota.", "Yes."], "explicit:timeout", 6),
    ],
)
def test_a_failed_call_ends_the_conversation_and_keeps_what_was_said(lines: list[str], reason: str, kept: int) -> None:
    turns, outcome, why = held(Script(*lines, timeout()))
    assert (outcome, why, len(turns)) == (Outcome.FAILED, reason, kept)


def test_a_blank_later_answer_is_kept_but_not_sent_on() -> None:
    script = Script("Make a rota.", "", "Yes.")
    turns, outcome, _ = held(script)
    assert outcome is Outcome.ANSWERED
    assert [turn.text for turn in turns if turn.role == "assistant"] == ["Make a rota.", "", "Yes."]
    assert [m.role for m in script.seen[2]] == ["user", "assistant", "user"]


def test_a_refusal_to_a_shown_solution_is_an_answer_like_others() -> None:
    turns, outcome, _ = held(Script("Make a rota.", completion("", refusal="I won't say."), "Yes."))
    assert outcome is Outcome.ANSWERED
    assert turns[3].text == "I won't say."


def test_a_recorded_conversation_replays_as_it_was() -> None:
    first = held(Script("It depends.", "Make a rota.", "No.", "Yes."))
    response = Response("d1", "m", 0, "ask-then-commit", first.outcome, first.turns)
    phrases = phrases_for("en")
    conversation = whole(ask_then_commit, Brief(DILEMMA, phrases, SHOWN))
    ask = replay_ask(recorded_answers(response))
    assert asyncio.run(hold(conversation, ask, phrases=phrases, persona=None, params=Params(), draw=0)) == first


def test_no_words_are_put_into_a_persons_mouth() -> None:
    phrases = phrases_for("en")
    conversation = whole(ask_then_commit, Brief(DILEMMA, phrases))
    ask = replay_ask(["Hm, it depends."])
    turns, outcome, reason = asyncio.run(hold(conversation, ask, phrases=phrases, persona=None, params=Params(), draw=0))
    assert (outcome, reason, len(turns)) == (Outcome.FAILED, "commit:not_recorded", 2)
