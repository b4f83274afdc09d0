"""Does a judge say the same when the two texts change places?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.percent import percent_agreement
from normscope.stats.rates import wilson

__all__ = ["OrderFlips", "accuracy_over_orders", "order_flips"]


@dataclass(frozen=True)
class OrderFlips:
    """`rate` of `n` items whose label changed with the order, all in [0, 1], with Wilson's interval."""

    rate: float
    low: float
    high: float
    n: int


def order_flips(forward: npt.ArrayLike, backward: npt.ArrayLike, *, level: float = 0.95) -> OrderFlips:
    """On which share of the items does the label change when the two texts change places?

    `forward` and `backward` [items] are the labels under the orders (A, B) and (B, A), both *said about the same thing*: a
    preference for `the first` must have been turned back to `A` before. 0 = never, 1 = always; a judge that tosses a coin
    between two labels is at 0.5. `Undefined` without items; different lengths are a ValueError.

    >>> order_flips(["agree", "silent", "agree", "agree"], ["agree", "agree", "agree", "agree"]).rate
    0.25
    """
    n = np.asarray(forward).size
    if not n:
        raise Undefined("order flips need items that were judged in both orders; got 0")
    rate = 1 - percent_agreement(forward, backward)
    low, high = wilson(rate * n, n, level=level)
    return OrderFlips(rate, low, high, n)


def accuracy_over_orders(truth: npt.ArrayLike, forward: npt.ArrayLike, backward: npt.ArrayLike) -> float:
    """Which share of the labels is right, both orders counted alike? In [0, 1].

    The mean of the accuracies under the two orders over the same items: an item that flips counts half. (Counting the items
    that are right in *both* orders is a stricter figure, lower by half the flip rate where there are two labels.)
    `Undefined` without items.

    >>> accuracy_over_orders(["a", "b"], ["a", "b"], ["a", "a"])
    0.75
    """
    return (percent_agreement(truth, forward) + percent_agreement(truth, backward)) / 2
