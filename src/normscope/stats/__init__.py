"""Statistics on arrays. Imports numpy and nothing of ours but the errors."""

from normscope.stats.agreement_weights import AgreementWeights, agreement_weights
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
from normscope.stats.fleiss import fleiss_kappa
from normscope.stats.gwet import gwet_ac1, gwet_ac2
from normscope.stats.judges import EffectiveJudges, effective_number
from normscope.stats.kappa import cohen_kappa, kappas
from normscope.stats.krippendorff import ScaleLevel, krippendorff_alpha, nominal_alpha
from normscope.stats.labelled import Labelled
from normscope.stats.order import OrderFlips, accuracy_over_orders, order_flips
from normscope.stats.pabak import pabak
from normscope.stats.percent import pairwise_agreement, percent_agreement
from normscope.stats.ppi import MINIMUM_LABELS, PredictionPowered, ppi, ppi_columns
from normscope.stats.rank import auc
from normscope.stats.rates import wilson
from normscope.stats.ratings import Ratings
from normscope.stats.rogan_gladen import LEAST_YOUDEN, RoganGladen, rogan_gladen, rogan_gladen_columns
from normscope.stats.scott import scott_pi
from normscope.stats.student import t_cdf, t_quantile

__all__ = [
    "LEAST_YOUDEN",
    "MINIMUM_ITEMS",
    "MINIMUM_LABELS",
    "Advantage",
    "AgreementWeights",
    "AltTest",
    "Codings",
    "Confusion",
    "Corrected",
    "EffectiveJudges",
    "Intervals",
    "Labelled",
    "OrderFlips",
    "PredictionPowered",
    "Ratings",
    "Replicates",
    "Resamples",
    "RoganGladen",
    "ScaleLevel",
    "Statistic",
    "accuracy_over_orders",
    "agreement_weights",
    "alt_test",
    "auc",
    "benjamini_yekutieli",
    "coders_kappa",
    "coders_kappa_interval",
    "cohen_kappa",
    "confusion",
    "difference",
    "dprime",
    "dprimes",
    "effective_number",
    "f1s",
    "fleiss_kappa",
    "gwet_ac1",
    "gwet_ac2",
    "intervals",
    "kappas",
    "known_rate",
    "krippendorff_alpha",
    "macro_f1",
    "nominal_alpha",
    "order_flips",
    "over_clusters",
    "pabak",
    "pairwise_agreement",
    "percent_agreement",
    "ppi",
    "ppi_columns",
    "quotient",
    "ratio",
    "ratio_difference",
    "replicate",
    "rogan_gladen",
    "rogan_gladen_columns",
    "scott_pi",
    "t_cdf",
    "t_quantile",
    "wilson",
    "with_known",
]
