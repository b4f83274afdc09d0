"""The study's sample: kept, made larger without loss, refused where its probabilities would no longer hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from normscope.errors import UsageError
from normscope.records import LabelItem
from normscope.study import Study
from normscope.study.sample import Sample, Wish, ensure_sample


def drawn(study: Study, wish: Wish, *, redraw: bool = False) -> tuple[Sample, list[LabelItem]]:
    sample = ensure_sample(study.settings, study.store, wish, redraw=redraw)
    return sample, study.store.all(LabelItem)


@pytest.mark.parametrize("plan", ["uniform", "stratified", "tightest"])
def test_a_sample_is_kept_and_grows(folder: Path, plan: str) -> None:
    with Study.open(folder) as study:
        first, items = drawn(study, Wish(n=15, plan=plan))
        again, same = drawn(study, Wish())
        assert (again, same) == (first, items)
        larger, more = drawn(study, Wish(n=40, twice=0.5))
    assert first.drawn == len({item.rank for item in items})
    assert larger.drawn > first.drawn
    keys = [{(i.dilemma_id, i.responder_id, i.basis, i.solution_id) for i in listed} for listed in (items, more)]
    assert keys[0] < keys[1]
    before, after = ({(i.dilemma_id, i.solution_id, i.responder_id) for i in listed if i.twice} for listed in (items, more))
    assert before <= after
    assert all(0 < item.inclusion <= 1 for item in more)
    if plan == "uniform":
        assert {item.inclusion for item in more} == {40 / larger.frame}


def test_questions_of_a_comparison_come_together_and_have_its_probability(folder: Path) -> None:
    with Study.open(folder) as study:
        sample, items = drawn(study, Wish(n=500))
    assert sample.drawn == sample.frame
    by_rank: dict[int, list[LabelItem]] = {}
    for item in items:
        by_rank.setdefault(item.rank, []).append(item)
    assert max(len(same) for same in by_rank.values()) == 2, "a conversation has up to two solutions in this study"
    for same in by_rank.values():
        assert len({(i.dilemma_id, i.responder_id, i.basis, i.inclusion, i.stratum, i.twice) for i in same}) == 1
    assert {item.topic for item in items} == {"home", "work"}


def test_what_would_break_the_probabilities_is_refused_until_a_new_sample_is_drawn(folder: Path) -> None:
    with Study.open(folder) as study:
        drawn(study, Wish(n=15, plan="tightest"))
        for wish in (Wish(plan="uniform"), Wish(seed=7), Wish(allocation="equal")):
            with pytest.raises(UsageError, match="--redraw"):
                drawn(study, wish)
    with Study.open(folder, matcher="exact") as study:
        study.match()
        assert drawn(study, Wish())[0].n == 15, "as it is, it stays"
        with pytest.raises(UsageError, match="changed since"):
            drawn(study, Wish(n=30))
        sample, _ = drawn(study, Wish(n=30, plan="uniform"), redraw=True)
        assert (sample.plan, sample.matcher) == ("uniform", "exact")
    with Study.open(folder, matcher="lexical") as study:
        study.match()
        assert drawn(study, Wish(n=50))[0].n == 50, "a uniform sample does not depend on the matcher"


def test_a_smaller_wish_leaves_the_sample(folder: Path) -> None:
    with Study.open(folder) as study:
        first = drawn(study, Wish(n=20))
        assert drawn(study, Wish(n=5)) == first


def test_bad_wishes(folder: Path, tmp_path: Path) -> None:
    with Study.open(folder) as study:
        with pytest.raises(UsageError, match="Did you mean 'uniform'"):
            drawn(study, Wish(plan="unifrom"))
        with pytest.raises(UsageError, match="equal, proportional"):
            drawn(study, Wish(allocation="fair"))
        with pytest.raises(UsageError, match="0 to 1"):
            drawn(study, Wish(twice=2.0))
    with Study.create(tmp_path / "empty", dilemmas="starter") as study:
        with pytest.raises(UsageError, match="normscope match"):
            drawn(study, Wish(plan="tightest"))
        with pytest.raises(UsageError, match="nothing to label"):
            drawn(study, Wish())
