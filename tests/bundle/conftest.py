"""A small study that went through the real command line, and its bundle."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path

import pytest

from normscope.cli import main


def run(*arguments: object) -> tuple[int, str, str]:
    """A command of normscope in this process: exit code, stdout, stderr."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()


@pytest.fixture(scope="session")
def made_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundled") / "s"
    settings = [word for one in ("limit=2", "matcher=exact", "resamples=20") for word in ("--set", one)]
    code, _, err = run("run", "--folder", folder, "--dilemmas", "starter", *settings)
    assert code == 0, err
    return folder


@pytest.fixture(scope="session")
def made_bundle(made_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundles") / "audit.zip"
    code, _, err = run("bundle", made_study, "-o", path)
    assert code == 0, err
    return path


@pytest.fixture(scope="session")
def light_bundle(made_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle with a word in place of the page: to be packed again and again, without the page's megabyte of script."""
    path = tmp_path_factory.mktemp("light") / "audit.zip"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("normscope.study.bundled_files.page", lambda *_: "a report")
        code, _, err = run("bundle", made_study, "-o", path)
    assert code == 0, err
    return path


@pytest.fixture(scope="session")
def made_files(made_bundle: Path) -> set[str]:
    with zipfile.ZipFile(made_bundle) as archive:
        return set(archive.namelist())


@pytest.fixture
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes most of the time, and these tests look at something else."""

    monkeypatch.setattr("normscope.study.bundled_files.page", lambda *_: "a report")
