"""A run may be killed at any point: running again asks only what is missing and ends with the same result."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from normscope.errors import UsageError
from normscope.store import Store
from normscope.study import Study
from normscope.testing import LoopbackServer

COMMAND = [sys.executable, "-c", "from normscope.cli import main; main()", "run", "study.yaml"]
CONCURRENCY = 4
KILLS = 5
KILLS_IN_SHORT = 2


def study_file(folder: Path, url: str) -> None:
    folder.mkdir()
    settings = {
        "folder": "study",
        "dilemmas": "starter",
        "models": [
            {"model": "http:a", "base_url": url},
            {"model": "http:a", "id": "a with a persona", "base_url": url, "persona": "You are brief."},
        ],
        "explicit": {"per_side": 1},
        "limit": 12,
        "concurrency": CONCURRENCY,
        "resamples": 50,
        "matcher": "lexical",
    }
    (folder / "study.yaml").write_text(json.dumps(settings))


def contents(folder: Path) -> dict[str, object]:
    with Store(folder / "study") as store:
        tables: dict[str, object] = {
            kind: store.frame(kind).rows() for kind in ("responses", "solutions", "matches", "estimates")
        }
        with store._database.read() as db:
            tables["calls"] = db.execute("SELECT key, completion FROM calls ORDER BY key").fetchall()
    tables["estimates.json"] = (folder / "study" / "estimates.json").read_bytes()
    tables["report.html"] = (folder / "study" / "report.html").read_bytes()
    return tables


def test_killed_runs_end_like_an_undisturbed_one(
    tmp_path: Path, request: pytest.FixtureRequest, command_here: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    kills = KILLS if request.config.getoption("--full-faults") else KILLS_IN_SHORT
    with LoopbackServer(delay=0.02) as server:
        study_file(tmp_path / "calm", server.url)
        command_here(tmp_path / "calm", *COMMAND[-2:]).check_returncode()
        calm_requests = server.count
        assert set(server.asked.values()) == {1}
        command_here(tmp_path / "calm", *COMMAND[-2:]).check_returncode()
        assert server.count == calm_requests, "a second run asks nothing"

    chance = random.Random(4)
    # on another port: the address of a server is no part of a call's identity
    with LoopbackServer(delay=0.02) as server:
        study_file(tmp_path / "killed", server.url)
        for _ in range(kills):
            run = subprocess.Popen(COMMAND, cwd=tmp_path / "killed", stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            asked = server.count
            patience = time.monotonic() + 20
            while server.count < asked + chance.randrange(2, 15) and time.monotonic() < patience and run.poll() is None:
                time.sleep(0.005)
            run.send_signal(signal.SIGKILL)
            run.wait()
        command_here(tmp_path / "killed", *COMMAND[-2:]).check_returncode()
        assert server.count > calm_requests / 2
        repeated = sum(server.asked.values()) - len(server.asked)
        # each of the two responders has so many calls with the server, and as many that were answered within the last
        # hundredths of a second and are on their way to the disk
        assert repeated <= kills * 4 * CONCURRENCY, "only calls that were in flight at a kill may be asked again"
        assert len(server.asked) == calm_requests

    calm, killed = contents(tmp_path / "calm"), contents(tmp_path / "killed")
    for name, table in calm.items():
        assert killed[name] == table, f"{name} differs after kills"


def test_answers_asked_in_another_way_are_not_mixed(tmp_path: Path) -> None:
    with LoopbackServer() as server:
        study_file(tmp_path / "s", server.url)
        with Study.from_yaml(tmp_path / "s" / "study.yaml") as study:
            study.load()
        with pytest.raises(UsageError, match="asked with other settings"):
            Study.from_yaml(tmp_path / "s" / "study.yaml", protocol="ask")


def test_failed_conversations_are_asked_again(tmp_path: Path) -> None:
    with LoopbackServer(faults=["500"] * 3) as server:
        study_file(tmp_path / "s", server.url)
        with Study.from_yaml(tmp_path / "s" / "study.yaml", retries=0, limit=4) as study:
            study.load()
            first = study.elicit()
            second = study.elicit()
    assert first["failed"] == 3
    assert second == {"answered": 8}
