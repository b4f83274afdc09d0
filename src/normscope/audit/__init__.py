"""Auditing: what stands between a study and those who act on it? Checks with thresholds, and findings."""

from normscope.audit.checks import CHECKS
from normscope.audit.evidence import Evidence, Grader, UnderTest
from normscope.audit.junit import junit
from normscope.audit.policy import Policy, default_policy, default_policy_text, load_policy, make_policy
from normscope.audit.rule import Check, Rule
from normscope.audit.verdict import exit_code, verdict_of, worst_first

__all__ = [
    "CHECKS",
    "Check",
    "Evidence",
    "Grader",
    "Policy",
    "Rule",
    "UnderTest",
    "default_policy",
    "default_policy_text",
    "exit_code",
    "junit",
    "load_policy",
    "make_policy",
    "verdict_of",
    "worst_first",
]
