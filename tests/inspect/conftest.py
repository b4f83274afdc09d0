"""What the tests of both directions share: Inspect's own command against a server on loopback, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from normscope.testing import LoopbackServer

INSTALLED = find_spec("inspect_ai") is not None and find_spec("openai") is not None
MODEL = "openai-api/local/m"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    left_out = pytest.mark.skip(reason="needs Inspect AI and openai, which .ci/inspect installs into environments of its own")
    for item in items:
        if item.get_closest_marker("inspect") and not INSTALLED:
            item.add_marker(left_out)


@pytest.fixture
def inspect_command(tmp_path: Path) -> Callable[..., Path]:
    """Run Inspect's own command line against a server; gives the log that it wrote."""

    def run(server: LoopbackServer, *arguments: str, logs: str = "logs") -> Path:
        folder = tmp_path / logs
        known = set(folder.glob("*")) if folder.is_dir() else set()
        environment = {
            **os.environ,
            "LOCAL_BASE_URL": server.url,
            "LOCAL_API_KEY": "sk-test-0123456789abcdef",
            "INSPECT_LOG_DIR": str(folder),
            "INSPECT_DISPLAY": "plain",
        }
        command = [str(Path(sys.executable).parent / "inspect"), *arguments]
        ended = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        said = f"{ended.stdout}\n{ended.stderr}"
        assert ended.returncode == 0, said
        # the exit code of inspect eval says nothing of whether its task ended well: the log does
        (log,) = set(folder.glob("*")) - known
        return log

    return run


@pytest.fixture
def inspect_eval(inspect_command: Callable[..., Path]) -> Callable[..., Path]:
    """Run `inspect eval normscope/dilemmas` with these options against a server; gives the log that it wrote."""

    def run(server: LoopbackServer, *options: str, logs: str = "logs") -> Path:
        return inspect_command(server, "eval", "normscope/dilemmas", "--model", MODEL, *options, logs=logs)

    return run


@pytest.fixture
def normscope_command(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run normscope's own command line as a process of its own."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        code = "from normscope.cli import main; main()"
        # without onnxruntime, validating the default matcher takes a minute
        quick = ("--set", "matcher=lexical") if arguments[0] == "run" else ()
        command = [sys.executable, "-c", code, *arguments, *quick]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)

    return run
