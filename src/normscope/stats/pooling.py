"""Rates by topic, each drawn towards the mean of all topics as far as its own data are weak."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from normscope.stats.bootstrap import Floats, Masked

__all__ = ["LEAST_TOPICS", "Pooled", "pooled_rates"]

LEAST_TOPICS = 4
"""With fewer topics pooling towards their own mean is not sure to help (Stein's result), and none is done."""

ROUNDS = 2
"""Of variances at the pooled rates, and pooled rates at those variances. More hardly change anything, and need not settle."""

HALVINGS = 60

GRID = np.linspace(-8, 8, 321)
"""Where the density of a topic's logit is looked at, in standard deviations."""

BLOCK = 2**13
"""Topics whose densities are held at a time."""

FOUND, NONE_FOUND, TOO_FEW, NO_TOPIC = "found", "none found", "too few topics", "no topic with data"


@dataclass(frozen=True, eq=False)
class Pooled:
    """Pooled rates [..., topics] in [0, 1] with intervals; masked for topics without data, which have neither.

    `weight` [..., topics] in [0, 1] is how far a topic speaks for itself: 1 = its own rate (as corrected), 0 = the mean of all
    topics, on the logit scale. `mean` [...] is the rate that topics are drawn to. `tau` [...] is the standard deviation between
    topics on the logit scale, masked with fewer than two topics that have data. `between` [...] names how it came out: `found`;
    `none found` (tau is 0: the topics differ no more than by chance); `too few topics` (fewer than 4: each keeps its own rate,
    weight 1); `no topic with data`, where `mean` is masked too.
    """

    rate: Masked
    low: Masked
    high: Masked
    weight: Masked
    mean: Masked
    tau: Masked
    between: npt.NDArray[np.str_]
    level: float

    @property
    def method(self) -> str:
        """How the rates were pooled, for people to read."""
        return "empirical Bayes on the logit scale, variance between topics by Paule-Mandel, Morris's corrections"


def pooled_rates(
    successes: npt.ArrayLike, n: npt.ArrayLike, *, standard_errors: npt.ArrayLike | None = None, level: float = 0.95
) -> Pooled:
    """What is the rate of each topic, when a topic with few dilemmas is not to be believed as much as one with many?

    `successes` and `n` [..., topics]: sums of values in [0, 1], which may be fractions, and the number of dilemmas they are of.
    Each row of leading axes (a pair, say) is pooled alone. `standard_errors` [..., topics], of the raw rates, take the place of
    the binomial ones where dilemmas come in clusters or values are fractions; one of 0 (all values of a topic equal) cannot
    show an uncertainty, and the binomial one stands for it.

    A topic's logit is that of (successes + 0.5) / (n + 1), finite at 0 and 1 (Haldane 1956, Anscombe 1956; as d′ has it). It
    is taken as normal around the topic's true logit, and those as normal around a common mean with variance tau². The first
    variance is 1 / ((n + 1) rate (1 - rate)) at the *pooled* rate, found in two rounds: at its own rate a topic would be the
    surer the nearer it came by chance to 1/2. With standard errors, the number of dilemmas that would give them stands for n.
    tau² is Paule and Mandel's (1982, Journal of Research of the NBS 87); the weight has Morris's correction for its being
    estimated (1983, JASA 78). An interval holds the quantiles under the binomial likelihood and that normal prior, so that it is
    skewed near 0 and 1, widened to Morris's variance; with too few topics it is symmetric on the logit scale.

    Wrong shapes, successes outside 0 to n, and numbers that are not finite are a ValueError.

    >>> found = pooled_rates([6, 30, 50, 40, 20], [6, 60, 80, 90, 30])
    >>> found.rate.round(2).tolist(), found.weight.round(2).tolist(), found.between.item()
    ([0.86, 0.51, 0.62, 0.45, 0.66], [0.67, 0.94, 0.95, 0.96, 0.89], 'found')
    """
    own, worth, share, has_data = _logits(successes, n, standard_errors)
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1; got {level}")
    topics = has_data.sum(axis=-1, keepdims=True)
    enough = topics >= LEAST_TOPICS
    # rounds begin at the mean of all
    logits = _mean(own, has_data / _variance(worth, own))
    for _ in range(ROUNDS if enough.any() else 0):
        variance = _variance(worth, logits)
        tau2 = _paule_mandel(own, variance, has_data)
        logits, _ = _towards(own, variance, tau2, has_data)
    variance = _variance(worth, np.where(enough, logits, own))
    tau2 = _paule_mandel(own, variance, has_data)
    pooled, drawn = _towards(own, variance, tau2, has_data)
    logits, drawn = np.where(enough, pooled, own), np.where(enough, drawn, 0.0)
    mean = _mean(own, has_data / (variance + tau2))
    spread = np.sqrt(_spread(own - mean, variance, tau2, drawn, has_data))
    half = NormalDist().inv_cdf((1 + level) / 2) * spread
    ends = np.stack([logits - half, logits + half])
    skewed = enough & has_data
    if skewed.any():
        # each topic apart from here on
        size = worth * np.divide(n, np.add(n, 1))
        parts = (share * size, size, logits, np.broadcast_to(mean, own.shape), variance, drawn, spread)
        ends[:, skewed] = _skewed_ends(*(part[skewed] for part in parts), level=level)
    number, tau = topics[..., 0], np.sqrt(tau2[..., 0])
    names = np.where(tau > 0, FOUND, NONE_FOUND)
    names = np.where(number < LEAST_TOPICS, np.where(number > 0, TOO_FEW, NO_TOPIC), names)
    by_topic = (_rate(logits), _rate(ends[0]), _rate(ends[1]), 1 - drawn)
    rate, low, high, weight = (_masked(x, ~has_data) for x in by_topic)
    mean, tau = _masked(_rate(mean[..., 0]), number < 1), _masked(tau, number < 2)
    return Pooled(rate, low, high, weight, mean, tau, np.asarray(names), level)


def _logits(
    successes: npt.ArrayLike, n: npt.ArrayLike, errors: npt.ArrayLike | None
) -> tuple[Floats, Floats, Floats, npt.NDArray[np.bool_]]:
    """The corrected logit of each topic, its worth in dilemmas (and 1, as corrected), its raw rate, whether it has data."""
    s, size = np.broadcast_arrays(np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64))
    if s.ndim < 1 or s.shape != np.shape(successes) or s.shape != np.shape(n):
        raise ValueError(f"successes and n of the same topics are needed; got shapes {np.shape(successes)} and {np.shape(n)}")
    slack = 1e-9 * np.maximum(size, 1)  # sums of fractions may be off by rounding
    if not bool(np.all(np.isfinite(size) & (s >= -slack) & (s <= size + slack))):
        raise ValueError("successes lie between 0 and n, both finite")
    s = np.clip(s, 0.0, size)
    rates = (s + 0.5) / (size + 1)
    worth = size + 1
    if errors is not None:
        error = np.asarray(errors, dtype=np.float64)
        if error.shape != s.shape or not bool(np.all(np.isfinite(error) & (error >= 0))):
            raise ValueError(f"a standard error from 0 up is needed of each of the topics; got shape {error.shape} for {s.shape}")
        worth = np.divide(rates * (1 - rates), error**2, out=worth.copy(), where=error**2 > 0)
    has_data = size > 0
    return np.log(rates / (1 - rates)), worth, np.divide(s, size, out=np.zeros(s.shape), where=has_data), has_data


