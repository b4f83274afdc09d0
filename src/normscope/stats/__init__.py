"""Statistics on arrays. Imports numpy and nothing of ours but the errors."""

from normscope.stats.alt_test import MINIMUM_ITEMS, Advantage, AltTest, alt_test
from normscope.stats.bootstrap import (
    Intervals,
    Replicates,
    Resamples,
    Statistic,
    bootstrap_intervals,
    contrast,
    intervals,
    ratio,
    ratio_difference,
    replicate,
)
from normscope.stats.coders import coders_kappa, coders_kappa_interval
from normscope.stats.codings import Codings
from normscope.stats.combined import known_rate, over_clusters, quotient, with_known
from normscope.stats.corrected import Corrected, difference
from normscope.stats.delta import Linearised, delta_intervals, influences, linearise
from normscope.stats.discoveries import benjamini_yekutieli
from normscope.stats.dprime import dprime, dprimes
from normscope.stats.drawn_rows import DrawnRows
from normscope.stats.f1 import Confusion, confusion, f1s, macro_f1
from normscope.stats.jackknife import Jackknife, jackknife
from normscope.stats.judges import EffectiveJudges, effective_number
from normscope.stats.kappa import cohen_kappa, kappas, percent_agreement
from normscope.stats.krippendorff import nominal_alpha
from normscope.stats.labelled import Labelled
from normscope.stats.order import OrderFlips, accuracy_over_orders, order_flips
from normscope.stats.permutation import Flips, Permuted, permutation_test
from normscope.stats.ppi import MINIMUM_LABELS, PredictionPowered, ppi, ppi_columns
from normscope.stats.rank import auc
from normscope.stats.rates import wilson
from normscope.stats.rogan_gladen import LEAST_YOUDEN, RoganGladen, rogan_gladen, rogan_gladen_columns
from normscope.stats.student import t_cdf, t_quantile
from normscope.stats.two_level import TwoLevel

__all__ = [
    "LEAST_YOUDEN",
    "MINIMUM_ITEMS",
    "MINIMUM_LABELS",
    "Advantage",
    "AltTest",
    "Codings",
    "Confusion",
    "Corrected",
    "DrawnRows",
    "EffectiveJudges",
    "Flips",
    "Intervals",
    "Jackknife",
    "Labelled",
    "Linearised",
    "OrderFlips",
    "Permuted",
    "PredictionPowered",
    "Replicates",
    "Resamples",
    "RoganGladen",
    "Statistic",
    "TwoLevel",
    "accuracy_over_orders",
    "alt_test",
    "auc",
    "benjamini_yekutieli",
    "bootstrap_intervals",
    "coders_kappa",
    "coders_kappa_interval",
    "cohen_kappa",
    "confusion",
    "contrast",
    "delta_intervals",
    "difference",
    "dprime",
    "dprimes",
    "effective_number",
    "f1s",
    "influences",
    "intervals",
    "jackknife",
    "kappas",
    "known_rate",
    "linearise",
    "macro_f1",
    "nominal_alpha",
    "order_flips",
    "over_clusters",
    "percent_agreement",
    "permutation_test",
    "ppi",
    "ppi_columns",
    "quotient",
    "ratio",
    "ratio_difference",
    "replicate",
    "rogan_gladen",
    "rogan_gladen_columns",
    "t_cdf",
    "t_quantile",
    "wilson",
    "with_known",
]
