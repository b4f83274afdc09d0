"""A study whose every text is hostile: dilemmas, responders, answers, solutions, evidence, labels, gold, card, settings."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle
from pathlib import Path

from normscope.records import (
    Card,
    CoderPair,
    Dilemma,
    Finding,
    Gold,
    Kind,
    Label,
    Match,
    NotMeasured,
    Outcome,
    People,
    Rate,
    Rated,
    Responder,
    Response,
    Score,
    Severity,
    Solution,
    Stance,
    Turn,
    Verdict,
)
from normscope.report import ReportData
from normscope.study import Study
from normscope.study.reporting import report_data
from tests.browser.payloads import HOSTILE, LONE_SURROGATE, VERY_LONG

__all__ = ["FOLDER", "hostile_data"]

MODELS = HOSTILE[:4]
PEOPLE = HOSTILE[4:7]
FOLDER = "'\"><img src=x onerror=window.__ran=20>"
_N = len(HOSTILE)


def hostile_data(place: Path) -> ReportData:
    """What the report of the hostile study is made of; each payload is the text of every field of some record.

    Every payload is the id of one dilemma and the topic of two. The labels are those of the lexical matcher.
    """
    models = [{"id": name, "model": f"http:{name}", "persona": VERY_LONG, "system_prompt": name} for name in MODELS]
    with Study.create(
        place / FOLDER,
        title=" ".join(HOSTILE),
        dilemmas=["starter"],
        models=models,
        matcher="lexical",
        resamples=20,
        notes=list(HOSTILE),
    ) as study:
        people = [*(Responder(name, Kind.MODEL, _at(i), _at(i + 1), _at(i + 2), name) for i, name in enumerate(MODELS))]
        people += [Responder(name, Kind.HUMAN, None, None, name) for name in PEOPLE]
        dilemmas = [_dilemma(i) for i in range(_N)]
        study.store.put([*dilemmas, *people])
        for i, dilemma in enumerate(dilemmas):
            solutions = [_solution(dilemma, name, i + j) for j, name in enumerate([*MODELS, *PEOPLE])]
            study.store.put(solutions)
            study.store.put(_response(s, solutions, i + j) for j, s in enumerate(solutions))
        study.store.put(_endless_and_empty())
        study.match()
        labels = cycle(HOSTILE)
        study.store.put(
            replace(m, evidence=next(labels), prompt_hash=next(labels), votes={next(labels): next(labels)})
            for m in study.store.all(Match)
        )
        study.store.put(Gold(t, t, t, t, "stated", Label.AGREE, t, t, t, t, t) for t in HOSTILE)
        study.agree()
        data = report_data(study.settings, study.store)
    return _with_what_no_folder_holds(data)


def _dilemma(i: int) -> Dilemma:
    text = _at(i + 1)
    return Dilemma(HOSTILE[i], text, _at(i + 2), HOSTILE[i // 2 * 2], _at(i + 3), _at(i + 4), {_at(i + 5): _at(i + 6)})


def _solution(dilemma: Dilemma, name: str, i: int) -> Solution:
    text = _at(i)
    stance = Stance.ADVISES_AGAINST if i % 3 == 0 else Stance.RECOMMENDS
    key = f"{dilemma.dilemma_id} {name}"
    conditions = (_at(i + 1), _at(i + 2))
    return Solution(key, dilemma.dilemma_id, name, 0, text, stance, True, _at(i), 0, len(text), text, conditions, True)


def _response(solution: Solution, all_of_them: list[Solution], i: int) -> Response:
    shown = next(s for s in all_of_them if s is not solution)
    turns = (
        Turn("user", _at(i + 1)),
        Turn("assistant", solution.text + " and " + _at(i + 2)),
        Turn("user", _at(i + 3), "dialogue"),
        Turn("assistant", _at(i + 4), "commit"),
        Turn("user", shown.text, "explicit", shown.solution_id),
        Turn("assistant", _at(i + 5), "explicit", shown.solution_id),
    )
    outcome = list(Outcome)[i % 4] if i % 5 == 0 else Outcome.ANSWERED
    return Response(solution.dilemma_id, solution.responder_id, 0, _at(i), outcome, turns, _at(i))


def _at(i: int) -> str:
    return HOSTILE[i % _N]


def _endless_and_empty() -> list[Dilemma | Response]:
    """A dilemma and answers without end or a place to break a line, and some without a character."""
    asked = [Dilemma(VERY_LONG, VERY_LONG, "", VERY_LONG), Dilemma("-", "", "", "")]
    return [
        *asked,
        *(
            Response(d.dilemma_id, name, 0, "ask", Outcome.ANSWERED, (Turn("user", d.text), Turn("assistant", d.text)))
            for d in asked
            for name in (*MODELS, *PEOPLE)
        ),
    ]


def _with_what_no_folder_holds(data: ReportData) -> ReportData:
    """Half characters, hostile names of settings, and a card without hours of validation."""
    return replace(
        data,
        dilemmas=[*data.dilemmas, Dilemma("half", LONE_SURROGATE, "en", LONE_SURROGATE)],
        notes=[*data.notes, LONE_SURROGATE],
        settings={**data.settings, **{text: text for text in HOSTILE}},
        card=_card(),
        created_with=HOSTILE[0],
        findings=[_finding(i) for i in range(_N)],
    )


def _finding(i: int) -> Finding:
    verdict = list(Verdict)[i % len(Verdict)]
    model = MODELS[i % len(MODELS)]
    return Finding(_at(i), Severity.SERIOUS, verdict, _at(i + 1), _at(i + 2), True, model, _at(i + 3), (_at(i + 4),))


def _card() -> Card:
    score = Score(3, 0.5, 0.4, 0.6, 0.5, 0.5, 0.4, 0.6, {text: {text: 3} for text in HOSTILE})
    rate = Rate(0.5, 0.4, 0.6, 12)
    rated = Rated(rate, dict.fromkeys(HOSTILE, rate), {text: NotMeasured(text) for text in HOSTILE})
    none = NotMeasured(HOSTILE[0])
    scores = dict.fromkeys(HOSTILE, score)
    pairs = tuple(CoderPair(text, text, 1, 1.0, none) for text in HOSTILE)
    return Card(
        HOSTILE[1],
        HOSTILE[2],
        0.95,
        score,
        scores,
        scores,
        scores,
        HOSTILE[3],
        scores,
        people=People(1, 0.5, 0.4, 0.6, none, none, none, pairs),
        orders=rated,
        repeats=none,
    )