def _variance(worth: Floats, logits: Floats) -> Floats:
    """The variance of each topic's logit, if the true logits were those given."""
    rates = _rate(logits)
    variance: Floats = 1 / (worth * rates * (1 - rates))
    return variance


def _paule_mandel(own: Floats, variance: Floats, has_data: npt.NDArray[np.bool_]) -> Floats:
    """tau² [..., 1]: the variance between topics at which their weighted squares around the mean are as large as expected."""
    freedom = np.maximum(has_data.sum(axis=-1, keepdims=True) - 1, 1)

    def squares(tau2: Floats) -> Floats:
        precision = has_data / (variance + tau2)
        total: Floats = (precision * (own - _mean(own, precision)) ** 2).sum(axis=-1, keepdims=True)
        return total

    low = np.zeros(freedom.shape)
    # at the plain variance the squares are below what is expected, for the variances within only add
    high = (has_data * (own - _mean(own, has_data.astype(np.float64))) ** 2).sum(axis=-1, keepdims=True) / freedom
    none = squares(low) <= freedom
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        above = squares(middle) > freedom
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.where(none, 0.0, (low + high) / 2)


def _towards(own: Floats, variance: Floats, tau2: Floats, has_data: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """The pooled logits, and how far each topic is drawn to the mean: variance within / (within + between), less if few."""
    topics = has_data.sum(axis=-1, keepdims=True)
    few = np.maximum(topics - 3, 0) / np.maximum(topics - 1, 1)
    drawn = few * variance / (variance + tau2)
    return drawn * _mean(own, has_data / (variance + tau2)) + (1 - drawn) * own, drawn


def _spread(off_mean: Floats, variance: Floats, tau2: Floats, drawn: Floats, has_data: npt.NDArray[np.bool_]) -> Floats:
    """Morris's (1983) variance of the pooled logits: the mean, and how far to draw to it, are estimated too."""
    topics = np.maximum(has_data.sum(axis=-1, keepdims=True), 1)
    typical = _mean(variance, has_data / (variance + tau2))
    by_data = variance * (1 - drawn * (topics - 1) / topics)
    by_drawing = 2 / np.maximum(topics - 3, 1) * drawn**2 * (typical + tau2) / (variance + tau2) * off_mean**2
    spread: Floats = by_data + by_drawing
    return spread


def _skewed_ends(
    s: Floats, size: Floats, logits: Floats, mean: Floats, variance: Floats, drawn: Floats, spread: Floats, *, level: float
) -> Floats:
    """Both ends of the logits [2, topics]: quantiles of binomial likelihood times normal prior, widened around the median."""
    ends = np.empty((2, s.size))
    step = GRID[1] - GRID[0]
    own = np.sqrt(variance * (1 - drawn))
    prior = variance * (1 - drawn) / drawn  # under which a topic is drawn as far as it was
    for start in range(0, s.size, BLOCK):
        at = slice(start, start + BLOCK)
        x = logits[at, None] + own[at, None] * GRID
        log_density = s[at, None] * x - size[at, None] * np.logaddexp(0, x) - (x - mean[at, None]) ** 2 / (2 * prior[at, None])
        mass = np.exp(log_density - log_density.max(axis=1, keepdims=True)).cumsum(axis=1)
        mass /= mass[:, -1:]
        low, middle, high = (logits[at] + own[at] * _quantile(mass, q, step) for q in ((1 - level) / 2, 0.5, (1 + level) / 2))
        widened = spread[at] / own[at]
        ends[:, at] = middle - (middle - low) * widened, middle + (high - middle) * widened
    return ends


def _quantile(mass: Floats, probability: float, step: float) -> Floats:
    """Where on the grid so much of the mass lies below; the mass up to a point ends half a step after it."""
    after = np.maximum((mass >= probability).argmax(axis=1), 1)
    rows = np.arange(after.size)
    below, above = mass[rows, after - 1], mass[rows, after]
    found: Floats = GRID[0] + step * (after - 0.5 + (probability - below) / (above - below))
    return found


def _mean(values: Floats, weights: Floats) -> Floats:
    """The weighted mean [..., 1]; 0 where there are no weights."""
    total = weights.sum(axis=-1, keepdims=True)
    mean: Floats = (weights * values).sum(axis=-1, keepdims=True) / np.where(total > 0, total, 1.0)
    return mean


def _rate(logits: Floats) -> Floats:
    rates: Floats = 1 / (1 + np.exp(-logits))
    return rates


def _masked(values: Floats, mask: npt.NDArray[np.bool_]) -> Masked:
    return np.ma.MaskedArray(np.where(mask, 0.0, values), mask=mask)
