"""Where a panel splits, how well could the best single answer do? No responder can be asked for more.

The shares of a panel's answers say it too high: of three panelists who all differ, the largest share is a third even if each
of a hundred options were as likely, and with one panelist it is 1. The shares that all people would give are therefore
taken as drawn from a Dirichlet distribution, fitted over dilemmas, and the panel's counts as a sample of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, lgamma, log, sqrt

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats

__all__ = ["MOST_CONCENTRATED", "BestAttainable", "best_attainable", "expected_largest_share", "fitted_concentration"]

MOST_CONCENTRATED = 1e4
"""Above this all dilemmas have the same shares to within a hundredth, and the concentration counts as infinite."""

LEAST_CONCENTRATED = 1e-8

HALVINGS = 80

NODES = 16
"""Points of Gauss and Legendre's rule on each unit of the square root, where the integrand has a width of about one."""

TAIL = 7.0
"""So far from its middle, in that scale, a root of a gamma variable is with a probability below 1e-20."""

BLOCK = 2**22
"""Numbers held at a time beside the tables."""


@dataclass(frozen=True, eq=False)
class BestAttainable:
    """Expected agreement with a new panelist, in [0, 1]; the mean over dilemmas, each counting alike.

    `value`: of the best single answer, if one knew what all people would say. `plurality`: of the answer that most of this
    panel gave, with a new panelist; it lies below `value`, for a small panel's plurality may not be people's. `naive`: the
    largest share in the panel itself, which is too high. `per_dilemma` [dilemmas with panelists] is `value` of each, to be
    averaged or resampled (with the concentration as fitted on all). `concentration` from 0 (no dilemma splits) to infinite
    (panels differ between dilemmas no more than by chance). `left_out` counts dilemmas without panelists.
    """

    value: float
    plurality: float
    naive: float
    per_dilemma: Floats
    concentration: float
    left_out: int

    @property
    def method(self) -> str:
        """How it was estimated, for people to read."""
        return f"Dirichlet-multinomial, concentration {self.concentration:.3g} by maximum likelihood"


def best_attainable(counts: npt.ArrayLike, *, same_options: bool = False) -> BestAttainable:
    """How often would the best single answer to a dilemma agree with one more panelist?

    `counts` [dilemmas, options]: how many panelists gave each answer; whole numbers. Where each dilemma has options of its
    own (the columns then mean nothing, and unused ones are 0) the prior has no favourite; with `same_options`, say yes and no
    throughout, its mean is that of the panels' shares. 1 = people are of one mind, 1 / options = all options are alike.

    `Undefined` where no dilemma has two panelists (they cannot show how far people split); other shapes, and negative or
    broken numbers, are a ValueError.
    Source: the Dirichlet-multinomial of Mosimann (1962), Biometrika 49; the fit is in `fitted_concentration`.

    >>> panels = [[3, 0, 0], [2, 1, 0], [2, 0, 1], [1, 1, 1], [0, 3, 0], [0, 1, 2]]
    >>> found = best_attainable(panels)
    >>> round(found.naive, 3), round(found.value, 3), round(found.plurality, 3)
    (0.722, 0.603, 0.52)
    """
    given = np.asarray(counts, dtype=np.float64)
    if given.ndim != 2 or not bool(np.all((given >= 0) & np.isfinite(given) & (given == np.round(given)))):
        raise ValueError(f"counts [dilemmas, options], whole numbers from 0 up, are needed; got shape {given.shape}")
    panel = given.sum(axis=1)
    held = given[panel > 0]
    if not (panel > 1).any():
        raise Undefined("the best attainable agreement needs a dilemma with two panelists; no panel has more than one")
    sizes = held.sum(axis=1)
    mean = (held / sizes[:, None]).mean(axis=0) if same_options else np.full(held.shape[1], 1 / held.shape[1])
    held, mean = held[:, mean > 0], mean[mean > 0]
    concentration = fitted_concentration(held, mean)
    if concentration == 0:
        each = plural = np.ones(sizes.size)
    elif concentration == inf:
        each = plural = np.full(sizes.size, mean.max())
    else:
        posterior = held + concentration * mean
        each = expected_largest_share(held, concentration * mean)
        plural = posterior.max(axis=1) / (sizes + concentration)
    naive = float((held.max(axis=1) / sizes).mean())
    return BestAttainable(float(each.mean()), float(plural.mean()), naive, each, concentration, int((panel == 0).sum()))


