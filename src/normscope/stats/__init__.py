"""Statistics on arrays. Imports numpy and nothing of ours but the errors."""

from normscope.stats.agreement_weights import AgreementWeights, agreement_weights
from normscope.stats.alt_test import MINIMUM_ITEMS, Advantage, AltTest, alt_test
from normscope.stats.answer_distance import jensen_shannon, jensen_shannons, wasserstein, wassersteins
from normscope.stats.best_attainable import BestAttainable, best_attainable, expected_largest_share, fitted_concentration
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
from normscope.stats.discoveries import benjamini_hochberg, benjamini_yekutieli, holm
from normscope.stats.dprime import dprime, dprimes
from normscope.stats.drawn_rows import DrawnRows
from normscope.stats.equivalence import Equivalence, equivalence, equivalence_of_interval
from normscope.stats.f1 import Confusion, confusion, f1s, macro_f1
from normscope.stats.fisher import fisher_more
from normscope.stats.fleiss import fleiss_kappa
from normscope.stats.gwet import gwet_ac1, gwet_ac2
from normscope.stats.jackknife import Jackknife, jackknife
from normscope.stats.judges import EffectiveJudges, effective_number
from normscope.stats.kappa import cohen_kappa, kappas
from normscope.stats.krippendorff import ScaleLevel, krippendorff_alpha, nominal_alpha
from normscope.stats.labelled import Labelled
from normscope.stats.mover import difference_interval
from normscope.stats.order import OrderFlips, accuracy_over_orders, order_flips
from normscope.stats.pabak import pabak
from normscope.stats.pair_distances import pair_distances
from normscope.stats.percent import pairwise_agreement, percent_agreement
from normscope.stats.permutation import Flips, Permuted, permutation_test
from normscope.stats.pooling import LEAST_TOPICS, Pooled, pooled_rates
from normscope.stats.power import Correct, Expected, detectable, difference_detected, half_width, largest_correlation, least
from normscope.stats.ppi import MINIMUM_LABELS, PredictionPowered, ppi, ppi_columns
from normscope.stats.ppi_difference import ppi_difference
from normscope.stats.rank import auc, average_ranks
from normscope.stats.rank_correlation import kendall_tau, kendall_taus, spearman
from normscope.stats.ranks import Ranks, ranks
from normscope.stats.rates import wilson
from normscope.stats.ratings import Ratings
from normscope.stats.responder_map import ResponderMap, aligned_map, classical_mds, spread_on_map
from normscope.stats.responder_tree import ResponderTree, average_linkage, group_support
from normscope.stats.rogan_gladen import LEAST_YOUDEN, RoganGladen, rogan_gladen, rogan_gladen_columns
from normscope.stats.scott import scott_pi
from normscope.stats.student import t_cdf, t_quantile
from normscope.stats.trust import (
    CAUTIOUS,
    FEW,
    LEAST_CLUSTERS,
    RateSums,
    only_where_enough,
    trusted_differences,
    trusted_from_sums,
    trusted_rates,
)
from normscope.stats.trust_corrected import (
    cautious,
    trusted_corrected,
    trusted_difference,
    trusted_quotient,
    trusted_rogan_gladen,
)
from normscope.stats.two_level import ESTIMANDS, Estimand, TwoLevel

__all__ = [
    "CAUTIOUS",
    "ESTIMANDS",
    "FEW",
    "LEAST_CLUSTERS",
    "LEAST_TOPICS",
    "LEAST_YOUDEN",
    "MINIMUM_ITEMS",
    "MINIMUM_LABELS",
    "Advantage",
    "AgreementWeights",
    "AltTest",
    "BestAttainable",
    "Codings",
    "Confusion",
    "Correct",
    "Corrected",
    "DrawnRows",
    "EffectiveJudges",
    "Equivalence",
    "Estimand",
    "Expected",
    "Flips",
    "Intervals",
    "Jackknife",
    "Labelled",
    "Linearised",
    "OrderFlips",
    "Permuted",
    "Pooled",
    "PredictionPowered",
    "Ranks",
    "RateSums",
    "Ratings",
    "Replicates",
    "Resamples",
    "ResponderMap",
    "ResponderTree",
    "RoganGladen",
    "ScaleLevel",
    "Statistic",
    "TwoLevel",
    "accuracy_over_orders",
    "agreement_weights",
    "aligned_map",
    "alt_test",
    "auc",
    "average_linkage",
    "average_ranks",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "best_attainable",
    "bootstrap_intervals",
    "cautious",
    "classical_mds",
    "coders_kappa",
    "coders_kappa_interval",
    "cohen_kappa",
    "confusion",
    "contrast",
    "delta_intervals",
    "detectable",
    "difference",
    "difference_detected",
    "difference_interval",
    "dprime",
    "dprimes",
    "effective_number",
    "equivalence",
    "equivalence_of_interval",
    "expected_largest_share",
    "f1s",
    "fisher_more",
    "fitted_concentration",
    "fleiss_kappa",
    "group_support",
    "gwet_ac1",
    "gwet_ac2",
    "half_width",
    "holm",
    "influences",
    "intervals",
    "jackknife",
    "jensen_shannon",
    "jensen_shannons",
    "kappas",
    "kendall_tau",
    "kendall_taus",
    "known_rate",
    "krippendorff_alpha",
    "largest_correlation",
    "least",
    "linearise",
    "macro_f1",
    "nominal_alpha",
    "only_where_enough",
    "order_flips",
    "over_clusters",
    "pabak",
    "pair_distances",
    "pairwise_agreement",
    "percent_agreement",
    "permutation_test",
    "pooled_rates",
    "ppi",
    "ppi_columns",
    "ppi_difference",
    "quotient",
    "ranks",
    "ratio",
    "ratio_difference",
    "replicate",
    "rogan_gladen",
    "rogan_gladen_columns",
    "scott_pi",
    "spearman",
    "spread_on_map",
    "t_cdf",
    "t_quantile",
    "trusted_corrected",
    "trusted_difference",
    "trusted_differences",
    "trusted_from_sums",
    "trusted_quotient",
    "trusted_rates",
    "trusted_rogan_gladen",
    "wasserstein",
    "wassersteins",
    "wilson",
    "with_known",
]
