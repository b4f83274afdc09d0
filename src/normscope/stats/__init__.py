"""Statistics on arrays. Imports numpy and nothing of ours but the errors."""

from normscope.stats.bootstrap import (
    Intervals,
    Replicates,
    Resamples,
    Statistic,
    intervals,
    ratio,
    ratio_difference,
    replicate,
)
from normscope.stats.dprime import dprime, dprimes
from normscope.stats.f1 import Confusion, confusion, f1s, macro_f1
from normscope.stats.kappa import cohen_kappa, kappas, percent_agreement
from normscope.stats.rates import wilson

__all__ = [
    "Confusion",
    "Intervals",
    "Replicates",
    "Resamples",
    "Statistic",
    "cohen_kappa",
    "confusion",
    "dprime",
    "dprimes",
    "f1s",
    "intervals",
    "kappas",
    "macro_f1",
    "percent_agreement",
    "ratio",
    "ratio_difference",
    "replicate",
    "wilson",
]
