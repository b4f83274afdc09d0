"""The report: one offline HTML file made of a study's records and estimates."""

from normscope.report.content import Content
from normscope.report.data import ModelCost, OutcomeCount, ReportData
from normscope.report.html import page, write_html
from normscope.report.text import sentence

__all__ = ["Content", "ModelCost", "OutcomeCount", "ReportData", "page", "sentence", "write_html"]
