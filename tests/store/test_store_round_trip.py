"""Every record survives the store, and the way out to files and back, without loss."""

from __future__ import annotations

import string
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from normscope.errors import DataError, StoreError, UsageError
from normscope.records import (
    KINDS,
    Basis,
    Dilemma,
    Estimate,
    Gold,
    Kind,
    Label,
    LabelItem,
    Match,
    NotMeasured,
    Outcome,
    Record,
    Responder,
    Response,
    Solution,
    Stance,
    Turn,
    from_json,
    to_json,
)
from normscope.store import Store, export_records, import_records

# any text that UTF-8 can hold, line breaks and controls included; SQLite ends a text at NUL, so loaders refuse NUL
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
ids = st.text(string.ascii_letters + "-/æ😀'\"", min_size=1, max_size=8)
maybe = st.none() | texts
whole = st.integers(0, 2**40)
numbers = st.floats(allow_nan=False, allow_infinity=False)
measures = numbers | st.builds(NotMeasured, texts)
turns = st.builds(Turn, role=texts, text=texts, stage=texts, solution_id=maybe)

STRATEGIES: dict[str, st.SearchStrategy[Any]] = {
    "dilemmas": st.builds(
        Dilemma,
        dilemma_id=ids,
        text=texts,
        language=texts,
        topic=texts,
        asked_on=maybe,
        cluster=maybe,
        extra=st.dictionaries(texts, texts, max_size=3),
    ),
    "responders": st.builds(Responder, responder_id=ids, kind=st.sampled_from(Kind), model=maybe, persona=maybe, note=maybe),
    "responses": st.builds(
        Response,
        dilemma_id=ids,
        responder_id=ids,
        draw=whole,
        protocol=texts,
        outcome=st.sampled_from(Outcome),
        turns=st.lists(turns, max_size=3).map(tuple),
        reason=maybe,
    ),
    "solutions": st.builds(
        Solution,
        solution_id=ids,
        dilemma_id=ids,
        responder_id=ids,
        draw=whole,
        text=texts,
        stance=st.sampled_from(Stance),
        main=st.booleans(),
        extractor=ids,
        start=st.none() | whole,
        end=st.none() | whole,
        prompt_hash=maybe,
        conditions=st.lists(texts, max_size=3).map(tuple),
        hedged=st.booleans(),
    ),
    "matches": st.builds(
        Match,
        dilemma_id=ids,
        responder_id=ids,
        draw=whole,
        basis=st.sampled_from(Basis),
        solution_id=ids,
        label=st.sampled_from(Label),
        score=numbers,
        matcher=texts,
        evidence=maybe,
        prompt_hash=maybe,
        votes=st.dictionaries(texts, texts, max_size=3),
    ),
    "label_items": st.builds(
        LabelItem,
        item_id=ids,
        dilemma_id=ids,
        responder_id=ids,
        draw=whole,
        basis=st.sampled_from(Basis),
        solution_id=ids,
        flip=st.booleans(),
        dilemma=texts,
        text=texts,
        solution=texts,
        asked=texts,
        inclusion=numbers,
        plan=texts,
        rank=whole,
        stratum=texts,
        twice=st.booleans(),
        language=texts,
        topic=texts,
    ),
    "golds": st.builds(
        Gold,
        gold_id=ids,
        dilemma=texts,
        text=texts,
        solution=texts,
        asked=texts,
        label=st.sampled_from(Label),
        coder=ids,
        language=texts,
        kind=texts,
        cluster=maybe,
        topic=texts,
    ),
    "estimates": st.builds(
        Estimate,
        metric=ids,
        pairing=ids,
        responder_id=texts,
        target_id=texts,
        topic=texts,
        value=measures,
        low=measures,
        high=measures,
        level=numbers,
        method=texts,
        estimand=texts,
        n_dilemmas=whole,
        excluded=st.dictionaries(texts, whole, max_size=3),
        matcher=texts,
        reading=texts,
        policy=texts,
    ),
}


