"""What each section says, on hand-made numbers: its tables cell by cell, and its words where there is nothing to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from normscope.records import Dilemma, Estimate, Kind, NotMeasured, Outcome, Pairing, Responder
from normscope.report import ModelCost, OutcomeCount, ReportData
from normscope.report.content import Content, Number, Section, Table
from normscope.report.content_of import content
from tests.report.frames import frames
from tests.report.made_sections import made_sections

MODELS = (Responder("plain", Kind.MODEL), Responder("careful", Kind.MODEL))
PEOPLE = (Responder("ane", Kind.HUMAN), Responder("bo", Kind.HUMAN))
KINDS = {r.responder_id: r.kind for r in (*MODELS, *PEOPLE)}
NAMES = [
    "summary",
    "agreement",
    "explicit",
    "topics",
    "ranks",
    "robustness",
    "outcomes",
    "baselines",
    "matcher",
    "cost",
    "exclusions",
    "settings",
    "words",
]


def made(metric: str, r: str = "", t: str = "", value: float | NotMeasured = 0.5, **more: Any) -> Estimate:
    low, high = (value, value) if isinstance(value, NotMeasured) else (value - 0.1, value + 0.1)
    pairing = Pairing.of(KINDS.get(r, Kind.HUMAN), KINDS.get(t, Kind.HUMAN)).value
    fields = {"topic": "all", **more}
    return Estimate(metric, pairing, r, t, fields.pop("topic"), value, low, high, 0.95, "m", "these dilemmas", 3, **fields)


def said(
    estimates: Sequence[Estimate] = (),
    *,
    responders: Sequence[Responder] = (*MODELS, *PEOPLE),
    sections: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    **more: Any,
) -> Content:
    dilemmas = [Dilemma("fence", "?", topic="neighbours"), Dilemma("loan", "?", topic="money")]
    data = ReportData(
        "T",
        "t",
        "0",
        0,
        dilemmas,
        responders,
        **frames(),
        estimates=list(estimates),
        card=NotMeasured("no labels"),
        sections=sections or {},
    )
    return content(replace(data, **more))


def section(found: Content, name: str) -> Section:
    return next(s for s in found.walk() if s.name == name)


def table(found: Content, name: str) -> Table:
    return next(t for t in found.tables() if t.name == name)


def test_the_sections_stand_in_the_order_of_reading_whatever_the_study_holds() -> None:
    for responders in ((*MODELS, *PEOPLE), MODELS, PEOPLE, ()):
        found = said(responders=responders)
        assert [s.name for s in found.sections] == NAMES
        assert not found.figures()
        # what has nothing to show says why
        for s in found.sections:
            assert s.lines or s.points or s.tables or s.parts, s.name


def test_every_row_is_as_long_as_the_columns_and_every_key_is_there_once() -> None:
    found = said(
        [made("stated", "plain", "people"), made("explicit", "plain", "people"), made("stated", "plain", "bo")],
        sections=made_sections(["plain", "careful"], ["ane", "bo"], ["money", "neighbours"]),
        outcomes=[OutcomeCount("plain", "money", Outcome.REFUSED, "no", 1)],
        costs=[ModelCost("m", 1, 0, 2, 3, 0.5, 0, 0.0, "EUR")],
    )
    for t in found.tables():
        assert all(len(row) == len(t.columns) for row in t.rows), t.name
        assert len({c.name for c in t.columns}) == len(t.columns), t.name
        assert all(0 <= index < len(t.rows) for index in (*t.groups, *t.totals)), t.name
    names = [s.name for s in found.walk()]
    assert len(set(names)) == len(names)


def test_the_headline_counts_the_verdicts_in_words() -> None:
    estimates = [
        made("stated", "plain", "people", 0.8),
        made("stated", "careful", "people", 0.2),
        made("distance_to_ceiling", "plain", "people", 0.05),
        made("distance_to_ceiling", "careful", "people", -0.4),
        made("ceiling", value=0.7),
    ]
    headline = section(said(estimates), "headline")
    assert headline.lines == [
        "Of 2 models: 1 below the ceiling, 1 not shown to differ from the ceiling. The ceiling is people's agreement with each "
        "other."
    ]
    rows = headline.tables[0].rows
    assert [row[0] for row in rows] == ["plain", "careful", "People with each other"]
    assert [row[3] for row in rows] == ["no difference shown", "below the ceiling", "ceiling"]
    assert headline.tables[0].totals == {2}


def test_the_matrix_is_ordered_by_the_tree_within_models_and_within_people() -> None:
    pairs = [("plain", "careful"), ("careful", "plain"), ("ane", "bo"), ("bo", "ane"), ("plain", "ane"), ("careful", "bo")]
    estimates = [made("stated", a, b) for a, b in pairs]
    # made_sections lets the last stand first: bo, ane, careful, plain
    ordered = section(said(estimates, sections=made_sections(["plain", "careful"], ["ane", "bo"], [])), "agreement").figures[0]
    assert list(dict.fromkeys(row[0] for row in ordered.table.rows)) == ["careful", "plain", "bo", "ane"]
    assert "stand together who answer alike" in ordered.caption
    given = section(said(estimates), "agreement").figures[0]
    assert list(dict.fromkeys(row[0] for row in given.table.rows)) == ["plain", "careful", "ane", "bo"]
    assert "In the order of the study, since there is no tree" in given.caption


def test_explicit_stands_beside_stated_with_what_people_show() -> None:
    estimates = [made(m, "plain", "people", 0.6) for m in ("stated", "explicit", "gap", "acquiescence", "dprime")]
    people = [made("ceiling", value=0.7), made("explicit_ceiling", value=0.8), made("gap", value=0.1)]
    found = table(said([*estimates, *people]), "stated_explicit")
    assert [c.name for c in found.columns] == ["responder", "stated", "explicit", "gap", "acquiescence", "dprime"]
    assert found.rows[0][1:] == tuple(estimates)
    assert found.rows[2] == ("People with each other", *people, None, None)


def test_where_nobody_was_shown_solutions_the_reason_is_told() -> None:
    missing = made("explicit", "plain", "people", NotMeasured("no solutions were shown"))
    assert section(said([missing]), "explicit").lines == [
        "Explicit agreement with people was not measured: no solutions were shown."
    ]
    assert section(said(responders=MODELS), "explicit").lines == [
        "There are no people in this study, so there is nothing to compare."
    ]


def test_topics_are_pooled_with_the_raw_rates_at_hand() -> None:
    estimates = [made("stated", "plain", "people", 0.9, topic="money"), made("ceiling", value=0.6, topic="money")]
    found = said(estimates, sections=made_sections(["plain"], ["ane", "bo"], ["money"]))
    wide = table(found, "topics")
    assert [c.name for c in wide.columns] == ["topic", "n_dilemmas", "pooled: plain", "pooled: careful", "ceiling"]
    # made_sections: pooled 0.7 - 0.1 for the first model, [0.40, 0.65]
    assert wide.rows[0] == ("money", 1, Number(0.7 - 0.1, 0.4, 0.65), None, estimates[1])
    pooled = table(found, "topics_pooled")
    assert pooled.rows == (("money", "plain", 2, estimates[0], Number(0.7 - 0.1, 0.4, 0.65), Number(0.25), estimates[1]),)
    assert table(found, "topics_raw").rows[0][:3] == ("money", 1, estimates[0])


def test_topics_without_pooling_are_raw_and_say_so() -> None:
    found = section(said([made("stated", "plain", "people", 0.9, topic="money")]), "topics")
    assert [t.name for t in found.tables] == ["topics_raw"]
    assert found.lines == [
        "Raw rates: a topic with few dilemmas moves far by chance. Rates drawn together over topics were not measured."
    ]


def test_ranks_come_with_their_intervals_and_what_could_have_been_found() -> None:
    found = said([], sections=made_sections(["plain", "careful"], ["ane", "bo"], []))
    ranks = section(found, "ranks")
    assert ranks.lines == [
        "Ahead of every other model: plain.",
        "A study like this finds a true difference of 0.20 between two models in 80\u00a0% of cases.",
    ]
    ranking = table(found, "rankings")
    assert [row[:2] for row in ranking.rows] == [("plain", Number(1, 1, 2, digits=0)), ("careful", Number(2, 1, 2, digits=0))]
    assert [row[4] for row in ranking.rows] == ["yes", "no"]
    assert table(found, "above").rows == (("plain", None, Number(0.75)), ("careful", Number(0.25), None))
    assert [row[0] for row in table(found, "tau").rows] == ["made up for a test", "explicit"]  # -1 before 1
    assert [row[1] for row in table(found, "detectable").rows] == ["careful", "people with each other", "people with each other"]


def test_above_is_of_neighbours_only_where_models_are_many() -> None:
    names = [f"m{i:02}" for i in range(14)]
    found = said([], responders=[Responder(name, Kind.MODEL) for name in names], sections=made_sections(names, ["ane"], []))
    above = table(found, "above")
    assert [row[:2] for row in above.rows] == list(pairwise(names))
    assert above.left_out == 14 * 13 - 13


def test_a_study_without_ranks_says_why() -> None:
    why = "Models are ranked by their agreement with people; this study has no"
    assert section(said(responders=MODELS), "ranks").lines == [f"{why} people."]
    assert section(said(responders=PEOPLE), "ranks").lines == [f"{why} models."]
    assert section(said(), "ranks").lines == ["Ranks were not measured: they are made by normscope agree."]
    unranked = {"not_measured": "it shares no dilemma with people"}
    rows = [{**row, "rank": unranked} for row in made_sections(["plain"], ["ane"], [])["rankings"]]
    assert section(said(sections={"rankings": rows}), "ranks").lines == ["No model was ranked: it shares no dilemma with people."]


def test_what_moves_a_model_to_another_rank_is_named() -> None:
    values = {
        ("main", "each"): (0.8, 0.6),
        ("any", "each"): (0.8, 0.6),
        ("main", "union"): (0.5, 0.7),  # turned
        ("violation", "each"): (0.1, 0.3),  # less is better: the same order
    }
    estimates = [
        made("stated", name, "people", value, reading=reading, policy=policy)
        for (reading, policy), pair in values.items()
        for name, value in zip(("plain", "careful"), pair, strict=True)
    ]
    found = section(said(estimates), "robustness")
    assert found.points == ["Reading main, reference policy union: plain from rank 1 to rank 2; careful from rank 2 to rank 1."]
    readings = table(said(estimates), "readings")
    assert readings.groups == {0: "reference policy: each", 3: "reference policy: union"}
    assert [row[0] for row in readings.rows] == ["main", "any", "violation", "main"]
    same = [e for e in estimates if e.policy == "each"]
    assert section(said(same), "robustness").lines == ["No reading and no reference policy changes the order of the models."]
    assert "one reading and one reference policy only" in section(said(same[:2]), "robustness").lines[0]


def test_outcomes_are_counted_by_responder_and_refusals_by_topic() -> None:
    outcomes = [
        OutcomeCount("plain", "money", Outcome.REFUSED, "no advice", 3),
        OutcomeCount("plain", "money", Outcome.ANSWERED, "", 1),
        OutcomeCount("plain", "neighbours", Outcome.FAILED, "timeout", 1),
        OutcomeCount("ane", "money", Outcome.ANSWERED, "", 4),
    ]
    found = said([made("no_solution", "plain", value=0.25)], outcomes=outcomes)
    by_name = {row[0]: row[1:] for row in table(found, "outcomes").rows}
    assert by_name["plain"][:5] == (1, 3, 0, 1, "3 no advice; 1 timeout")
    assert isinstance(by_name["plain"][5], Estimate)
    assert by_name["careful"][:5] == (0, 0, 0, 0, None)
    assert table(found, "refused").rows == (("plain", "money", 3, 4, Number(0.75)),)
    assert section(found, "summary").lines[1].startswith("9 conversations: 5 answered, 3 refused, 0 empty, 1 failed.")
    assert "Not scored, but counted: 1 failed, 3 refused of 9 conversations (see Outcomes)." in section(found, "limits").points


def test_baselines_stand_beside_the_rate_with_the_verdict_of_equivalence() -> None:
    placebo = made("placebo", value=NotMeasured("no card"))
    estimates = [
        made("ceiling", value=0.7),
        made("random_pair", value=0.4),
        placebo,
        made("stated", "plain", "people", 0.6),
        made("ratio_to_ceiling", "plain", "people", 0.86),
        made("equivalent_to_ceiling", "plain", "people", 1.0),
        made("equivalent_to_ceiling", "careful", "people", 0.0),
    ]
    found = said(estimates)
    assert [row[:2] for row in table(found, "baselines").rows] == [
        ("Ceiling", estimates[0]),
        ("Random pair", estimates[1]),
        ("Placebo", placebo),
    ]
    assert [(row[0], row[3], row[4]) for row in table(found, "equivalence").rows] == [
        ("plain", estimates[4], "shown"),
        ("careful", None, "not shown"),
    ]


@pytest.mark.parametrize(
    ("costs", "line"),
    [
        ([ModelCost("m", 3, 1, 30, 40, 0.25, 0, 0.0, "EUR")], "4 calls; the cost of every one of them is known."),
        (
            [ModelCost("m", 3, 0, 30, 40, NotMeasured("no price is known"), 3, 0.0, "EUR")],
            "3 calls; what they cost is unknown (no price is known).",
        ),
        (
            [
                ModelCost("m", 3, 0, 30, 40, 0.25, 0, 0.0, "EUR"),
                ModelCost("n", 2, 0, 30, 40, NotMeasured("no price is known"), 2, 0.0, "EUR"),
            ],
            "5 calls; what 2 of them cost is unknown and not in the sums.",
        ),
    ],
)
def test_a_cost_that_is_not_known_is_told_and_never_nothing(costs: list[ModelCost], line: str) -> None:
    found = said(costs=costs)
    assert section(found, "cost").lines == [line]
    rows = table(found, "cost").rows
    assert [row[5] for row in rows][: len(costs)] == [
        c.money if isinstance(c.money, NotMeasured) else Number(c.money, digits=4, unit="EUR") for c in costs
    ]
    assert len(rows) == (len(costs) + 1 if len(costs) > 1 else 1)


def test_a_small_cost_keeps_two_digits() -> None:
    cost = table(said(costs=[ModelCost("m", 1, 0, 2, 3, 0.000042, 0, 1234.5, "EUR")]), "cost").rows[0]
    # 0.000042 has its first digit at the 5th place: two digits need 6
    assert (cost[5], cost[7]) == (Number(0.000042, digits=6, unit="EUR"), Number(1234.5, digits=2, unit="EUR"))


def test_the_map_needs_three_places() -> None:
    sections = made_sections(["plain", "careful"], ["ane", "bo"], [])
    assert [f.name for f in said([], sections=sections).figures()] == ["responder_map", "ranks"]
    nowhere = {"not_measured": "no agreement is known with: bo"}
    lacking = [{**row, **dict.fromkeys(("x", "y", "spread", "order"), nowhere)} for row in sections["map"][:2]]
    few = {**sections, "map": [*lacking, *sections["map"][2:]]}
    assert "responder_map" not in [f.name for f in said([], sections=few).figures()]
