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
from normscope.stats.corrected import Corrected, difference
from normscope.stats.dprime import dprime, dprimes
from normscope.stats.f1 import Confusion, confusion, f1s, macro_f1
from normscope.stats.kappa import cohen_kappa, kappas, percent_agreement
from normscope.stats.labelled import Labelled
from normscope.stats.ppi import MINIMUM_LABELS, PredictionPowered, ppi, ppi_columns
from normscope.stats.rates import wilson
from normscope.stats.rogan_gladen import LEAST_YOUDEN, RoganGladen, rogan_gladen, rogan_gladen_columns
from normscope.stats.student import t_cdf, t_quantile

__all__ = [
    "LEAST_YOUDEN",
    "MINIMUM_LABELS",
    "Confusion",
    "Corrected",
    "Intervals",
    "Labelled",
    "PredictionPowered",
    "Replicates",
    "Resamples",
    "RoganGladen",
    "Statistic",
    "cohen_kappa",
    "confusion",
    "difference",
    "dprime",
    "dprimes",
    "f1s",
    "intervals",
    "kappas",
    "macro_f1",
    "percent_agreement",
    "ppi",
    "ppi_columns",
    "ratio",
    "ratio_difference",
    "replicate",
    "rogan_gladen",
    "rogan_gladen_columns",
    "t_cdf",
    "t_quantile",
    "wilson",
]
