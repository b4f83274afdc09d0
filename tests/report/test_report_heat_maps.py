"""Of more models than dots can tell apart, topics and readings are drawn as heat maps, up to the matrix' limit."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from normscope.records import Kind, NotMeasured, Responder
from normscope.report.content import Content
from normscope.report.drawing import drawn
from normscope.report.figures import Figure
from normscope.report.palette import MARKS
from normscope.report.sections.matrix import MATRIX_LIMIT
from tests.report.made_sections import made_sections
from tests.report.test_report_sections import PEOPLE, made, said, table

TOPICS = ("money", "neighbours")
READINGS = ("main", "any")
POLICIES = ("each", "union")


def of_many(n: int, *, pooled: bool = True) -> Content:
    names = [f"m{i}" for i in range(n)]
    estimates = [made("stated", name, "people", 0.5, topic=topic) for name in names for topic in TOPICS]
    estimates += [made("ceiling", value=0.6, topic="money")]
    for reading, policy in product(READINGS, POLICIES):
        estimates += [made("stated", name, "people", 0.01 * i, reading=reading, policy=policy) for i, name in enumerate(names)]
        estimates += [made("ceiling", value=0.6, reading=reading, policy=policy)]
    estimates.append(made("stated", "m0", "people", NotMeasured("unclear"), reading="strict", policy="union"))
    models = [Responder(name, Kind.MODEL) for name in names]
    sections = made_sections(names, ["ane", "bo"], list(TOPICS)) if pooled else {}
    return said(estimates, responders=(*models, *PEOPLE), sections=sections)


def figure(content: Content, name: str) -> Figure:
    (found,) = [figure for figure in content.figures() if figure.name == name]
    return found


def cells(chart: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What is printed in each cell of one panel: row, column, number."""
    return [(v["row"], v["column"], v["print"]) for v in chart["data"]["values"]]


def spec(figure: Figure) -> dict[str, Any]:
    alt = pytest.importorskip("altair")
    with alt.data_transformers.enable(consolidate_datasets=False):
        values: dict[str, Any] = figure.chart().to_dict(validate=True)
    return values


def test_topics_of_many_models_are_cells_with_the_ceiling_as_a_column() -> None:
    content = of_many(len(MARKS) + 1)
    topics = figure(content, "topics")
    assert topics.table == table(content, "topics")  # which has every number that is drawn, and the intervals
    assert "n = 2 dilemmas per topic; 95\u00a0% intervals" in topics.caption
    assert "drawn towards the model's other topics" in topics.caption
    found = cells(spec(topics))
    assert found[0] == ("money", "m0", "0.60")  # made_sections: 0.7 - 0.1, not the raw 0.50
    assert [cell for cell in found if "ceiling" in cell[1]] == [("money", "◊ people (ceiling)", "0.60")]
    assert len(found) == len(TOPICS) * (len(MARKS) + 1) + 1


def test_raw_topics_of_many_models_are_cells_too() -> None:
    topics = figure(of_many(len(MARKS) + 1, pooled=False), "topics")
    assert "Raw rates" in topics.caption
    assert cells(spec(topics))[0] == ("money", "m0", "0.50")


def test_readings_of_many_models_are_a_panel_per_policy_with_people_as_the_last_row() -> None:
    n = len(MARKS) + 1
    readings = figure(of_many(n), "readings")
    assert readings.wide
    assert "n = 3 dilemmas; 95\u00a0% intervals" in readings.caption
    chart = spec(readings)
    assert [panel["title"]["text"] for panel in chart["hconcat"]] == [f"reference policy {policy}" for policy in POLICIES]
    first = cells(chart["hconcat"][0])
    assert ("m3", "any", "0.03") in first
    assert ("◊ people (ceiling)", "main", "0.60") in first
    # what was not measured has no cell
    assert len(first) == len(cells(chart["hconcat"][1])) == len(READINGS) * (n + 1)
    assert drawn(readings) == drawn(readings)


def test_from_few_to_too_many_models() -> None:
    few, most, more = of_many(len(MARKS)), of_many(MATRIX_LIMIT), of_many(MATRIX_LIMIT + 1)
    for name in ("topics", "readings"):
        assert "Heat map" not in figure(few, name).alt
        assert "Heat map" in figure(most, name).alt
        assert name not in [figure.name for figure in more.figures()]
        assert table(more, name).rows
