"""Shared by all tests: golden files, the switch for the real local model, and the folder of real data."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from normscope.match.offline.encoder import Encoder
    from normscope.match.offline.reading import Reading

# before numpy is imported, and for the processes that tests start: tests share the cores already, and where a test computes in
# threads of its own, OpenBLAS's threads wait for each other on a busy core (ten times the seconds for the network in numpy)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

GOLDEN = Path(__file__).parent / "golden"
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files with what the tests produce")
    parser.addoption("--full-faults", action="store_true", help="run the tests of faults in full: 20,000 calls, 30 kills")
    parser.addoption("--run-browser", action="store_true", help="run the tests in a real Chromium (make browser)")
    parser.addoption("--screenshots", metavar="FOLDER", help="with --run-browser: write pictures of the report there")
    parser.addoption("--run-local-model", action="store_true", help="run the tests that need the real local model")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("local_model"):
            item.add_marker(pytest.mark.xdist_group("local_model"))  # one worker: two local servers starve each other
    if config.getoption("--run-local-model"):
        return
    left_out = pytest.mark.skip(reason="needs the real local model: run `make test`, or pytest --run-local-model")
    for item in items:
        if item.get_closest_marker("local_model"):
            item.add_marker(left_out)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages without figures, as where the extra [report] is not installed: for tests of words and tables, which are many."""
    monkeypatch.setitem(sys.modules, "altair", None)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with `tests/golden/<name>`; `--update-golden` rewrites the file instead."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        assert path.is_file(), f"no golden file {path}; make it with: pytest --update-golden"
        assert text == path.read_text(encoding="utf-8"), f"differs from {path}; look at the change, then: pytest --update-golden"

    return compare


@pytest.fixture
def command_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run normscope's command in a folder, in this process: where nothing is killed, one of its own only takes a second more."""
    from normscope.cli import main

    def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        capsys.readouterr()
        with monkeypatch.context() as patch:
            patch.chdir(folder)
            with pytest.raises(SystemExit) as ended:
                main(list(arguments))
        said = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture(scope="session")
def known_logits() -> dict[str, NDArray[np.float32]]:
    return {}


@pytest.fixture
def encoder_remembers(monkeypatch: pytest.MonkeyPatch, known_logits: dict[str, NDArray[np.float32]]) -> None:
    """The offline matcher computes each question once for all tests with this: pages of documentation ask the same hundreds
    of the project's pairs again and again. That a question's answer does not depend on its company has a test of its own."""
    from normscope.match.offline.encoder import Encoder

    compute = Encoder._of

    def of(self: Encoder, read: Reading) -> NDArray[np.float32]:
        key = f"{self.sha256} {self.engine} {read}"
        if key not in known_logits:
            known_logits[key] = compute(self, read)
        return known_logits[key]

    monkeypatch.setattr(Encoder, "_of", of)


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data beside the project; tests that need it are skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real data are not at {SHARED_DATA}")
    return SHARED_DATA
