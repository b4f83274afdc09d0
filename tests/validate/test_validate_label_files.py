"""Files for other tools: every text comes back as it was, nothing in a text runs, what is wrong is named with its place."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from normscope.errors import DataError, UsageError
from normscope.records import Label
from normscope.validate.coding import Sheet
from normscope.validate.label_csv import COLUMNS, read_csv, to_csv
from normscope.validate.label_files import files_for, read_labels

MEANINGS = {label: f'"{label.value}" <means> this & that' for label in Label}
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(str.strip)
HOSTILE = "=cmd|'/c calc'!A0"


def sheet(text: str = "Go.", *, name: str = "q1", asked: str = "stated") -> Sheet:
    return Sheet(name, "What now?", text, "<b>Leave</b>", asked)


def labels(path: Path, content: str, format_: str | None = None) -> list[tuple[str | None, str | None, str | None]]:
    """(item, label, coder) of each row of a file with this content."""
    path.write_text(content, encoding="utf-8", newline="")
    return [(r.item_id, r.label and r.label.value, r.coder) for r in read_labels(path, format_=format_)]


@given(st.lists(TEXTS, min_size=1, max_size=3), st.sampled_from(["", "'", "=", "'=", "''@", "\t-", "+", "-1", "＝"]))
def test_csv_gives_every_text_back(texts: list[str], start: str) -> None:
    sheets = [sheet(start + text, name=f"q{i}") for i, text in enumerate(texts)]
    written = to_csv(sheets, coder="anna")
    rows = list(read_csv(written.removeprefix("\ufeff"), Path("x.csv")))
    assert [row.content for row in rows] == [(s.dilemma, s.text, s.solution, s.asked) for s in sheets]
    assert [(row.item_id, row.label, row.coder) for row in rows] == [(s.item_id, None, "anna") for s in sheets]


@pytest.mark.parametrize("text", [HOSTILE, "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "''''=1"])
def test_no_cell_of_a_csv_begins_a_formula(text: str) -> None:
    cells = [cell for row in csv.reader(io.StringIO(to_csv([sheet(text)]), newline="")) for cell in row]
    assert not [cell for cell in cells if cell[:1] in {*"=+-@\t\r\n＝＋－＠"} - {""}]
    assert "'" + text.replace("\t=", "\t'=").replace("\r=", "\r'=").replace("\n=", "\n'=") in cells


FORMULAS = st.lists(
    st.sampled_from([";", "\t", "\n", " ", '"', "'", "=", "+", "-", "@", "＝", "x", ",", 'HYPERLINK("http://evil","x")']),
    min_size=1,
).map("".join)


@given(FORMULAS.filter(str.strip))
def test_no_cell_begins_a_formula_whatever_separates_cells(text: str) -> None:
    written = to_csv([sheet(text)])
    (row,) = read_csv(written.removeprefix("\ufeff"), Path("x.csv"))
    assert row.content is not None
    assert row.content[1] == text
    # split at every mark, quoted or not: spreadsheets differ in what a double quote within a cell means
    pieces = [
        *re.split("[;\t\r\n]", written),
        *(cell for cells in csv.reader(io.StringIO(written, newline="")) for cell in cells),
    ]
    assert not [piece for piece in pieces if piece.lstrip(' "')[:1] in {*"=+-@＝"} and piece not in ("", text)]


def test_a_formula_behind_a_semicolon_is_guarded() -> None:
    text = 'Call her;=HYPERLINK("http://evil","x")'
    written = to_csv([sheet(text)])
    assert "Call her;'=HYPERLINK" in written
    assert not [c for cells in csv.reader(io.StringIO(written, newline=""), delimiter=";") for c in cells if c.startswith("=")]


def test_csv_as_spreadsheets_and_people_change_it(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    assert labels(path, "\ufeffcoder;LABEL;item_id;mood\nanna; Agree ;q1;x\n;d;q2;\n;;q3;\n") == [
        ("q1", "agree", "anna"), ("q2", "disagree", None), ("q3", None, None),
    ]  # fmt: skip
    assert labels(path, "item_id\tlabel\nq1\tU\n") == [("q1", "unclear", None)]
    assert labels(path, 'dilemma,text,solution,label\r\n"a\nb",c,d,silent\r\n') == [(None, "silent", None)]


FULL: dict[str, Any] = {
    "id": 7,
    "data": {"item_id": "q1", "dilemma": "What now?", "text": "Go.", "solution": "Leave", "asked": "stated"},
    "annotations": [
        {
            "completed_by": {"id": 3, "email": "anna@example.org"},
            "result": [{"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": ["agree"]}}],
        },
        {"completed_by": 4, "result": [{"from_name": "label", "type": "choices", "value": {"choices": ["silent"]}}]},
        {"completed_by": 5, "was_cancelled": True, "result": []},
    ],
}


def test_exports_of_label_studio(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    assert labels(path, json.dumps([FULL, {"data": {"item_id": "q2"}, "annotations": []}])) == [
        ("q1", "agree", "anna@example.org"), ("q1", "silent", "4"), ("q2", None, None),
    ]  # fmt: skip
    flat = {"item_id": "q1", "dilemma": "a", "text": "b", "solution": "c", "id": 7, "annotation_id": 1, "annotator": 3}
    minimal = [{**flat, "label": "agree"}, {**flat, "label": {"choices": ["unclear"]}}, flat, {**flat, "label": ["silent"]}]
    assert [row[1] for row in labels(path, json.dumps(minimal))] == ["agree", "unclear", None, "silent"]
    assert labels(path, json.dumps(minimal))[0] == ("q1", "agree", "3")


def test_what_potato_writes(tmp_path: Path) -> None:
    path = tmp_path / "user_state.json"
    pairs: dict[str, Any] = {
        "q1": [[{"schema": "label", "name": "agree"}, "true"], [{"schema": "other", "name": "x"}, "true"]],
        "q2": {"label": {"silent": True, "agree": False}},
        "q3": {"label": {"labels": {"unclear": "unclear"}}},
        "q4": [],
    }
    state = json.dumps({"user_id": "anna", "instance_id_to_label_to_value": pairs}, indent=2)
    assert labels(path, state) == [
        ("q1", "agree", "anna"), ("q2", "silent", "anna"), ("q3", "unclear", "anna"), ("q4", None, "anna"),
    ]  # fmt: skip
    lines = [
        {"id": "q1", "displayed_text": "…", "label_annotations": {"label": {"disagree": "2"}}, "span_annotations": []},
        {"id": "q2", "displayed_text": "…", "label_annotations": {}, "user_id": "ben"},
    ]
    assert labels(path, "\n".join(map(json.dumps, lines)) + "\n") == [("q1", "disagree", None), ("q2", None, "ben")]
    # as version 2.12.1 wrote it
    line = '{"instance_id": "q1", "user_id": "anna", "labels": {"label": {"silent": "true"}}, "spans": {}, "links": {}}\n'
    assert labels(path, line) == [("q1", "silent", "anna")]


@pytest.mark.parametrize("name", [["agree"], {"agree": True}, True, 1.5])
def test_a_name_of_potato_that_is_no_text_is_named(tmp_path: Path, name: object) -> None:
    state = {"user_id": "anna", "instance_id_to_label_to_value": {"q1": [[{"schema": "label", "name": name}, True]]}}
    with pytest.raises(DataError, match=r"field 'instance_id_to_label_to_value\.q1\.name': not a text"):
        labels(tmp_path / "user_state.json", json.dumps(state))


def test_files_for_label_studio() -> None:
    (tasks, text, _), (config, xml, _) = files_for([sheet(HOSTILE)], "labelstudio", Path("t.json"), definitions=MEANINGS)
    assert (tasks.name, config.name) == ("t.json", "t.xml")
    assert json.loads(text)[0]["data"]["text"] == HOSTILE
    root = ET.fromstring(xml)  # noqa: S314 - written by ourselves, a line above
    assert [choice.get("value") for choice in root.iter("Choice")] == [label.value for label in Label]
    assert next(root.iter("Choice")).get("hint") == MEANINGS[Label.AGREE]
    shown = {str(tag.get("value")).removeprefix("$") for tag in root.iter("Text")}
    assert shown <= set(json.loads(text)[0]["data"])


def test_files_for_potato() -> None:
    hostile = "<script>alert(1)</script>\nnext"
    (items, text, _), (config, options, _) = files_for([sheet(hostile)], "potato", Path("i.jsonl"), definitions=MEANINGS)
    assert (items.name, config.name) == ("i.jsonl", "i.yaml")
    item = json.loads(text)
    assert item["id"] == "q1"
    assert "<script>" not in item["text"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>next" in item["text"]
    values = yaml.safe_load(options)
    assert values["data_files"] == ["i.jsonl"]
    assert [entry["name"] for entry in values["annotation_schemes"][0]["labels"]] == [label.value for label in Label]


def changed(**changes: Any) -> str:
    return json.dumps([{**FULL, **changes}])


BAD = [
    ("empty", "", None, ["empty"]),
    ("no format", "hello\n", None, ["csv, labelstudio, potato"]),
    ("an unknown label", "item_id,label,coder\nq1,agree,a\nq2,maybe,a\n", None, ["line 3", "'label'", "maybe", "unclear"]),
    ("no label column", "item_id,coder\nq1,a\n", "csv", ["line 1", "'label'"]),
    ("nothing labelled", "label,coder\nagree,a\n", None, ["line 1", "'item_id'"]),
    ("half a question", "dilemma,text,solution,label\na,,c,agree\n", None, ["line 2", "'text'"]),
    ("unknown asked", "dilemma,text,solution,asked,label\na,b,c,loudly,agree\n", None, ["line 2", "'asked'", "shown"]),
    ("a short row", "item_id,label\nq1\n", None, ["line 2", "2 cells"]),
    ("an open quote", 'item_id,label\nq1,"agree\n', None, ["line 2", "quote"]),
    ("two columns of a name", "item_id,label,label\nq1,agree,silent\n", None, ["line 1", "'label'"]),
    ("NUL", "item_id,label\nq\0,agree\n", None, ["line 2", "'item_id'", "NUL"]),
    ("broken JSON", '[{"data": ', None, ["line 1", "JSON"]),
    ("nested without end", "[" * 100_000, "labelstudio", ["JSON"]),
    ("no list", "{}", "labelstudio", ["list of tasks"]),
    ("a task that is none", '[{"data": {}}, 3]', None, ["[1]"]),
    ("no data", changed(data=None), None, ["[0].data"]),
    ("annotations that are none", changed(annotations=3), None, ["[0].annotations"]),
    ("an annotation that is none", changed(annotations=[3]), None, ["[0].annotations[0]"]),
    ("no result", changed(annotations=[{"result": 3}]), None, ["[0].annotations[0].result"]),
    (
        "two choices",
        changed(annotations=[{"result": [{"from_name": "label", "value": {"choices": ["agree", "silent"]}}]}]),
        None,
        ["[0].annotations[0].result[0].value.choices", "one label"],
    ),
    (
        "an unknown choice",
        changed(annotations=[{"result": [{"from_name": "label", "value": {"choices": ["yes"]}}]}]),
        None,
        ["[0].annotations[0].result[0].value.choices", "yes"],
    ),
    ("half a pair", '[{"data": {"item_id": "q\\ud800"}}]', None, ["[0].item_id", "surrogate"]),
    ("no state", "{}", "potato", ["instance_id_to_label_to_value"]),
    ("a strange answer", '{"instance_id_to_label_to_value": {"q1": [3]}}', None, ["instance_id_to_label_to_value.q1"]),
    (
        "two labels",
        '{"instance_id_to_label_to_value": {"q1": {"label": {"agree": "1", "silent": "1"}}}}',
        None,
        ["instance_id_to_label_to_value.q1", "one label"],
    ),
    ("a line without id", '{"label_annotations": {}}\n', None, ["line 1", "'id'"]),
    ("a broken line", '{"id": "q1", "label_annotations": {}}\n{"id"\n', None, ["line 2", "JSON"]),
]


@pytest.mark.parametrize(("content", "format_", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, content: str, format_: str | None, words: list[str]) -> None:
    with pytest.raises(DataError) as error:
        labels(tmp_path / "x.csv", content, format_)
    for word in ["x.csv", *words]:
        assert word in str(error.value)
    assert len(str(error.value)) < 600


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_labels(tmp_path / "none.csv")
    with pytest.raises(DataError, match="ordinary file"):
        read_labels(tmp_path)
    (tmp_path / "latin.csv").write_bytes("item_id,label\nå,agree\n".encode("latin-1"))
    with pytest.raises(DataError, match="line 2"):
        read_labels(tmp_path / "latin.csv")
    with pytest.raises(UsageError, match="Did you mean 'potato'"):
        files_for([], "potatoe", tmp_path, definitions=MEANINGS)
    assert COLUMNS[0] == "item_id"
