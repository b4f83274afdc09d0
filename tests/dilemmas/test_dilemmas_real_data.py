"""Real data sets load as their own READMEs count them. They are not part of the repository: absent, these tests skip."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from normscope.dilemmas import check, load, merge, render
from normscope.records import Kind, Outcome

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data folder is not here")


@pytest.mark.parametrize(
    ("name", "dilemmas", "answers", "solutions", "people"),
    [
        ("relational_dilemma", 432, 5_184, 5_167, 0),
        ("strickler_aita", 300, 310, 310, 1),
        ("deliberation_bank", 11, 3_655, 0, 3_655),
        ("elephant_sample", 20, 30, 20, 2),
    ],
)
def test_loads_and_checks(name: str, dilemmas: int, answers: int, solutions: int, people: int) -> None:
    loaded = merge(load(DATA / name / "dilemmas.jsonl"), load(DATA / name / "responses.jsonl"))
    assert (len(loaded.dilemmas), len(loaded.responses), len(loaded.solutions)) == (dilemmas, answers, solutions)
    assert sum(responder.kind is Kind.HUMAN for responder in loaded.responders) == people
    assert all(response.outcome is Outcome.ANSWERED for response in loaded.responses)
    assert min(response.draw for response in loaded.responses) == 0
    assert any("dataset" in note for note in loaded.notes)
    assert render(check(loaded)).startswith(f"{dilemmas} dilemmas, {answers} answers")


@pytest.mark.parametrize("name", ["daily_dilemmas", "argkp2021", "moral_evals", "perspectrum"])
def test_dilemmas_alone_load_and_check(name: str) -> None:
    loaded = load(DATA / name / "dilemmas.jsonl", role="dilemmas")
    assert check(loaded).missing_references == tuple(dilemma.dilemma_id for dilemma in loaded.dilemmas)


def test_further_columns_are_kept() -> None:
    extra = load(DATA / "relational_dilemma" / "dilemmas.jsonl").dilemmas[0].extra
    assert set(extra) == {"dataset", "perspective", "severity", "closeness"}


def test_5184_answers_load_in_half_a_second() -> None:
    def seconds() -> float:
        start = time.process_time()  # not the clock on the wall: other work on the machine is not ours
        load(DATA / "relational_dilemma" / "responses.jsonl")
        return time.process_time() - start

    assert min(seconds() for _ in range(3)) < 0.5
