"""The report as JSON: its documented shape, its bytes, and that every table stands once."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from normscope.records import NotMeasured, to_dict
from normscope.report.content import Column, Content, Number, Section, Table
from normscope.report.json_report import report_json, report_values
from normscope.report.schemas import SCHEMAS, schema_text
from tests.report.contents import ESTIMATE, HOSTILE, every_cell, hostile

SCHEMA = Draft202012Validator(json.loads(schema_text("report")))


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(schema_text(name)))


def test_every_kind_of_cell() -> None:
    values = report_values(every_cell())
    SCHEMA.validate(values)
    (table,) = values["sections"][0]["tables"]
    first, second, last = table["rows"]
    assert first["stated"] == {name: value for name, value in to_dict(ESTIMATE).items() if name != "schema_version"}
    assert first["rank"] == {"value": 1, "low": 1, "high": 2}
    assert first["cost"] == {"value": 1234.5, "unit": "USD"}
    assert first["n"] == 1400
    assert second["cost"] == {"not_measured": "no price is known"}
    assert second["rank"] == {
        "value": 2,
        "low": {"not_measured": "one dilemma only"},
        "high": {"not_measured": "one dilemma only"},
    }
    assert last["rank"] is None
    assert table["columns"][1] == {"name": "stated", "heading": "Stated", "meaning": "said unprompted", "numeric": True}
    assert (table["groups"], table["totals"], table["left_out"]) == ([{"before_row": 0, "heading": "Models"}], [2], 3)
    assert values["sections"][0]["parts"][0]["points"] == ["The definitions are ours.", "Nobody checked the matcher."]


def test_sections_keep_their_parts() -> None:
    deep = Section("c", "C")
    content = Content("t", {}, [Section("a", "A", parts=[Section("b", "B", parts=[deep]), Section("d", "D")]), Section("e", "E")])
    sections = report_values(content)["sections"]
    names = [(s["name"], [(p["name"], [q["name"] for q in p["parts"]]) for p in s["parts"]]) for s in sections]
    assert names == [("a", [("b", ["c"]), ("d", [])]), ("e", [])]


def test_a_table_stands_once() -> None:
    table = every_cell().tables()[0]
    content = Content("t", {}, [Section("a", "A", tables=[table, table]), Section("b", "B", tables=[table])])
    first, second = report_values(content)["sections"]
    assert (len(first["tables"]), len(second["tables"])) == (1, 0)


@pytest.mark.parametrize("text", HOSTILE)
def test_strangers_text_comes_back_as_it_was(text: str) -> None:
    content = hostile(text)
    told = report_json(content)
    assert told.encode("utf-8").decode("utf-8") == told
    assert not set("\x00\x1b\x9b\u202e\u2066\u2028\ud800\ufeff") & set(told)
    values = json.loads(told)
    SCHEMA.validate(values)
    assert values == json.loads(json.dumps(report_values(content)))
    assert values["title"] == text
    (table,) = values["sections"][0]["tables"]
    assert len(table["rows"][0]) == len(table["columns"]) == 4  # four columns of one name have four keys


def test_same_report_same_bytes() -> None:
    assert report_json(every_cell()) == report_json(every_cell())


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_no_number_is_not_a_number(value: float) -> None:
    table = Table("t", "", (Column("x", "x"),), ((Number(value),),))
    with pytest.raises(ValueError, match="JSON"):
        report_json(Content("t", {}, [Section("a", "A", tables=[table])]))


def test_what_is_not_of_the_shape_is_noticed() -> None:
    values = report_values(every_cell())
    row = values["sections"][0]["tables"][0]["rows"][0]
    for wrong in (True, 0.5, {"value": "0.5"}, {"low": 0.5}, {"value": None}, {"not_measured": 1}, {"value": 0.5, "note": ""}):
        before, row["stated"] = row["stated"], wrong
        assert not SCHEMA.is_valid(values), wrong
        row["stated"] = before
    assert not SCHEMA.is_valid(values | {"created_on": "2026-01-01"})
    assert not SCHEMA.is_valid({name: value for name, value in values.items() if name != "schema"})
    SCHEMA.validate(values)


def test_a_missing_value_of_an_estimate_keeps_its_reason() -> None:
    missing = NotMeasured("nobody answered")
    table = Table("t", "", (Column("x", "x"),), ((replace(ESTIMATE, value=missing, low=missing, high=missing),),))
    values = report_values(Content("t", {}, [Section("a", "A", tables=[table])]))
    SCHEMA.validate(values)
    assert values["sections"][0]["tables"][0]["rows"][0]["x"]["value"] == {"not_measured": "nobody answered"}
