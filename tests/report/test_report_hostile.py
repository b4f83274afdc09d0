"""Text from models, files and people stays text, wherever it lands on the page."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

import pytest

from normscope.records import (
    AgainstCoder,
    Alternative,
    Basis,
    Card,
    CoderPair,
    Cost,
    Dilemma,
    Estimate,
    FlipRate,
    Flips,
    Kind,
    Label,
    Labelled,
    Match,
    NotMeasured,
    Outcome,
    Pairing,
    People,
    Placebo,
    Polarity,
    Rate,
    Rated,
    Responder,
    Response,
    Score,
    Solution,
    Stance,
    Turn,
    Voting,
)
from normscope.report import ModelCost, OutcomeCount, ReportData, page
from tests.report.frames import frames
from tests.report.made_sections import made_sections

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</script></style></svg></title><iframe src=//evil.example>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    '=HYPERLINK("http://evil.example")',
    "safe\u202egnp.exe \u2066 \u2028 \x00 \x1b[31m \ud800",
    "<!-- ]]> &lt;b&gt; &#x3c;b&#x3e;",
    "datum.value'); alert(1); //",
)
# fmt: off
PAGE = {
    "a", "article", "bdi", "blockquote", "body", "button", "caption", "code", "dd", "details", "div", "dl", "dt", "figcaption",
    "figure", "form", "h1", "h2", "h3", "h4", "head", "header", "html", "input", "label", "li", "main", "mark", "meta", "nav",
    "noscript", "ol", "option", "p", "script", "section", "select", "span", "strong", "style", "summary", "sup", "table", "tbody",
    "td", "th", "thead", "title", "tr", "ul",
}
# fmt: on
DRAWING = {"svg", "g", "path", "rect", "line", "text", "tspan", "defs", "clippath"}


class Seen(HTMLParser):
    """Collects what a browser would make of the page: elements, attributes, and text outside of script and style."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text: list[str] = []
        self.scripts: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self._inside = tag
        if tag == "script":
            self.scripts.append(dict(attrs).get("type") or "")
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside not in {"script", "style"}:
            self.text.append(data)


@pytest.mark.usefixtures("undrawn")  # the figures below, with all payloads at once: drawing takes its time
@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_in_every_field_adds_nothing_to_the_page(payload: str) -> None:
    html = page(_study(payload))
    seen = _seen(html)
    assert set(seen.elements) <= PAGE
    # one script; everything else in a <script> is data, which nothing runs
    assert Counter(seen.scripts) == {"": 1, "application/json": 1, "application/octet-stream": 2}
    visible = "".join(seen.text)
    assert "49" not in visible.replace("2605.23420", "")  # the template in the payload was not evaluated
    if payload.isprintable():
        assert payload in visible


def test_hostile_text_in_figures_adds_nothing_to_the_page() -> None:
    pytest.importorskip("altair")
    seen = _seen(page(_study("\n".join(PAYLOADS))))
    assert set(seen.elements) <= PAGE | DRAWING
    assert seen.elements.count("svg") == 8
    # what runs has no type; the rest is data
    assert Counter(seen.scripts) == {"": 2, "text/plain": 1, "application/json": 9, "application/octet-stream": 2}


def _seen(html: str) -> Seen:
    seen = Seen()
    seen.feed(html)
    seen.close()
    assert seen.elements.count("style") == 1
    for tag, name, value in seen.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name not in {"src", "style", "srcdoc", "action", "formaction", "xlink:href"}, (tag, name, value)
        if name == "href":
            assert value.startswith("#"), value
    # the charts' library has some of these in its own regular expressions
    ours = html.split('id="chart-source">')
    assert not set("\x00\x1b\u202e\u2066\u2028\ud800") & set(ours[0])
    assert html.encode("utf-8")
    return seen


def test_same_hostile_study_gives_the_same_page() -> None:
    assert page(_study(PAYLOADS[0])) == page(_study(PAYLOADS[0]))


