"""Who agrees with whom: from labels to the agreement table, and from the table to estimates."""

from normscope.agree.corrected import corrected, not_corrected
from normscope.agree.estimates import estimate
from normscope.agree.matrix import matrix
from normscope.agree.pair_table import pair_table
from normscope.agree.people_said import PeopleSaid, people_said
from normscope.agree.readings import build_table
from normscope.agree.scopes import PEOPLE
from normscope.agree.summary import summary

__all__ = [
    "PEOPLE",
    "PeopleSaid",
    "build_table",
    "corrected",
    "estimate",
    "matrix",
    "not_corrected",
    "pair_table",
    "people_said",
    "summary",
]
