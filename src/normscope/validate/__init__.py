"""Validating: how far can a matcher be trusted? Its labels against those that people gave, as a card."""

from normscope.validate.card import Material, validate
from normscope.validate.effort import AFTERWARDS, Effort
from normscope.validate.flips import injection_flips
from normscope.validate.injections import Injection, load_injections, read_injections
from normscope.validate.pairs import FEW_DESCRIPTION, PAIRS_DESCRIPTION, load_few_pairs, load_pairs
from normscope.validate.placebo import Advice
from normscope.validate.settled import inclusions
from normscope.validate.text import to_markdown

__all__ = [
    "AFTERWARDS",
    "FEW_DESCRIPTION",
    "PAIRS_DESCRIPTION",
    "Advice",
    "Effort",
    "Injection",
    "Material",
    "inclusions",
    "injection_flips",
    "load_few_pairs",
    "load_injections",
    "load_pairs",
    "read_injections",
    "to_markdown",
    "validate",
]
