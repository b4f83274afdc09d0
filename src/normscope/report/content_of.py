"""Everything that the report says, made from a study's data: the sections in the order in which they are read."""

from __future__ import annotations

from normscope.report.content import Content
from normscope.report.data import ReportData
from normscope.report.lookup import Lookup
from normscope.report.sections.agreement import agreement
from normscope.report.sections.baselines import baselines
from normscope.report.sections.by_topic import by_topic
from normscope.report.sections.closing import exclusions, settings
from normscope.report.sections.cost import cost
from normscope.report.sections.findings import findings
from normscope.report.sections.matcher import matcher
from normscope.report.sections.outcomes import outcomes
from normscope.report.sections.ranks import ranks
from normscope.report.sections.robustness import robustness
from normscope.report.sections.stated_explicit import stated_explicit
from normscope.report.sections.summary import summary
from normscope.report.sections.words import words

__all__ = ["content"]


def content(data: ReportData) -> Content:
    """The report of a study. Every section is there whatever the study holds; one that has nothing to show says why. Only what
    an audit found is left out where there was none.

    Figures are described here and drawn where they are printed, so this needs no drawing library.
    """
    found = Lookup(data.estimates)
    return Content(
        data.title,
        {"study": data.study, "normscope": data.created_with, "seed": str(data.seed)},
        [
            summary(data, found),
            *([audited] if (audited := findings(data)) else []),
            agreement(data, found),
            stated_explicit(data, found),
            by_topic(data, found),
            ranks(data),
            robustness(data),
            outcomes(data, found),
            baselines(data, found),
            matcher(data),
            cost(data),
            exclusions(data, found),
            settings(data),
            words(),
        ],
    )
