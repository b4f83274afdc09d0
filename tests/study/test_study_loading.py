"""Which dilemmas of the files become part of a study."""

from __future__ import annotations

from pathlib import Path

import pytest

from normscope.errors import UsageError
from normscope.records import Dilemma, Response
from normscope.study import Study


def test_languages_and_limit_leave_out_and_say_so(tmp_path: Path) -> None:
    with Study.create(tmp_path, dilemmas="starter", languages=["da"], limit=5) as study:
        notes = study.load()
        dilemmas = study.store.all(Dilemma)
        assert [d.language for d in dilemmas] == ["da"] * 5
        assert {r.dilemma_id for r in study.store.all(Response)} == {d.dilemma_id for d in dilemmas}
    assert "40 dilemmas were left out by the setting languages da." in notes
    assert "19 dilemmas were left out by the setting limit 5." in notes


def test_a_language_that_is_not_there(tmp_path: Path) -> None:
    with Study.create(tmp_path, dilemmas="starter", languages=["fr"]) as study, pytest.raises(UsageError, match="da, en"):
        study.load()


def test_another_text_under_a_known_id_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "d.jsonl"
    for text, fits in (("What now?", True), ("What now?", True), ("And what then?", False)):
        file.write_text(f'{{"dilemma_id": "a", "language": "en", "text": "{text}"}}\n')
        with Study.create(tmp_path / "s", dilemmas=str(file)) as study:
            if fits:
                study.load()
            else:
                with pytest.raises(UsageError, match="another text"):
                    study.load()
