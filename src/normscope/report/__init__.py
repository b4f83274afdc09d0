"""The report: one offline HTML file made of a study's records and estimates."""

from normscope.report.data import ReportData
from normscope.report.html import page, write_html
from normscope.report.text import sentence

__all__ = ["ReportData", "page", "sentence", "write_html"]
