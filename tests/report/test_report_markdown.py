"""The report as Markdown: what it says, and that a Markdown library finds nothing in strangers' text but text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from normscope.report.markdown import escaped, markdown
from normscope.report.one_line import one_line
from tests.report.contents import HOSTILE, every_cell, hostile

OURS = {"h1", "h2", "h3", "p", "ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td"}
COLUMNS = 4
MARKDOWN = MarkdownIt("js-default")


def test_every_kind_of_cell() -> None:
    lines = markdown(every_cell()).split("\n")
    assert lines[0] == "# A study"
    assert "- seed: 7" in lines
    assert "### Limits" in lines
    assert "- Nobody checked the matcher." in lines
    start = lines.index("| Responder | Stated | Rank | Gap | Cost | Dilemmas |")
    assert lines[start - 2] == "**Agreement with people**"
    assert lines[start + 1 : start + 6] == [
        "| :-- | --: | --: | --: | --: | --: |",
        "| **Models** |  |  |  |  |  |",
        "| m | 0.62 [0.51, 0.72] | 1 [1, 2] | −0.05 [−0.20, +0.10] | 1,234.50\u00a0USD | 1,400 |",
        "| n | 0.50 (a) | 2 (a) | +0.25 | not measured (b) | 1 |",
        "| **people** | not measured (c) | – | not measured (c) | – | 0 |",
    ]
    # each reason once, under its letter
    assert lines[start + 7 : start + 10] == [
        "- (a) no interval: one dilemma only",
        "- (b) no price is known",
        "- (c) no people answered",
    ]
    assert "3 further rows are in estimates.json." in lines
    assert "n = 1–40 dilemmas." in lines
    assert "- Stated: said unprompted" in lines


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("preset", ["commonmark", "js-default"])
def test_strangers_text_stays_text(text: str, preset: str) -> None:
    seen = Seen()
    seen.feed(MarkdownIt(preset).enable("table").render(markdown(hostile(text))))
    seen.close()
    assert set(seen.elements) <= OURS
    assert not seen.attributes - {"style"}  # markdown-it writes the alignment of cells so
    assert seen.elements.count("table") == 2
    assert seen.elements.count("h1") == seen.elements.count("h2") == seen.elements.count("h3") == 1
    assert seen.cells == {COLUMNS}
    # headings and two rows with a group between them; then fifty rows
    assert seen.elements.count("tr") == (1 + 2 + 1) + (1 + 50)
    expected = one_line(text)
    if expected:
        assert seen.texts.count(expected) >= 2 * COLUMNS  # the headings of both tables at least


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_reads_as_it_was(text: str) -> None:
    rendered = MarkdownIt("js-default").render(f"x {escaped(text)} x")
    seen = Seen()
    seen.feed(rendered)
    assert seen.elements == ["p"]
    assert seen.texts == [f"x {one_line(text)} x"]


@settings(deadline=None)  # other processes may hold the cores
@given(st.text("abx1 .,:;/@#!?()[]{}<>|\\`*_~^$&+-='\"\n\t", max_size=40))
def test_any_text_stays_text_wherever_it_stands(text: str) -> None:
    told, word = one_line(text), "word"
    places = f"# {escaped(text)}\n\n- {escaped(text)}\n- {word}\n\n{escaped(text)}\n\n{word}\n\n"
    table = f"| {word} | {escaped(text)} |\n| :-- | --: |\n| {escaped(text)} | {word} |\n"
    seen = Seen()
    seen.feed(MARKDOWN.render(f"{places}{table}"))
    seen.close()
    assert set(seen.elements) <= OURS
    assert seen.elements.count("li") == seen.elements.count("tr") == 2
    assert seen.cells == {2}
    assert seen.texts == ([told, told, word, told, word, word, told, told, word] if told else [word] * 4)


def test_addresses_and_names_do_not_link_themselves_on_github() -> None:
    told = escaped("http://a.example https://a.example www.a.example xmpp:b mailto:c @user a@b.example #12 :smile:")
    # GitHub looks for these spellings in the source or in the text that it rendered
    assert not re.search(r"https?://|www\.|mailto:|xmpp:|@\w|#\d|:smile:", told)


def test_unseen_characters_are_named() -> None:
    told = markdown(hostile("a\u202eb\x1b[31m\ud800"))
    assert "a⟨U+202E⟩b⟨U+001B⟩\\[31m⟨U+D800⟩" in told
    assert told.encode("utf-8")


class Seen(HTMLParser):
    """Collects what a browser would make of it: elements, names of attributes, texts, and the numbers of cells in rows."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.cells: set[int] = set()
        self._row = 0
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_text()
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self._row = 0 if tag == "tr" else self._row + (tag in {"td", "th"})

    def handle_endtag(self, tag: str) -> None:
        self._end_text()
        if tag == "tr":
            self.cells.add(self._row)

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def _end_text(self) -> None:
        text = "".join(self._text).replace("\u2060", "").strip()
        self.texts += [text] if text else []
        self._text.clear()