def test_every_kind_of_record_is_covered() -> None:
    assert set(STRATEGIES) == set(KINDS)


@given(st.sampled_from(sorted(STRATEGIES)).flatmap(lambda kind: STRATEGIES[kind]))
def test_json_round_trip(record: Record) -> None:
    assert from_json(type(record), to_json(record)) == record


@pytest.mark.parametrize("to", ["jsonl", "parquet"])
@pytest.mark.parametrize("kind", sorted(STRATEGIES))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_store_and_export_round_trip(kind: str, to: str, data: st.DataObject) -> None:
    records = data.draw(st.lists(STRATEGIES[kind], max_size=4))
    with TemporaryDirectory() as folder:
        with Store(Path(folder) / "a", create=True) as first:
            first.put(records)
            stored = first.all(KINDS[kind])
            assert all(record in records for record in stored)
            assert first.count(kind) == first.frame(kind).height == len(stored)
            export_records(first, Path(folder) / "files", to=to)
        with Store(Path(folder) / "b", create=True) as second:
            import_records(second, Path(folder) / "files")
            assert second.all(KINDS[kind]) == stored


def test_a_known_key_replaces(tmp_path: Path) -> None:
    with Store(tmp_path, create=True) as store:
        store.put([Dilemma("d", "old"), Dilemma("d", "new")])
        assert store.all(Dilemma) == [Dilemma("d", "new")]


def labels(n: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "dilemma_id": [f"d{i // 10:03d}" for i in range(n)],
            "responder_id": ["r"] * n,
            "draw": [0] * n,
            "basis": ["main"] * n,
            "solution_id": [f"s{i:05d}" for i in range(n)],
            "label": ["agree"] * n,
            "score": [0.5] * n,
            "matcher": ["m"] * n,
            "evidence": [None] * n,
            "prompt_hash": [None] * n,
            "votes": ["{}"] * n,
        },
        schema_overrides={"evidence": pl.String, "prompt_hash": pl.String},
    )


def test_a_large_label_table_goes_to_parts_and_back(tmp_path: Path) -> None:
    with Store(tmp_path, create=True, matches_in_sqlite=100) as store:
        store.replace_matches(labels(100))
        assert store.fact("match_parts") is None
        small = store.frame("matches")
        store.replace_matches(labels(250))
        assert store.fact("match_parts") == "000001"
        assert store.count("matches") == 250
        assert store.frame("matches").head(100).equals(small)
        assert store.all(Match)[0].label is Label.AGREE
        store.replace_matches(labels(251))
        assert [p.name for p in (tmp_path / "matches").iterdir()] == ["000002"]
        store.replace_matches(labels(7))
        assert store.count("matches") == 7
        assert list((tmp_path / "matches").iterdir()) == []


def test_lost_parts_say_how_to_rebuild_them(tmp_path: Path) -> None:
    with Store(tmp_path, create=True, matches_in_sqlite=1) as store:
        store.replace_matches(labels(2))
        for part in (tmp_path / "matches").rglob("*.parquet"):
            part.unlink()
        with pytest.raises(StoreError, match="normscope match"):
            store.frame("matches")


def test_import_names_the_damaged_line(tmp_path: Path) -> None:
    (tmp_path / "dilemmas.jsonl").write_text('{"dilemma_id": "a", "text": "x"}\n{"dilemma_id": 3, "text": "x"}\n')
    with Store(tmp_path / "s", create=True) as store, pytest.raises(DataError, match=r"line 2.*dilemma_id"):
        import_records(store, tmp_path)


def test_import_of_an_empty_folder_and_export_to_an_unknown_format(tmp_path: Path) -> None:
    with Store(tmp_path / "s", create=True) as store:
        with pytest.raises(UsageError, match="no exported records"):
            import_records(store, tmp_path)
        with pytest.raises(UsageError, match="jsonl, parquet"):
            export_records(store, tmp_path, to="xls")
