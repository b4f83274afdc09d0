"""The report's sections: one file each, made from `ReportData`, none of which knows how it is printed."""
