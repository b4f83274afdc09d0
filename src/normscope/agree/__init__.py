"""Who agrees with whom: from labels to the agreement table, and from the table to estimates."""

from normscope.agree.ceilings import Equivalence
from normscope.agree.corrected import corrected, not_corrected
from normscope.agree.estimates import estimate
from normscope.agree.matrix import matrix
from normscope.agree.pair_table import pair_table
from normscope.agree.people_said import PeopleSaid, people_said
from normscope.agree.pilot import Pilot, pilot
from normscope.agree.rank_agreement import Lists, rank_lists
from normscope.agree.readings import build_table
from normscope.agree.robustness import robustness
from normscope.agree.scopes import PEOPLE
from normscope.agree.sections import Sections, sections
from normscope.agree.spans import spans
from normscope.agree.summary import summary
from normscope.agree.tidy import Frames, tidy

__all__ = [
    "PEOPLE",
    "Equivalence",
    "Frames",
    "Lists",
    "PeopleSaid",
    "Pilot",
    "Sections",
    "build_table",
    "corrected",
    "estimate",
    "matrix",
    "not_corrected",
    "pair_table",
    "people_said",
    "pilot",
    "rank_lists",
    "robustness",
    "sections",
    "spans",
    "summary",
    "tidy",
]
