"""Policies: what they may say, what is wrong with those that are refused, and that the printed one is the one in use."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.audit import CHECKS, default_policy, default_policy_text, load_policy, make_policy
from normscope.audit.checks import Agreement, Holes
from normscope.audit.policy_file import LARGEST, yaml_values
from normscope.errors import DataError, UsageError
from normscope.records import Severity, Verdict
from tests.audit.making import a_study, an_estimate, dilemmas


def test_the_printed_policy_is_the_one_in_use_and_spells_out_every_field() -> None:
    printed = yaml_values(default_policy_text(), file="it")
    assert make_policy(printed) == make_policy({})
    assert list(printed["checks"]) == list(CHECKS)
    for name, kind in CHECKS.items():
        assert set(printed["checks"][name]) == {"gate", "severity", *(field.name for field in fields(kind))}
        # the thresholds that a check has of itself are no others
        assert {field.name: field.default for field in fields(kind)}.items() <= printed["checks"][name].items()


def test_what_is_left_out_is_as_in_the_default_policy() -> None:
    policy = make_policy({"checks": {"agreement": {"at_least": 0.7}, "ranks": False, "holes": {"gate": False}}})
    by_name = {rule.check.name: rule for rule in policy.rules}
    assert by_name["agreement"].check == Agreement(0.7)
    assert (by_name["agreement"].gate, by_name["agreement"].severity) == (False, Severity.WARNING)
    assert (by_name["holes"].check, by_name["holes"].gate) == (Holes(0.01), False)
    assert list(by_name) == [name for name in CHECKS if name != "ranks"]


def test_a_check_can_be_made_several_times(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(
        "checks:\n  agreement:\n    - {at_least: 0.6}\n    - {at_least: 0.8, gate: on, models: [m], topics: [work]}\n"
        "  holes: off\n"
    )
    rules = [rule for rule in load_policy(tmp_path / "p.yaml").rules if rule.check.name == "agreement"]
    assert [(rule.check.at_least, rule.gate, rule.models, rule.topics) for rule in rules] == [  # type: ignore[attr-defined]
        (0.6, False, None, None),
        (0.8, True, ("m",), ("work",)),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("check: {}", ["'check'", "Did you mean 'checks'?"]),
        ("checks: {agrement: {}}", ["'checks.agrement'", "Did you mean 'agreement'?"]),
        ("checks: {agreement: {atleast: 0.5}}", ["'checks.agreement.atleast'", "Did you mean 'at_least'?"]),
        ("checks: {agreement: {at_most: 0.5}}", ["'checks.agreement.at_most'"]),
        ("checks: {agreement: {at_least: 1.5}}", ["'checks.agreement.at_least'", "1.5"]),
        ("checks: {agreement: {at_least: .nan}}", ["'checks.agreement.at_least'", "nan"]),
        ("checks: {agreement: {at_least: high}}", ["'checks.agreement.at_least'", "high"]),
        ("checks: {agreement: {at_least: '0.5'}}", ["'checks.agreement.at_least'"]),
        ("checks: {agreement: {at_least: yes}}", ["'checks.agreement.at_least'", "True"]),
        ("checks: {agreement: {gate: 1}}", ["'checks.agreement.gate'"]),
        ("checks: {agreement: {severity: grave}}", ["'checks.agreement.severity'", "serious"]),
        ("checks: {agreement: [{}, {at_least: -1}]}", ["'checks.agreement.1.at_least'"]),
        ("checks: {agreement: []}", ["'checks.agreement'"]),
        ("checks: {agreement: 0.5}", ["'checks.agreement'", "0.5"]),
        ("checks: {agreement: {models: []}}", ["'checks.agreement.models'"]),
        ("checks: {agreement: {models: [1]}}", ["'checks.agreement.models.0'"]),
        ("checks: {matcher: {models: [m]}}", ["'checks.matcher.models'", "cannot be made of some models only"]),
        ("checks: {ranks: {topics: [work]}}", ["'checks.ranks.topics'"]),
        ("checks: {ranks: {at_most: 0.5}}", ["'checks.ranks.at_most'"]),
        ("checks: {matcher: {by: f1}}", ["'checks.matcher.by'", "kappa"]),
        ("checks: {agreement: {gate: true, gate: false}}", ["line 1", "'gate' stands twice"]),
        ("checks: [agreement]", ["'checks'", "agreement"]),
        ("checks: {1: {}}", ["'checks.1'"]),
        ("- checks", ["a policy is a table"]),
        ("", ["a policy is a table"]),
        ("checks: {", ["not readable as YAML", "line"]),
        ("checks: &a {agreement: *a}", ["p.yaml"]),
        ("checks: {agreement: {at_least: !!python/name:os.system }}", ["not readable as YAML"]),
        pytest.param("[" * 400, ["not readable as YAML"], id="deep"),
        ("checks: {? [a, b] : c}", ["p.yaml"]),
        ("checks: {? {a: b} : c}", ["p.yaml"]),
        ("checks: 2020-13-45", ["p.yaml"]),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: list[str]) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(text)
    with pytest.raises(DataError) as raised:
        load_policy(path)
    for word in ("p.yaml", *words):
        assert word in str(raised.value)
    assert len(str(raised.value)) < 1000


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        load_policy(tmp_path / "none.yaml")
    with pytest.raises(UsageError, match="cannot be read"):
        load_policy(tmp_path)
    (tmp_path / "big.yaml").write_bytes(b"#" * (LARGEST + 1))
    with pytest.raises(DataError, match="too large"):
        load_policy(tmp_path / "big.yaml")
    (tmp_path / "latin.yaml").write_bytes("checks: {} # på".encode("latin-1"))
    with pytest.raises(DataError, match="UTF-8"):
        load_policy(tmp_path / "latin.yaml")


leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.sampled_from([*CHECKS, "gate", "models"])
)
keys = st.text(max_size=10) | st.sampled_from(["checks", *CHECKS, "gate", "at_least", "at_most", "models", "topics"])
trees = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=12)


@given(values=st.dictionaries(keys, trees, max_size=3))
def test_anything_else_is_refused_without_a_crash(values: dict[str, Any]) -> None:
    try:
        policy = make_policy(values)
    except DataError:
        return
    assert policy.rules == make_policy({"checks": {}}).rules or values.get("checks")


@pytest.mark.parametrize(
    ("rule", "words"),
    [({"models": ["M"]}, "no model 'M'. Did you mean 'm'?"), ({"topics": ["wrk"]}, "no topic 'wrk'. Did you mean 'work'?")],
)
def test_a_name_that_the_study_does_not_have_is_an_error(rule: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as raised:
        make_policy({"checks": {"agreement": rule}})(a_study(dilemmas=dilemmas("work")))
    assert words.partition(".")[0] in str(raised.value)
    assert "agreement" in str(raised.value)


def test_a_rule_gives_gate_and_severity() -> None:
    estimates = [an_estimate("stated", "m", 0.9, 0.8, 1.0), an_estimate("stated", "n", 0.1, 0.0, 0.2)]
    evidence = a_study(estimates=estimates)
    only = dict.fromkeys(CHECKS, False) | {"agreement": {"gate": True, "severity": "serious"}}
    found = make_policy({"checks": only})(evidence)
    assert [(f.verdict, f.gate, f.severity) for f in found] == [
        (Verdict.PASS, True, Severity.INFO),
        (Verdict.FAIL, True, Severity.SERIOUS),
    ]
    unsure = make_policy({"checks": only})(a_study(estimates=[an_estimate("stated", "m", 0.5, 0.4, 0.6)]))
    assert [(f.verdict, f.severity) for f in unsure] == [
        (Verdict.INCONCLUSIVE, Severity.WARNING),
        (Verdict.NOT_MEASURED, Severity.WARNING),
    ]


def test_what_is_no_more_than_information_stays_so() -> None:
    quiet = make_policy({"checks": {"agreement": {"severity": "info"}}})(a_study())
    assert {f.severity for f in quiet if f.check == "agreement"} == {Severity.INFO}


def test_every_check_says_something_of_a_study_that_has_nothing() -> None:
    found = default_policy()(a_study(responders=()))
    assert {finding.check for finding in found} == set(CHECKS)
    assert {finding.verdict for finding in found} == {Verdict.NOT_MEASURED}
    assert default_policy()(a_study()) == default_policy()(a_study())
