"""The workflow of examples/ci: its YAML can be read, its commands exist with these options, its policy is one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from normscope.audit import load_policy
from normscope.cli.commands import normscope

CI = Path(__file__).resolve().parents[2] / "examples" / "ci"
WORKFLOW: dict[Any, Any] = yaml.safe_load((CI / "normscope-audit.yml").read_text(encoding="utf-8"))


def steps() -> Iterator[dict[str, Any]]:
    for job in WORKFLOW["jobs"].values():
        yield from job["steps"]


def commands() -> Iterator[list[str]]:
    for step in steps():
        for line in str(step.get("run", "")).splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0] == "normscope":
                yield words[1 : next((i for i, word in enumerate(words) if word in ("||", "&&", "|", ">")), None)]


def test_labels_of_people_come_in_before_the_matcher_is_validated() -> None:
    # the policy gates the matcher: without a way for labels to come in, no job could ever pass
    (run,) = [str(step["run"]) for step in steps() if "normscope validate" in str(step.get("run", ""))]
    places = [run.index(words) for words in ("--export csv questions.csv", "--import labels.csv", "normscope validate")]
    assert places == sorted(places)
    (kept,) = [str(step["with"]["path"]) for step in steps() if "upload-artifact" in str(step.get("uses", ""))]
    assert "questions.csv" in kept


def test_the_workflow_has_the_shape_of_one() -> None:
    # YAML 1.1 reads the key `on` as true
    assert set(WORKFLOW) == {"name", True, "permissions", "concurrency", "jobs"}
    assert WORKFLOW["permissions"] == {"contents": "read"}
    for job in WORKFLOW["jobs"].values():
        assert job["runs-on"]
        assert job["timeout-minutes"]
    for step in steps():
        assert ("uses" in step) != ("run" in step)
        assert set(step) <= {"name", "uses", "run", "with", "env", "if"}
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])


def test_every_expression_is_closed_and_secrets_stay_in_the_environment() -> None:
    text = (CI / "normscope-audit.yml").read_text(encoding="utf-8")
    assert text.count("${{") == len(re.findall(r"\$\{\{ [^{}]+ \}\}", text))
    for step in steps():
        assert "${{" not in str(step.get("run", ""))  # what comes from outside is never pasted into a shell
        assert "secrets." not in str({name: value for name, value in step.items() if name != "env"})


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_can_be_parsed(words: list[str]) -> None:
    with click.Context(normscope) as group:
        command = normscope.get_command(group, words[0])
        assert command is not None
        context = command.make_context(words[0], words[1:], parent=group)
    assert context.params


def test_the_commands_are_those_of_an_audit() -> None:
    assert [words[0] for words in commands()] == ["run", "label", "validate", "agree", "audit", "bundle"]
    audit = next(words for words in commands() if words[0] == "audit")
    kept = next(step["with"]["path"].split() for step in steps() if "upload-artifact" in step.get("uses", ""))
    assert audit[audit.index("--junit") + 1] in kept


def test_the_policy_is_one() -> None:
    policy = load_policy(CI / "policy.yaml")
    assert {rule.check.name for rule in policy.rules if rule.gate} >= {"beside_ceiling", "matcher"}
    assert "equivalence" not in {rule.check.name for rule in policy.rules}
