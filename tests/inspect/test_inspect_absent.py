"""Without Inspect AI everything else works, and nothing of ours imports it; with it, nothing does until a model is asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from normscope.cli import main

HIDE = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "inspect_ai":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Hidden())
import importlib.util
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "inspect_ai" else real(name, package)
"""


def run(statement: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", statement], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "statement",
    [
        "import normscope",
        "import normscope.models.inspect, normscope.dilemmas.inspect_logs, normscope.study.importing",
        "from normscope.cli import main\ntry: main(['run', '--help'])\nexcept SystemExit: pass",
        "from normscope.cli import main\ntry: main(['import', '--help'])\nexcept SystemExit: pass",
        "from normscope.cli import main\ntry: main(['plugins'])\nexcept SystemExit: pass",
        "from normscope.models import ModelSpec\nfrom normscope.plugins import load\nload('models', 'inspect')",
    ],
)
def test_core_never_imports_inspect(statement: str) -> None:
    ended = run(f"{statement}\nimport sys\nassert 'inspect_ai' not in sys.modules, 'inspect_ai was imported'")
    assert ended.returncode == 0, ended.stderr


def test_a_missing_inspect_is_named_with_its_extra() -> None:
    ask = "from normscope.models.inspect import make\nfrom normscope.models import ModelSpec\nmake(ModelSpec('inspect', 'a/b'))"
    ended = run(HIDE + ask)
    assert "MissingExtra: the model inspect:a/b needs the extra [inspect]" in ended.stderr
    ended = run(HIDE + "import normscope._inspect as ours\nassert ours.__all__ == []")
    assert ended.returncode == 0, ended.stderr


def test_a_missing_inspect_when_logs_are_imported(tmp_path: Path) -> None:
    log = tmp_path / "a.eval"
    log.write_bytes(b"")
    command = f"from normscope.cli import main\nmain(['import', {str(tmp_path / 'study')!r}, '--from', {str(log)!r}])"
    ended = run(HIDE + command)
    assert (ended.returncode, "pip install 'normscope[inspect]'" in ended.stderr) == (3, True), ended.stderr
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "give one folder of exported records"),
        (["a", "b"], "give one folder of exported records"),
        (["a", "--as", "x"], "--from"),
        (["--from", "nothing*.eval"], "there is no log nothing*.eval"),
    ],
)
def test_wrong_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["import", str(tmp_path / "study"), *arguments])
    assert ended.value.code == 3
    assert says in capsys.readouterr().err
    assert not (tmp_path / "study").exists()
