"""docs/auditing.md: its blocks do what it says, and every check and field is on it."""

from __future__ import annotations

import shlex
from dataclasses import fields
from pathlib import Path

import pytest

from normscope.audit import CHECKS, make_policy
from normscope.cli import main
from normscope.study import Study
from tests.pages import DOCS, blocks, run_python
from tests.ranking.conftest import make

PAGE = DOCS / "auditing.md"


def test_blocks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    with Study.open(make(tmp_path / "runs" / "mine", dilemmas=50)) as study:
        study.agree()
        study.validate(whole=True, injections=0, repeats=False)
    found = blocks(PAGE)
    assert [language for language, _ in found] == ["sh", "yaml", "python"]
    for language, body in sorted(found, key=lambda block: ("yaml", "sh", "python").index(block[0])):
        if language == "yaml":
            Path("policy.yaml").write_text(body, encoding="utf-8")
        elif language == "python":
            run_python(PAGE, body)
        else:
            for line in body.splitlines():
                with pytest.raises(SystemExit) as ended:
                    main(shlex.split(line)[1:])
                assert ended.value.code == 0, capsys.readouterr()
    assert Path("findings.xml").is_file()
    out = capsys.readouterr().out
    assert "Passed: every gate is passed." in out
    assert "Stated agreement of m1 with people is" in out


def test_every_check_and_field_is_on_the_page_with_its_threshold() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}
    for rule in make_policy({}).rules:
        row = rows[rule.check.name]
        assert row.rstrip().endswith("| yes |") is rule.gate
        for field in fields(CHECKS[rule.check.name]):
            value = getattr(rule.check, field.name)
            assert f"`{field.name}: {str(value).lower() if isinstance(value, bool) else value}`" in row
    assert all(name in rows for name in ("gate", "severity", "models", "topics", "pass", "fail", "inconclusive", "not_measured"))
