"""Conversations in the explorer: turns, the evidence of the main solution, what was shown, and who has no text."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from normscope.records import (
    Basis,
    Dilemma,
    Kind,
    Label,
    Match,
    NotMeasured,
    Outcome,
    Responder,
    Response,
    Solution,
    Stance,
    Turn,
)
from normscope.report import ReportData
from normscope.report.explorer import explorer
from normscope.report.explorer.marked import marked, turns_of
from normscope.report.explorer.packed import unpacked
from normscope.report.text import TEXT_LIMIT, shown
from tests.report.frames import frames

ASKED = "Should I lend him money?"


@given(st.text(st.sampled_from("ab\r\n\u202e😀\ud800"), max_size=12), st.integers(-3, 15), st.integers(-3, 15))
@example("a\r\nb", 2, 3)
@example("a\r\nb", 1, 2)
@example("x" * (TEXT_LIMIT + 5), 3, TEXT_LIMIT + 4)
@example("x" * (TEXT_LIMIT + 5), TEXT_LIMIT + 1, TEXT_LIMIT + 4)
@example("x" * TEXT_LIMIT, 3, TEXT_LIMIT)
def test_marking_never_changes_the_text(text: str, start: int, end: int) -> None:
    pieces = marked(text, (start, end))
    assert "".join(pieces) == shown(text)
    if not 0 <= start < end <= len(text):
        assert len(pieces) == 1
    elif "\r" not in text and len(text) <= TEXT_LIMIT:
        assert pieces[1] == shown(text[start:end])
    assert len(pieces) == 1 or pieces[1]


def turn(role: str, text: str, stage: str = "ask", solution: str | None = None) -> dict[str, Any]:
    return {"role": role, "text": text, "stage": stage, "solution_id": solution}


def test_evidence_is_marked_in_the_turn_that_has_it() -> None:
    turns = [
        turn("user", ASKED),
        turn("assistant", "Do you trust him?", "dialogue"),
        turn("user", "Not much.", "dialogue"),
        turn("assistant", "Then say no.", "commit"),
        turn("user", "Lend it?", "explicit", "s"),
    ]
    # the text that is coded is "Do you trust him?\n\nThen say no.": "say no" is [24, 30)
    assert turns_of(turns, ASKED, (24, 30)) == [
        [1, "Do you trust him?"],
        [0, "Not much."],
        [1, "Then ", "say no", "."],
    ]
    # over both turns, and beyond the end of the last
    assert turns_of(turns, ASKED, (13, 23)) == [[1, "Do you trust ", "him?", ""], [0, "Not much."], [1, "", "Then", " say no."]]
    assert turns_of(turns, ASKED, (24, 32)) == turns_of(turns, ASKED, None)
    # a first message that is not the dilemma is shown
    assert turns_of(turns, "Another text", None)[0] == [0, ASKED]


def made(*responses: Response, solutions: tuple[Solution, ...] = (), matches: tuple[Match, ...] = ()) -> ReportData:
    responders = [Responder("ane", Kind.HUMAN), Responder("bo", Kind.HUMAN), Responder("careful", Kind.MODEL)]
    return ReportData(
        "T", "t", "0", 0, [Dilemma("loan", ASKED, "en", "money")], responders, **frames(responses, solutions, matches),
        estimates=[], card=NotMeasured("none"),
    )  # fmt: skip


def only(data: ReportData) -> dict[str, Any]:
    (block,) = explorer(data).blocks
    (whole,) = unpacked(block)
    assert isinstance(whole, dict)
    return whole


NO = Solution("no", "loan", "bo", 0, "tell him no", Stance.RECOMMENDS, True, "coded")
LEND = Solution("lend", "loan", "bo", 0, "lend all", Stance.ADVISES_AGAINST, False, "coded", conditions=("he asks again",))


def test_people_without_a_text_keep_their_place() -> None:
    whole = only(made(Response("loan", "careful", 0, "ask", Outcome.REFUSED, reason="money"), solutions=(LEND, NO)))
    assert whole["said"] == [
        [1, -1, -1, "no text; these solutions were coded by people", [], []],
        [2, -1, 1, "money", [], []],
    ]
    # the main solution comes first
    assert whole["solutions"] == [[0, 1, 1, "tell him no", []], [0, 0, 0, "lend all", ["he asks again"]]]
    assert whole["labels"] == {}


def test_solutions_are_numbered_in_the_order_of_the_responders() -> None:
    text = "Be kind. Say no."
    answered = [Response("loan", name, 0, "ask", Outcome.ANSWERED, (Turn("user", ASKED), Turn("assistant", text))) for name in
                ("careful", "ane")]  # fmt: skip
    read = [
        Solution(f"of-{r.responder_id}", "loan", r.responder_id, 0, "x", Stance.RECOMMENDS, True, "rules", 9, 15)
        for r in answered
    ]
    matches = (
        Match("loan", "careful", 0, Basis.MAIN, "no", Label.AGREE, 1.0, "m"),
        Match("loan", "careful", 0, Basis.MAIN, "of-ane", Label.UNCLEAR, 1.0, "m"),
        Match("loan", "ane", 0, Basis.STATED, "lend", Label.DISAGREE, 1.0, "m"),
        Match("loan", "nobody here", 0, Basis.MAIN, "no", Label.AGREE, 1.0, "m"),
        Match("loan", "ane", 0, Basis.MAIN, "no such solution", Label.AGREE, 1.0, "m"),
    )
    whole = only(made(*answered, solutions=(*read, LEND, NO), matches=matches))
    assert [row for row, *_ in whole["solutions"]] == [0, 1, 1, 2]
    assert [name for name, *_ in whole["said"]] == [0, 1, 2]
    assert whole["said"][0][4] == [[1, "Be kind. ", "Say no", "."]]
    #                     columns: of-ane, no, lend, of-careful
    assert whole["labels"] == {"main": "...." + "...." + "ua..", "stated": "..d." + "...." + "...."}


def test_of_what_was_coded_and_read_the_coded_solutions_stand_and_the_evidence_stays_marked() -> None:
    turns = (Turn("user", ASKED), Turn("assistant", "Be kind. Say no."))
    read = Solution("read", "loan", "bo", 0, "Say no", Stance.RECOMMENDS, True, "rules", 9, 15)
    answered = Response("loan", "bo", 0, "ask", Outcome.ANSWERED, turns)
    matches = (Match("loan", "bo", 0, Basis.MAIN, "read", Label.AGREE, 1.0, "m"),)
    whole = only(made(answered, solutions=(read, LEND, NO), matches=matches))
    # bo's solutions are those that others are held against, each once
    assert [text for *_, text, _ in whole["solutions"]] == ["tell him no", "lend all"]
    assert whole["said"][0][4] == [[1, "Be kind. ", "Say no", "."]]
    assert whole["labels"] == {}


def test_what_was_shown_keeps_its_place_without_an_answer() -> None:
    turns = (
        Turn("user", "Tell him no?", "explicit", "no"),
        Turn("user", "Lend all?", "explicit", "lend"),
        Turn("assistant", "Never.", "explicit", "lend"),
        Turn("user", "And this?", "explicit", "not a solution of this study"),
        Turn("assistant", "Yes.", "explicit", None),
        Turn("user", "Last?", "explicit", None),
    )
    whole = only(made(Response("loan", "ane", 0, "ask", Outcome.ANSWERED, turns), solutions=(NO, LEND)))
    assert whole["said"][0][5] == [
        [0, "Tell him no?", None],
        [1, "Lend all?", "Never."],
        [-1, "And this?", "Yes."],
        [-1, "Last?", None],
    ]


def test_draws_are_named_where_there_are_several() -> None:
    twice = [Response("loan", "careful", draw, "ask", Outcome.EMPTY) for draw in (0, 1)]
    assert [said[:3] for said in only(made(*twice))["said"]] == [[2, 0, 2], [2, 1, 2]]


def test_the_index_says_who_is_there_and_what_went_wrong() -> None:
    data = made(
        Response("loan", "careful", 0, "ask", Outcome.FAILED),
        Response("loan", "ane", 0, "ask", Outcome.REFUSED),
        Response("loan", "unknown", 0, "ask", Outcome.ANSWERED),
    )
    index = json.loads(explorer(data).index_json)
    assert index["responders"] == [["ane", "human"], ["bo", "human"], ["careful", "model"], ["unknown", ""]]
    assert index["lost"] == [0b101]
    assert index["outcomes"] == ["answered", "refused", "empty", "failed"]
    assert index["languages"] == ["en"]
    odd = replace(data, dilemmas=[Dilemma("loan", "x " * 200, 'en" onclick="', "money")])
    index = json.loads(explorer(odd).index_json)
    assert index["languages"] == [""]
    assert index["starts"] == [("x " * 200)[:139] + " …"]
    empty = replace(data, dilemmas=[], responders=[], **frames())
    assert explorer(empty).blocks == ()
