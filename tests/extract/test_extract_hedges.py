"""A course that is recommended and advised against, and a response that declines to advise."""

from __future__ import annotations

import asyncio
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.extract import Rules, advice_in, cues_for
from normscope.extract.hedges import hedged
from normscope.records import Dilemma, Extraction, Outcome, Response, Turn


def places(text: str, language: str = "en") -> list[int]:
    cues = cues_for(language)
    return sorted(hedged(advice_in(text, cues), cues))


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "You should call her. On second thought, you shouldn't call her.", [0, 1]),
        ("en", "Lend him the money. Then again, don't lend him the money.", [0, 1]),
        ("en", "I would tell your sister. I wouldn't tell your sister.", [0, 1]),
        ("en", "Maybe you could move out. Never move out.", [0, 1]),
        ("en", "Talk to him. Wait a week. You should not talk to him.", [0, 2]),
        ("en", "Call her. Don't call him.", []),
        ("en", "Talk to him about the rent. Don't talk to him about his drinking.", []),
        ("en", "If he is calm, call him. If he is angry, don't call him.", []),
        ("en", "Call her. Call her today.", []),
        ("en", "Don't shout at her. Don't shout at her again.", []),
        ("en", "Write a letter. Don't call her.", []),
        ("en", "Should you tell her?", []),
        ("da", "Ring til hende. Ring ikke til hende.", [0, 1]),
        ("da", "Du bør flytte. Du bør ikke flytte.", [0, 1]),
        ("da", "Ring til hende. Skriv ikke til ham.", []),
        ("de", "Ruf sie an. Ruf sie nicht an.", [0, 1]),
        ("de", "Du solltest ausziehen. Du solltest nicht ausziehen.", [0, 1]),
        ("de", "Sprich mit ihr. Ruf ihn nicht an.", []),
        ("es", "Deberías mudarte. No deberías mudarte.", [0, 1]),
        ("es", "Habla con él. No la llames.", []),
        ("pt", "Você deveria se mudar. Você não deveria se mudar.", [0, 1]),
        ("pt", "Fala com ele. Não ligue para ela.", []),
        ("fr", "Tu devrais déménager. Tu ne devrais pas déménager.", [0, 1]),
        ("fr", "Parle avec lui. Ne l'appelle pas.", []),
    ],
)
def test_hedges(language: str, text: str, expected: list[int]) -> None:
    assert places(text, language) == expected


WORDS = ["call", "her", "him", "not", "today", "write", "move", "out", "tell", "your", "sister"]
COURSES = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), max_size=9)


@settings(deadline=None, max_examples=50)
@given(COURSES, st.sets(st.integers(0, 8)))
def test_the_hedges_among_some_places_are_those_among_all_that_lie_there(courses: list[str], places: set[int]) -> None:
    cues = cues_for("en")
    text = " ".join(f"You should {c}. You should never {c[::-1] if n % 2 else c}." for n, c in enumerate(courses))
    found = advice_in(text, cues)
    wanted = {place for place in places if place < len(found)}
    assert hedged(found, cues, among=wanted) == hedged(found, cues) & wanted


def test_thousands_of_courses_take_no_square_of_their_number() -> None:
    # in seconds of this process: comparing all pairs of 2,000 took 21
    text = " ".join(f"You should {'not ' if n % 2 else ''}call number {n} about the rent." for n in range(2_000))
    begun = time.process_time()
    assert extract(text).reason == "capped"
    assert time.process_time() - begun < 10


def extract(text: str, language: str = "en") -> Extraction:
    response = Response("d1", "m", 0, "ask", Outcome.ANSWERED, (Turn("user", "?"), Turn("assistant", text)))
    (extraction,) = asyncio.run(Rules()([(Dilemma("d1", "?", language), response)]))
    return extraction


def test_solutions_carry_hedges_and_conditions() -> None:
    solutions = extract("If he calls again, hang up. Tell your sister. Then again, don't tell your sister.").solutions
    assert [s.hedged for s in solutions] == [False, True, True]
    assert [s.conditions for s in solutions] == [("If he calls again",), (), ()]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I can't advise on this."),
        ("en", "I'm sorry, but I can't help you with that."),
        ("en", "I'm sorry, but I'm not able to give personal advice."),
        ("en", "As an AI, I am unable to provide advice on such matters."),
        ("en", "I don’t feel comfortable giving advice about this."),
        ("en", "Sorry, I cannot tell you what to do."),
        ("en", "I'd rather not say. I decline to comment."),
        ("da", "Det kan jeg desværre ikke hjælpe med."),
        ("da", "Jeg kan ikke give dig råd om det."),
        ("de", "Dazu kann ich leider keinen Rat geben."),
        ("de", "Tut mir leid, ich kann dir dabei nicht helfen."),
        ("es", "Lo siento, no puedo ayudarte con esto."),
        ("es", "No puedo darte un consejo sobre este tema."),
        ("pt", "Desculpe, não posso ajudar com isso."),
        ("pt", "Não posso dar conselhos sobre este assunto."),
        ("fr", "Désolé, je ne peux pas t'aider sur ce sujet."),
        ("fr", "Je préfère ne pas donner de conseil."),
    ],
)
def test_refusals(language: str, text: str) -> None:
    assert extract(text, language) == Extraction((), "refused")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I can't decide this for you, but you should tell her."),
        ("en", "I can't tell you what to do, but I would call her."),
        ("en", "I can't give legal advice. Talk to a lawyer."),
        ("en", "I can't help but feel you should tell her the truth."),
        ("de", "Ich kann dir keinen Rat geben, aber du solltest mit ihr reden."),
        ("fr", "Je ne peux pas te dire quoi faire, mais tu devrais lui parler."),
    ],
)
def test_who_advises_all_the_same_does_not_refuse(language: str, text: str) -> None:
    extraction = extract(text, language)
    assert len(extraction.solutions) == 1
    assert extraction.reason is None


@pytest.mark.parametrize("text", ["That is sad.", "He can't help it.", "I couldn't help laughing.", "It is hard to say."])
def test_no_advice_is_no_refusal(text: str) -> None:
    assert extract(text).reason == "no_solution"
