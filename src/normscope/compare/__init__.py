"""Two studies on the same dilemmas: what changed from the one to the other, for each model, and where."""

from normscope.compare.changes import METRICS, changes, named, people, topic_changes
from normscope.compare.differences import Difference
from normscope.compare.flips import Flipped, flips
from normscope.compare.gate import Gate, exit_code
from normscope.compare.scores import Floats, Scores

__all__ = [
    "METRICS",
    "Difference",
    "Flipped",
    "Floats",
    "Gate",
    "Scores",
    "changes",
    "exit_code",
    "flips",
    "named",
    "people",
    "topic_changes",
]
