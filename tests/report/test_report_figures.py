"""The figures: charts that Vega-Lite's schema accepts, the same bytes each time, and their numbers as CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.records import Dilemma, NotMeasured, Outcome
from normscope.report import OutcomeCount, ReportData
from normscope.report.charts.responder_map import label_sides
from normscope.report.content import Column, Number, Table
from normscope.report.content_of import content
from normscope.report.drawing import _drawn, drawn, image
from normscope.report.figures import Figure
from normscope.report.interactive import bundle
from normscope.report.pdf_order import in_order
from normscope.report.table_csv import table_csv
from tests.report.made_sections import made_sections
from tests.report.test_report_sections import MODELS, PEOPLE, made

NAMES = {"headline", "agreement_matrix", "responder_map", "stated_explicit", "topics", "ranks", "readings", "outcomes"}


@cache
def figures() -> dict[str, Figure]:
    """Every figure that a report can have, by its name."""
    estimates = [
        made(metric, a, b, value, reading=reading)
        for metric, value in (("stated", 0.7), ("explicit", 0.8), ("gap", 0.1), ("acquiescence", 0.4))
        for a, b in (("plain", "people"), ("careful", "people"), ("plain", "careful"), ("plain", "ane"), ("ane", "bo"))
        for reading in ("main", "any")
    ]
    estimates += [made("ceiling", value=0.6), made("ceiling", value=0.6, topic="money")]
    estimates += [made("stated", "plain", "people", 0.5, topic="money")]
    data = ReportData(
        title="T",
        study="t",
        created_with="0",
        seed=0,
        dilemmas=[Dilemma("loan", "?", topic="money")],
        responders=(*MODELS, *PEOPLE),
        responses=[],
        solutions=[],
        matches=[],
        estimates=estimates,
        card=NotMeasured("no labels"),
        sections=made_sections(["plain", "careful"], ["ane", "bo"], ["money"]),
        outcomes=[OutcomeCount("plain", "money", Outcome.ANSWERED, "", 3), OutcomeCount("plain", "money", Outcome.EMPTY, "", 1)],
    )
    return {figure.name: figure for figure in content(data).figures()}


def test_every_figure_is_there_with_words_and_numbers() -> None:
    assert figures().keys() == NAMES
    for figure in figures().values():
        assert figure.alt.endswith(".")
        assert "n = " in figure.caption
        assert figure.table.rows


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_chart_is_valid_and_draws_the_same_every_time(name: str) -> None:
    pytest.importorskip("altair")
    figure = figures()[name]
    figure.chart().to_dict(validate=True)
    first = drawn(figure)
    _drawn.cache_clear()
    assert drawn(figure) == first
    assert "<" not in first.spec
    assert "http" not in json.dumps([v for k, v in json.loads(first.spec).items() if k != "$schema"])


@pytest.mark.parametrize("form", ["pdf", "png"])
def test_files_for_papers_are_the_same_bytes_every_time(form: str) -> None:
    pytest.importorskip("altair")
    figure = figures()["outcomes"]
    made_once = image(figure, form)  # type: ignore[arg-type]
    _drawn.cache_clear()
    assert image(figure, form) == made_once  # type: ignore[arg-type]
    assert made_once.startswith(b"%PDF" if form == "pdf" else b"\x89PNG")


def test_the_charts_library_can_stand_in_a_page() -> None:
    pytest.importorskip("vl_convert")
    text = bundle()
    assert "window.vegaEmbed=" in text
    assert "</script" not in text.lower()


PDF = (
    b"%%PDF-1.7\n\n"
    b"%(second)b 0 obj\n<<\n  /Kind /Page\n  /Font <<\n%(fonts)b  >>\n>>\nendobj\n\n"
    b"%(first)b 0 obj\n<<\n  /Pages %(second)b 0 R\n>>\nendobj\n\n"
    b"%(stream)b 0 obj\n<<\n  /Length 9\n>>\nstream\n7 0 R q 7\nendstream\nendobj\n\n"
)


def _pdf(first: bytes, second: bytes, stream: bytes, fonts: bytes) -> bytes:
    """A file of three objects whose numbers and whose entries are as given."""
    body = PDF % {b"first": first, b"second": second, b"stream": stream, b"fonts": fonts}
    places = [body.index(number + b" 0 obj") for number in (first, second, stream)]
    table = b"".join(b"%010d 00000 n\r\n" % place for place in places)
    trailer = b"trailer\n<<\n  /Size 4\n  /Root %b 0 R\n>>\n" % first
    return body + b"xref\n0 4\n0000000000 65535 f\r\n" + table + trailer + b"startxref\n%d\n%%%%EOF" % len(body)


def test_a_pdf_is_put_in_one_order_and_its_offsets_stay_right() -> None:
    one = in_order(_pdf(b"1", b"2", b"3", b"    /f0 3 0 R\n    /f1 2 0 R\n"))
    other = in_order(_pdf(b"9", b"5", b"7", b"    /f1 5 0 R\n    /f0 7 0 R\n"))
    assert one == other
    assert b"7 0 R q 7" in one  # what is in a stream stays
    start = int(re.findall(rb"startxref\n(\d+)", one)[0])
    assert one[start:].startswith(b"xref\n0 4\n")
    offsets = [int(place) for place in re.findall(rb"(\d{10}) 00000 n", one)]
    assert [one[place : place + 7] for place in offsets] == [b"1 0 obj", b"2 0 obj", b"3 0 obj"]
    assert in_order(b"no PDF") == b"no PDF"


def test_csv_has_intervals_and_reasons_beside_the_values_and_runs_nothing() -> None:
    columns = (Column("=name", "Name", numeric=False), Column("rate", "Rate"), Column("n", "n"))
    rows = (("=1+1", Number(0.25, 0.0, 0.5), 3), ("a;=cmd", NotMeasured("-none"), None))
    cells = list(csv.reader(io.StringIO(table_csv(Table("t", "", columns, rows)))))
    assert cells == [
        ["'=name", "rate", "rate_low", "rate_high", "rate_not_measured", "n"],
        ["'=1+1", "0.25", "0.0", "0.5", "", "3"],
        ["a;'=cmd", "", "", "", "'-none", ""],
    ]


@given(st.text())
def test_no_text_begins_a_formula_in_a_csv(text: str) -> None:
    table = Table("t", "", (Column("name", "Name", numeric=False),), ((text,),))
    ((cell,),) = list(csv.reader(io.StringIO(table_csv(table))))[1:] or [[""]]
    assert not cell.lstrip(' "\n\t').startswith(("=", "+", "-", "@"))


@given(st.lists(st.tuples(st.floats(-170, 170), st.floats(-170, 170), st.integers(1, 22)), max_size=20))
def test_every_name_on_the_map_has_a_side(points: list[tuple[float, float, int]]) -> None:
    assert len(label_sides(points)) == len(points)


def test_a_name_stays_inside_the_map_and_off_the_next_point() -> None:
    assert label_sides([(160, 0, 20)]) == ["left"]
    # alone, the first side that is free is taken
    assert label_sides([(0, 0, 5)]) == ["right"]
    assert label_sides([(0, 0, 5), (30, 0, 5)])[0] != "right"
