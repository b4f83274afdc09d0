"""`normscope audit` on a small study, through the command line: exit codes, files, and what is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from normscope.audit import CHECKS, default_policy_text
from normscope.cli import main
from normscope.errors import UsageError
from normscope.records import (
    Dilemma,
    Estimate,
    Finding,
    Gold,
    Kind,
    Label,
    Outcome,
    Responder,
    Response,
    Solution,
    Stance,
    Turn,
    from_dict,
)
from normscope.study import Study
from tests.audit.making import read_xml

HOSTILE = "<b>m\x1b[2J\u202e|]]>"
Command = Callable[..., subprocess.CompletedProcess[str]]


def made(folder: Path, *, agreed: bool = True) -> Path:
    """Twenty dilemmas, two people who say the same, a model that says so too, one with a hostile name that never does."""
    asked = [Dilemma(f"d{i}", f"He is loud at {i} o'clock. What do I do?", "en", ("home", "work")[i % 2]) for i in range(20)]
    everybody = [
        Responder("h0", Kind.HUMAN),
        Responder("h1", Kind.HUMAN),
        Responder("m", Kind.MODEL),
        Responder(HOSTILE, Kind.MODEL),
    ]
    responses, solutions = [], []
    for dilemma in asked:
        for responder in everybody:
            text = "Say nothing." if responder.responder_id == HOSTILE else f"Talk about {dilemma.dilemma_id}."
            key = (dilemma.dilemma_id, responder.responder_id, 0)
            responses.append(Response(*key, "ask", Outcome.ANSWERED, (Turn("user", dilemma.text), Turn("assistant", text))))
            solutions.append(Solution("/".join(map(str, key)), *key, text, Stance.RECOMMENDS, True, "rules"))
    with Study.create(folder, dilemmas="starter", resamples=30, matcher="exact") as study:
        study.store.put([*asked, *everybody, *responses, *solutions])
        study.match()
        if agreed:
            study.agree()
    return folder


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("made") / "s")


@pytest.fixture
def folder(made_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_once, tmp_path / "s"))


OFF = "".join(f"  {name}: off\n" for name in CHECKS if name != "agreement")


@pytest.mark.parametrize(
    ("demand", "code", "end"),
    [
        ("{gate: true, at_least: 0.5, models: [m]}", 0, "Passed"),
        ("{gate: true, at_least: 0.5}", 1, "Failed"),
        ("{gate: true, at_least: 0.95, models: [m]}", 2, "Inconclusive"),
        ("{gate: true, at_least: 0.5, models: [m], topics: [home, work]}", 0, "Passed"),
        ("{at_least: 0.5}", 0, "No check is a gate"),
        ("[{gate: true, at_least: 0.95, models: [m]}, {gate: true, at_least: 0.5}]", 1, "Failed"),
        ("{gate: true, at_least: 5}", 3, ""),
        ("{gate: true, models: [M]}", 3, ""),
    ],
)
def test_exit_codes(folder: Path, command_here: Command, demand: str, code: int, end: str) -> None:
    (folder.parent / "p.yaml").write_text(f"checks:\n{OFF}  agreement: {demand}\n")
    result = command_here(folder.parent, "audit", "s", "--policy", "p.yaml")
    assert result.returncode == code, result.stdout + result.stderr
    assert end in result.stdout
    assert result.stderr.startswith("Error: ") is (code == 3)


def test_without_a_policy_what_is_not_measured_is_inconclusive(folder: Path, command_here: Command) -> None:
    result = command_here(folder.parent, "audit", "s", "--junit", "j.xml")
    assert result.returncode == 1  # one model is far below the ceiling, and that is a gate
    table = " ".join(result.stdout.split())
    assert "not measured (gate)" in table
    assert "The matcher exact is not validated" in table
    assert "Passed: self_judged (2), holes (2)" in table
    assert not any(c in result.stdout for c in "\x1b\u202e")
    root = read_xml((folder.parent / "j.xml").read_bytes())
    assert [suite.get("name") for suite in root if suite.get("errors") != "0"] == ["beside_ceiling", "matcher", "placebo"]
    assert "<b>m[2J|]]>" in {case.get("name") for case in root.iter("testcase")}


def test_what_is_written_is_what_is_printed_and_always_the_same(folder: Path, command_here: Command) -> None:
    first = command_here(folder.parent, "audit", "s", "--json")
    again = command_here(folder.parent, "audit", "s", "--json")
    assert (first.returncode, first.stderr) == (1, "")
    assert first.stdout == again.stdout
    # but for signs that would turn what is read around, which are printed as escapes
    assert first.stdout.replace("\\u202e", "\u202e") == (folder / "findings.json").read_text(encoding="utf-8")
    values = json.loads(first.stdout)
    assert (values["verdict"], values["schema_version"]) == ("fail", 1)
    with Study.open(folder) as study:
        of = json.dumps(study.results(), ensure_ascii=False).encode()
    assert values["estimates_sha256"] == hashlib.sha256(of).hexdigest()
    assert {rule["check"] for rule in values["policy"]} == set(CHECKS)
    findings = [from_dict(Finding, one) for one in values["findings"]]
    with Study.open(folder) as study:
        assert study.audit() == findings
        paths = {"/".join(str(part) for part in ("estimates", e.metric, e.pairing, e.responder_id)) for e in study.estimates()}
    known = [p for f in findings for p in f.evidence if p.startswith("estimates/")]
    assert known
    assert all("/".join(p.split("/")[:4]).replace("%2F", "/") in paths for p in known)


def test_the_policy_that_is_printed_can_be_used(folder: Path, command_here: Command) -> None:
    printed = command_here(folder.parent, "audit", "--print-policy")
    assert (printed.returncode, printed.stdout) == (0, default_policy_text())
    (folder.parent / "p.yaml").write_text(printed.stdout)
    plain = command_here(folder.parent, "audit", "s", "--json")
    with_it = command_here(folder.parent, "audit", "s", "--json", "--policy", "p.yaml")
    assert with_it.stdout == plain.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("audit",), "Give the folder"),
        (("audit", "nowhere"), "nowhere"),
        (("audit", "s", "--policy", "none.yaml"), "there is no file none.yaml"),
        (("audit", "s", "--junit", "s/study.db/folder.xml"), "cannot be written"),
    ],
)
def test_bad_input_is_one_message(folder: Path, command_here: Command, arguments: tuple[str, ...], words: str) -> None:
    result = command_here(folder.parent, *arguments)
    assert result.returncode == 3
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["audit", str(folder)])
    assert ended.value.code == 3
    return capsys.readouterr().err


def test_a_study_without_estimates_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "holds no estimates" in refused(made(tmp_path / "s", agreed=False), capsys)


def test_estimates_that_are_older_than_labels_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Study.open(folder) as study:
        study.audit()
        study.store.put([Gold("g1", "d", "t", "s", "stated", Label.AGREE, "anna")])
    assert "older than its labels or its settings. Run: normscope agree" in refused(folder, capsys)
    with Study.open(folder) as study:
        study.agree()
        assert study.audit()
        study.store.put([Solution("new", "d0", "m", 0, "Hide.", Stance.RECOMMENDS, False, "rules")])
    assert "have changed since they were matched" in refused(folder, capsys)


def test_estimates_of_other_settings_are_refused(folder: Path) -> None:
    with Study.open(folder, level=0.9) as study, pytest.raises(UsageError, match="or its settings"):
        study.audit()


def test_estimates_by_another_matcher_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Study.open(folder) as study:
        study.store.replace("estimates", [replace(e, matcher="lexical") for e in study.estimates()])
    assert "are by 'lexical', and the study's matcher is 'exact'" in refused(folder, capsys)


def test_findings_of_other_estimates_are_none(folder: Path) -> None:
    with Study.open(folder) as study:
        assert study.findings() == {}
        study.audit()
        assert study.findings()["findings"]
        study.store.replace("estimates", study.store.all(Estimate)[1:])
        assert study.findings() == {}


def test_estimates_that_change_take_the_findings_file_with_them(folder: Path) -> None:
    path = folder / "findings.json"
    with Study.open(folder) as study:
        study.audit()
        study.agree()
        assert path.is_file()  # the same estimates
    with Study.open(folder, resamples=20) as study:
        study.agree()
        assert not path.exists()


def test_a_folder_of_an_earlier_version_is_known_by_its_matcher_alone(folder: Path) -> None:
    with Study.open(folder) as study:
        study.store.set_fact("agreed", "{}")
        with pytest.raises(UsageError, match="older than its labels"):
            study.audit()
        with study.store._database.write() as db:
            db.execute("DELETE FROM facts WHERE name = 'agreed'")
        assert study.audit()
