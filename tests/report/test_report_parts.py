"""The parts of the page: how numbers and strangers' text are written, and colours."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from normscope.records import Estimate, NotMeasured
from normscope.report import sentence
from normscope.report.palette import cell_colour, ink_on
from normscope.report.text import CAUTION, TEXT_LIMIT, basis_of, short, shown
from normscope.stats import CAUTIOUS

GAP = Estimate("gap", "model–human", "m", "people", "all", 0.1, -0.05, 0.25, 0.95, "bootstrap", "these dilemmas", 40)


def test_a_sentence_says_the_number_or_why_there_is_none() -> None:
    missing = NotMeasured("no solutions were shown")
    assert sentence(GAP) == "+0.10 [−0.05, +0.25]"
    assert sentence(replace(GAP, value=missing, low=missing, high=missing)) == "not measured (no solutions were shown)"
    few = NotMeasured("one dilemma")
    assert sentence(replace(GAP, metric="stated", low=few, high=few)) == "0.10 (no interval: one dilemma)"


def test_a_caption_says_over_what_its_numbers_are() -> None:
    assert (
        basis_of([GAP, replace(GAP, n_dilemmas=12)])
        == "n = 12–40 dilemmas; 95\u00a0% intervals (bootstrap); estimates for these dilemmas."
    )
    few = NotMeasured("one dilemma")
    assert basis_of([replace(GAP, n_dilemmas=1, low=few, high=few)]) == (
        "n = 1 dilemma; no interval for 1 of 1 (one dilemma); estimates for these dilemmas."
    )
    method = "Wilson, Student's t"
    alike = [replace(GAP, method=method), replace(GAP, method=f"{method} [of 12]; {CAUTIOUS}")]
    assert f"intervals ({method}), 1 of 2 of them {CAUTION};" in basis_of(alike)
    assert f"intervals ({method}), all of them {CAUTION};" in basis_of(alike[1:] * 2)
    assert f"intervals ({method}; bootstrap);" in basis_of([GAP, alike[0]])
    assert basis_of([]) == "Nothing here could be measured."


@given(st.text())
def test_shown_text_can_be_written_and_hides_nothing(text: str) -> None:
    written = shown(text)
    written.encode("utf-8")
    assert all(c in "\n\t" or (c >= " " and not 0x7F <= ord(c) <= 0x9F) for c in written)


def test_long_text_is_cut_and_says_so() -> None:
    assert shown("x" * (TEXT_LIMIT + 1)).endswith(f"… (cut here; {TEXT_LIMIT + 1:,} characters in all)")


@given(st.text(), st.integers(3, 40))
def test_short_text_keeps_to_its_limit(text: str, limit: int) -> None:
    assert len(short(text, limit)) <= limit


@given(st.floats(0, 1))
def test_print_on_a_cell_has_enough_contrast(share: float) -> None:
    # WCAG 2: (lighter + 0.05) / (darker + 0.05) of the relative luminances is at least 4.5
    light, dark = sorted((_luminance(cell_colour(share)), _luminance(ink_on(share))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
