"""Who agrees with whom: from labels to the agreement table, and from the table to estimates."""

from normscope.agree.estimates import estimate
from normscope.agree.matrix import matrix
from normscope.agree.readings import build_table
from normscope.agree.scopes import PEOPLE
from normscope.agree.summary import summary

__all__ = ["PEOPLE", "build_table", "estimate", "matrix", "summary"]
