"""Which label counts, and with which weight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.records import Basis, Gold, Label, LabelItem, Labelled, NotMeasured
from normscope.validate.measure import score
from normscope.validate.sampling import Stratified
from normscope.validate.settled import inclusions, item_of, settle

A, D, S = Label.AGREE, Label.DISAGREE, Label.SILENT


def gold(text: str, label: Label, coder: str = "ane", gold_id: str = "g") -> Gold:
    return Gold(gold_id, "?", text, "s", "stated", label, coder)


def drawn(of: Gold, inclusion: float, responder: str = "m") -> LabelItem:
    item = item_of(of)
    return LabelItem(
        item, "d", responder, 0, Basis.MAIN, "s", False, of.dilemma, of.text, of.solution, of.asked, inclusion, "p", 1
    )


def labelled(golds: list[Gold], weights: dict[str, float] | None = None) -> Labelled:
    found = settle(golds, weights).labelled
    assert isinstance(found, Labelled)
    return found


def test_the_adjudicated_label_counts_else_the_majority_else_none() -> None:
    golds = [
        *(gold("settled", label, who) for label, who in ((A, "ane"), (D, "bo"), (S, "adjudicated"))),
        *(gold("majority", label, who) for label, who in ((A, "ane"), (A, "bo"), (D, "cy"))),
        *(gold("tie", label, who) for label, who in ((A, "ane"), (D, "bo"))),
        gold("alone", D),
    ]
    found = settle(golds)
    assert [(g.text, g.label) for g in found.golds] == [("settled", S), ("majority", A), ("alone", D)]
    assert found.given[0] == {"ane": A, "bo": D}  # the adjudicator is no coder
    assert [g.text for g in found.questions] == ["settled", "majority", "alone", "tie"]
    assert found.given[3] == {"ane": A, "bo": D}  # what was given counts for people's agreement, settled or not
    assert found.labelled == Labelled(3, 8, ("ane", "bo", "cy"), adjudicated=1, tied=1)


def test_a_coder_has_one_vote_and_the_last_counts() -> None:
    found = settle([gold("t", A, gold_id="1"), gold("t", D, gold_id="2"), gold("t", D, "bo")])
    assert (found.golds[0].label, len(found.golds)) == (D, 1)


def test_without_labels() -> None:
    assert settle([]).labelled == NotMeasured("there are no labelled pairs")
    tie = settle([gold("t", A), gold("t", D, "bo")])
    assert (tie.golds, len(tie.tied), len(tie.given)) == ((), 1, 1)


def test_weights_where_inclusion_differs() -> None:
    likely, rare, other = gold("likely", A), gold("rare", A), gold("from elsewhere", A)
    weights = inclusions([drawn(likely, 0.5), drawn(likely, 0.5, "n"), drawn(rare, 0.1)])
    assert weights == {item_of(likely): 4.0, item_of(rare): 10.0}  # 2 + 2 of two comparisons; 1 / 0.1
    found = settle([likely, rare, other], weights)
    assert (found.weights, found.weighted) == ((4.0, 10.0), True)
    assert labelled([likely, rare, other], weights).outside == 1


def test_equal_weights_are_no_weights() -> None:
    golds = [gold("a", A), gold("b", A), gold("c", D)]
    found = settle(golds, {item_of(golds[0]): 2.0, item_of(golds[1]): 2.0})
    assert (found.weights, found.weighted) == ((1.0, 1.0), False)


def test_what_was_not_drawn_is_outside_under_a_uniform_plan_too() -> None:
    golds = [gold("drawn", A), gold("from elsewhere", D, "bo"), gold("from elsewhere", S, "cy")]
    weights = inclusions([drawn(golds[0], 0.5)])
    found = settle(golds, weights)
    assert [g.text for g in found.questions] == ["drawn"]
    assert found.labelled == Labelled(1, 1, ("ane",), outside=1)  # nor are its labels and coders what the figures rest on
    nothing = settle(golds[1:], weights)
    assert (nothing.questions, nothing.labelled) == ((), Labelled(0, 0, (), outside=1))
    assert len(settle(golds).questions) == 2  # no sample: all count


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(Label), st.sampled_from(["x", "y", "z"])), max_size=12))
def test_every_question_is_settled_or_tied(rows: list[tuple[str, Label, str]]) -> None:
    golds = [gold(text, label, coder) for text, label, coder in rows]
    found = settle(golds)
    if isinstance(found.labelled, Labelled):
        assert found.labelled.items + found.labelled.tied == len({g.text for g in golds})
    # who is called what does not matter
    renamed = settle([replace(g, coder=f"coder {g.coder}") for g in golds])
    assert [g.label for g in renamed.golds] == [g.label for g in found.golds]


def test_weighted_accuracy_is_the_studys_and_the_plain_one_is_not() -> None:
    """Simulation: strata of very different size and accuracy, drawn alike; the weighted accuracy is right on average."""
    n, rng = 400, np.random.default_rng(5)
    labels = ["agree"] * 360 + ["disagree"] * 40
    right = np.concatenate([rng.random(360) < 0.95, rng.random(40) < 0.4])
    frame = pl.DataFrame({"comparison": [f"c{i:03}" for i in range(n)], "basis": "main", "label": labels, "score": 1.0})
    weighted: list[float] = []
    plain: list[float] = []
    for seed in range(25):
        sample = Stratified(60, "equal")(frame, seed=seed)
        golds = [gold(key, A, gold_id=key) for key in sample["comparison"]]
        weights = inclusions(drawn(g, p) for g, p in zip(golds, sample["inclusion"], strict=True))
        found = settle(golds, weights)
        given_labels = [A if right[int(g.text[1:])] else S for g in found.golds]
        for into, w in ((weighted, found.weights), (plain, None)):
            value = score(found.golds, given_labels, weights=w, level=0.95, draws=2, seed=0).accuracy
            assert isinstance(value, float)
            into.append(value)
    assert abs(np.mean(weighted) - right.mean()) < 0.02
    assert right.mean() - np.mean(plain) > 0.1
