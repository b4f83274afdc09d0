"""A study's records as lines: what `export` writes, canonical; wherever the folder keeps them."""

from __future__ import annotations

import json
from pathlib import Path

from normscope.bundle import canonical, digests_of, key_at, record_lines
from normscope.records import KINDS, Dilemma, Response, Turn
from normscope.records.words import Outcome
from normscope.store import Store, export_records
from tests.bundle.people import make


def test_lines_are_what_is_exported_made_canonical(tmp_path: Path) -> None:
    make(tmp_path / "s")
    with Store(tmp_path / "s") as store:
        export_records(store, tmp_path / "out")
        for kind in KINDS:
            exported = (tmp_path / "out" / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
            lines = list(record_lines(store, kind))
            assert lines == [canonical(json.loads(line)) for line in exported], kind
            assert len(lines) == store.count(kind) > 0


def test_labels_in_parquet_parts_have_the_same_hashes(tmp_path: Path) -> None:
    make(tmp_path / "s")
    with Store(tmp_path / "s") as store:
        labels, before = store.frame("matches"), list(digests_of(store))
    with Store(tmp_path / "s", matches_in_sqlite=0) as store:
        store.replace_matches(labels.reverse())
        assert store.fact("match_parts")
        assert list(digests_of(store)) == before
        assert key_at(store, "matches", 0) == tuple(map(str, labels.row(0)[:5]))
        assert key_at(store, "matches", labels.height) is None


def test_half_a_surrogate_pair_that_a_model_said_has_a_line(tmp_path: Path) -> None:
    with Store(tmp_path, create=True) as store:
        store.put([Dilemma("d", "What now?"), Response("d", "m", 0, "ask", Outcome.ANSWERED, (Turn("assistant", "x\ud800"),))])
        (line,) = record_lines(store, "responses")
    assert b'"x\\ud800"' in line
    assert json.loads(line)["turns"][0]["text"] == "x\ud800"
