"""What a notebook shows of a study, an estimate and the frames, by the machinery that notebooks use."""

from __future__ import annotations

import textwrap
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from normscope.records import Dilemma, Estimate, Kind, NotMeasured, Responder
from normscope.records.estimate_list import Estimates
from normscope.study import Study
from tests.ranking.conftest import make

ESTIMATE = Estimate(
    "stated",
    "model–human",
    "m",
    "people",
    "all",
    0.617,
    0.51,
    0.72,
    0.95,
    "bootstrap",
    "these dilemmas",
    1400,
    {"refused": 3},
    "exact",
)
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</td></tr></table><iframe src=//evil.example>",
    "$x$ &lt;b&gt; <!-- -->",
    "safe\u202egnp.exe \u2066 \u2028 \x00 \x1b[31m",
)
ELEMENTS = {"table", "caption", "thead", "tbody", "tr", "th", "td", "bdi"}


def shown(thing: object) -> dict[str, Any]:
    """What IPython's display machinery makes of it, by MIME type."""
    formatter = pytest.importorskip("IPython.core.formatters").DisplayFormatter()
    formats, _ = formatter.format(thing)
    return dict(formats)


def test_an_estimate() -> None:
    formats = shown(ESTIMATE)
    seen = Seen(formats["text/html"])
    assert seen.rows == [
        ["value", "0.62"],
        ["interval", "[0.51, 0.72] at 0.95"],
        ["method", "bootstrap"],
        ["estimate for", "these dilemmas"],
        ["dilemmas", "1,400"],
        ["not scored", "3 refused"],
        ["topic", "all"],
        ["matcher", "exact"],
        ["reading, policy", "main, each"],
    ]
    assert "stated: m with people" in seen.texts
    assert formats["text/plain"].startswith("Estimate(metric='stated'")


def test_an_estimate_that_is_missing_says_why() -> None:
    none = NotMeasured("no people answered")
    missing = Estimate("stated", "human–human", "", "", "all", none, none, none, 0.95, "none", "these dilemmas", 0)
    seen = Seen(shown(missing)["text/html"])
    assert seen.rows[:2] == [["value", "not measured: no people answered"], ["interval", "none: no people answered"]]
    assert "stated: human–human" in seen.texts


def test_a_study_at_every_stage(tmp_path: Path) -> None:
    with Study.create(tmp_path / "new", dilemmas=["starter"], limit=3, matcher="exact", title="Three") as study:
        assert ["load", "not yet"] in Seen(shown(study)["text/html"]).rows
        study.load()
        rows = Seen(shown(study)["text/html"]).rows
        assert any(row[0] == "load" and row[1].startswith("3 dilemmas") for row in rows)
        assert ["agree", "not yet"] in rows
        assert shown(study)["text/plain"] == f"Study('Three', in '{tmp_path / 'new'}')"
    (closed,) = [row[1] for row in Seen(shown(study)["text/html"]).rows if row[0] == "closed"]
    assert closed == f"the study in {tmp_path / 'new'} was closed. Open it again: Study.open({str(tmp_path / 'new')!r})."


def test_a_study_with_estimates_and_its_frames(tmp_path: Path) -> None:
    with Study.open(make(tmp_path / "s", dilemmas=12)) as study:
        study.agree()
        seen = Seen(shown(study)["text/html"])
        table = study.table()
        headline = [row for row in seen.rows if row[0] in {"m1", "m2", "m3", "people"}]
        assert [row[2] for row in headline] == [
            row["stated"] for row in table.to_dicts() if row["pairing"] in {"model–human", "human–human"}
        ]
        assert len(headline) == 4
        assert any("estimates.json" in text for text in seen.texts)
        estimates = study.estimates()
        assert isinstance(estimates, list)
        seen = Seen(shown(estimates)["text/html"])
        assert f"{len(estimates):,} estimates, the first 20 of them" in seen.texts
        assert len(seen.rows) == 1 + 20
        assert seen.rows[1][:2] == [estimates[0].metric, estimates[0].pairing]
        frames = study.frames()
        assert ["estimates", f"{frames['estimates'].height:,}"] in [row[:2] for row in Seen(shown(frames)["text/html"]).rows]
        assert shown(frames)["text/plain"].startswith(f"Frames(estimates: {frames['estimates'].height:,} rows, rankings: 3 rows")


@pytest.mark.parametrize("text", PAYLOADS)
def test_strangers_text_stays_text(text: str, tmp_path: Path) -> None:
    missing = NotMeasured(text)
    hostile = Estimate(text, text, text, text, text, 0.5, missing, missing, 0.95, text, text, 1, {text: 1}, text, 1, text, text)
    with Study.create(tmp_path / "s", dilemmas=["starter"], matcher="exact", title=text) as study:
        whole = [
            Estimate(
                metric,
                pairing,
                who,
                "people" if who else "",
                "all",
                0.5,
                missing,
                missing,
                0.95,
                text,
                text,
                1,
                {text: 1},
                "exact",
            )
            for metric, pairing, who in (("stated", "model–human", text), ("ceiling", "human–human", ""))
        ]
        study.store.put([Dilemma(text, text), Responder(text, Kind.MODEL), *whole])
        study.store.set_fact("card", f'{{"schema_version": "{text.encode().hex()}"}}')
        for thing in (hostile, Estimates([hostile]), study, study.frames()):
            html = shown(thing)["text/html"]
            seen = Seen(html)
            assert set(seen.elements) <= ELEMENTS
            assert set(seen.attributes) == {("class", "tex2jax_ignore mathjax_ignore")}
            assert not set("\x00\x1b\u202e\u2066\u2028") & set(html)
            if text.isprintable() and not isinstance(thing, type(study.frames())):
                assert any(text in said for said in seen.texts)


def test_a_very_long_text_is_cut() -> None:
    html = shown(Estimate("m" * 10_000, "", "", "", "", 0.5, 0.4, 0.6, 0.95, "", "", 1))["text/html"]
    assert "(10,0" in html
    assert len(html) < 3_000


def test_in_a_notebook_that_runs(tmp_path: Path) -> None:
    pytest.importorskip("ipykernel")
    nbformat, client = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    make(tmp_path / "s", dilemmas=3)
    code = """
        from normscope import Study
        study = Study.open("s")
        study
    """
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(textwrap.dedent(code))])
    client.NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()
    (output,) = notebook.cells[0].outputs
    assert ["agree", "not yet"] in Seen(output["data"]["text/html"]).rows
    assert output["data"]["text/plain"].startswith("Study(")


class Seen(HTMLParser):
    """What a browser would make of it: elements, attributes, the cells of each row, all texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.rows: list[list[str]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self.rows and "caption" not in self.elements[-2:]:
            self.rows[-1][-1] += data
