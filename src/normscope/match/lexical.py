"""The matcher that needs no model: shared words say whether it is the same course, negations say for or against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from normscope.errors import UsageError
from normscope.match.answering import Cues, cues
from normscope.match.cleaning import Cleaner
from normscope.match.reading import Sentence, read
from normscope.match.vocabulary import UNKNOWN, language_of, vocabulary
from normscope.models.base import AskFor
from normscope.records import Judgement, Label, Question

__all__ = ["Lexical", "make"]

Signs = Mapping[str, int]


@dataclass(frozen=True)
class Lexical:
    """Do the words of the text say that it goes the same way as the solution? English and Danish.

    **Stated.** The overlap of the text's best sentence (or the whole text) with the solution is the cosine of their sets
    of stemmed content words, where words that the dilemma itself uses count `dilemma_weight`. Below `other_course` the
    label is `silent`; from `same_course` on the shared words decide: each votes for the same side when it is affirmed in
    both texts or denied in both (two negations cancel out), else for the other. The solution's first content word, mostly
    the verb of the advice, has `lead` votes. The balance of the votes must reach `margin`. Anything between is `unclear`.

    **Shown.** Phrases that agree, disagree or leave open are counted, those in the first sentence `opening` times, a
    question mark `question` times; taking up the solution's own words counts `restated` times the overlap for its side.
    The most wins; `unclear` where two have as much or nothing was found.

    In other languages (and where the language cannot be told) there is overlap only: `silent` when it is low, else
    `unclear`, since nothing is known of that language's negations; a shown solution is always `unclear`.

    **Cleaning.** With `clean`, what is not advice is taken out of text and solution first (see `cleaned`), so that a text
    which names its own label is read as if it did not.

    Advice in wholly other words has no overlap and is taken for another course: that is what this matcher cannot do.
    `score` in [0, 1] grows with the evidence and is not a probability. Its evidence is the sentence it went by.
    """

    same_course: float = 0.35
    other_course: float = 0.30
    dilemma_weight: float = 0.25
    lead: float = 4.0
    margin: float = 0.1
    opening: float = 2.0
    question: float = 1.0
    restated: float = 2.0
    clean: bool = True

    @property
    def name(self) -> str:
        return "lexical"

    @property
    def prompt_hash(self) -> str | None:
        return None

    async def __call__(self, questions: Sequence[Question]) -> list[Judgement]:
        reader, cleaner = _Reader(), Cleaner()
        if not self.clean:
            return [self._judge(question, reader) for question in questions]
        return [_within(question.text, self._judge(_cleaned(question, cleaner), reader)) for question in questions]

    def _judge(self, question: Question, reader: _Reader) -> Judgement:
        language = reader.language(question)
        text, solution = reader.read(question.text, language), reader.whole(question.solution, language)
        known = reader.whole(question.dilemma, language)
        overlap, balance, evidence = self._compare(text, reader.whole(question.text, language), solution, known)
        if question.asked == "shown":
            return self._shown(question.text, language, overlap * balance)
        if not solution or not text:
            return Judgement(Label.UNCLEAR, 0.0)
        if overlap < self.other_course:
            return Judgement(Label.SILENT, 1 - overlap / self.other_course)
        if overlap < self.same_course or abs(balance) < self.margin or language == UNKNOWN:
            return Judgement(Label.UNCLEAR, overlap, evidence)
        return Judgement(Label.AGREE if balance > 0 else Label.DISAGREE, overlap * abs(balance), evidence)

    def _compare(self, text: Sequence[Sentence], whole: Signs, solution: Signs, known: Signs) -> tuple[float, float, str | None]:
        """Overlap in [0, 1], balance in [-1, 1] and the sentence of the best of the text's sentences."""
        best = (0.0, 0.0, None if len(text) != 1 else text[0].text)
        for sentence in text:
            overlap, balance = self._pair(sentence.signs, solution, known)
            if overlap > best[0]:
                best = (overlap, balance, sentence.text)
        if len(text) > 1:
            overlap, balance = self._pair(whole, solution, known)
            if overlap > best[0]:
                best = (overlap, balance, best[2])
        return best

    def _pair(self, text: Signs, solution: Signs, known: Signs) -> tuple[float, float]:
        shared = text.keys() & solution.keys()
        if not shared:
            return 0.0, 0.0
        size = self._weight(text, known) * self._weight(solution, known)
        first = next(iter(solution))
        both = same = votes = 0.0
        for stem in shared:
            weight = self.dilemma_weight if stem in known else 1.0
            vote = self.lead if stem == first else weight
            both, same, votes = both + weight, same + vote * text[stem] * solution[stem], votes + vote
        return both / size**0.5, same / votes

    def _weight(self, signs: Signs, known: Signs) -> float:
        familiar = len(signs.keys() & known.keys())
        return len(signs) - familiar * (1 - self.dilemma_weight)

    def _shown(self, text: str, language: str, side: float) -> Judgement:
        found: Cues = cues(text, vocabulary(language), opening=self.opening)
        weights = {
            Label.AGREE: found.agree + max(side, 0.0) * self.restated,
            Label.DISAGREE: found.disagree + max(-side, 0.0) * self.restated,
            Label.UNCLEAR: found.unclear + found.questions * self.question,
        }
        total = sum(weights.values())
        if language == UNKNOWN or not total:
            return Judgement(Label.UNCLEAR, 0.0)
        (most, label), (second, _) = sorted(((weight, label) for label, weight in weights.items()), reverse=True)[:2]
        if most == second:
            return Judgement(Label.UNCLEAR, 0.0)
        return Judgement(label, (most - second) / total, found.first)


def make(argument: str, ask_for: AskFor) -> Lexical:
    """The `lexical` matcher. It takes no argument (`UsageError`) and asks no model."""
    if argument:
        raise UsageError(f"the matcher 'lexical' takes no argument, got {argument!r}. Write: lexical")
    return Lexical()


def _cleaned(question: Question, cleaner: Cleaner) -> Question:
    return replace(question, text=cleaner(question.text, question.solution), solution=cleaner(question.solution))


def _within(text: str, judgement: Judgement) -> Judgement:
    """The judgement without evidence that the text does not hold: characters were replaced in it."""
    return judgement if judgement.evidence is None or judgement.evidence in text else replace(judgement, evidence=None)


class _Reader:
    """Reads each distinct text once per call."""

    def __init__(self) -> None:
        self._sentences: dict[tuple[str, str], tuple[Sentence, ...]] = {}
        self._wholes: dict[tuple[str, str], Signs] = {}
        self._languages: dict[str, str] = {}

    def language(self, question: Question) -> str:
        if question.language != UNKNOWN:
            return vocabulary(question.language).language
        text = question.dilemma if question.dilemma.strip() else question.text
        if text not in self._languages:
            self._languages[text] = language_of(text)
        return self._languages[text]

    def read(self, text: str, language: str) -> tuple[Sentence, ...]:
        key = (language, text)
        if key not in self._sentences:
            self._sentences[key] = read(text, vocabulary(language))
        return self._sentences[key]

    def whole(self, text: str, language: str) -> Signs:
        key = (language, text)
        if key not in self._wholes:
            sentences = self.read(text, language)
            self._wholes[key] = sentences[0].signs if len(sentences) == 1 else _together(sentences)
        return self._wholes[key]


def _together(sentences: Sequence[Sentence]) -> Signs:
    total: dict[str, int] = {}
    for sentence in sentences:
        for stem, sign in sentence.signs.items():
            total[stem] = max(-1, min(1, total.get(stem, 0) + sign))
    return total
