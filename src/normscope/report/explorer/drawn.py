"""Which dilemmas a page has room for: drawn at random by topic where there are more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["drawn"]


def drawn(topics: Sequence[str], n: int, *, seed: int) -> list[int]:
    """The places of `n` of the dilemmas whose topics are given, ascending; all of them where there are not more than `n`.

    Each topic has its share of the `n` (largest remainders), and within a topic every dilemma is as likely as another.

    >>> drawn(["money", "work", "money"], 5, seed=1)
    [0, 1, 2]
    >>> [["money", "work"][i >= 60] for i in drawn(["money"] * 60 + ["work"] * 30, 3, seed=1)]
    ['money', 'money', 'work']
    """
    if len(topics) <= n:
        return list(range(len(topics)))
    members: dict[str, list[int]] = {topic: [] for topic in sorted(set(topics))}
    for i, topic in enumerate(topics):
        members[topic].append(i)
    shares = [n * len(places) / len(topics) for places in members.values()]
    quotas = [int(share) for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: (quotas[i] - shares[i], i))
    for i in by_remainder[: n - sum(quotas)]:
        quotas[i] += 1
    rng = np.random.default_rng(seed)
    # every topic is put in an order, whatever its quota: with a smaller `n` what is drawn is nearly a part of what was
    orders = [rng.permutation(places) for places in members.values()]
    return sorted(int(i) for order, quota in zip(orders, quotas, strict=True) for i in order[:quota])
