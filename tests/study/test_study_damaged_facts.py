"""A folder from somebody else may hold anything where normscope keeps its own notes: one message, no traceback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from normscope.errors import StoreError
from normscope.records import Dilemma
from normscope.store import Store
from normscope.study import Study

VALUES = ("{", "null", "3", '"x"', "[" * 50_000, "9" * 5_000)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with Study.create(tmp_path_factory.mktemp("damaged") / "s", matcher="exact", resamples=10) as study:
        study.store.put([Dilemma("d", "What now?", "en")])
        study.agree()
    return study.folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "s")


@pytest.mark.parametrize("name", ["load_notes", "findings"])
def test_a_note_that_normscope_did_not_write_is_named(folder: Path, name: str) -> None:
    with Study.open(folder) as study:
        for value in VALUES:
            study.store.set_fact(name, value)
            with pytest.raises(StoreError, match=f"holds '{name}' in a form"):
                study.report_text("md")


def test_a_folder_with_other_settings_is_not_opened(folder: Path) -> None:
    for value in VALUES:
        with Store(folder) as store:
            store.set_fact("settings", value)
        with pytest.raises(StoreError, match="holds 'settings' in a form"):
            Study.open(folder)


def test_a_note_that_was_never_made_is_empty(folder: Path) -> None:
    with Store(folder) as store:
        assert store.values("never", dict) == {}
        assert store.values("never", list) == []
