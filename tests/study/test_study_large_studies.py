"""A study whose labels lie in Parquet parts: its pair table, and the refusal of what cannot fit. The docs page runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from normscope.agree import matrix
from normscope.errors import UsageError
from normscope.store import Store
from normscope.study import Study
from normscope.study.large_studies import BYTES_PER_LABEL, check_fits

PAGE = Path(__file__).resolve().parents[2] / "docs" / "statistics" / "large_studies.md"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = Study.create(tmp_path / "s", matcher="exact", resamples=20, limit=6)
    study.load()
    study.extract()
    study.match()
    return study


def test_labels_in_parts_give_the_values_of_agree(study: Study) -> None:
    from_sqlite = study.pair_table()
    with Store(study.folder, matches_in_sqlite=0) as store:
        store.replace_matches(store.frame("matches"))
        assert (study.folder / "matches").is_dir()
        assert store.frame("matches", columns=["label", "draw"]).equals(store.scan("matches").select("label", "draw").collect())
    found = study.pair_table()
    assert found.equals(from_sqlite)
    estimates = matrix(study.agree())
    assert found.height > 2
    for responder, target, value in found.select("responder_id", "target_id", "value").iter_rows():
        assert value == pytest.approx(estimates[responder, target].value)
    study.close()


def test_labels_of_another_matcher_are_refused(study: Study) -> None:
    study.settings = study.settings.model_copy(update={"matcher": "lexical"})
    with pytest.raises(UsageError, match="Run: normscope match"):
        study.pair_table()
    study.close()


def test_what_cannot_fit_is_refused_and_the_pair_table_named(study: Study) -> None:
    labels = study.store.count("matches")
    check_fits(study.store)
    check_fits(study.store, memory=labels * BYTES_PER_LABEL)
    with pytest.raises(UsageError, match=rf"holds {labels} match labels, .* this machine has 0 GB.*pair_table\(\)"):
        check_fits(study.store, memory=labels * BYTES_PER_LABEL - 1)
    study.close()


def test_columns_of_records_in_the_database(study: Study) -> None:
    whole = study.store.frame("solutions")
    assert study.store.frame("solutions", columns=["main", "solution_id"]).equals(whole.select("main", "solution_id"))
    assert study.store.scan("solutions").collect().equals(whole)
    study.close()


def test_the_page_runs_and_names_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PAGE.read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(block, PAGE.name, "exec"), names)  # noqa: S102 - our own page
    assert "n_dilemmas" in capsys.readouterr().out
    table = re.findall(r"^\| (`.*?`) \|", text, re.MULTILINE)
    assert [name for row in table for name in re.findall(r"`(\w+)`", row)] == names["pairs"].columns
