"""Who agrees with whom: from labels to the agreement table, and from the table to estimates."""

from normscope.agree.ceilings import Equivalence
from normscope.agree.corrected import corrected, not_corrected
from normscope.agree.estimates import estimate
from normscope.agree.matrix import matrix
from normscope.agree.people_said import PeopleSaid, people_said
from normscope.agree.readings import build_table
from normscope.agree.robustness import robustness
from normscope.agree.scopes import PEOPLE
from normscope.agree.spans import spans
from normscope.agree.summary import summary

__all__ = [
    "PEOPLE",
    "Equivalence",
    "PeopleSaid",
    "build_table",
    "corrected",
    "estimate",
    "matrix",
    "not_corrected",
    "people_said",
    "robustness",
    "spans",
    "summary",
]
