"""Validating: how far can a matcher be trusted? Its labels against those that people gave, as a card."""

from normscope.validate.measure import validate
from normscope.validate.pairs import PAIRS_DESCRIPTION, load_pairs
from normscope.validate.text import to_markdown

__all__ = ["PAIRS_DESCRIPTION", "load_pairs", "to_markdown", "validate"]
