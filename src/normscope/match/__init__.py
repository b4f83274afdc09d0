"""Matching: does a text agree with a solution? The plan of what to compare, the matchers, and the labelling itself."""

from normscope.match.cleaning import Cleaner, cleaned
from normscope.match.exact import Exact
from normscope.match.lexical import Lexical
from normscope.match.plan import Plan, plan
from normscope.match.run import MATCHES_SCHEMA, match

__all__ = ["MATCHES_SCHEMA", "Cleaner", "Exact", "Lexical", "Plan", "cleaned", "match", "plan"]
