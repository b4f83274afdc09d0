"""What the person with the dilemma says, and the cues by which answers are read while the conversation is held.

All phrases of a language are in one YAML file of this package, read when it is first needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from normscope.errors import DataError, UsageError

__all__ = ["Phrases", "languages", "parse", "phrases_for"]

SOLUTION = "{solution}"
MACROLANGUAGES = {"no": "nb"}  # a macrolanguage and the member that is meant where none is named; `nn` is another member


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of one language. `explicit` holds several wordings, each with `{solution}` once."""

    language: str
    commit: str
    explicit: tuple[str, ...]
    hedges: tuple[re.Pattern[str], ...]
    recommends: tuple[re.Pattern[str], ...]
    refusals: tuple[re.Pattern[str], ...]

    def show(self, solution: str, *, wording: int) -> str:
        """A solution in the words of a person; `wording` may be any number.

        >>> phrases_for("en").show("Call her.", wording=1)
        'A friend of mine told me: "Call her." Would you say so too?'
        """
        # not str.format: a solution may hold braces
        return self.explicit[wording % len(self.explicit)].replace(SOLUTION, solution)


def languages() -> list[str]:
    """The languages that have phrases, sorted.

    >>> languages()
    ['da', 'de', 'en', 'es', 'fr', 'nb', 'nl', 'pt', 'sv']
    """
    return sorted(entry.name.removesuffix(".yaml") for entry in _folder().iterdir() if entry.name.endswith(".yaml"))


@cache
def phrases_for(language: str) -> Phrases:
    """The phrases for a BCP-47 tag, by its longest prefix that has some (`en-GB` reads `en`, and `no` is read as `nb`).

    A language without phrases, and `und` (not known), are a `UsageError`: which language a person is spoken to in is not
    guessed.

    >>> phrases_for("en-GB").language
    'en'
    """
    known = languages()
    parts = language.replace("_", "-").lower().split("-")
    parts[0] = MACROLANGUAGES.get(parts[0], parts[0])
    for n in range(len(parts), 0, -1):
        if (prefix := "-".join(parts[:n])) in known:
            return _read(prefix)
    raise UsageError(
        f"there are no phrases to hold a conversation in the language {language!r}. Languages with phrases: {', '.join(known)}. "
        "Give the dilemmas a `language` among these, or add a file of phrases for yours."
    )


def parse(given: object, *, file: str) -> Phrases:
    """Phrases from the values of a YAML file; `DataError` names the field that is missing or of the wrong kind."""

    def field(name: str, kind: type) -> Any:
        value = given.get(name) if isinstance(given, Mapping) else None
        if not isinstance(value, kind) or not value:
            allowed = "a text" if kind is str else "a list of texts"
            raise DataError("phrases are missing", file=file, field=name, got=value, allowed=allowed)
        return value

    def texts(name: str) -> tuple[str, ...]:
        values = field(name, list)
        if not all(isinstance(value, str) and value for value in values):
            raise DataError("not every phrase is a text", file=file, field=name, got=values, allowed="a list of texts")
        return tuple(values)

    def patterns(name: str) -> tuple[re.Pattern[str], ...]:
        try:
            return tuple(re.compile(text, re.IGNORECASE) for text in texts(name))
        except re.error as error:
            raise DataError(f"a cue is no regular expression: {error}", file=file, field=name) from error

    explicit = texts("explicit")
    for text in explicit:
        if text.count(SOLUTION) != 1:
            raise DataError(
                "a wording does not show the solution", file=file, field="explicit", got=text, allowed="{solution} once"
            )
    return Phrases(
        language=field("language", str),
        commit=field("commit", str),
        explicit=explicit,
        hedges=patterns("hedges"),
        recommends=patterns("recommends"),
        refusals=patterns("refusals"),
    )


def _folder() -> Any:
    return files("normscope.elicit") / "phrases"


@cache
def _read(language: str) -> Phrases:
    import yaml

    path = _folder() / f"{language}.yaml"
    return parse(yaml.safe_load(path.read_text(encoding="utf-8")), file=str(path))
