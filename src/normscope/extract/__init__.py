"""Extracting: from a response to the solutions it recommends or advises against, each with its evidence."""

from normscope.extract.advice import Advice, advice_in
from normscope.extract.coded import Coded
from normscope.extract.cues import cues_for, languages
from normscope.extract.judge import Judge
from normscope.extract.rules import Rules
from normscope.extract.sentences import Span, sentences

__all__ = ["Advice", "Coded", "Judge", "Rules", "Span", "advice_in", "cues_for", "languages", "sentences"]