def _study(text: str) -> ReportData:
    """Two models and one person; `text` in every field that can hold text (a lone surrogate in turns and settings alone, since
    no store can keep it elsewhere)."""
    raw, text = text, text.encode("utf-8", "replace").decode()
    ids = [f"{text} a", f"{text} b", f"{text} c"]
    kinds = [Kind.MODEL, Kind.MODEL, Kind.HUMAN]
    responders = [Responder(name, kind, text, text, text) for name, kind in zip(ids, kinds, strict=True)]
    shown = (Turn("user", text, "explicit", f"{text} s"), Turn("assistant", text, "explicit", f"{text} s"))
    responses = [
        Response(text, name, draw, text, outcome, (Turn("user", text), Turn("assistant", raw), *shown), text)
        for name in ids
        for draw, outcome in enumerate((Outcome.ANSWERED, Outcome.FAILED))
    ]
    solutions = [Solution(f"{name} s", text, name, 0, text, Stance.RECOMMENDS, True, text, 0, len(text)) for name in ids]
    matches = [
        Match(text, name, 0, basis, s.solution_id, Label.AGREE, 0.5, text, text)
        for name in ids
        for s in solutions
        for basis in Basis
    ]
    estimates = [
        Estimate(metric, pairing.value, r, t, topic, 0.5, 0.4, 0.6, 0.95, text, text, 3, {text: 2}, text, reading=reading)
        for metric in (
            "stated_corrected",
            "stated",
            "explicit_corrected",
            "explicit",
            "gap",
            "acquiescence",
            "asymmetry",
            "ceiling",
        )
        for r, t, pairing in (
            ("", "", Pairing.HUMAN_HUMAN),
            (ids[0], ids[1], Pairing.MODEL_MODEL),
            (ids[0], ids[2], Pairing.MODEL_HUMAN),
            (ids[0], "people", Pairing.MODEL_HUMAN),
            (ids[1], "people", Pairing.MODEL_HUMAN),
        )
        for topic in ("all", text)
        for reading in ("main", "any")
    ]
    score = Score(3, 0.5, 0.4, 0.6, 0.5, 0.5, 0.4, 0.6, {text: {text: 3}})
    rate = Rate(0.5, 0.4, 0.6, 12)
    rated = Rated(rate, {text: rate}, {text: NotMeasured(text)})
    flips = FlipRate(12, 1, 1, 0.1, 0.0, 0.2)
    card = Card(
        text,
        text,
        0.95,
        score,
        {text: score},
        {text: score},
        {text: score},
        text,
        {text: score},
        labelled=Labelled(1, 1, (text,)),
        people=People(
            1, 0.5, 0.4, 0.6, NotMeasured(text), NotMeasured(text), NotMeasured(text), (CoderPair(text, text, 1, 1.0, 0.5),)
        ),
        orders=rated,
        repeats=NotMeasured(text),
        polarity=Polarity(rate, rate, rated, 0.5),
        placebo=Placebo(rated, rate, text),
        injected=Flips(text, text, 0.95, flips, {text: flips}, {text: flips}),
        alternative=Alternative(True, 1.0, 0.1, 1.0, (AgainstCoder(text, 30, 1.0, 1.0, 0.0, True),), {text: text}),
        cost=Cost(1, 1, NotMeasured(text), 1, 1.0, text, NotMeasured(text)),
        voting=Voting(1.0, 0.0, 2, 1, 1),
    )
    return ReportData(
        title=raw,
        study=raw,
        created_with=text,
        seed=1,
        dilemmas=[Dilemma(text, text, text, text)],
        responders=responders,
        **frames(responses, solutions, matches),
        estimates=estimates,
        card=card,
        notes=[raw],
        settings={raw: raw},
        sections=made_sections(ids[:2], ids[2:], [text], method=text),
        outcomes=[OutcomeCount(name, text, outcome, text, 2) for name in ids for outcome in (Outcome.ANSWERED, Outcome.REFUSED)],
        costs=[ModelCost(text, 2, 1, 30, 40, NotMeasured(text), 1, 0.5, text)],
    )
