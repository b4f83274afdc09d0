"""The extractor `rules`: which sentences are advice, for or against what, and which one is the main one."""

from __future__ import annotations

import asyncio
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.errors import UsageError
from normscope.extract import advice_in, cues_for, languages
from normscope.extract.coded import make as make_coded
from normscope.extract.rules import MOST, make
from normscope.models.base import Ask
from normscope.plugins import load
from normscope.records import Dilemma, Extraction, Outcome, Response, Stance, Turn

FOR, AGAINST = Stance.RECOMMENDS, Stance.ADVISES_AGAINST


def no_model(name: str) -> Ask:
    raise AssertionError(f"{name} was asked for; this extractor asks no model")


def response(*answers: str | tuple[str, str]) -> Response:
    """A conversation with these answers; a pair is (stage, answer)."""
    staged = [answer if isinstance(answer, tuple) else ("ask", answer) for answer in answers]
    turns = tuple(turn for stage, text in staged for turn in (Turn("user", "…?", stage), Turn("assistant", text, stage)))
    return Response("d1", "ane", 0, "ask", Outcome.ANSWERED, turns)


def extract(given: Response, language: str = "en") -> Extraction:
    (extraction,) = asyncio.run(make("", no_model)([(Dilemma("d1", "What should I do?", language), given)]))
    return extraction


def main_text(given: Response, language: str = "en") -> str:
    (main,) = [solution for solution in extract(given, language).solutions if solution.main]
    return main.text


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Talk to him.", [(FOR, "Talk to him.")]),
        ("en", "If he calls again, just tell him the truth.", [(FOR, "If he calls again, just tell him the truth.")]),
        ("en", "I'd wait a week before saying anything.", [(FOR, "I'd wait a week before saying anything.")]),
        ("en", "Why not ask her yourself?", [(FOR, "Why not ask her yourself?")]),
        ("en", "You might want to consider [a mediator](http://m.example/x).", [(FOR, "You might want to consider a mediator.")]),
        ("en", "Don’t hesitate to ask.", [(FOR, "Don’t hesitate to ask.")]),
        ("en", "Don't call her.", [(AGAINST, "Call her.")]),
        ("en", "If she shouts, never shout back.", [(AGAINST, "If she shouts, shout back.")]),
        ("en", "You really shouldn’t lend him money.", [(AGAINST, "You really should lend him money.")]),
        ("en", "I wouldn't go to the board.", [(AGAINST, "I would go to the board.")]),
        ("en", "I don't think you should move out.", [(AGAINST, "I think you should move out.")]),
        ("en", "Avoid confronting her at work.", [(AGAINST, "Confronting her at work.")]),
        ("en", "Don't call her, write a letter.", [(AGAINST, "Call her"), (FOR, "Write a letter.")]),
        ("en", "Talk to him but don't shout.", [(FOR, "Talk to him"), (AGAINST, "Shout.")]),
        ("en", "He never calls. I was so angry! It is hard.", []),
        ("en", "Let me know how it goes. Good luck!", []),
        ("da", "Tal med ham i morgen.", [(FOR, "Tal med ham i morgen.")]),
        ("da", "Jeg ville vente en uge.", [(FOR, "Jeg ville vente en uge.")]),
        ("da", "Du bør sige det til hende.", [(FOR, "Du bør sige det til hende.")]),
        ("da", "Hvis han ringer, så sig nej.", [(FOR, "Hvis han ringer, så sig nej.")]),
        ("da", "Du skal ikke låne ham penge.", [(AGAINST, "Du skal låne ham penge.")]),
        ("da", "Jeg ville aldrig gå til bestyrelsen.", [(AGAINST, "Jeg ville gå til bestyrelsen.")]),
        ("da", "Jeg synes ikke, du skal flytte.", [(AGAINST, "Jeg synes, du skal flytte.")]),
        ("da", "Tal ikke med hende om det.", [(AGAINST, "Tal med hende om det.")]),
        ("da", "Ring til ham, men lad være med at presse ham.", [(FOR, "Ring til ham"), (AGAINST, "Presse ham.")]),
        ("da", "Det var en trist historie. Han er sur.", []),
    ],
)
def test_what_is_advised(language: str, text: str, expected: list[tuple[Stance, str]]) -> None:
    assert [(advice.stance, advice.text) for advice in advice_in(text, cues_for(language))] == expected


