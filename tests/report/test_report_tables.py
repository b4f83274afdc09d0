"""The tables of the page: which rows and columns they have, and that what is missing is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from normscope.records import Dilemma, Estimate, Kind, NotMeasured, Pairing, Responder
from normscope.report import ReportData, page
from normscope.report.headline import limits, standing
from normscope.report.lookup import Lookup
from normscope.report.pairs import MAIN, NOT_TRIED, pair_table
from normscope.report.text import number
from normscope.report.topics import TopicTable, topic_table
from tests.report.frames import frames

MODELS = (Responder("plain", Kind.MODEL), Responder("careful", Kind.MODEL))
PEOPLE = (Responder("ane", Kind.HUMAN), Responder("bo", Kind.HUMAN))
KINDS = {r.responder_id: r.kind for r in (*MODELS, *PEOPLE)}
NEVER = NotMeasured("no two models answered the same dilemma")
DILEMMAS = [Dilemma("fence", "?", topic="neighbours"), Dilemma("loan", "?", topic="money"), Dilemma("rent", "?", topic="money")]


def estimate(
    metric: str, r: str = "", t: str = "", *, value: float | NotMeasured = 0.5, pairing: Pairing | None = None, topic: str = "all"
) -> Estimate:
    named = pairing or Pairing.of(KINDS.get(r, Kind.HUMAN), KINDS.get(t, Kind.HUMAN))
    low, high = (value, value) if isinstance(value, NotMeasured) else (value - 0.1, value + 0.1)
    return Estimate(metric, named.value, r, t, topic, value, low, high, 0.95, "bootstrap", "these dilemmas", 3)


def study(responders: Sequence[Responder] = (*MODELS, *PEOPLE)) -> ReportData:
    return ReportData("T", "t", "0", 0, DILEMMAS, responders, **frames(), estimates=[], card=NotMeasured("no labels"))


def test_a_column_without_numbers_is_told_and_not_drawn() -> None:
    missing = NotMeasured("no solutions were shown")
    found = Lookup([estimate("stated", "plain", "people"), estimate("explicit", "plain", "people", value=missing)])
    table = pair_table(study(), found, MAIN)
    assert [c.metric for c in table.columns] == ["stated"]
    assert table.missing == (
        "Explicit: not measured (no solutions were shown).",
        f"Gap; Acquiescence: not measured ({NOT_TRIED}).",
    )


def test_a_pairing_without_numbers_is_told_and_not_drawn() -> None:
    found = Lookup([estimate("stated", "plain", "people"), estimate("stated", pairing=Pairing.MODEL_MODEL, value=NEVER)])
    table = pair_table(study(), found, MAIN)
    assert [g.pairing for g in table.groups] == ["model–human"]
    assert "Model–model: not measured (no two models answered the same dilemma)." in table.missing


def test_pairs_come_in_the_order_of_the_responders_with_wholes_and_all_people_first() -> None:
    pairs = [("bo", "ane"), ("careful", "bo"), ("careful", "people"), ("plain", "bo"), ("plain", "ane"), ("plain", "people")]
    found = Lookup([estimate("stated", r, t) for r, t in pairs] + [estimate("stated", pairing=Pairing.MODEL_HUMAN)])
    table = pair_table(study(), found, MAIN)
    assert [g.pairing for g in table.groups] == ["model–human", "human–human"]
    assert [(row.responder, row.target) for row in table.groups[0].rows] == [
        ("", ""),
        ("plain", "people"),
        ("plain", "ane"),
        ("plain", "bo"),
        ("careful", "people"),
        ("careful", "bo"),
    ]
    totals = table.totals().groups
    assert [[(row.responder, row.target) for row in g.rows] for g in totals] == [
        [("", ""), ("plain", "people"), ("careful", "people")]
    ]


def test_topics_set_models_beside_the_ceiling_where_there_are_people() -> None:
    money = estimate("stated", "careful", "people", topic="money")
    ceiling = estimate("ceiling", topic="money")
    table = topic_table(study(), Lookup([money, ceiling]))
    assert table is not None
    assert (table.columns, table.beside_people) == (("plain", "careful"), True)
    assert [(row.topic, row.dilemmas, row.cells, row.ceiling) for row in table.rows] == [
        ("money", 2, (None, money), ceiling),
        ("neighbours", 1, (None, None), None),
    ]


@pytest.mark.usefixtures("undrawn")
def test_topics_give_the_corrected_value_before_the_raw_one() -> None:
    raw, ceiling = estimate("stated", "plain", "people", topic="money"), estimate("ceiling", topic="money")
    judged, of_people = (replace(e, metric=f"{e.metric}_corrected", value=0.11) for e in (raw, ceiling))
    assert not_none(topic_table(study(), Lookup([raw, ceiling]))).corrected == []
    table = not_none(topic_table(study(), Lookup([raw, ceiling, judged, of_people])))
    assert table.rows[0].beside == ((judged, raw), (None, None), (of_people, ceiling))
    assert table.corrected == [judged, of_people]
    shown = page(replace(study(), estimates=[raw, ceiling, judged, of_people])).split('id="topics-h"')[1].split("</section>")[0]
    assert "by topic (corrected, and raw beside it)" in shown
    assert shown.index("<bdi>plain, corrected</bdi></th>") < shown.index("<bdi>plain</bdi></th>")
    row = shown.split("<bdi>money</bdi></th>")[1].split("</tr>")[0]
    assert row.index("0.11 ") < row.index(number(raw.number()))


def not_none(table: TopicTable | None) -> TopicTable:
    assert table is not None
    return table


def test_topics_of_models_alone_are_of_the_pairing() -> None:
    whole = estimate("stated", pairing=Pairing.MODEL_MODEL, topic="money")
    table = topic_table(study(MODELS), Lookup([whole]))
    assert table is not None
    assert (table.columns, table.beside_people) == (("all models",), False)
    assert [row.cells for row in table.rows] == [(whole,), (None,)]
    assert topic_table(study(), Lookup([])) is None


def test_limits_tell_what_the_comparisons_left_out() -> None:
    whole = replace(estimate("stated", pairing=Pairing.MODEL_HUMAN), excluded={"unclear": 26_221, "no_solution": 27})
    said = limits(study(), Lookup([whole]))
    assert "Comparisons left out of stated agreement, model–human: 26,221 unclear, 27 without a solution." in said


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-0.3, -0.1, "below the ceiling"),
        (0.1, 0.3, "above the ceiling"),
        (-0.1, 0.3, "no difference shown"),
        (0.0, 0.3, "no difference shown"),
    ],
)
def test_a_model_is_off_the_ceiling_only_where_the_interval_says_so(low: float, high: float, words: str) -> None:
    distance = replace(estimate("distance_to_ceiling", "plain", "people"), low=low, high=high)
    assert standing(distance) == words


def test_without_an_interval_nothing_is_said_of_the_ceiling() -> None:
    assert standing(None) == "not compared"
    assert standing(estimate("distance_to_ceiling", "plain", "people", value=NEVER)) == "not compared"
