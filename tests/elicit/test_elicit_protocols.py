"""Protocols as what they are: generators, without any IO."""

from __future__ import annotations

from dataclasses import replace

from normscope.elicit import BUILT_IN, Brief, Conversation, Say, Shown, ask, ask_then_commit, explicit, phrases_for, whole
from normscope.plugins import load
from normscope.records import Dilemma

DILEMMA = Dilemma("d1", "My flatmate never washes up.\n\nWhat should I do?", "en")
SHOWN = tuple(Shown(f"s{n}", f"Course number {n}.") for n in range(6))
BRIEF = Brief(DILEMMA, phrases_for("en"))


def said(conversation: Conversation, *answers: str) -> list[Say]:
    """Everything the person says, where the responder answers so (and with the last answer from then on)."""
    turns: list[Say] = []
    try:
        say = next(conversation)
        while True:
            assert isinstance(say, Say)
            turns.append(say)
            say = conversation.send(answers[min(len(turns), len(answers)) - 1])
    except StopIteration:
        return turns


def test_ask_is_the_dilemma_as_it_is() -> None:
    assert said(ask(BRIEF), "It depends.") == [Say(DILEMMA.text, "ask")]


def test_commit_is_asked_only_of_an_answer_that_does_not_decide() -> None:
    assert [turn.stage for turn in said(ask_then_commit(BRIEF), "Move out.")] == ["ask"]
    assert said(ask_then_commit(BRIEF), "It depends.")[1:] == [Say(BRIEF.phrases.commit, "commit")]


def test_commit_is_asked_once_in_the_language_of_the_dilemma() -> None:
    danish = Brief(replace(DILEMMA, language="da"), phrases_for("da"))
    turns = said(ask_then_commit(danish), "Det kommer an på dig.", "Det ved jeg ikke.")
    assert [turn.text for turn in turns[1:]] == ["Tak. Hvis du skulle vælge én ting, hvad skal jeg så gøre?"]


def test_explicit_shows_each_solution_once_in_the_words_of_a_person() -> None:
    turns = said(explicit(replace(BRIEF, shown=SHOWN)), "Yes.")
    assert sorted(str(turn.solution_id) for turn in turns) == [shown.solution_id for shown in SHOWN]
    text_of = {shown.solution_id: shown.text for shown in SHOWN}
    for turn in turns:
        assert turn.stage == "explicit"
        assert f'"{text_of[str(turn.solution_id)]}"' in turn.text
        assert turn.text.endswith("?")


def test_order_and_wording_follow_the_seed() -> None:
    def turns(seed: int) -> list[Say]:
        return said(explicit(replace(BRIEF, shown=SHOWN, order_seed=seed)), "Yes.")

    assert turns(1) == turns(1)
    assert len({tuple(turn.solution_id for turn in turns(seed)) for seed in range(50)}) > 25
    wordings = {turn.text.split('"')[0] for seed in range(20) for turn in turns(seed)}
    assert len(wordings) == len(BRIEF.phrases.explicit)


def test_whole_is_the_stated_part_and_then_what_there_is_to_show() -> None:
    assert [turn.stage for turn in said(whole(ask, BRIEF), "Move out.")] == ["ask"]
    turns = said(whole(ask_then_commit, replace(BRIEF, shown=SHOWN[:2])), "It depends.")
    assert [turn.stage for turn in turns] == ["ask", "commit", "explicit", "explicit"]


def test_the_built_in_protocols_are_installed_under_their_names() -> None:
    for name, protocol in BUILT_IN.items():
        assert load("protocols", name) is protocol