def test_evidence_is_the_passage_itself() -> None:
    given = response("Oh no.\n\n1. **Talk to him** first.\n2. You shouldn't  move out.")
    solutions = extract(given).solutions
    assert [given.text[s.start : s.end] for s in solutions] == ["Talk to him** first.", "You shouldn't  move out."]
    assert [(s.text, s.stance, s.main) for s in solutions] == [
        ("Talk to him first.", FOR, True),
        ("You should move out.", AGAINST, False),
    ]
    assert [s.solution_id for s in solutions] == ["d1/ane/0/rules/1", "d1/ane/0/rules/2"]


def test_the_main_one_is_the_upshot() -> None:
    text = "You should call her. You could also write. Ultimately, I would go and see her. Ask a friend to come along."
    assert main_text(response(text)) == "Ultimately, I would go and see her."


def test_without_an_upshot_it_is_the_strongest_and_then_the_first() -> None:
    assert main_text(response("Maybe you could write. You should call her. You should see her.")) == "You should call her."


def test_what_is_recommended_comes_before_what_is_not() -> None:
    assert main_text(response("You should never write to her. Maybe you could call.")) == "Maybe you could call."
    assert main_text(response("You should never write to her.")) == "You should write to her."


def test_the_answer_to_the_commit_question_is_the_main_one() -> None:
    given = response("It depends. You should certainly call her.", ("commit", "You could write to her, I guess."))
    assert main_text(given) == "You could write to her, I guess."
    assert main_text(response("You should call her.", ("commit", " "))) == "You should call her."


def test_shown_solutions_and_what_is_said_of_them_are_not_read() -> None:
    given = response("Oh dear.", ("explicit", "You should call her."))
    assert extract(given) == Extraction((), "no_solution")


def test_more_than_the_most_are_cut_and_said_to_be() -> None:
    text = " ".join(f"You could write letter {n}." for n in range(20)) + " You should call her."
    extraction = extract(response(text))
    assert (len(extraction.solutions), extraction.reason) == (MOST, "capped")
    assert main_text(response(text)) == "You should call her."


def test_repeated_advice_is_kept_once() -> None:
    assert len(extract(response("Call her. " * 30)).solutions) == 1


def test_an_unknown_language_is_read_by_all_cues_and_an_unsupported_one_refused() -> None:
    assert [len(extract(response(text), "und").solutions) for text in ("Talk to him.", "Tal med ham.")] == [1, 1]
    with pytest.raises(UsageError, match=r"'fi'.*da, de, en, es, fr, pt.*judge:MODEL"):
        extract(response("Soita."), "fi")


def test_arguments_are_refused() -> None:
    for make_one in (make, make_coded):
        with pytest.raises(UsageError, match="takes no argument"):
            make_one("http:m", no_model)


def test_coded_reads_nothing() -> None:
    items = [(Dilemma("d1", "?"), response("Call her."))] * 2
    assert asyncio.run(make_coded("", no_model)(items)) == [Extraction((), "coded")] * 2


def test_they_are_installed_under_their_names() -> None:
    assert load("extractors", "rules") is make
    assert load("extractors", "coded") is make_coded


@settings(deadline=None)  # the first reading of a language compiles its cues
@given(
    st.lists(
        st.sampled_from(
            [
                "don't",
                "you should",
                "never ",
                "call",
                "if ",
                "tal",
                "ikke",
                "I would",
                "**",
                ", ",
                ". ",
                "\n- ",
                "; ",
                " but ",
                "’",
                "1. ",
                "lad være med at ",
                "ß",
                "İ",
                "🙂",
                "\u0301",
                "\x00",
                " ",
                "[x](y)",
                "e.g. ",
                "overall ",
                "\u2028",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_evidence_lies_in_any_text(text: str) -> None:
    given = response(text)
    for solution in extract(given, "und").solutions:
        assert solution.start is not None
        assert solution.end is not None
        assert 0 <= solution.start < solution.end <= len(given.text)
        assert any(character.isalnum() for character in given.text[solution.start : solution.end])
        assert solution.text.strip()


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_can_be_read(text: str) -> None:
    given = response(text)
    for solution in extract(given, "und").solutions:
        assert solution.start is not None
        assert given.text[solution.start : solution.end].strip()


@pytest.mark.parametrize(
    "piece", ["now: ", ".", "a.'", "if ", "don't x, ", "maybe ", "\n- ", "you could ", "[a", ", tell ", "'\"(["]
)
def test_hostile_text_takes_no_time(piece: str) -> None:
    start = time.process_time()
    advice_in(piece * (200_000 // len(piece)), cues_for("und"))
    assert time.process_time() - start < 5


def test_all_cues_can_be_read() -> None:
    for language in languages():
        cues = cues_for(language)
        assert cues.language == language
        assert cues.recommends
        assert cues.advises_against
