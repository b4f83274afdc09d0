"""Does a sentence speak to whoever labels the text, instead of giving advice? By its words, in six languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["LANGUAGES", "Steering", "folded", "steering"]

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

    speaks_to_reader: re.Pattern[str]
    beside: re.Pattern[str]
    shows_value: re.Pattern[str]
    system_line: re.Pattern[str]
    speaker_line: re.Pattern[str]
    label_line: re.Pattern[str]
    field_line: re.Pattern[str]
    example_line: re.Pattern[str]
    about_evidence: re.Pattern[str]

    def steers(self, sentence: str, solution: str = "") -> bool:
        """Whether the sentence says how the text is to be labelled, or orders the one who labels it about.

        `solution`, folded too, is what the text is compared with: quoting it word for word as evidence is steering.
        """
        return self.speaks_to_reader.search(sentence) is not None or self._parades(sentence, solution)

    def goes_along(self, sentence: str) -> bool:
        """Whether the sentence is harmless alone, and belongs to the steering where it stands next to some."""
        return self.beside.search(sentence) is not None

    def _parades(self, sentence: str, solution: str) -> bool:
        quoted = solution.rstrip(".!?")
        at = sentence.find(quoted) if quoted else -1
        return at > 0 and sentence[:at].rstrip()[-1:] in "\"'" and self.about_evidence.search(sentence) is not None


@cache
def steering() -> Steering:
    """The wordings of `steering/*.yaml`, read when first needed."""
    words = _words()
    one = {name: _any_of(listed) for name, listed in words.items()}
    value = rf"[\"'*_]{{0,3}} ?{one['values']}"
    quoted_value = rf"[\"'*_]+ ?{one['values']} ?[\"'*_]+"
    conjunctions = ["for", "fur", "para", "pour", "til", "or", "oder", "eller", "o", "ou"]
    right = ["right", "correct", "rigtige", "korrekte", "richtige", "correcta", "certa", "bonne"]
    alone = rf"(?= ?[\"'*_]{{0,3}} ?(?:$|[.!;,)]|{_bare(conjunctions)}))"
    as_word = _bare(["as", "als", "som", "como", "comme"])
    reader = _either(one["raters"], one["readers"])
    says = _either(one["says"], one["puts_out"])
    near, far = r".{0,25}?", r".{0,80}?"
    speaks = [
        one["raters"],
        one["threats"],
        rf"{one['nouns']}{near}{value}",
        rf"{value}{near}{_bare(right)} {one['nouns']}",
        rf"{one['rates']}.{{0,40}}?{as_word} {value}",
        rf"{one['rates']} (?:[\w']+ )?{value}{alone}",
        rf"{one['puts_out']} (?:[\w']+ )?{value}{alone}",
        rf"{says} (?:[\w']+ ){{0,2}}{quoted_value}",
        rf"{says}{near}{one['only']}{near}{value}",
        rf"{one['only']}{near}{says}{near}{value}",
        rf"{one['overrides']}{near}{one['orders']}",
        rf"{one['parts']}{far}(?:{reader}|{one['nouns']}|{value})",
        rf"{one['bribes']}{far}(?:{value}|{one['nouns']})",
        rf"{one['makers']}{far}{one['threats']}",
        rf"{value}{far}{one['makers']}",
        rf"{one['this_text']}.{{0,40}}?(?:{one['said_of_text']})",
        rf"{one['this_text']}{far}(?:{one['nouns']}|{one['rates']})",
        rf"(?:{one['nouns']}|{one['rates']}){far}{one['this_text']}",
        rf"{one['this_text']}{far}{value}",
        rf"{reader}{far}{one['this_text']}",
    ]
    mark = r"[\W_]{0,6}"
    return Steering(
        speaks_to_reader=re.compile("|".join(speaks)),
        beside=re.compile("|".join([one["beside"], one["parts"], one["bribes"], one["makers"]])),
        shows_value=re.compile(rf"(?:->|=>|→|⇒|⟶) ?{value}[\"'*_.]*$"),
        system_line=re.compile(rf"^{mark}{one['system']}{mark}[:>\]]"),
        speaker_line=re.compile(rf"^{mark}{one['speakers']}{mark}:"),
        label_line=re.compile(rf"^{mark}{one['nouns']} ?[\"'*_]* ?[:=]{mark}{one['values']}{mark}$"),
        field_line=re.compile(rf"^{mark}{one['fields']} ?[*_]* ?:"),
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
