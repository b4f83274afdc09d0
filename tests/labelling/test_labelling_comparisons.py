"""What can be drawn for labelling is what the estimates use, no more and no less, with the value they use."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from normscope.agree import build_table
from normscope.errors import UsageError
from normscope.records import Dilemma, Responder
from normscope.store import Store
from normscope.study.comparisons import Comparisons, comparisons
from normscope.study.scoring import plan_of

Key = tuple[str, ...]


def found_in(store: Store) -> Comparisons:
    return comparisons(plan_of(store), store.frame("solutions"), store.frame("responses"), store.frame("matches"))


def used_by_estimates(store: Store) -> tuple[dict[Key, str], dict[Key, str]]:
    """Stated and explicit rows that have a value or would have one but for an unclear label, with `agree`, `not`, `unclear`."""
    dilemmas, responders = store.all(Dilemma), store.all(Responder)
    frames = {kind: store.frame(kind) for kind in ("responses", "solutions", "matches")}
    table = build_table(dilemmas=dilemmas, responders=responders, matcher="lexical", **frames)
    d, r = [x.dilemma_id for x in dilemmas], [x.responder_id for x in responders]
    stated: dict[Key, str] = {
        (d[row["dilemma"]], r[row["responder"]], str(row["draw"]), r[row["target"]], str(row["target_draw"])): (
            "unclear" if row["status"] == "unclear" else "agree" if row["value"] == 1 else "not"
        )
        for row in table.stated.filter(pl.col("status").cast(pl.String).is_in(["counted", "unclear"])).iter_rows(named=True)
    }
    explicit: dict[Key, str] = {
        (d[row["dilemma"]], r[row["responder"]], str(row["draw"]), row["solution_id"]): str(row["value"])
        for row in table.explicit.filter(pl.col("value").is_not_null()).iter_rows(named=True)
    }
    return stated, explicit


@pytest.mark.parametrize("seed", range(4))
def test_frame_and_settled_are_the_rows_of_the_estimates(
    tmp_path: Path, make_study: Callable[[Path, int, int], Path], seed: int
) -> None:
    with Store(make_study(tmp_path / "s", seed, 8)) as store:
        found = found_in(store)
        stated, explicit = used_by_estimates(store)
    assert found.frame.height + found.settled == len(stated) + len(explicit)
    assert found.settled > 0
    for key, basis, label in found.frame.select("comparison", "basis", "label").iter_rows():
        named, dilemma, responder, draw, whose, whose_draw = json.loads(key)
        assert named == basis
        if basis == "main":
            value = stated[dilemma, responder, str(draw), whose, str(whose_draw)]
            assert value == (label if label in {"agree", "unclear"} else "not")
        else:
            assert (dilemma, responder, str(draw), whose) in explicit


def test_labels_older_than_the_solutions_are_noticed(folder: Path) -> None:
    with Store(folder) as store:
        store.replace_matches(store.frame("matches").head(3))
        with pytest.raises(UsageError, match="normscope match"):
            found_in(store)
