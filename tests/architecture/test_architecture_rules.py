"""The rules of the house hold, and the rules notice when they are broken."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
ALL_PYTHON = [*SOURCES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", code, "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_layers_hold() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("records/words.py", "import normscope.study.study", "imports point one way"),
        ("match/exact.py", "import normscope.extract.rules", "imports point one way"),
        ("models/base.py", "import normscope.store.calls", "imports point one way"),
        ("match/exact.py", "import normscope.plugins", "only the edge finds plug-ins by name"),
    ],
)
def test_a_broken_layer_is_noticed(tmp_path: Path, room: str, line: str, contract: str) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    broken = tmp_path / "src" / "normscope" / room
    broken.write_text(broken.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    result = lint_imports(tmp_path)
    assert result.returncode != 0
    assert re.search(rf"{re.escape(contract)} BROKEN", result.stdout), result.stdout


def test_a_new_room_must_be_given_a_layer(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "src" / "normscope" / "attic").mkdir()
    (tmp_path / "src" / "normscope" / "attic" / "__init__.py").write_text("")
    assert lint_imports(tmp_path).returncode != 0


@pytest.mark.parametrize("path", ALL_PYTHON, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_are_short_and_named_for_one_idea(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= 400, f"{path} has {lines} lines; split it by idea"
    assert not re.fullmatch(r"(utils?|helpers?|common|misc)", path.stem)


def test_every_module_says_what_it_is() -> None:
    silent = [str(p) for p in SOURCES if not p.read_text(encoding="utf-8").startswith('"""')]
    assert silent == []


def loaded_by(statement: str) -> set[str]:
    code = f"import sys, json\n{statement}\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in json.loads(result.stderr.strip().splitlines()[-1])}


EXTRAS = {"xllamacpp", "onnxruntime", "tokenizers", "altair", "vl_convert", "inspect_ai", "pandas", "scipy", "sklearn"}
EXTRAS |= {"cryptography"}
HEAVY = {"polars", "numpy", "pydantic", "aiohttp", "jinja2"}


def test_import_is_light() -> None:
    assert loaded_by("import normscope") & (EXTRAS | HEAVY | {"click", "rich"}) == set()


def test_help_loads_nothing_heavy() -> None:
    statement = "from normscope.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass"
    assert loaded_by(statement) & (EXTRAS | HEAVY) == set()


def test_core_works_without_extras() -> None:
    assert loaded_by("from normscope import Study; Study") & EXTRAS == set()


def test_all_lists_what_is_public() -> None:
    import normscope

    for name in normscope.__all__:
        assert getattr(normscope, name) is not None
    with pytest.raises(AttributeError):
        normscope.nothing  # noqa: B018 - the access is the test
