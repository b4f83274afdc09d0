"""Killed at any moment, again and again: what was stored is never asked again, and the end is the same."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from normscope.models.base import Message, Params
from normscope.models.chat import request_body
from normscope.testing import LoopbackServer

COMMAND = [sys.executable, "-c", "from normscope.cli import main; main()", "run", "study.yaml"]


IN_FLIGHT = 24
"""Of 2 models each 6 calls with the server, and as many whose answers are on their way to the disk."""


def study_file(folder: Path, url: str, *, draws: int) -> None:
    folder.mkdir()
    settings = {
        "folder": "study",
        "dilemmas": "starter",
        "limit": 24,
        "models": [{"model": "http:a", "base_url": url}, {"model": "http:b", "base_url": url, "persona": "You are brief."}],
        "explicit": {"per_side": 1},
        "draws": draws,
        "params": {"seed": 5},
        "concurrency": 6,
        "resamples": 20,
        "matcher": "lexical",
    }
    (folder / "study.yaml").write_text(json.dumps(settings))


def contents(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every table but the one of facts, row by row in the order of its values."""
    with sqlite3.connect(folder / "study" / "study.db") as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'facts'")]
        return {name: sorted(db.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}


def stored_bodies(folder: Path) -> set[str]:
    """The requests whose answers are stored, as the server knows them."""
    path = folder / "study" / "study.db"
    if not path.exists():
        return set()
    with sqlite3.connect(path) as db:
        try:
            rows = db.execute("SELECT model, request FROM calls WHERE completion IS NOT NULL").fetchall()
        except sqlite3.OperationalError:
            return set()  # killed before the tables were laid
    found = set()
    for model, text in rows:
        asked = json.loads(text)
        body = request_body(model.removeprefix("http:"), [Message(**m) for m in asked["messages"]], Params(**asked["params"]), {})
        found.add(hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest())
    return found


def test_no_stored_answer_is_asked_again(
    tmp_path: Path,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    command_here: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    kills, draws = (30, 8) if request.config.getoption("--full-faults") else (3, 2)
    with LoopbackServer() as server:
        study_file(tmp_path / "calm", server.url, draws=draws)
        command_here(tmp_path / "calm", *COMMAND[-2:]).check_returncode()
        calls = server.count
    chance = random.Random(11)
    seen: dict[str, int] = {}
    happened = 0
    with LoopbackServer(delay=0.01) as server:
        study_file(tmp_path / "killed", server.url, draws=draws)
        for _ in range(kills):
            run = subprocess.Popen(COMMAND, cwd=tmp_path / "killed", stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            asked, patience = server.count, time.monotonic() + 30
            # some kills come before anything was asked, some before anything could be stored, the others later
            wanted = asked + chance.randrange(0, 3 * IN_FLIGHT)
            while server.count < wanted and time.monotonic() < patience and run.poll() is None:
                time.sleep(0.002)
            happened += run.poll() is None
            run.send_signal(signal.SIGKILL)
            run.wait()
            for body in stored_bodies(tmp_path / "killed"):
                seen.setdefault(body, server.asked[body])
        command_here(tmp_path / "killed", *COMMAND[-2:]).check_returncode()
        again = [body for body, count in seen.items() if server.asked[body] != count]
        repeated = sum(server.asked.values()) - len(server.asked)
        with capsys.disabled():
            what = f"{calls} calls, {len(seen)} of them kept by killed runs, {repeated} repeated"
            print(f"\n{happened} of {kills} kills hit a run; {what}")
        assert again == [], "an answer that was stored was asked again"
        assert len(server.asked) == calls
        assert len(seen) >= 10 * kills // 2, "killed runs kept enough for the test to mean something"
        assert repeated <= happened * IN_FLIGHT, "at most the calls in flight are asked again"
    calm, killed = contents(tmp_path / "calm"), contents(tmp_path / "killed")
    assert calm.keys() == killed.keys()
    for name, rows in calm.items():
        assert killed[name] == rows, f"{name} differs after kills"
