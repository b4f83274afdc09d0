"""Several tests at once: the published example, statsmodels, invariances, error rates by simulation."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from normscope.stats import benjamini_hochberg, benjamini_yekutieli, holm

P_VALUES = st.lists(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.01, 0.025, 0.05, 1.0])), max_size=12)
RULES: dict[str, Callable[[Any], Any]] = {"fdr_bh": benjamini_hochberg, "fdr_by": benjamini_yekutieli, "holm": holm}

# fifteen p-values of a study of two treatments, which Benjamini and Hochberg (1995) print with what their rule rejects
PRINTED = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]


def test_the_published_example() -> None:
    # Benjamini-Hochberg: the largest rank with p <= rank · 0.05 / 15 is 4: 0.0095 <= 0.0133, but 0.0201 > 0.0167
    assert benjamini_hochberg(PRINTED).sum() == 4
    # Benjamini-Yekutieli divides by 1 + 1/2 + … + 1/15 = 3.318: 0.0019 <= 3 · 0.05 / 15 / 3.318 = 0.00301, 0.0095 > 0.00402
    assert benjamini_yekutieli(PRINTED).sum() == 3
    # Holm: 0.0019 <= 0.05 / 13 = 0.00385, but 0.0095 > 0.05 / 12 = 0.00417
    assert holm(PRINTED).sum() == 3


def test_a_later_rank_carries_the_earlier_ones_but_not_in_holm() -> None:
    # ranks: 0.03 > 0.05/3, 0.032 <= 2 · 0.05/3 = 0.0333, 0.9: Benjamini-Hochberg takes both; Holm stops at 0.03 > 0.0167
    assert benjamini_hochberg([0.9, 0.03, 0.032]).tolist() == [False, True, True]
    assert holm([0.9, 0.03, 0.032]).tolist() == [False, False, False]


@pytest.mark.parametrize("method", RULES)
def test_second_implementation(method: str) -> None:
    rng = np.random.default_rng(0)
    for power in (1, 3, 9, 30):
        p_values = rng.random(40) ** power
        assert RULES[method](p_values).tolist() == multipletests(p_values, alpha=0.05, method=method)[0].tolist()


@settings(max_examples=60, deadline=None)
@given(P_VALUES, st.randoms(use_true_random=False))
def test_invariances(p_values: list[float], random: Random) -> None:
    order = list(range(len(p_values)))
    random.shuffle(order)
    for rule in RULES.values():
        found = rule(p_values)
        assert rule([p_values[i] for i in order]).tolist() == found[order].tolist()
        assert rule([p / 2 for p in p_values])[found].all()  # smaller p-values never reject less
    # from the strictest to the most lenient
    assert all(benjamini_yekutieli(p_values) <= benjamini_hochberg(p_values))
    assert all(holm(p_values) <= benjamini_hochberg(p_values))
    assert all((np.array(p_values) < 0.05 / max(1, len(p_values))) <= holm(p_values))


def test_none_and_wrong() -> None:
    for rule in (benjamini_hochberg, benjamini_yekutieli, holm):
        assert rule([]).tolist() == []
        for wrong in ([1.1], [float("nan")], [[0.1]]):
            with pytest.raises(ValueError, match="p-values between 0 and 1"):
                rule(wrong)
    with pytest.raises(ValueError, match="lies between 0 and 1"):
        holm([0.1], alpha=1.0)
    with pytest.raises(ValueError, match="lies between 0 and 1"):
        benjamini_hochberg([0.1], q=0.0)


def test_errors_stay_within_what_is_allowed() -> None:
    # 15 tests of which 10 have nothing to find: over 1,000 studies, the share of wrong rejections (q) and of studies with
    # one or more (alpha); Benjamini-Hochberg's is q · 10/15 exactly where tests are independent
    rng = np.random.default_rng(0)
    false_share, any_false, powers = [], [], np.zeros(2)
    for _ in range(1000):
        p = rng.random(15)
        p[10:] **= 8
        by_share, by_chance = benjamini_hochberg(p, q=0.1), holm(p, alpha=0.1)
        false_share.append(by_share[:10].sum() / max(1, by_share.sum()))
        any_false.append(by_chance[:10].any())
        powers += [by_share[10:].sum(), by_chance[10:].sum()]
    assert np.mean(false_share) == pytest.approx(0.1 * 10 / 15, abs=0.015)
    assert np.mean(any_false) < 0.1
    assert powers[0] > powers[1] > 0
