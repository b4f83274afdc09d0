"""The plan against a brute-force reading of its definition, on studies made up by Hypothesis."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.match import Plan, plan
from normscope.match.same import normalised
from normscope.records import Dilemma, Kind, Outcome, Question, Responder, Response, Solution, Stance, Turn

TEXTS = ["Talk to him.", "talk to HIM.", "Leave.", "Say nothing."]
DILEMMAS = [Dilemma("d1", "He is loud.", "en"), Dilemma("d2", "He is loud.", "en"), Dilemma("d3", "Han er høj.", "da")]
RESPONDERS = [Responder("p1", Kind.HUMAN), Responder("p2", Kind.HUMAN), Responder("m1", Kind.MODEL), Responder("m2", Kind.MODEL)]
KEYS = [(d.dilemma_id, r.responder_id, draw) for d in DILEMMAS for r in RESPONDERS for draw in (0, 1)]
Study = tuple[list[Response], list[Solution]]
Row = tuple[str, str, int, str, str]
Asked = dict[Row, tuple[str, str, str, bool]]
"""Per row: text, solution, asked, flip."""
Known = dict[Row, tuple[str, bool, bool]]
"""Per row: label, flip, whether people coded it."""


@st.composite
def studies(draw: st.DrawFn) -> Study:
    responses, solutions = [], []
    for dilemma_id, responder_id, n in draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=7)):
        coded = draw(st.integers(0, 2))
        for i in range(draw(st.integers(0, 3))):
            solutions.append(
                Solution(
                    f"{dilemma_id}/{responder_id}/{n}/{i}",
                    dilemma_id,
                    responder_id,
                    n,
                    draw(st.sampled_from(TEXTS)),
                    draw(st.sampled_from(Stance)),
                    main=draw(st.booleans()),
                    extractor="coded" if i < coded else "rules",
                )
            )
        outcome = draw(st.sampled_from([Outcome.ANSWERED, Outcome.ANSWERED, Outcome.FAILED]))
        responses.append(Response(dilemma_id, responder_id, n, "ask", outcome))
    answers = st.sampled_from(["Yes.", "No!", " \n"])
    for i, response in enumerate(responses):
        known = sorted(s.solution_id for s in solutions if s.dilemma_id == response.dilemma_id)
        if response.responder_id[0] == "m" and known:
            shown = draw(st.lists(st.sampled_from([*known, "gone"]), unique=True, max_size=3))
            turns = [(Turn("user", "?", "explicit", s), Turn("assistant", draw(answers), "explicit", s)) for s in shown]
            responses[i] = Response(*key(response), "ask", response.outcome, tuple(t for pair in turns for t in pair))
    return responses, solutions


def key(item: Response | Solution) -> tuple[str, str, int]:
    return item.dilemma_id, item.responder_id, item.draw


def frames(study: Study, *, seed: int | None = None) -> dict[str, pl.DataFrame]:
    responses, solutions = study
    conversation: dict[str, type[pl.DataType]] = {"dilemma_id": pl.String, "responder_id": pl.String, "draw": pl.Int64}
    turns: list[tuple[object, ...]] = [(*key(r), t.role, t.stage, t.solution_id, t.text) for r in responses for t in r.turns]
    rows: dict[str, tuple[dict[str, type[pl.DataType]], list[tuple[object, ...]]]] = {
        "responses": (conversation | {"outcome": pl.String}, [(*key(r), r.outcome.value) for r in responses]),
        "solutions": (
            {"solution_id": pl.String} | conversation
            | {"text": pl.String, "stance": pl.String, "main": pl.Boolean, "extractor": pl.String},
            [(s.solution_id, *key(s), s.text, s.stance.value, s.main, s.extractor) for s in solutions],
        ),
        "turns": (conversation | dict.fromkeys(["role", "stage", "solution_id", "text"], pl.String), turns),
    }  # fmt: skip
    made = {name: pl.DataFrame(listed, schema=schema, orient="row") for name, (schema, listed) in rows.items()}
    return made if seed is None else {name: frame.sample(fraction=1, shuffle=True, seed=seed) for name, frame in made.items()}


def planned(study: Study, *, seed: int | None = None) -> Plan:
    return plan(**frames(study, seed=seed), dilemmas=DILEMMAS, responders=RESPONDERS)


def asked(made: Plan) -> Asked:
    rows: Asked = {}
    for *row, flip, question in made.pairs.iter_rows():
        q = made.questions[question]
        rows[*row] = (q.text, q.solution, q.asked, flip)
    return rows


def settled(made: Plan) -> Known:
    return {(*row,): (label, flip, coded) for *row, flip, label, coded in made.settled.iter_rows()}


def by_hand(study: Study) -> tuple[Asked, Known]:
    ask, know = mains_by_hand(study)
    for more_ask, more_know in (shown_by_hand(study), ({}, coded_by_hand(study))):
        ask, know = ask | more_ask, know | more_know
    return ask, know


def mains_by_hand(study: Study) -> tuple[Asked, Known]:
    responses, solutions = study
    ask: Asked = {}
    know: Known = {}
    for r in responses:
        own = [s for s in solutions if key(s) == key(r)]
        read = [s for s in own if s.extractor != "coded"] or own
        mains = sorted((s for s in read if s.main), key=lambda s: s.solution_id)
        if r.outcome is not Outcome.ANSWERED or not mains:
            continue
        main, flip = mains[0], mains[0].stance is Stance.ADVISES_AGAINST
        for s in solutions:
            better_coded = s.extractor != "coded" and any(key(t) == key(s) and t.extractor == "coded" for t in solutions)
            if s.dilemma_id != r.dilemma_id or key(s) == key(r) or better_coded:
                continue
            if normalised(main.text) == normalised(s.text):
                know[*key(r), "main", s.solution_id] = ("agree", flip, False)
            else:
                ask[*key(r), "main", s.solution_id] = (main.text, s.text, "stated", flip)
    return ask, know


def shown_by_hand(study: Study) -> tuple[Asked, Known]:
    responses, solutions = study
    ask: Asked = {}
    know: Known = {}
    for r in responses:
        here = {s.solution_id: s for s in solutions if s.dilemma_id == r.dilemma_id}
        answers = {str(t.solution_id): t.text for t in r.turns if t.role == "assistant"}
        for s in here.values():
            same = sorted(i for i in answers if i in here and normalised(here[i].text) == normalised(s.text))
            if not same:
                continue
            shown = s.solution_id if s.solution_id in same else same[0]
            if answers[shown].strip():
                ask[*key(r), "explicit", s.solution_id] = (answers[shown], here[shown].text, "shown", False)
            else:
                know[*key(r), "explicit", s.solution_id] = ("silent", False, False)
    return ask, know


def coded_by_hand(study: Study) -> Known:
    know: Known = {}
    coded = [s for s in study[1] if s.extractor == "coded" and s.responder_id[0] == "p"]
    for mine in coded:
        for theirs in coded:
            same = mine.dilemma_id == theirs.dilemma_id and normalised(mine.text) == normalised(theirs.text)
            if same and mine.responder_id != theirs.responder_id:
                row: Row = (*key(mine), "explicit", theirs.solution_id)
                label = "agree" if mine.stance is Stance.RECOMMENDS else "disagree"
                know[row] = (label if know.get(row, (label,))[0] == label else "unclear", False, True)
    return know


@settings(deadline=None)
@given(studies())
def test_plan_is_what_its_definition_says(study: Study) -> None:
    made = planned(study)
    ask, know = by_hand(study)
    assert asked(made) == ask
    assert settled(made) == know
    assert made.pairs.height == len(ask), "every row once"
    assert made.settled.height == len(know)


@settings(deadline=None)
@given(studies())
def test_questions_are_distinct_and_all_used(study: Study) -> None:
    made = planned(study)
    assert len(set(made.questions)) == len(made.questions)
    assert set(made.pairs["question"].to_list()) == set(range(len(made.questions)))


@settings(deadline=None)
@given(studies(), st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(study: Study, seed: int) -> None:
    one, other = planned(study), planned(study, seed=seed)
    assert one.pairs.equals(other.pairs)
    assert one.settled.equals(other.settled)
    assert (one.questions, one.excluded) == (other.questions, other.excluded)


@settings(deadline=None)
@given(studies())
def test_what_cannot_be_planned_is_counted(study: Study) -> None:
    responses, solutions = study
    own = {key(r): [s for s in solutions if key(s) == key(r)] for r in responses}
    read = {key: [s for s in said if s.extractor != "coded"] or said for key, said in own.items()}
    without = sum(r.outcome is Outcome.ANSWERED and not any(s.main for s in read[key(r)]) for r in responses)
    gone = sum(t.solution_id == "gone" and t.role == "assistant" for r in responses for t in r.turns)
    counted = {"no_main_solution": without, "unknown_solution_shown": gone}
    assert planned(study).excluded == {reason: n for reason, n in counted.items() if n}


def small() -> Study:
    solution = Solution("s", "d1", "p1", 0, "Leave.", Stance.RECOMMENDS, main=True, extractor="coded")
    other = Solution("t", "d1", "m1", 0, "Stay.", Stance.RECOMMENDS, main=True, extractor="rules")
    turns = tuple(Turn("assistant", text, "explicit", "s") for text in ("No.", "Yes."))
    return [
        Response("d1", "p1", 0, "ask", Outcome.ANSWERED),
        Response("d1", "m1", 0, "ask", Outcome.ANSWERED, turns),
    ], [solution, other]


def test_two_answers_to_one_shown_solution_are_counted_and_one_is_asked() -> None:
    made = planned(small())
    assert made.excluded == {"shown_twice": 1}
    assert made.questions == [
        Question("He is loud.", "No.", "Leave.", "shown", "en"),
        Question("He is loud.", "Leave.", "Stay.", "stated", "en"),
        Question("He is loud.", "Stay.", "Leave.", "stated", "en"),
    ]


def test_what_is_outside_the_study_is_not_planned() -> None:
    made = plan(**frames(small()), dilemmas=DILEMMAS, responders=RESPONDERS[:2])
    assert (made.pairs.height, made.questions) == (0, [])
    made = plan(**frames(small()), dilemmas=DILEMMAS[1:], responders=RESPONDERS)
    assert (made.pairs.height, made.settled.height) == (0, 0)


def test_a_solution_id_that_is_not_unique_is_refused() -> None:
    given_frames = frames(small())
    given_frames["solutions"] = pl.concat([given_frames["solutions"]] * 2)
    with pytest.raises(ValueError, match="same solution_id"):
        plan(**given_frames, dilemmas=DILEMMAS, responders=RESPONDERS)
