"""What the explorer packs comes out as it went in, twice the same, and is inert wherever it stands in the page."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.records import (
    Basis,
    Dilemma,
    Kind,
    Label,
    Match,
    NotMeasured,
    Outcome,
    Responder,
    Response,
    Solution,
    Stance,
    Turn,
)
from normscope.report import ReportData, page
from normscope.report.explorer import explorer, script, sources, style
from normscope.report.explorer.packed import in_page, packed, unpacked
from normscope.report.text import TEXT_LIMIT
from tests.report.frames import frames

NAMES = ("ane", "bo", "plain")

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "--> ]]> <![CDATA[",
    "safe\u202egnp.exe \u2066\u2028",
    "\ud800 lone",
    "a\x00b\x1b[31m",
    "x" * 1_000_000,
)

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(values)
def test_a_value_comes_out_as_it_went_in(value: Any) -> None:
    assert unpacked(packed(value)) == value
    assert json.loads(in_page(value)) == value
    assert "<" not in in_page(value)
    assert re.fullmatch(r"[A-Za-z0-9+/]+=*", packed(value))


def test_what_is_packed_is_gzip_without_a_time() -> None:
    raw = base64.b64decode(packed(["twice the same"]))
    assert gzip.decompress(raw) == b'["twice the same"]'
    assert raw[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


def study(text: str = "Talk to him.", *, dilemmas: int = 3) -> ReportData:
    """Three responders, one of them a model; `text` in every turn, solution, name and reason."""
    stored = text.encode("utf-8", "replace").decode()  # no store keeps a lone surrogate but within a conversation
    names = [f"{name} {stored[:40]}" for name in NAMES]
    responders = [Responder(name, Kind.MODEL if name.startswith("plain") else Kind.HUMAN) for name in names]
    asked = [Dilemma(f"d{i} {stored[:40]}", f"{i} {text}", "en", ("money", stored[:60])[i % 2]) for i in range(dilemmas)]
    responses, solutions, matches = [], [], []
    for d in asked:
        for name in names:
            shown = [Turn(role, text, "explicit", f"{d.dilemma_id} {names[0]}") for role in ("user", "assistant")]
            turns = (Turn("user", d.text), Turn("assistant", text), *shown)
            responses.append(Response(d.dilemma_id, name, 0, "ask", Outcome.ANSWERED, turns, stored))
            solution = f"{d.dilemma_id} {name}"
            solutions.append(Solution(solution, d.dilemma_id, name, 0, stored, Stance.RECOMMENDS, True, "rules", 0, 3))
            matches += [
                Match(d.dilemma_id, name, 0, Basis.MAIN, f"{d.dilemma_id} {other}", Label.AGREE, 1.0, "m")
                for other in names
                if other != name
            ]
    return ReportData(
        "T", "t", "0", 4, asked, responders, **frames(responses, solutions, matches), estimates=[], card=NotMeasured("none")
    )


def test_the_same_study_is_packed_the_same_way_twice() -> None:
    assert explorer(study(dilemmas=70)) == explorer(study(dilemmas=70))
    made = explorer(study(dilemmas=70))
    assert [len(unpacked(block)) for block in made.blocks] == [32, 32, 6]
    assert len(unpacked(made.texts)) == 70
    assert made.notice == ""


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_hostile_text_is_inert_in_the_source(text: str) -> None:
    made = explorer(study(text))
    assert "<" not in made.index_json
    for block in (made.texts, *made.blocks):
        assert re.fullmatch(r"[A-Za-z0-9+/=]+", block)
    index, texts, (block,) = json.loads(made.index_json), unpacked(made.texts), (unpacked(b) for b in made.blocks)
    said = json.dumps([index, texts, block], ensure_ascii=False)
    assert not set("\x00\x1b\u202e\u2066\u2028\ud800") & set(said)
    for name in (*index["ids"], *index["topics"], *(name for name, _ in index["responders"])):
        assert len(name) <= 80
    answer = "".join(block[0]["said"][0][4][-1][1:])
    if len(text) > TEXT_LIMIT:
        assert answer.endswith("1,000,000 characters in all)")
        assert len(answer) < TEXT_LIMIT + 60
    elif text.isprintable():
        assert answer == text
        assert block[0]["said"][0][5][0][1:] == [text, text]
        assert block[0]["solutions"][0][3] == text


def test_data_in_the_page_never_ends_its_element() -> None:
    html = page(study("</script><!--<script>alert(1)//"))
    elements = re.findall(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL)
    kinds = [re.sub(r'.*type="([^"]*)".*', r"\1", attributes) for attributes, _ in elements]
    assert kinds == ["application/json", "application/octet-stream", "application/octet-stream", ""]
    assert html.count("<script") == html.count("</script") == 4
    assert elements[-1][1] == script()


def test_our_script_makes_no_markup_and_evaluates_nothing() -> None:
    code = script()
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "fetch(",
        "import(",
        "http",
    ):
        assert word not in code, word
    assert not re.search(r"</script|<!--|]]>", code + style())
    assert "url(" not in style()
    for path in Path(sources.TEMPLATES).glob("explorer*"):
        assert len(path.read_text().splitlines()) < 400, path
