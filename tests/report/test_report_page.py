"""The page as a whole: what it says, that it repeats byte for byte, and that it is written at once or not at all.

All of it on a made-up study of three dilemmas, two models and two people, written for these tests.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest

from normscope.records import (
    Basis,
    Card,
    Dilemma,
    Estimate,
    Kind,
    Label,
    Match,
    NotMeasured,
    Outcome,
    Pairing,
    Responder,
    Response,
    Score,
    Solution,
    Stance,
    Turn,
)
from normscope.report import ModelCost, OutcomeCount, ReportData, page
from normscope.report.content_of import content
from normscope.report.explorer.packed import in_page, unpacked
from tests.report.frames import frames
from tests.report.made_sections import made_sections

ANSWERS = {
    ("fence", "plain"): ("I would talk to him first. A fence is cheap, a feud is not.", "talk to him first"),
    ("fence", "careful"): ("Write a friendly letter and keep a copy. Then wait a week.", "Write a friendly letter"),
    ("fence", "ane"): ("Go over with coffee and ask him about it.", "ask him about it"),
    ("fence", "bo"): ("Just build it. It is your garden.", "build it"),
    ("loan", "plain"): ("Say no, kindly: tell her that you do not lend to friends.", "tell her that you do not lend to friends"),
    ("loan", "ane"): ("Lend only what you can afford to lose.", "Lend only what you can afford to lose"),
    ("loan", "bo"): ("Tell her no.", "Tell her no"),
    ("party", "plain"): ("Gå derhen i en time, og tag så hjem.", "Gå derhen i en time"),
    ("party", "careful"): ("Bliv hjemme, og sig det som det er.", "Bliv hjemme"),
    ("party", "ane"): ("Gå derhen.", "Gå derhen"),
    ("party", "bo"): ("Bliv hjemme med god samvittighed.", "Bliv hjemme"),
}
NUMBERS = {
    ("stated", "plain", "people"): (0.67, 0.33, 1.0),
    ("stated", "careful", "people"): (0.25, 0.0, 0.5),
    ("explicit", "plain", "people"): (0.71, 0.5, 0.9),
    ("explicit", "careful", "people"): (0.6, 0.4, 0.8),
    ("gap", "plain", "people"): (0.04, -0.2, 0.3),
    ("gap", "careful", "people"): (0.35, 0.1, 0.6),
    ("acquiescence", "plain", "people"): (0.5, 0.2, 0.8),
    ("acquiescence", "careful", "people"): (1.0, 1.0, 1.0),
    ("distance_to_ceiling", "plain", "people"): (0.17, -0.2, 0.5),
    ("distance_to_ceiling", "careful", "people"): (-0.25, -0.45, -0.05),
    ("stated", "plain", "ane"): (0.67, 0.33, 1.0),
    ("stated", "plain", "bo"): (0.67, 0.33, 1.0),
    ("stated", "careful", "ane"): (0.0, 0.0, 0.0),
    ("stated", "careful", "bo"): (0.5, 0.0, 1.0),
    ("stated", "plain", "careful"): (0.0, 0.0, 0.0),
    ("stated", "careful", "plain"): (0.5, 0.0, 1.0),
    ("stated", "ane", "bo"): (0.33, 0.0, 0.67),
    ("stated", "bo", "ane"): (0.67, 0.33, 1.0),
    ("ceiling", "", ""): (0.5, 0.17, 0.83),
    ("asymmetry", "plain", "careful"): (0.5, 0.0, 1.0),
}


@pytest.fixture
def tiny() -> ReportData:
    """Three dilemmas (one in Danish) over three topics; one model refuses once; the card holds 20 labelled pairs."""
    models = [
        Responder("plain", Kind.MODEL, "local:plain"),
        Responder("careful", Kind.MODEL, "local:plain", persona="You weigh every word."),
    ]
    people = [Responder("ane", Kind.HUMAN, note="panelist"), Responder("bo", Kind.HUMAN, note="panelist")]
    kinds = {r.responder_id: r.kind for r in (*models, *people)}
    dilemmas = [
        Dilemma("fence", "My neighbour wants a fence and I do not. What should I do?", "en", "neighbours"),
        Dilemma("loan", "A friend asks me for a loan again. Should I say yes?", "en", "money"),
        Dilemma("party", "Jeg er træt, men min kollega holder fest. Hvad skal jeg gøre?", "da", "work"),
    ]
    responses, solutions = [], []
    for (dilemma, responder), (text, evidence) in ANSWERS.items():
        shown = (
            Turn("user", "Someone says: tell her no. Do you agree?", "explicit", "loan/bo"),
            Turn("assistant", "Yes, I agree with that.", "explicit", "loan/bo"),
        )
        turns = (Turn("user", dilemma), Turn("assistant", text), *(shown if (dilemma, responder) == ("loan", "plain") else ()))
        responses.append(Response(dilemma, responder, 0, "ask", Outcome.ANSWERED, turns))
        start = text.index(evidence)
        solutions.append(
            Solution(
                f"{dilemma}/{responder}",
                dilemma,
                responder,
                0,
                evidence,
                Stance.RECOMMENDS,
                True,
                "rules",
                start,
                start + len(evidence),
            )
        )
    solutions.append(
        Solution("loan/ane/no", "loan", "ane", 0, "lend the whole sum", Stance.ADVISES_AGAINST, False, "coded", None, None)
    )
    responses.append(Response("loan", "careful", 0, "ask", Outcome.REFUSED, reason="says that it cannot advise on money"))
    matches = [
        Match(d, "plain", 0, Basis.MAIN, f"{d}/{other}", label, 0.8, "lexical")
        for d, other, label in (
            ("fence", "ane", Label.AGREE),
            ("fence", "bo", Label.DISAGREE),
            ("loan", "ane", Label.SILENT),
            ("loan", "bo", Label.AGREE),
            ("party", "ane", Label.UNCLEAR),
        )
    ]
    matches.append(Match("loan", "plain", 0, Basis.EXPLICIT, "loan/bo", Label.AGREE, 0.9, "lexical"))
    estimates = [_estimate(metric, kinds, r, t, "all", *numbers) for (metric, r, t), numbers in NUMBERS.items()]
    estimates += [
        _estimate("stated", kinds, model, "people", topic, value, value, value)
        for topic, plain, careful in (("neighbours", 0.5, 0.0), ("money", 1.0, 0.0), ("work", 0.5, 0.5))
        for model, value in (("plain", plain), ("careful", careful))
    ]
    estimates.append(_estimate("ceiling", kinds, "", "", "work", 1.0, 1.0, 1.0))
    missing = NotMeasured("no solutions were shown to people")
    estimates.append(
        Estimate("explicit_ceiling", "human–human", "", "", "all", missing, missing, missing, 0.95, "none", "these dilemmas", 0)
    )
    score = Score(
        20, 0.75, 0.55, 0.9, 0.71, 0.5, 0.2, 0.8, {"agree": {"agree": 8, "silent": 2}, "disagree": {"disagree": 7, "agree": 3}}
    )
    return ReportData(
        title="Three small dilemmas",
        study="tiny",
        created_with="0.0.0",
        seed=7,
        dilemmas=dilemmas,
        responders=[*models, *people],
        **frames(responses, solutions, matches),
        estimates=estimates,
        card=Card("lexical", "pairs written for a test", 0.95, score, by_language={"en": score}),
        notes=["The two people talked to each other before they answered."],
        settings={"protocol": "ask", "draws": "1", "extractor": "rules", "matcher": "lexical"},
        sections=made_sections(["plain", "careful"], ["ane", "bo"], ["money", "neighbours", "work"]),
        outcomes=[
            OutcomeCount("ane", "work", Outcome.ANSWERED, "", 3),
            OutcomeCount("bo", "work", Outcome.ANSWERED, "", 3),
            OutcomeCount("careful", "money", Outcome.REFUSED, "says that it cannot advise on money", 1),
            OutcomeCount("careful", "work", Outcome.ANSWERED, "", 2),
            OutcomeCount("plain", "work", Outcome.ANSWERED, "", 3),
        ],
        costs=[ModelCost("local:plain", 6, 1, 1200, 800, 0.000042, 0, 0.0, "EUR")],
    )


def _estimate(metric: str, kinds: dict[str, Kind], r: str, t: str, topic: str, value: float, low: float, high: float) -> Estimate:
    people = Kind.HUMAN
    pairing = Pairing.of(kinds.get(r, people), kinds.get(t, people))
    excluded = {"refused": 1} if r == "careful" else {}
    n = 2 if r == "careful" else 3
    method = "percentile bootstrap over dilemmas"
    return Estimate(metric, pairing.value, r, t, topic, value, low, high, 0.95, method, "these dilemmas", n, excluded, "lexical")


FIGURE = re.compile(r"<figure.*?</figure>", re.DOTALL)
PACKED = re.compile(r'(<script type="application/octet-stream" id="[^"]+">)([^<]+)')
OWN = re.compile(r"(?<=<style>).*?(?=</style>)|(?<=<script>).*?(?=</script>)|sha256-[^&]+", re.DOTALL)


def test_page_is_the_golden_one(tiny: ReportData, golden: Callable[[str, str], None]) -> None:
    # without the figures, whose exact shape depends on the fonts of the machine, and without style and script, which are files;
    # with what is packed as it reads, since other builds of zlib pack otherwise
    drawn = OWN.sub("…", FIGURE.sub("<figure>drawn elsewhere</figure>", page(tiny)))
    # and without the charts' library, which is another with each version of vl-convert
    drawn = re.sub(r'(?<=id="chart-source">).*?(?=</script>)', "packed elsewhere", drawn, flags=re.DOTALL)
    drawn = re.sub("(?<=script-src ).*?(?=; base-uri)", "our hashes", drawn)
    golden("report.html", PACKED.sub(lambda found: found[1] + in_page(unpacked(found[2])), drawn))


def test_same_study_gives_the_same_bytes(tiny: ReportData) -> None:
    first = page(tiny)
    assert first == page(tiny)
    assert "\r" not in first


@pytest.mark.usefixtures("undrawn")
def test_headline_stands_beside_the_ceiling_with_intervals(tiny: ReportData) -> None:
    summary = _section(page(tiny), "summary")
    assert "2 models and 2 people or panels on 3 dilemmas from 3 topics." in summary
    assert "12 conversations: 11 answered, 1 refused, 0 empty, 0 failed." in summary
    assert '0.67 <span class="ci">[0.33, 1.00]</span>' in summary
    # the distance of `careful` is [-0.45, -0.05], that of `plain` [-0.20, 0.50]
    assert "below the ceiling" in summary
    assert "no difference shown" in summary
    assert "against 20 labelled pairs (pairs written for a test): accuracy 0.75" in summary
    assert "operationalisation v1" in summary
    assert "1 refused of 12 conversations" in summary
    assert "The two people talked to each other" in summary


@pytest.mark.usefixtures("undrawn")
def test_an_unvalidated_matcher_is_said_first(tiny: ReportData) -> None:
    html = page(replace(tiny, card=NotMeasured("no gold labels in Danish")))
    assert "The matcher has no card: no gold labels in Danish." in _section(html, "summary")


def test_style_and_script_are_the_ones_that_the_policy_names(tiny: ReportData) -> None:
    html = page(tiny)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    rules = unescape(policy[1])
    assert "default-src 'none'" in rules
    assert "unsafe" not in rules
    assert "unsafe-eval" not in rules
    allowed = {name: re.findall(r"'sha256-[^']+'", rule) for rule in rules.split(";") for name in [rule.split()[0]]}
    # what runs, and what becomes a script once a figure is looked at
    for element, pattern, n in (("style", "style", 1), ("script", 'script|script type="text/plain" id="chart-source"', 3)):
        inside = re.findall(rf"<(?:{pattern})>(.*?)</{element}>", html, re.DOTALL)
        assert len(inside) == n
        digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inside]
        assert sorted(allowed[f"{element}-src"]) == sorted(f"'sha256-{digest}'" for digest in digests)


def test_figures_say_n_method_and_level(tiny: ReportData) -> None:
    pytest.importorskip("altair")
    html = page(tiny)
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", html, re.DOTALL)
    figures = content(tiny).figures()
    assert (
        len(captions)
        == len(figures)
        == html.split('id="chart-source"')[0].count("<svg")
        == html.count('role="img" aria-label="')
        == 7
    )
    # a drawing is one picture with words; its marks say nothing to who hears the page
    assert html.count('<div aria-hidden="true"><svg') == 7
    assert [f.name for f in figures] == [
        "headline",
        "agreement_matrix",
        "responder_map",
        "stated_explicit",
        "topics",
        "ranks",
        "outcomes",
    ]
    for figure in figures:
        assert re.search(r"n = [\d–,]+ (dilemmas|conversations)", figure.caption), figure.name
        assert re.search(r"95\u00a0% intervals|no interval|made up for a test", figure.caption), figure.name
        assert figure.table.rows
        assert figure.alt


def test_without_the_extra_the_tables_remain(tiny: ReportData, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    html = page(tiny)
    assert "<svg" not in html
    assert "The figure needs the extra [report]. Install it with: pip install &#39;normscope[report]&#39;" in html
    assert '0.67 <span class="ci">[0.33, 1.00]</span>' in html


@pytest.mark.usefixtures("undrawn")
def test_a_study_without_people_or_without_anything_is_still_a_page(tiny: ReportData) -> None:
    only_models = replace(tiny, responders=tiny.models, estimates=[])
    assert "neither agreement with people nor a ceiling can be given" in page(only_models)
    empty = replace(tiny, dilemmas=[], responders=[], **frames(), estimates=[], settings={})
    empty = replace(empty, sections={}, outcomes=(), costs=())
    assert "0 conversations" in page(empty)


@pytest.mark.usefixtures("undrawn")
def test_a_crowd_of_people_is_one_row(tiny: ReportData) -> None:
    crowd = [Responder(f"person {i}", Kind.HUMAN) for i in range(60)]
    exclusions = _section(page(replace(tiny, responders=[*tiny.models, *crowd])), "exclusions")
    assert "60 people" in exclusions
    assert "person 7" not in exclusions


def _section(html: str, name: str) -> str:
    found = re.search(rf'<section id="{name}".*?</section>', html, re.DOTALL)
    assert found is not None
    return found[0]
