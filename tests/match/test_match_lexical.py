"""The matcher without a model: what it can see (polarity of shared words), and that no text breaks it."""

import asyncio
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.errors import UsageError
from normscope.match import Lexical
from normscope.match.lexical import make
from normscope.match.vocabulary import LANGUAGES, vocabulary
from normscope.models.base import Ask
from normscope.records import Judgement, Label, Question

AGREE, DISAGREE, SILENT, UNCLEAR = Label.AGREE, Label.DISAGREE, Label.SILENT, Label.UNCLEAR
TEXTS = st.text(st.sampled_from("ab c.\n?!'not do,ikke \x00æé日") | st.characters(exclude_categories=["Cs"]), max_size=60)


def judge(text: str, solution: str, *, dilemma: str = "", asked: str = "stated", language: str = "en") -> Judgement:
    (judgement,) = asyncio.run(Lexical()([Question(dilemma, text, solution, asked, language)]))
    return judgement


@pytest.mark.parametrize(
    ("language", "text", "solution", "label"),
    [
        ("en", "Invite your uncle to the wedding.", "Invite the uncle to your wedding", AGREE),
        ("en", "Don't invite your uncle to the wedding.", "Invite the uncle to your wedding", DISAGREE),
        ("en", "Don't invite your uncle to the wedding.", "Never invite the uncle to your wedding", AGREE),
        ("en", "Rather than inviting your uncle, elope.", "Invite your uncle", DISAGREE),
        ("en", "Don’t refuse the invitation.", "Accept the invitation", AGREE),
        ("en", "Pay less rent.", "Pay more rent", DISAGREE),
        ("en", "Tell the landlord everything. Paint the door blue.", "Hide everything from the landlord", DISAGREE),
        ("en", "Paint the door blue.", "Invite the uncle to your wedding", SILENT),
        ("en", "Do it.", "Invite the uncle", UNCLEAR),
        ("da", "Inviter onklen til brylluppet.", "Inviter din onkel til bryllup", AGREE),
        ("da", "Inviter ikke onklen til brylluppet.", "Inviter din onkel til bryllup", DISAGREE),
        ("da", "Lad være med at invitere onklen til bryllup.", "Inviter ikke onklen til bryllup", AGREE),
        ("da", "Undlad ikke at invitere onklen.", "Invitere onklen", AGREE),
        ("da-DK", "Mal døren blå.", "Inviter onklen til brylluppet", SILENT),
    ],
)
def test_shared_words_decide_by_their_polarity(language: str, text: str, solution: str, label: Label) -> None:
    assert judge(text, solution, language=language).label is label


def test_words_of_the_dilemma_count_less() -> None:
    about = "The neighbour's dog barks all night."
    text, solution = "Buy the neighbour's dog a toy.", "Report the neighbour for the dog"
    assert judge(text, solution).label is AGREE
    assert judge(text, solution, dilemma=about).label is SILENT


def test_other_languages_get_overlap_only() -> None:
    same, opposite = "Kutsu setäsi häihin.", "Älä kutsu setääsi häihin."
    assert judge(opposite, same, language="fi").label is UNCLEAR
    assert judge("Maalaa ovi siniseksi.", same, language="fi").label is SILENT
    assert judge("Kyllä.", same, language="fi", asked="shown").label is UNCLEAR


def test_a_language_that_was_not_given_is_told_from_the_dilemma() -> None:
    dilemma = "Hvad skal jeg gøre ved det, når han altid er så vred på mig?"
    assert judge("Inviter ikke onklen.", "Inviter onklen", dilemma=dilemma, language="und").label is DISAGREE


@pytest.mark.parametrize(
    ("language", "text", "label"),
    [
        ("en", "Yes, that's a good idea.", AGREE),
        ("en", "That's not a good idea.", DISAGREE),
        ("en", "No. It could backfire.", DISAGREE),
        ("en", "I'd never sell the car.", DISAGREE),
        ("en", "It depends. How old is he?", UNCLEAR),
        ("en", "Bananas are yellow.", UNCLEAR),
        ("da", "Ja, det ville jeg gøre.", AGREE),
        ("da", "Nej, det ville jeg ikke.", DISAGREE),
        ("da", "Det kommer an på, hvor gammel han er.", UNCLEAR),
    ],
)
def test_answers_to_a_shown_solution(language: str, text: str, label: Label) -> None:
    assert judge(text, "Sell the car", asked="shown", language=language).label is label


@settings(deadline=None)
@given(TEXTS, TEXTS, TEXTS, st.sampled_from(["stated", "shown"]), st.sampled_from(["en", "da", "fi", "und", ""]))
def test_any_text_gets_a_label(dilemma: str, text: str, solution: str, asked: str, language: str) -> None:
    judgement = judge(text, solution, dilemma=dilemma, asked=asked, language=language)
    assert 0 <= judgement.score <= 1 + 1e-9
    assert judgement.evidence is None or judgement.evidence in text


@settings(deadline=None)
@given(TEXTS, st.sampled_from(["en", "da"]))
def test_no_text_disagrees_with_itself(text: str, language: str) -> None:
    assert judge(text, text, language=language).label in (AGREE, UNCLEAR)


@pytest.mark.parametrize("asked", ["stated", "shown"])
@pytest.mark.parametrize("piece", ["Ask him, don't shout. ", "don't and ", "hide ", "a", "! ", "\x00", "\n", "not a good "])
def test_a_megabyte_is_read_in_linear_time(piece: str, asked: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        started = time.perf_counter()
        judge(text, "Ask him politely", dilemma=text, asked=asked)
        return time.perf_counter() - started

    seconds(1_000)
    # far below what a quadratic reading would take, far above the noise of a busy machine
    assert seconds(1_000_000) < 10


def test_the_evidence_is_the_sentence_that_decided() -> None:
    assert judge("It is hard. Don't invite him!\nGood luck", "Invite him").evidence == "Don't invite him!"


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_lists_hold_no_dead_entries(language: str) -> None:
    words = vocabulary(language)
    for token in words.roles:
        assert token == token.casefold()
        assert words.tokens.findall(token) == [token], "the reader would never see this as one token"


def test_takes_no_argument() -> None:
    def no_model(name: str) -> Ask:
        raise AssertionError(name)

    assert make("", no_model) == Lexical()
    assert "same_course=0.35" in repr(Lexical())
    with pytest.raises(UsageError, match="takes no argument"):
        make("x", no_model)
