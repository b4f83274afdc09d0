"""Exit codes, the order of findings, and JUnit XML that hostile names do not break."""

from __future__ import annotations

from itertools import product
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.audit import exit_code, junit, verdict_of, worst_first
from normscope.records import Finding, Severity, Verdict
from tests.audit.making import read_xml

PAYLOADS = (
    "<script>alert(1)</script>",
    "]]><!--",
    '" onload="x',
    "&lolz;",
    "<!DOCTYPE x [<!ENTITY lol 'lol'>]>",
    "a\x00b\x08c\x1b[31m\x9b",
    "safe\u202egnp.exe\u2066\u2028",
    "\ud800 \ufffe \uffff",
    "\n\r\t",
    "نمی\u200cدانم 😀",
)


def a_finding(verdict: Verdict, *, gate: bool = False, severity: Severity = Severity.WARNING, name: str = "m") -> Finding:
    return Finding("agreement", severity, verdict, f"what {name}", "mend", gate, name, "work", (f"responders/{name}",))


@pytest.mark.parametrize(
    ("gates", "code"),
    [
        ([], 0),
        ([Verdict.PASS], 0),
        ([Verdict.PASS, Verdict.INCONCLUSIVE], 2),
        ([Verdict.PASS, Verdict.NOT_MEASURED], 2),
        ([Verdict.FAIL], 1),
        ([Verdict.INCONCLUSIVE, Verdict.FAIL, Verdict.NOT_MEASURED], 1),  # 1 wins over 2
    ],
)
def test_exit_codes(gates: list[Verdict], code: int) -> None:
    others = [a_finding(verdict) for verdict in Verdict]  # no gates: they change nothing
    found = [*others, *(a_finding(verdict, gate=True) for verdict in gates)]
    assert exit_code(found) == exit_code(found[::-1]) == code
    assert verdict_of(found).value == {0: "pass", 1: "fail", 2: "inconclusive"}[code]


def test_worst_first() -> None:
    every = [a_finding(v, gate=g, severity=s) for s, g, v in product(Severity, (False, True), Verdict)]
    found = worst_first(every)
    assert [f.verdict for f in found[::6]] == [Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_MEASURED, Verdict.PASS]
    assert [(f.gate, f.severity.value) for f in found[:6]] == [
        *[(True, s) for s in ("serious", "warning", "info")],
        *[(False, s) for s in ("serious", "warning", "info")],
    ]
    assert worst_first(found) == found


def test_what_stands_in_the_xml() -> None:
    found = [a_finding(verdict, gate=gate, name=f"{verdict.value}{gate}") for gate in (True, False) for verdict in Verdict]
    root = read_xml(junit(found, study="s"))
    assert root.tag == "testsuites"
    suite = root.find("testsuite")
    assert suite is not None
    assert suite.attrib == {"name": "agreement", "tests": "8", "failures": "1", "errors": "2", "skipped": "3"}
    inside = {case.get("name"): case[0].tag for case in suite}
    assert inside == {
        "passTrue on work": "system-out",
        "failTrue on work": "failure",
        "inconclusiveTrue on work": "error",
        "not_measuredTrue on work": "error",
        "passFalse on work": "system-out",
        "failFalse on work": "skipped",
        "inconclusiveFalse on work": "skipped",
        "not_measuredFalse on work": "skipped",
    }
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == ("fail", "what failTrue")
    assert str(failure.text).splitlines() == ["warning, failed", "what failTrue", "mend", "responders/failTrue"]


ALLOWED = {
    "testsuites": ({"name", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped"}, {"testcase"}),
    "testcase": ({"name", "classname"}, {"failure", "error", "skipped", "system-out"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"message"}, set()),
    "system-out": (set(), set()),
}
"""Attributes and children of each element, a part of Jenkins' schema of JUnit XML (junit-10.xsd)."""


def check_schema(element: ET.Element) -> None:
    attributes, children = ALLOWED[element.tag]
    assert set(element.attrib) == attributes
    for child in element:
        assert child.tag in children
        check_schema(child)


texts = st.text(max_size=20) | st.sampled_from(PAYLOADS)


@given(name=texts, topic=texts, what=texts, check=texts, study=texts, verdict=st.sampled_from(Verdict), gate=st.booleans())
def test_whatever_a_name_holds_the_xml_is_well_formed(
    name: str, topic: str, what: str, check: str, study: str, verdict: Verdict, gate: bool
) -> None:
    found = [Finding(check, Severity.SERIOUS, verdict, what, what, gate, name, topic, (name,))]
    text = junit(found, study=study)
    root = read_xml(text.encode("utf-8"))
    check_schema(root)
    assert len(list(root.iter("testcase"))) == 1
    assert not any(c in text for c in "\x00\x1b\x9b\u202e\u2066\ud800\ufffe")


def test_letters_that_are_no_controls_stay() -> None:
    root = read_xml(junit([a_finding(Verdict.PASS, name=PAYLOADS[-1])], study="s"))
    assert root[0][0].get("name") == f"{PAYLOADS[-1]} on work"
