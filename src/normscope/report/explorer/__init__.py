"""The explorer of a report: every dilemma with all that was said of it, packed so that a page of 3,000 opens at once."""

from normscope.report.explorer.sources import script, style
from normscope.report.explorer.whole import Explorer, explorer

__all__ = ["Explorer", "explorer", "script", "style"]
