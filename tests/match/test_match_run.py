"""Labelling a plan: each question once, labels turned round where the text is advised against, records that fit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import fields

import polars as pl
import pytest

from normscope.match import MATCHES_SCHEMA, Exact, Plan, match
from normscope.match.plan import PAIRS_SCHEMA, SETTLED_SCHEMA
from normscope.match.run import CHUNK
from normscope.records import Judgement, Label, Match, Question

LABELS = {"a": Label.AGREE, "d": Label.DISAGREE, "s": Label.SILENT, "u": Label.UNCLEAR}


class ByFirstLetter:
    """Labels a text by its first letter, and keeps what it was asked."""

    name = "letters"
    prompt_hash = "abc"

    def __init__(self) -> None:
        self.batches: list[list[Question]] = []

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        self.batches.append(list(questions))
        return [Judgement(LABELS[q.text[0]], 0.5, q.text) for q in questions]


def made(texts: Sequence[str], *, flip: bool = False, settled: Sequence[tuple[str, bool, bool]] = ()) -> Plan:
    pairs = [("d", "r", 0, "main", f"s{i:06}", flip, i) for i in range(len(texts))]
    known = [("d", "r", 0, "explicit", f"t{i}", turned, label, coded) for i, (label, turned, coded) in enumerate(settled)]
    return Plan(
        pl.DataFrame(pairs, schema=PAIRS_SCHEMA, orient="row"),
        [Question("?", text, "s") for text in texts],
        pl.DataFrame(known, schema=SETTLED_SCHEMA, orient="row"),
        {},
    )


def test_rows_are_match_records() -> None:
    labels = asyncio.run(match(made(["agree"], settled=[("silent", False, False)]), ByFirstLetter()))
    assert dict(labels.schema) == MATCHES_SCHEMA
    assert list(MATCHES_SCHEMA) == [f.name for f in fields(Match)]
    assert labels.rows() == [
        ("d", "r", 0, "explicit", "t0", "silent", 1.0, "letters", None, None, "{}"),
        ("d", "r", 0, "main", "s000000", "agree", 0.5, "letters", "agree", "abc", "{}"),
    ]


def test_the_label_of_a_course_advised_against_is_turned_round() -> None:
    labels = asyncio.run(match(made(["a", "d", "s", "u"], flip=True), ByFirstLetter()))
    assert labels["label"].to_list() == ["disagree", "agree", "silent", "unclear"]
    settled = made([], settled=[("agree", True, False), ("agree", False, False)])
    assert asyncio.run(match(settled, ByFirstLetter()))["label"].to_list() == ["disagree", "agree"]


def test_labels_that_people_gave_are_called_coded() -> None:
    labels = asyncio.run(match(made([], settled=[("agree", False, True), ("agree", False, False)]), ByFirstLetter()))
    assert labels["matcher"].to_list() == ["coded", "letters"]


def test_each_question_is_asked_once_and_progress_told() -> None:
    texts = [f"agree {i}" for i in range(CHUNK + 1)]
    plan, matcher, told = made(texts), ByFirstLetter(), []
    asyncio.run(match(plan, matcher, on_progress=lambda done, total: told.append((done, total))))
    assert [question for batch in matcher.batches for question in batch] == plan.questions
    assert told == [(0, CHUNK + 1), (CHUNK, CHUNK + 1), (CHUNK + 1, CHUNK + 1)]


def test_an_empty_plan_asks_nothing() -> None:
    matcher = ByFirstLetter()
    assert asyncio.run(match(made([]), matcher)).height == 0
    assert matcher.batches == []


def test_a_matcher_that_loses_an_answer_is_found_out() -> None:
    class Forgetful(ByFirstLetter):
        async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
            return (await super().__call__(questions))[1:]

    with pytest.raises(ValueError, match="1 judgements for 2 questions"):
        asyncio.run(match(made(["a", "d"]), Forgetful()))


def test_exact_gives_the_same_labels_with_and_without_the_shortcut() -> None:
    asked = Plan(
        pl.DataFrame([("d", "r", 0, "main", "s", False, 0)], schema=PAIRS_SCHEMA, orient="row"),
        [Question("?", "Yes ", "yes")],
        made([]).settled,
        {},
    )
    known = Plan(
        made([]).pairs,
        [],
        pl.DataFrame([("d", "r", 0, "main", "s", False, "agree", False)], schema=SETTLED_SCHEMA, orient="row"),
        {},
    )
    assert asyncio.run(match(asked, Exact())).equals(asyncio.run(match(known, Exact())))
