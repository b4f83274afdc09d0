"""Files are written whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from normscope.errors import StoreError
from normscope.study.files import write_bytes, write_json


def test_a_file_is_replaced_and_its_folder_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "card.json"
    assert write_json(path, {"n": 1}) == path
    write_json(path, {"n": 2})
    assert path.read_bytes() == b'{\n "n": 2\n}\n'
    assert list(path.parent.iterdir()) == [path]


def test_half_a_surrogate_pair_is_written_as_its_escape(tmp_path: Path) -> None:
    path = write_json(tmp_path / "x.json", {"text": "a\ud800"})
    assert path.read_bytes() == b'{\n "text": "a\\ud800"\n}\n'
    assert json.loads(path.read_bytes()) == {"text": "a\ud800"}


def test_a_place_that_cannot_be_written_is_a_store_error_and_nothing_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "report.html").mkdir()
    for path in (tmp_path / "file" / "report.html", tmp_path / "report.html"):
        with pytest.raises(StoreError, match=r"report\.html cannot be written .*make room"):
            write_bytes(path, b"a report")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "report.html"]