def fitted_concentration(counts: Floats, mean: Floats) -> float:
    """How alike are the panels of different dilemmas? The concentration of a Dirichlet distribution with the given mean.

    `counts` [dilemmas, options], `mean` [options] positive with sum 1. By maximum likelihood: the slope of the log-likelihood
    is searched for its zero by halving, since it has at most one (Levin and Reeds 1977, Annals of Statistics 5). 0 where no
    dilemma splits, infinite where the slope is still positive at `MOST_CONCENTRATED`.

    >>> round(fitted_concentration(np.array([[3.0, 0.0], [1.0, 2.0], [0.0, 3.0], [3.0, 0.0]]), np.array([0.5, 0.5])), 3)
    0.5
    """
    # digamma(c + a) - digamma(a) is the sum of 1 / (a + i) over i < c: so all that counts is how many counts exceed each i
    largest, people = int(counts.max(initial=0)), counts.sum(axis=1)
    exceeding = np.array([(counts > i).sum(axis=0) for i in range(largest)], dtype=np.float64).reshape(largest, mean.size)
    panels = np.array([(people > i).sum() for i in range(int(people.max(initial=0)))], dtype=np.float64)

    def slope(concentration: float) -> float:
        gained = (mean * exceeding / (concentration * mean + np.arange(largest)[:, None])).sum()
        return float(gained - (panels / (concentration + np.arange(panels.size))).sum())

    if not ((counts > 0).sum(axis=1) > 1).any():
        return 0.0
    if slope(MOST_CONCENTRATED) >= 0:
        return inf
    low, high = log(LEAST_CONCENTRATED), log(MOST_CONCENTRATED)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(exp(middle)) > 0 else (low, middle)
    return exp((low + high) / 2)


def expected_largest_share(counts: Floats, prior: Floats) -> Floats:
    """What is the largest of the shares expected to be, under Dirichlet distributions with parameters `counts` + `prior`?

    `counts` [dilemmas, options] are whole numbers, `prior` [options] positive; in (0, 1], one per dilemma. The shares are
    independent gamma variables over their sum, of which they are independent; so it is E[largest gamma] / (sum of the
    parameters), and the former is the integral of 1 - product of the distribution functions, taken by a fixed rule (no chance).

    >>> expected_largest_share(np.array([[0.0, 0.0]]), np.array([1.0, 1.0])).round(9).tolist()  # the mean of max(u, 1 - u)
    [0.75]
    """
    if not counts.shape[0]:
        return np.zeros(0)
    parameters = counts + prior
    # the root of a gamma variable has a spread of about 1/2 whatever its mean: one grid of roots serves all dilemmas
    first = max(0.0, sqrt(float(parameters.max(axis=1).min())) - TAIL)
    last = sqrt(float(parameters.max())) + TAIL
    roots, widths = _rule(first, last)
    # options of the same prior share one table of distribution functions
    tables = {p: _log_distribution(p, np.unique(counts[:, prior == p]), roots) for p in np.unique(prior).tolist()}
    found = np.empty(counts.shape[0])
    step = max(1, BLOCK // roots.size)
    for start in range(0, found.size, step):
        part = counts[start : start + step]
        below = np.zeros((part.shape[0], roots.size))
        for option, p in enumerate(prior.tolist()):
            known, table = tables[p]
            below += table[np.searchsorted(known, part[:, option])]
        found[start : start + step] = first**2 + (-np.expm1(below)) @ (2 * roots * widths)
    shares: Floats = found / parameters.sum(axis=1)
    return shares


def _rule(first: float, last: float) -> tuple[Floats, Floats]:
    """Nodes and weights from `first` to `last`, in pieces of about one."""
    at, weight = np.polynomial.legendre.leggauss(NODES)
    ends = np.linspace(first, last, int(last - first) + 2)
    half = np.diff(ends)[:, None] / 2
    return (ends[:-1, None] + half * (at + 1)).ravel(), (half * weight).ravel()


def _log_distribution(prior: float, counts: Floats, roots: Floats) -> tuple[Floats, Floats]:
    """log P(gamma variable of parameter count + prior <= root²), [counts, roots].

    P is the sum of x^(a+i) e^-x / gamma(a+i+1) over i from 0 on (Abramowitz and Stegun 6.5.29). Summed from the far end,
    the sums on the way are those of prior + 1, prior + 2 and so on: one pass gives every count, without differences.
    """
    x = roots * roots
    log_x = np.log(x)
    least = max(float(x[-1]) - prior, float(counts[-1]))
    terms = int(least + 2 * TAIL * sqrt(least + prior) + 2 * TAIL**2)  # beyond, a term is below 1e-20 of the sum
    wanted = set(counts.astype(int).tolist())
    total = np.zeros(x.size)
    found: dict[int, Floats] = {}
    for i in range(terms, -1, -1):
        total += np.exp((prior + i) * log_x - x - lgamma(prior + i + 1))
        if i in wanted:
            found[i] = np.log(np.clip(total, 1e-300, 1.0))
    return counts, np.array([found[i] for i in sorted(wanted)])
