"""Sentences and quoted passages keep their exact places in any text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.extract import cues_for, sentences
from normscope.models.quotes import locate

LISTED = """\
Here is what I would do:

1. **Talk to him** first.
2) Wait a week. Then ask again!
   - *Nested*: write it down
> Quoted advice.
## A heading
a) One more"""


def parts(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in sentences(text, cues_for(language).abbreviations)]


def test_lists_and_markup_stay_outside() -> None:
    assert parts(LISTED) == [
        "Here is what I would do:",
        "Talk to him** first.",
        "Wait a week.",
        "Then ask again!",
        "Nested*: write it down",
        "Quoted advice.",
        "A heading",
        "One more",
    ]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Ask Dr. Hill, e.g. on Monday. Or not.", ["Ask Dr. Hill, e.g. on Monday.", "Or not."]),
        ("en", "It costs 1.50 at J. Smith's... really?! Yes.", ["It costs 1.50 at J. Smith's...", "really?!", "Yes."]),
        ("en", 'She said "Go." Then she left.', ['She said "Go."', "Then she left."]),
        ("en", "So did I. Then I left.", ["So did I.", "Then I left."]),
        ("da", "Kom den 3. maj kl. 12. Tag f.eks. kage med.", ["Kom den 3. maj kl. 12.", "Tag f.eks. kage med."]),
        ("en", "This line goes\non here. And\r\nhere.", ["This line goes\non here.", "And\r\nhere."]),
        ("en", "One line\nAnother line\n\nA third", ["One line", "Another line", "A third"]),
        ("en", " \n***\n---\n🙂 ... !", []),
    ],
)
def test_where_sentences_end(language: str, text: str, expected: list[str]) -> None:
    assert parts(text, language) == expected


@given(st.text(st.characters(exclude_categories=[]), max_size=200))
def test_sentences_lie_in_the_text_in_order_and_hold_all_its_words(text: str) -> None:
    spans = sentences(text, {"mr"})
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(left.end <= right.start for left, right in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)


WORDS = st.lists(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=5), min_size=1, max_size=8)


@given(WORDS, st.data())
def test_a_quoted_passage_is_found_however_its_white_space_changed(words: list[str], data: st.DataObject) -> None:
    spaces = st.sampled_from([" ", "\n", " \t ", "\r\n\r\n", "\u00a0"])
    text = "".join(word + data.draw(spaces) for word in words)
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    span = locate("  " + " ".join(words[first : last + 1]) + "\n", text)
    assert span is not None
    assert " ".join(text[slice(*span)].split()).split() == words[first : last + 1]


@pytest.mark.parametrize("quoted", ["", "  ", "him to talk", "Talk to him!"])
def test_what_does_not_stand_there_is_not_found(quoted: str) -> None:
    assert locate(quoted, "Talk to him.") is None


def test_kinds_of_quotation_mark_may_differ() -> None:
    text = "Say “no” — it’s fine."
    assert locate('"no" - it\'s', text) == (4, 15)
    assert text[4:15] == "“no” — it’s"
