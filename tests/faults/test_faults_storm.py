"""A server that fails in every way: every call ends as answered or as failed with a reason, and none is lost or kept twice."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from normscope.study import Study
from normscope.testing import LoopbackServer

SHARES = {
    "429": 0.075,
    "429-retry-after": 0.075,
    "500": 0.10,
    "hang": 0.03,
    "truncated": 0.03,  # the connection is closed in the middle of the body
    "cut-json": 0.03,
    "no-choices": 0.01,
    "html": 0.01,
}
DILEMMAS = 500


class Storm:
    """Chooses what happens to each request, by a seed, and counts what it did."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.did: Counter[str] = Counter()

    def __call__(self, number: int, body: dict[str, Any]) -> str:
        (fault,) = self.chance.choices([*SHARES, "ok"], [*SHARES.values(), 1 - sum(SHARES.values())])
        self.did[fault] += 1
        return fault


def a_study(folder: Path, url: str, *, draws: int, **settings: Any) -> Study:
    lines = [f'{{"dilemma_id": "d{n}", "language": "en", "text": "Dilemma {n}. What should I do?"}}' for n in range(DILEMMAS)]
    (folder / "d.jsonl").write_text("\n".join(lines))
    model = {"model": "http:m", "base_url": url, "timeout": 1.5}
    study = Study.create(
        folder / "s",
        dilemmas=[str(folder / "d.jsonl")],
        models=[model],
        protocol="ask",
        explicit={"per_side": 0},
        draws=draws,
        params={"seed": 1},  # draws ask with seeds of their own, so that the server can tell them apart
        **settings,
    )
    study.load()
    return study


def test_every_call_ends_and_the_server_counts_what_the_store_has(
    tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    # in short, with fewer attempts: most of the time is spent waiting before the later ones
    full = request.config.getoption("--full-faults")
    draws, retries, least = (40, 4, 0.97) if full else (1, 2, 0.9)
    storm = Storm(seed=7)
    with LoopbackServer(faults=storm) as server:
        with a_study(tmp_path, server.url, draws=draws, concurrency=256, first_concurrency=64, retries=retries) as study:
            counts = study.elicit()
            now = study.status()
            (totals,) = study.store.calls.totals()
            stored = study.store.frame("responses")
        asked = dict(server.asked)
    with capsys.disabled():
        print(f"\n{sum(counts.values())} conversations: {counts}, {totals.failed}; the server did {dict(storm.did)}")
    assert sum(counts.values()) == DILEMMAS * draws == stored.height
    assert set(counts) <= {"answered", "failed"}
    assert counts["answered"] == totals.answered == storm.did["ok"], "every answer that was delivered is stored, once"
    assert sum(totals.failed.values()) == counts.get("failed", 0) == sum(now.responders[0].failed.values())
    assert set(totals.failed) <= {"rate_limited", "server_error", "timeout", "bad_answer", "unreachable"}
    assert counts["answered"] > least * DILEMMAS * draws
    assert len(asked) == DILEMMAS * draws


def test_the_holes_are_filled_by_running_again(tmp_path: Path) -> None:
    storm = Storm(seed=8)
    with LoopbackServer(faults=storm) as server:
        with a_study(tmp_path, server.url, draws=1, concurrency=64, retries=0) as study:
            first = study.elicit()
        answered = storm.did["ok"]
        assert first["failed"] == DILEMMAS - answered > 50
    with LoopbackServer() as server:
        with Study.open(tmp_path / "s") as study:
            model = {**study.settings.models[0].model_dump(), "base_url": server.url}
        with Study.open(tmp_path / "s", models=[model]) as study:
            assert study.elicit() == {"answered": DILEMMAS}
            assert study.store.calls.totals()[0].failed == {}
        assert server.count == DILEMMAS - answered, "only the holes were asked"


@pytest.mark.parametrize("fault", ["429", "500", "hang", "truncated", "cut-json", "no-choices", "html", "close"])
def test_a_dead_model_is_given_up_and_the_others_go_on(tmp_path: Path, fault: str) -> None:
    def only_one(number: int, body: dict[str, Any]) -> str:
        return fault if body["model"] == "dead" else "ok"

    with LoopbackServer(faults=only_one) as server:
        study = Study.create(
            tmp_path / "s",
            dilemmas=["starter"],
            limit=60,
            models=[
                {"model": "http:dead", "base_url": server.url, "timeout": 0.2},  # so that one that hangs is soon given up
                {"model": "http:alive", "base_url": server.url, "timeout": 20},
            ],
            protocol="ask",
            explicit={"per_side": 0},
            retries=0,
        )
        with study:
            study.load()
            study.elicit()
            now = {row.responder_id: row for row in study.status().responders}
    assert now["http:alive"].outcomes == {"answered": 60}
    dead = now["http:dead"]
    assert set(dead.outcomes) == {"failed"}
    assert dead.to_do == 60
    if fault == "close":  # unreachable: nothing will change it, so not all of them were tried
        assert sum(dead.failed.values()) < 60
