"""Statistics on arrays. Imports numpy and nothing of ours but the errors."""

from normscope.stats.alt_test import MINIMUM_ITEMS, Advantage, AltTest, alt_test
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
from normscope.stats.coders import coders_kappa, coders_kappa_interval
from normscope.stats.codings import Codings
from normscope.stats.combined import known_rate, over_clusters, quotient, with_known
from normscope.stats.corrected import Corrected, difference
from normscope.stats.discoveries import benjamini_yekutieli
from normscope.stats.dprime import dprime, dprimes
from normscope.stats.f1 import Confusion, confusion, f1s, macro_f1
from normscope.stats.judges import EffectiveJudges, effective_number
from normscope.stats.kappa import cohen_kappa, kappas, percent_agreement
from normscope.stats.krippendorff import nominal_alpha
from normscope.stats.labelled import Labelled
from normscope.stats.order import OrderFlips, accuracy_over_orders, order_flips
from normscope.stats.ppi import MINIMUM_LABELS, PredictionPowered, ppi, ppi_columns
from normscope.stats.ppi_difference import ppi_difference
from normscope.stats.rank import auc
from normscope.stats.rates import wilson
from normscope.stats.rogan_gladen import LEAST_YOUDEN, RoganGladen, rogan_gladen, rogan_gladen_columns
from normscope.stats.student import t_cdf, t_quantile
from normscope.stats.trust import CAUTIOUS, FEW, LEAST_CLUSTERS, trusted_differences, trusted_rates
from normscope.stats.trust_corrected import (
    cautious,
    trusted_corrected,
    trusted_difference,
    trusted_quotient,
    trusted_rogan_gladen,
)

__all__ = [
    "CAUTIOUS",
    "FEW",
    "LEAST_CLUSTERS",
    "LEAST_YOUDEN",
    "MINIMUM_ITEMS",
    "MINIMUM_LABELS",
    "Advantage",
    "AltTest",
    "Codings",
    "Confusion",
    "Corrected",
    "EffectiveJudges",
    "Intervals",
    "Labelled",
    "OrderFlips",
    "PredictionPowered",
    "Replicates",
    "Resamples",
    "RoganGladen",
    "Statistic",
    "accuracy_over_orders",
    "alt_test",
    "auc",
    "benjamini_yekutieli",
    "cautious",
    "coders_kappa",
    "coders_kappa_interval",
    "cohen_kappa",
    "confusion",
    "difference",
    "dprime",
    "dprimes",
    "effective_number",
    "f1s",
    "intervals",
    "kappas",
    "known_rate",
    "macro_f1",
    "nominal_alpha",
    "order_flips",
    "over_clusters",
    "percent_agreement",
    "ppi",
    "ppi_columns",
    "ppi_difference",
    "quotient",
    "ratio",
    "ratio_difference",
    "replicate",
    "rogan_gladen",
    "rogan_gladen_columns",
    "t_cdf",
    "t_quantile",
    "trusted_corrected",
    "trusted_difference",
    "trusted_differences",
    "trusted_quotient",
    "trusted_rates",
    "trusted_rogan_gladen",
    "wilson",
    "with_known",
]
