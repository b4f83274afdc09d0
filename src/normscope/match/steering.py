"""Does a sentence speak to whoever labels the text, instead of giving advice? By its words, in six languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from normscope.match.steering_together import Together, steering_together

__all__ = ["LANGUAGES", "Steering", "folded", "quotes", "steering"]

LANGUAGES = ("da", "de", "en", "es", "fr", "pt")
"""The languages whose wordings are known; all of them are looked for in every text."""

SHORTEST_QUOTATION = 3
"""A quotation of fewer words than this may be a coincidence."""

MOST_PUT_IN = 2
"""So many other words may stand within a quotation."""

_QUOTED = re.compile(r"(?<!\w)[\"'](.*)[\"'](?!\w)")
_WORD = re.compile(r"\w+")
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

    signs: tuple[re.Pattern[str], ...]
    """What wordings need, the same sign for many of them."""
    speaks_to_reader: tuple[tuple[tuple[int, ...], re.Pattern[str]], ...]
    """The places in `signs` of all that is needed for some wordings, and the wordings."""
    beside: re.Pattern[str]
    shows_value: re.Pattern[str]
    system_line: re.Pattern[str]
    section_line: re.Pattern[str]
    speaker_line: re.Pattern[str]
    label_line: re.Pattern[str]
    field_line: re.Pattern[str]
    example_line: re.Pattern[str]
    about_evidence: re.Pattern[str]
    ends_file: re.Pattern[str]

    def steers(self, sentence: str, solution: str = "") -> bool:
        """Whether the sentence says how the text is to be labelled, or orders the one who labels it about.

        `solution`, folded too, is what the text is compared with: quoting it word for word as evidence is steering.
        """
        return self._speaks(sentence) or self._parades(sentence, solution)

    def goes_along(self, sentence: str) -> bool:
        """Whether the sentence is harmless alone, and belongs to the steering where it stands next to some."""
        return self.beside.search(sentence) is not None

    def _speaks(self, sentence: str) -> bool:
        seen: list[bool | None] = [None] * len(self.signs)
        for needed, wordings in self.speaks_to_reader:
            for i in needed:
                if seen[i] is None:
                    seen[i] = self.signs[i].search(sentence) is not None
                if not seen[i]:
                    break
            else:
                if wordings.search(sentence):
                    return True
        return False

    def _parades(self, sentence: str, solution: str) -> bool:
        quoted = solution.rstrip(".!?")
        at = sentence.find(quoted) if quoted else -1
        if at <= 0 or sentence[:at].rstrip()[-1:] not in ('"', "'"):
            within = _QUOTED.search(sentence)
            if within is None or not quotes(_WORD.findall(within.group(1)), _WORD.findall(quoted)):
                return False
        return self.about_evidence.search(sentence) is not None


def quotes(spoken: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the words `spoken` are `words`, in order, with `MOST_PUT_IN` others at most; too few words are no quotation."""
    if len(words) < SHORTEST_QUOTATION or not len(words) <= len(spoken) <= len(words) + MOST_PUT_IN:
        return False
    left = iter(spoken)
    return all(word in left for word in words)


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
    together = [*(Together((needed,), tuple(those)) for needed, those in rules.items()), *steering_together(one)]
    signs = list(dict.fromkeys(sign for rule in together for sign in rule.needed))
    mark = r"[\W_]{0,6}"
    return Steering(
        signs=tuple(map(re.compile, signs)),
        speaks_to_reader=tuple((tuple(map(signs.index, rule.needed)), re.compile("|".join(rule.wordings))) for rule in together),
        beside=re.compile("|".join([one["beside"], one["asides"], one["parts"], one["bribes"], one["makers"]])),
        shows_value=re.compile(rf"(?:->|=>|→|⇒|⟶) ?{value}[\"'*_.]*$"),
        system_line=re.compile(rf"^{mark}{one['system']}{mark}[:>\]]"),
        section_line=re.compile(
            rf"^(?:#+ ?{one['sections']} ?:?|[-=*_#~]{{3,}} ?{one['sections']} ?[-=*_#~]{{3,}}"
            r"|>{3} ?[\w.]{1,40}\([^()]{0,60}\))$"
        ),
        speaker_line=re.compile(rf"^{mark}{one['speakers']}{mark}:"),
        label_line=re.compile(rf"^{mark}{one['nouns']} ?[\"'*_]{{0,3}} ?[:=]{mark}{one['values']}{mark}$"),
        field_line=re.compile(rf"^{mark}{one['fields']} ?[*_]{{0,3}} ?:"),
        example_line=re.compile(rf"^{mark}{one['examples']} ?\d{{1,3}}{mark}$"),
        about_evidence=re.compile("|".join([one["evidence"], one["insists"], one["this_text"], one["nouns"], reader])),
        ends_file=re.compile(one["file_ends"]),
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
    return rf"(?<!\w)(?:{_tree([unicodedata.normalize('NFD', wording) for wording in wordings])})(?!\w)"


def _tree(wordings: Iterable[str]) -> str:
    """The wordings as alternatives that share the letters they begin with: a word of a text is compared with few of them."""
    after: dict[str, list[str]] = {}
    whole: list[str] = []
    for wording in wordings:
        if wording[:1].isalpha() and wording[1:2] not in {"?", "*", "+", "{"}:
            after.setdefault(wording[0], []).append(wording[1:])
        else:
            whole.append(wording)
    shared = [first + (rest[0] if len(rest) == 1 else f"(?:{_tree(rest)})") for first, rest in after.items()]
    return "|".join([*shared, *whole])


def _bare(words: Iterable[str]) -> str:
    return rf"(?<!\w)(?:{'|'.join(words)})(?!\w)"


def _either(*patterns: str) -> str:
    return f"(?:{'|'.join(patterns)})"
