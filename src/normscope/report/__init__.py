"""The report: what a study's records and estimates say, as one offline HTML file, Markdown, LaTeX or JSON."""

from normscope.report.content import Content
from normscope.report.content_of import content
from normscope.report.data import ModelCost, OutcomeCount, ReportData
from normscope.report.formats import FILES, content_text, report_file, report_text
from normscope.report.html import page
from normscope.report.json_report import report_values
from normscope.report.schemas import schema_text
from normscope.report.table_frame import table_frame, table_pandas
from normscope.report.text import sentence

__all__ = [
    "FILES",
    "Content",
    "ModelCost",
    "OutcomeCount",
    "ReportData",
    "content",
    "content_text",
    "page",
    "report_file",
    "report_text",
    "report_values",
    "schema_text",
    "sentence",
    "table_frame",
    "table_pandas",
]
