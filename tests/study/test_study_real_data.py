"""Real answers through the whole study: what comes out is what the data's own README says."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from normscope.records import Estimate
from normscope.study import Study

FEW = 30
MODELS = ("claude-3.5-haiku", "deepseek-chat-v3.1", "gpt-5-mini-2025-08-07", "o3-mini-2025-01-31")


def coded_study(folder: Path, data: Path, answers: Path) -> list[Estimate]:
    sources: dict[str, Any] = {"dilemmas": str(data / "dilemmas.jsonl"), "answers": str(answers)}
    with Study.create(folder, extractor="coded", matcher="exact", resamples=200, **sources) as study:
        study.load()
        study.elicit()
        study.extract()
        study.match()
        return study.agree()


def test_relational_dilemma_verdicts(tmp_path: Path, shared_data: Path) -> None:
    data = shared_data / "relational_dilemma"
    rows = pl.read_ndjson(data / "responses.jsonl")
    verdict = {(r["responder_id"], r["run"], r["dilemma_id"]): r["verdict"] for r in rows.to_dicts() if r["verdict"] is not None}
    dilemmas = rows["dilemma_id"].unique().to_list()

    # run 1 only: the share of dilemmas on which both gave a verdict and gave the same one
    rows.filter(pl.col("run") == 1).write_ndjson(tmp_path / "first.jsonl")
    found = {
        frozenset((e.responder_id, e.target_id)): e.number()
        for e in coded_study(tmp_path / "first", data, tmp_path / "first.jsonl")
        if (e.metric, e.reading, e.policy, e.topic) == ("stated", "main", "each", "all")
        and e.responder_id in MODELS
        and e.target_id in MODELS
    }
    expected = {}
    for a, b in combinations(MODELS, 2):
        both = [(verdict[a, 1, d], verdict[b, 1, d]) for d in dilemmas if (a, 1, d) in verdict and (b, 1, d) in verdict]
        expected[frozenset((a, b))] = sum(x == y for x, y in both) / len(both)
    assert {pair: round(v, 3) for pair, v in found.items()} == {pair: round(v, 3) for pair, v in expected.items()}
    assert (round(min(found.values()), 3), round(max(found.values()), 3)) == (0.749, 0.896)

    retest = {
        e.responder_id: e.number()
        for e in coded_study(tmp_path / "all", data, data / "responses.jsonl")
        if (e.metric, e.reading, e.policy, e.topic) == ("stated", "main", "each", "all")
        and e.responder_id == e.target_id
        and e.responder_id in MODELS
    }
    for model in MODELS:
        by_dilemma: dict[str, list[bool]] = defaultdict(list)
        for d in dilemmas:
            given = [verdict[model, run, d] for run in (1, 2, 3) if (model, run, d) in verdict]
            by_dilemma[d] = [x == y for x, y in combinations(given, 2)]
        means = [sum(same) / len(same) for same in by_dilemma.values() if same]
        assert retest[model] == pytest.approx(sum(means) / len(means), abs=1e-9)
    assert (round(min(retest.values()), 2), round(max(retest.values()), 2)) == (0.84, 0.93)


def few_of_each_dilemma(responses: Path, path: Path) -> Path:
    """The first `FEW` responses to each dilemma: of deliberation_bank's 300 each, every two would be compared."""
    met: Counter[str] = Counter()
    with path.open("w", encoding="utf-8") as out:
        for line in responses.read_text(encoding="utf-8").splitlines(keepends=True):
            met[(dilemma := json.loads(line)["dilemma_id"])] += 1
            if met[dilemma] <= FEW:
                out.write(line)
    return path


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("name", ["strickler_aita", "deliberation_bank", "elephant_sample"])
def test_real_posts_and_short_answers_make_a_report(
    tmp_path: Path, shared_data: Path, name: str, request: pytest.FixtureRequest
) -> None:
    data = shared_data / name
    responses = data / "responses.jsonl"
    if not request.config.getoption("--full-faults"):
        responses = few_of_each_dilemma(responses, tmp_path / "few.jsonl")
    sources: dict[str, Any] = {"dilemmas": str(data / "dilemmas.jsonl"), "answers": str(responses)}
    with Study.create(tmp_path, resamples=50, matcher="lexical", **sources) as study:
        study.run()
        assert study.status().matches > 0
    assert (tmp_path / "report.html").stat().st_size > 10_000
