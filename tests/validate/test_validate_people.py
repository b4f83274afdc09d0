"""People beside the matcher, the alternative annotator test and votes, from labels by several coders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from normscope.records import Alternative, Judgement, Label, NotMeasured, People, Voting
from normscope.validate.alternative import alternative
from normscope.validate.people import people_beside
from normscope.validate.voting import voting

A, D, S, U = Label
COIN = (A, D)


def measured(given: Sequence[dict[str, Label]], matcher: Sequence[Label], draws: int = 200) -> People:
    found = people_beside(given, matcher, [f"c{i}" for i in range(len(given))], draws=draws)
    assert isinstance(found, People)
    return found


def test_kappas_by_hand() -> None:
    # ane and bo: 3 of 4 equal, chance (2*3 + 2*1)/16 = 0.5, kappa (0.75 - 0.5)/0.5 = 0.5; the fifth pair has one coder
    given = [{"ane": a, "bo": b} for a, b in ((A, A), (A, A), (D, D), (D, A))] + [{"ane": A}]
    found = measured(given, [A, A, D, D, S])
    assert found.n == 4
    assert found.kappa == pytest.approx(0.5)
    # the matcher is ane on these four: kappa 1 with ane and 0.5 with bo, four pairs each
    assert found.matcher == pytest.approx(0.75)
    assert [(p.first, p.second, p.n, p.agreement) for p in found.pairs] == [("ane", "bo", 4, 0.75)]


def test_kappas_against_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    labels = list(Label)
    truth = rng.integers(0, 4, 60)
    coders = {who: [labels[t if rng.random() < 0.7 else rng.integers(4)] for t in truth] for who in ("ane", "bo", "cy")}
    given = [{who: coders[who][i] for who in coders if who != "cy" or i < 30} for i in range(60)]
    matcher = [labels[t if rng.random() < 0.8 else rng.integers(4)] for t in truth]
    found = measured(given, matcher)

    def kappa(a: Sequence[Label], b: Sequence[Label], n: int) -> float:
        return float(cohen_kappa_score([x.value for x in a[:n]], [x.value for x in b[:n]]))

    sizes = {("ane", "bo"): 60, ("ane", "cy"): 30, ("bo", "cy"): 30}
    expected = sum(n * kappa(coders[a], coders[b], n) for (a, b), n in sizes.items()) / sum(sizes.values())
    assert found.kappa == pytest.approx(expected)
    beside = sum(n * kappa(coders[who], matcher, n) for who, n in (("ane", 60), ("bo", 60), ("cy", 30))) / 150
    assert found.matcher == pytest.approx(beside)
    assert isinstance(found.matcher_low, float)
    assert isinstance(found.matcher_high, float)
    assert found.matcher_low < beside < found.matcher_high


def test_a_matcher_that_is_a_coder_like_the_others_has_their_kappa() -> None:
    """Simulation: three coders and a matcher with the same error rate; the two kappas are equal but for chance."""
    rng = np.random.default_rng(2)
    labels = list(Label)

    def noisy(truth: int) -> Label:
        return labels[truth if rng.random() < 0.8 else int(rng.integers(4))]

    truth = rng.integers(0, 4, 500).tolist()
    found = measured([{who: noisy(t) for who in ("ane", "bo", "cy")} for t in truth], [noisy(t) for t in truth])
    assert isinstance(found.kappa, float)
    assert found.matcher == pytest.approx(found.kappa, abs=0.06)
    assert found.kappa == pytest.approx(0.64, abs=0.06)  # both right 0.8 * 0.8 beyond chance


def test_one_coder_or_one_label_has_no_kappa() -> None:
    assert people_beside([{"ane": A}], [A], ["c"]) == NotMeasured("no pair was labelled by two people")
    found = measured([{"ane": A, "bo": A}] * 3, [A, A, A])
    assert isinstance(found.kappa, NotMeasured)
    assert found.matcher == NotMeasured("no data")
    assert found.pairs[0].agreement == 1.0


def test_a_crowd_has_alpha_and_no_kappa_by_pair() -> None:
    # 300 pairs, each labelled by three people of its own: 900 pairs of coders; every label is right with all three
    given = [{f"coder {3 * i + k}": COIN[i % 2] for k in range(3)} for i in range(300)]
    found = measured(given, [A] * 300)
    why = "more than 500 pairs of coders share items, too many to compare pair by pair"
    assert found.kappa == NotMeasured(f"{why}; Krippendorff's nominal alpha of all coders is 1.00")
    assert found.matcher == NotMeasured(why)
    assert (found.n, found.pairs) == (300, ())
    same = measured([dict.fromkeys(labels, A) for labels in given], [A] * 300)
    assert isinstance(same.kappa, NotMeasured)
    assert same.kappa.reason == f"{why}; alpha needs at least two labels in use; all 900 are the same"


def test_thirty_two_coders_are_still_compared_pair_by_pair() -> None:
    rng = np.random.default_rng(4)
    found = measured([{f"c{k}": COIN[int(rng.integers(2))] for k in range(32)} for _ in range(20)], [A, D] * 10, draws=20)
    assert len(found.pairs) == 496  # 32 * 31 / 2
    assert isinstance(found.kappa_low, float)


def test_the_alternative_annotator_test_passes_who_says_what_all_say() -> None:
    given = [dict.fromkeys(("ane", "bo", "cy"), COIN[i % 2]) for i in range(40)]
    good = alternative(given, [COIN[i % 2] for i in range(40)])
    assert isinstance(good, Alternative)
    assert (good.passed, good.omega, [a.items for a in good.against]) == (True, 1.0, [40, 40, 40])
    bad = alternative(given, [COIN[(i + 1) % 2] for i in range(40)])
    assert isinstance(bad, Alternative)
    assert (bad.passed, bad.omega, bad.against[0].matcher, bad.against[0].human) == (False, 0.0, 0.0, 1.0)


def test_the_alternative_annotator_test_needs_three_coders_and_thirty_items() -> None:
    two = alternative([{"ane": A, "bo": A}] * 40, [A] * 40)
    assert two == NotMeasured("it needs labels by at least 3 people; there are 2")
    few = alternative([dict.fromkeys(("ane", "bo", "cy"), A)] * 29, [A] * 29)
    assert few == NotMeasured("no coder shares 30 labelled items with others, which the test needs")
    assert alternative([], []) == NotMeasured("it needs labels by at least 3 people; there are 0")


def test_votes() -> None:
    def said(**votes: Label) -> Judgement:
        return Judgement(A, 1.0, votes={who: label.value for who, label in votes.items()})

    # truth is always agree; the two err on different pairs, so that they are worth two; the third is not asked everywhere
    found = voting(
        [said(x=A, y=A), said(x=D, y=D, z=A), said(x=D, y=A, z=A), said(x=A, y=D, z=A)], [A] * 4, matcher="escalate:x,y,z"
    )
    assert found == Voting(effective=2.0, correlation=0.0, judges=2, left_out=0, n=4)
    assert voting([Judgement(A, 1.0)], [A], matcher="panel:x,y") == NotMeasured("the labels carry no votes")
    alone = voting([said(x=A), said(x=A, y=A)], [A, A], matcher="panel:x,y")
    assert alone == NotMeasured("an effective number needs 2 judges that voted on every pair; 1 did")
    assert isinstance(voting([said(x=A, y=A)], [A], matcher="panel:x,y"), NotMeasured)  # nobody erred


def test_one_judge_in_two_orders_or_asked_again_is_no_panel() -> None:
    for first, second in (("text first", "solution first"), ("first", "asked again")):
        votes = [{first: a.value, second: b.value} for a, b in ((A, A), (D, D), (D, A), (A, D))]
        found = voting([Judgement(A, 1.0, votes=each) for each in votes], [A] * 4, matcher="judge:both-orders:http:m")
        assert found == NotMeasured("the votes are one matcher's answers to the same question, not those of several judges")
