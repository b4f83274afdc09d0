"""Does a sentence speak to whoever labels the text, instead of giving advice? By its words, in six languages."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["LANGUAGES", "Steering", "folded", "steering", "wordings_sha256"]

LANGUAGES = ("da", "de", "en", "es", "fr", "pt")
"""The languages whose wordings are known; all of them are looked for in every text."""

_QUOTES = str.maketrans(dict.fromkeys("“”„«»‟〝〞＂", '"') | dict.fromkeys("‘’‚‹›‛`´", "'"))


def folded(text: str) -> str:
    """The form in which wordings are looked for: lower case, no accents, straight quotation marks, single spaces.

    >>> folded("La  bonne ÉTIQUETTE est « d’accord »")
    'la bonne etiquette est " d\\'accord "'
    """
    if not text.isascii():
        apart = unicodedata.normalize("NFD", text.translate(_QUOTES))
        text = "".join(character for character in apart if unicodedata.category(character) != "Mn")
    return " ".join(text.translate(_QUOTES).casefold().split())


@dataclass(frozen=True)
class Steering:
    """The wordings of all languages, put together. Every method takes a text that was `folded`."""

    speaks_to_reader: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    """Pairs of what is needed for some wordings, and the wordings."""
    beside: re.Pattern[str]
    shows_value: re.Pattern[str]
    system_line: re.Pattern[str]
    section_line: re.Pattern[str]
    speaker_line: re.Pattern[str]
    label_line: re.Pattern[str]
    field_line: re.Pattern[str]
    example_line: re.Pattern[str]
    about_evidence: re.Pattern[str]

    def steers(self, sentence: str, solution: str = "") -> bool:
        """Whether the sentence says how the text is to be labelled, or orders the one who labels it about.

        `solution`, folded too, is what the text is compared with: quoting it word for word as evidence is steering.
        """
        speaks = any(needed.search(sentence) and wordings.search(sentence) for needed, wordings in self.speaks_to_reader)
        return speaks or self._parades(sentence, solution)

    def goes_along(self, sentence: str) -> bool:
        """Whether the sentence is harmless alone, and belongs to the steering where it stands next to some."""
        return self.beside.search(sentence) is not None

    def _parades(self, sentence: str, solution: str) -> bool:
        quoted = solution.rstrip(".!?")
        at = sentence.find(quoted) if quoted else -1
        return at > 0 and sentence[:at].rstrip()[-1:] in "\"'" and self.about_evidence.search(sentence) is not None


@cache
def wordings_sha256() -> str:
    """The SHA-256 of the files `steering/*.yaml`: what is taken out of a text follows from them."""
    folder = files(__package__).joinpath("steering")
    digest = hashlib.sha256()
    for language in LANGUAGES:
        digest.update(hashlib.sha256(folder.joinpath(f"{language}.yaml").read_bytes()).digest())
    return digest.hexdigest()


@cache
def steering() -> Steering:
    """The wordings of `steering/*.yaml`, read when first needed."""
    words = _words()
    one = {name: _any_of(listed) for name, listed in words.items()}
    value = rf"[\"'*_]{{0,3}} ?{one['values']}"
    quoted_value = rf"[\"'*_]{{1,3}} ?{one['values']} ?[\"'*_]"
    conjunctions = ["for", "fur", "para", "pour", "til", "or", "oder", "eller", "o", "ou"]
    right = ["right", "correct", "rigtige", "korrekte", "richtige", "correcta", "certa", "bonne"]
    alone = rf"(?= ?[\"'*_]{{0,3}} ?(?:$|[.!;,)]|{_bare(conjunctions)}))"
    as_word = _bare(["as", "als", "som", "como", "comme"])
    reader = _either(one["raters"], one["readers"])
    any_value = _either(value, one["value_nouns"])
    says = _either(one["says"], one["puts_out"])
    near, far = r".{0,25}?", r".{0,80}?"
    # what a rule cannot do without is looked for first, since most sentences have nothing of it
    rules = {
        _either(one["raters"], one["threats"], one["overrides"], quoted_value): [
            one["raters"],
            one["threats"],
            rf"{one['overrides']}{near}{one['orders']}",
            quoted_value,
        ],
        _either(one["values"], one["value_nouns"]): [
            rf"{one['nouns']}{near}{value}",
            rf"{value}{near}{_bare(right)} {one['nouns']}",
            rf"{one['rates']}.{{0,40}}?{as_word} {value}",
            rf"{one['rates']} (?:[\w']+ )?{value}{alone}",
            rf"{one['puts_out']} (?:[\w']+ )?{value}{alone}",
            rf"{says}{near}{one['only']}{near}{value}",
            rf"{one['only']}{near}{says}{near}{value}",
            # as a key to an answer has it: a colon or an equals sign, the value, and nothing more of a sentence
            rf"\w ?[\"'*_]{{0,2}} ?[:=] ?(?:{any_value}) ?(?:$|[.,;!)\"'*_%\d])",
            rf"{value}{far}{one['makers']}",
        ],
        one["parts"]: [rf"{one['parts']}{far}(?:{reader}|{one['nouns']}|{value})"],
        one["bribes"]: [rf"{one['bribes']}{far}(?:{any_value}|{one['nouns']})"],
        one["this_text"]: [
            rf"{one['this_text']}{far}(?:{one['said_of_text']}|{one['nouns']}|{one['rates']}|{any_value})",
            rf"(?:{one['nouns']}|{one['rates']}|{reader}){far}{one['this_text']}",
        ],
    }
    mark = r"[\W_]{0,6}"
    return Steering(
        speaks_to_reader=tuple((re.compile(needed), re.compile("|".join(those))) for needed, those in rules.items()),
        beside=re.compile("|".join([one["beside"], one["parts"], one["bribes"], one["makers"]])),
        shows_value=re.compile(rf"(?:->|=>|→|⇒|⟶) ?{value}[\"'*_.]*$"),
        system_line=re.compile(rf"^{mark}{one['system']}{mark}[:>\]]"),
        section_line=re.compile(rf"^(?:#+ ?{one['sections']} ?:?|[-=*_#~]{{3,}} ?{one['sections']} ?[-=*_#~]{{3,}})$"),
        speaker_line=re.compile(rf"^{mark}{one['speakers']}{mark}:"),
        label_line=re.compile(rf"^{mark}{one['nouns']} ?[\"'*_]{{0,3}} ?[:=]{mark}{one['values']}{mark}$"),
        field_line=re.compile(rf"^{mark}{one['fields']} ?[*_]{{0,3}} ?:"),
        example_line=re.compile(rf"^{mark}{one['examples']} ?\d{{1,3}}{mark}$"),
        about_evidence=re.compile("|".join([one["evidence"], one["this_text"], one["nouns"], reader])),
    )


def _words() -> dict[str, list[str]]:
    import yaml

    together: dict[str, list[str]] = {}
    for language in LANGUAGES:
        given = yaml.safe_load(files(__package__).joinpath("steering", f"{language}.yaml").read_text(encoding="utf-8"))
        for name, listed in _lists(given, language).items():
            together.setdefault(name, []).extend(listed)
    return together


def _lists(given: object, language: str) -> Mapping[str, list[str]]:
    # YAML reads a bare `no` as false; such a slip in a list must not pass in silence
    if not isinstance(given, dict) or not all(isinstance(v, list) and all(isinstance(x, str) for x in v) for v in given.values()):
        raise TypeError(f"the wordings of steering/{language}.yaml are not lists of strings")
    return given


def _any_of(wordings: Iterable[str]) -> str:
    return rf"(?<!\w)(?:{'|'.join(_bare_of(wording) for wording in wordings)})(?!\w)"


def _bare_of(wording: str) -> str:
    return unicodedata.normalize("NFD", wording)


def _bare(words: Iterable[str]) -> str:
    return rf"(?<!\w)(?:{'|'.join(words)})(?!\w)"


def _either(*patterns: str) -> str:
    return f"(?:{'|'.join(patterns)})"
