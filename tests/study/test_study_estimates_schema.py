"""The documented shape of `estimates.json` is that of the records, and what `agree` writes has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import normscope.report.schemas
from normscope.report.schemas import schema_text
from normscope.study import Study
from normscope.study.estimates_schema import estimates_schema_text
from tests.ranking.conftest import make

FILE = Path(normscope.report.schemas.__file__).parent / "schema" / "estimates.schema.json"


def test_the_file_is_made_from_the_records(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        FILE.write_text(estimates_schema_text(), encoding="utf-8", newline="\n")
    assert schema_text("estimates") == estimates_schema_text(), "make it again with: pytest --update-golden"


def test_estimates_json_has_this_shape(tmp_path: Path) -> None:
    with Study.open(make(tmp_path / "s", dilemmas=12)) as study:
        study.agree()
    values = json.loads((tmp_path / "s" / "estimates.json").read_text(encoding="utf-8"))
    schema = Draft202012Validator(json.loads(schema_text("estimates")))
    schema.validate(values)
    assert set(values) == set(json.loads(schema_text("estimates"))["properties"])
    assert values["estimates"]
    assert values["rankings"]
    values["estimates"][0]["value"] = None
    assert not schema.is_valid(values)
