"""A key reaches no file and no message; a disk that is full or may not be written is said, and loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from normscope.store import Store
from normscope.testing import LoopbackServer

COMMAND = [sys.executable, "-c", "from normscope.cli import main; main()"]
SECRET = "sk-live-4f9a8b7c6d5e4f3a2b1c"

Here = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def here(command_here: Here, monkeypatch: pytest.MonkeyPatch) -> Here:
    """`run` without a process of its own."""
    monkeypatch.setenv("NORMSCOPE_TEST_KEY", SECRET)
    return command_here


def study_file(place: Path, url: str, **settings: Any) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    values = {
        "folder": "study",
        "dilemmas": "starter",
        "limit": 20,
        "models": [{"model": "http:m", "base_url": url, "key_env": "NORMSCOPE_TEST_KEY"}],
        "explicit": {"per_side": 0},
        "protocol": "ask",
        "retries": 0,
        "resamples": 20,
        "matcher": "lexical",
    }
    (place / "study.yaml").write_text(json.dumps(values | settings))
    return place


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"NORMSCOPE_TEST_KEY": SECRET}
    return subprocess.run([*COMMAND, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_a_key_is_nowhere_after_a_run(tmp_path: Path, here: Here) -> None:
    faults = ["ok", "401", "html", "500", "cut-json", "truncated", "close", "400", "ok", "no-choices"]
    with LoopbackServer(
        key=SECRET, faults=faults, answer=lambda _: f"You should keep {SECRET} to yourself, and talk to him."
    ) as server:
        folder = study_file(tmp_path, server.url)
        results = [run(folder, "run", "study.yaml")]
        results += [here(folder, *arguments) for arguments in (("status", "study"), ("run", "study.yaml"))]
        results.append(here(folder, "run", "study.yaml", "--dry-run", "--json"))
    assert results[0].returncode == 2
    for result in results:
        assert SECRET not in result.stdout + result.stderr
        assert "Traceback" not in result.stderr
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {"study.db", "report.html", "estimates.json"} <= {path.name for path in files}
    for path in files:
        assert SECRET.encode() not in path.read_bytes(), f"the key stands in {path.name}"


def test_a_full_disk_ends_the_run_and_what_was_stored_stays(tmp_path: Path, here: Here) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no right to mount a small disk here; tests/store plays the full disk by SQLite's own limit")
    try:
        with LoopbackServer(answer=lambda _: "You should wait. " * 1000) as server:
            folder = study_file(tmp_path / "f", server.url, folder=str(disk / "study"), limit=60, draws=5)
            result = run(folder, "run", "study.yaml")
            assert result.returncode == 3
            assert "is full" in result.stderr
            assert "Traceback" not in result.stderr
            with Store(disk / "study") as store:
                (totals,) = store.calls.totals()
            assert 0 < totals.answered <= server.count
            assert here(folder, "status", str(disk / "study")).returncode == 0
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path, here: Here) -> None:
    with LoopbackServer() as server:
        folder = study_file(tmp_path, server.url)
        assert here(folder, "run", "study.yaml").returncode == 0
        count = server.count
        mounted = subprocess.run(
            ["mount", "--bind", "-o", "ro", str(folder / "study"), str(folder / "study")], check=False, capture_output=True
        )
        if mounted.returncode:
            pytest.skip("no right to mount here; tests/store writes as a user without permission")
        try:
            subprocess.run(["mount", "-o", "remount,bind,ro", str(folder / "study")], check=True, capture_output=True)
            result = run(folder, "run", "study.yaml", "--set", "draws=2")
            assert (result.returncode, "Traceback" in result.stderr) == (3, False)
            assert "cannot be written" in result.stderr
            assert server.count == count, "nothing was asked that could not be kept"
        finally:
            subprocess.run(["umount", "-l", str(folder / "study")], check=False)
    with Store(folder / "study") as store:
        assert store.calls.totals()[0].answered == count


def interrupted(folder: Path, server: LoopbackServer, *, times: int) -> tuple[int, str, float]:
    environment = os.environ | {"NORMSCOPE_TEST_KEY": SECRET}
    process = subprocess.Popen([*COMMAND, "run", "study.yaml"], cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
    patience = time.monotonic() + 30
    while server.count < 8 and time.monotonic() < patience:
        time.sleep(0.01)
    started = time.monotonic()
    for _ in range(times):
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
    _, words = process.communicate(timeout=30)
    return process.returncode, words, time.monotonic() - started


def test_ctrl_c_finishes_what_is_in_flight_and_says_how_to_go_on(tmp_path: Path, here: Here) -> None:
    with LoopbackServer(delay=0.8) as server:
        folder = study_file(tmp_path, server.url, concurrency=8)
        code, words, _ = interrupted(folder, server, times=1)
        assert code == 3
        assert "run the same command again" in words
        assert "Traceback" not in words
        assert server.count == 8
        with Store(folder / "study") as store:
            assert store.calls.totals()[0].answered == 8, "what was in flight was finished and kept"
        assert here(folder, "run", "study.yaml").returncode == 0
        assert server.count == 20


def test_a_second_ctrl_c_stops_at_once(tmp_path: Path) -> None:
    with LoopbackServer(delay=20) as server:
        folder = study_file(tmp_path, server.url, concurrency=8)
        code, words, seconds = interrupted(folder, server, times=2)
    assert code == 3
    assert "Traceback" not in words
    assert seconds < 10
