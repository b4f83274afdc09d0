"""Dilemmas, people's solutions and recorded answers, read from files and checked."""

from normscope.dilemmas.check import check
from normscope.dilemmas.check_report import CheckReport
from normscope.dilemmas.check_text import render
from normscope.dilemmas.loaded import Loaded, merge
from normscope.dilemmas.source import load
from normscope.dilemmas.starter_set import starter

__all__ = ["CheckReport", "Loaded", "check", "load", "merge", "render", "starter"]
