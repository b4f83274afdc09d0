"""Dilemma by dilemma in a real browser: choosing, filtering, what is marked, labels between two, links to one dilemma."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from normscope.records import Dilemma, Kind, Label, Match, Responder, Response, Solution
from normscope.store import Store
from tests.browser.reading import chosen, dilemmas_found, open_everything, wait_for_dilemma
from tests.browser.small_study import DILEMMAS, NOBODY_AGREES
from tests.browser.watch import Opening

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


class Told:
    """The small study as its folder has it."""

    def __init__(self, folder: Path) -> None:
        store = Store(folder)
        self.dilemmas = store.all(Dilemma)
        self.responders = store.all(Responder)
        self.responses = store.all(Response)
        self.solutions = store.all(Solution)
        self.matches = store.all(Match)
        store.close()


@pytest.fixture(scope="module")
def told(study: Path) -> Told:
    return Told(study)


def test_every_dilemma_is_there_and_the_first_is_open(report: Path, told: Told, open_page: Opening) -> None:
    page, watch = open_page(report)
    wait_for_dilemma(page, 1)
    assert dilemmas_found(page) == (DILEMMAS, DILEMMAS)
    assert page.locator("#ex-text").inner_text().strip() == told.dilemmas[0].text.strip()
    assert watch.noticed(page) == {}


def test_everybody_said_what_they_said_and_the_evidence_is_marked(report: Path, told: Told, open_page: Opening) -> None:
    page, _ = open_page(report)
    wait_for_dilemma(page, 1)
    marked = 0
    for number, dilemma in list(enumerate(told.dilemmas, start=1))[:8]:
        if number > 1:
            page.locator("#ex-on").click()
            wait_for_dilemma(page, number)
        assert dilemma.dilemma_id in chosen(page)
        cards = {card.locator("h4 bdi").inner_text(): card for card in page.locator("#ex-sides article").all()}
        said = {r.responder_id: r for r in told.responses if r.dilemma_id == dilemma.dilemma_id}
        assert set(said) == set(cards) == {r.responder_id for r in told.responders}
        for name, response in said.items():
            text = _words(cards[name].text_content() or "")
            assert all(_words(t.text) in text for t in response.turns if t.role == "assistant")
            mains = [s for s in told.solutions if (s.dilemma_id, s.responder_id, s.main) == (dilemma.dilemma_id, name, True)]
            evidence = [_words(response.text[s.start : s.end]) for s in mains if s.start is not None]
            assert [_words(m) for m in cards[name].locator("mark").all_text_contents()] == evidence
            marked += len(evidence)
    assert marked > 8


def test_filter_by_topic(report: Path, told: Told, open_page: Opening) -> None:
    page, _ = open_page(report)
    wait_for_dilemma(page, 1)
    topic = told.dilemmas[-1].topic
    page.locator("#ex-topic").select_option(label=topic)
    assert dilemmas_found(page) == (sum(d.topic == topic for d in told.dilemmas), DILEMMAS)
    shown = page.locator("#ex-rows [role=option]").all()
    assert {row.locator(".topic").inner_text() for row in shown} == {topic}


def test_filter_by_words_in_the_dilemma_and_in_what_was_said(report: Path, told: Told, open_page: Opening) -> None:
    page, _ = open_page(report)
    wait_for_dilemma(page, 1)
    box = page.locator("#ex-words")
    box.fill("Neighbour DRUMS")
    wanted = [d for d in told.dilemmas if "neighbour" in d.text.lower() and "drums" in d.text.lower()]
    assert dilemmas_found(page) == (len(wanted), DILEMMAS)
    box.fill("no dilemma has these words")
    assert dilemmas_found(page) == (0, DILEMMAS)
    word = "quarrel"
    box.fill(word)
    in_dilemma = sum(word in d.text.lower() for d in told.dilemmas)
    assert dilemmas_found(page) == (in_dilemma, DILEMMAS)
    page.locator("#ex-everywhere").check()
    said = {r.dilemma_id for r in told.responses if word in " ".join(t.text for t in r.turns).lower()}
    page.wait_for_function("n => parseInt(document.getElementById('ex-found').textContent) > n", arg=in_dilemma)
    found, _ = dilemmas_found(page)
    assert found >= len(said) > in_dilemma


def test_filter_by_all_models_against_the_people(report: Path, told: Told, open_page: Opening) -> None:
    page, _ = open_page(report)
    wait_for_dilemma(page, 1)
    page.locator("#ex-against").select_option(label="at least one model")
    some, _ = dilemmas_found(page)
    page.locator("#ex-against").select_option(label="all models")
    every, _ = dilemmas_found(page)
    against = _against(told)
    assert every == sum(said == {True} for said in against.values()) >= DILEMMAS // NOBODY_AGREES
    assert some == sum(True in said for said in against.values()) < DILEMMAS
    assert every < some
    models = {r.responder_id for r in told.responders if r.kind is Kind.MODEL}
    page.locator("#ex-rows [role=option]").first.click()
    about = page.locator("#ex-about")
    about.get_by_text("All models are against the people").wait_for()
    # nobody of the models has a label that agrees with a person's main solution there
    name = chosen(page)
    here = next(d.dilemma_id for d in told.dilemmas if d.dilemma_id in name)
    mains = {s.solution_id for s in told.solutions if s.dilemma_id == here and s.main and s.responder_id not in models}
    agree = [m for m in told.matches if m.dilemma_id == here and m.responder_id in models and m.solution_id in mains]
    assert agree
    assert not any(m.label is Label.AGREE and m.basis.value == "main" for m in agree)


def test_filter_and_order_by_disagreement(report: Path, open_page: Opening) -> None:
    page, _ = open_page(report)
    wait_for_dilemma(page, 1)
    page.locator("#ex-apart").select_option(label="at least 50 %")
    found, of = dilemmas_found(page)
    assert 0 < found <= of
    page.locator("#ex-order").select_option(label="most disagreement first")
    shares = [int(text.split()[0]) for text in page.locator("#ex-rows .share").all_inner_texts() if text[0].isdigit()]
    assert shares == sorted(shares, reverse=True)
    assert min(shares) >= 50


def test_labels_between_any_two(report: Path, told: Told, open_page: Opening) -> None:
    page, _ = open_page(report)
    wait_for_dilemma(page, 1)
    here = told.dilemmas[0].dilemma_id
    names = page.locator("#ex-one option").all_text_contents()
    assert set(names) == {r.responder_id for r in told.responses if r.dilemma_id == here}
    assert len(names) >= 4
    one, other = names[0], names[-1]
    open_everything(page)
    page.locator("#ex-one").select_option(label=one)
    page.locator("#ex-other").select_option(label=other)
    both = page.locator("#ex-two").inner_text()
    for first, second in ((one, other), (other, one)):
        assert f"{first} towards what {second} says" in both
        for s in (s for s in told.solutions if (s.dilemma_id, s.responder_id) == (here, second)):
            assert s.text in both
            labels = {m.label.value for m in told.matches if (m.responder_id, m.solution_id) == (first, s.solution_id)}
            assert all(label in both for label in labels)


def test_a_link_to_a_dilemma_and_back_and_forward(report: Path, told: Told, open_page: Opening) -> None:
    page, watch = open_page(report, anchor="#d-5")
    wait_for_dilemma(page, 5)
    assert told.dilemmas[4].dilemma_id in chosen(page)
    page.evaluate("location.hash = '#d-9'")
    wait_for_dilemma(page, 9)
    page.go_back()
    wait_for_dilemma(page, 5)
    page.go_forward()
    wait_for_dilemma(page, 9)
    page.reload()
    wait_for_dilemma(page, 9)
    assert watch.noticed(page) == {}


@pytest.mark.parametrize(
    "anchor", ["#d-0", "#d-999999", "#d-", "#d-1e9", "#d-<img src=x>", "#__proto__", "#d-5&x=<script>1</script>"]
)
def test_a_link_to_nothing_does_no_harm(anchor: str, report: Path, open_page: Opening) -> None:
    page, watch = open_page(report, anchor=anchor)
    wait_for_dilemma(page)
    assert page.locator("#ex-rows [role=option]").count() == DILEMMAS
    assert watch.noticed(page) == {}


def test_by_keyboard_alone(report: Path, told: Told, open_page: Opening) -> None:
    page, _ = open_page(report)
    wait_for_dilemma(page, 1)
    _tab_to(page, "[role=option]")
    page.keyboard.press("ArrowDown")
    wait_for_dilemma(page, 2)
    assert told.dilemmas[1].dilemma_id in chosen(page)
    page.keyboard.press("End")
    wait_for_dilemma(page, DILEMMAS)
    page.keyboard.press("Home")
    wait_for_dilemma(page, 1)
    _tab_to(page, "#ex-on")
    page.keyboard.press("Enter")
    wait_for_dilemma(page, 2)
    page.keyboard.press("Space")
    wait_for_dilemma(page, 3)
    assert page.evaluate("document.activeElement.id") == "ex-on"  # who steps on can step on


def test_a_letter_typed_into_a_field_is_a_letter(report: Path, open_page: Opening) -> None:
    page, _ = open_page(report)
    wait_for_dilemma(page, 1)
    page.locator("#ex-words").focus()
    page.keyboard.type("jkjj")
    assert page.locator("#ex-words").input_value() == "jkjj"
    wait_for_dilemma(page, 1)


def _against(told: Told) -> dict[str, set[bool]]:
    """By dilemma on which people agree at least on half of their pairs: whether each model agrees with less than half of them.

    In the small study main solutions agree where they are the same text.
    """
    kinds = {r.responder_id: r.kind for r in told.responders}
    mains = {(s.dilemma_id, s.responder_id): s.text for s in told.solutions if s.main}
    against: dict[str, set[bool]] = {}
    for dilemma in {d.dilemma_id for d in told.dilemmas}:
        said = {name: mains[dilemma, name] for name in kinds if (dilemma, name) in mains}
        people = [text for name, text in said.items() if kinds[name] is Kind.HUMAN]
        same = sum(people.count(text) - 1 for text in people)
        if 2 * same >= len(people) * (len(people) - 1):
            models = (text for name, text in said.items() if kinds[name] is Kind.MODEL)
            against[dilemma] = {2 * people.count(text) < len(people) for text in models}
    return against


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"120 tabs did not reach {selector}")


def _words(text: str) -> str:
    return " ".join(text.split())
