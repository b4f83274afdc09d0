"""The cues by which advice is recognised: one YAML file per language in this package, read when it is first needed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from normscope.errors import DataError, UsageError
from normscope.extract.weights import Weights, weights_for

__all__ = ["Against", "Cue", "Cues", "cues_for", "cues_of", "languages"]

_WORD = re.compile(r"[\w']+")
_ENOUGH_TEXT = 4_000
"""So many characters tell the language of a text."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A wording that recommends; `strength` 3 says what to do, 2 gives a direction."""

    pattern: re.Pattern[str]
    strength: int


@dataclass(frozen=True, slots=True)
class Against:
    """A wording that advises against. What it matched is replaced by `affirm`, so that the course of action is left.

    `needs`, where given, must be found in what follows the cue.
    """

    pattern: re.Pattern[str]
    strength: int
    affirm: str
    needs: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Cues:
    """Everything the rules know of one language."""

    language: str
    abbreviations: frozenset[str]
    recommends: tuple[Cue, ...]
    advises_against: tuple[Against, ...]
    never: tuple[re.Pattern[str], ...]
    """A sentence in which one of these is found is no advice."""
    closing: tuple[re.Pattern[str], ...]
    """Said of advice that is given as the upshot."""
    cut: tuple[re.Pattern[str], ...]
    """Where a sentence may be cut in two."""
    conditions: tuple[re.Pattern[str], ...]
    """Cases that advice is given for: each match's group `clause`, where it has one."""
    refuses: tuple[re.Pattern[str], ...]
    """Said by a response that declines to advise."""
    light: frozenset[str]
    """Words that do not tell one course of action from another."""
    frequent: frozenset[str]
    """Words by which the language is recognised."""
    named: tuple[tuple[str, re.Pattern[str]], ...] = ()
    """All wordings that speak for or against advice, by what stands in the file: the names under which they are weighed."""
    weights: Weights | None = None
    """Which sentence is advice, where that was learnt; None = the strengths of its cues decide."""

    def found(self, plain: str) -> list[str]:
        """The names of the wordings that stand in a sentence."""
        return [name for name, pattern in self.named if pattern.search(plain)]


def languages() -> list[str]:
    """The languages that have cues, sorted.

    >>> languages()
    ['da', 'de', 'en', 'es', 'fr', 'pt']
    """
    return sorted(entry.name.removesuffix(".yaml") for entry in _folder().iterdir() if entry.name.endswith(".yaml"))


@cache
def cues_for(language: str) -> Cues:
    """The cues for a BCP-47 tag: `en-GB` reads the file `en`, and `und` (not known) all languages at once.

    A text of unknown language is better read by `cues_of`, which looks at its words first.

    >>> cues_for("en-GB").language
    'en'
    """
    known = languages()
    if language.lower() == "und":
        return _together([cues_for(each) for each in known])
    primary = language.replace("_", "-").lower().split("-")[0]
    if primary not in known:
        raise UsageError(
            f"the extractor 'rules' does not know the language {language!r}. Known: {', '.join(known)}. "
            "For other languages use judge:MODEL, which asks a model that you name."
        )
    return _read(primary)


def cues_of(text: str, language: str) -> Cues:
    """The cues for a text: those of its language, and where that is `und`, of the one that most of its frequent words are of.

    Where several have as many, or the text has none of them, all languages are read at once.

    >>> cues_of("Du bist nicht allein mit dem Problem.", "und").language
    'de'
    """
    if language.lower() != "und":
        return cues_for(language)
    words = _WORD.findall(text[:_ENOUGH_TEXT].casefold())
    counts = {each: sum(word in cues_for(each).frequent for word in words) for each in languages()}
    most = [each for each, count in counts.items() if count == max(counts.values())]
    return cues_for(most[0] if len(most) == 1 else "und")


def _together(each: list[Cues]) -> Cues:
    return Cues(
        "und",
        frozenset().union(*(c.abbreviations for c in each)),
        tuple(cue for c in each for cue in c.recommends),
        tuple(cue for c in each for cue in c.advises_against),
        tuple(pattern for c in each for pattern in c.never),
        tuple(pattern for c in each for pattern in c.closing),
        tuple(pattern for c in each for pattern in c.cut),
        tuple(pattern for c in each for pattern in c.conditions),
        tuple(pattern for c in each for pattern in c.refuses),
        frozenset().union(*(c.light for c in each)),
        frozenset().union(*(c.frequent for c in each)),
    )


def _folder() -> Any:
    return files("normscope.extract") / "cues"


def _read(language: str) -> Cues:
    import yaml

    path = _folder() / f"{language}.yaml"
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        verb = _verbs(given)
        # atomic: else a hostile text could make the alternatives be tried in exponentially many ways (the shorter `*+` fails to
        # match in Python 3.11.2, which Debian 12 has)
        opener = "(?>(?:" + "|".join(given["openers"]) + ")*)"

        def pattern(text: str) -> re.Pattern[str]:
            return re.compile(text.replace("{opener}", opener).replace("{verb}", verb), re.IGNORECASE)

        names = [*(cue["cue"] for kind in ("recommends", "advises_against") for cue in given[kind]), given["closing"]]
        return Cues(
            language,
            frozenset(given["abbreviations"]),
            tuple(Cue(pattern(c["cue"]), int(c["strength"])) for c in given["recommends"]),
            tuple(
                Against(pattern(c["cue"]), int(c["strength"]), c["affirm"], pattern(c["needs"]) if "needs" in c else None)
                for c in given["advises_against"]
            ),
            tuple(pattern(p) for p in given["never"]),
            (pattern(given["closing"]),),
            (pattern(given["cut"]),),
            tuple(pattern(p) for p in given["conditions"]),
            tuple(pattern(p) for p in given["refuses"]),
            frozenset(given["light"]),
            frozenset(given["frequent"]),
            tuple((name, pattern(name)) for name in names),
            weights_for(language),
        )
    except (KeyError, TypeError, re.error) as error:
        raise DataError(f"the cues of {language!r} cannot be read ({error!r})", file=str(path)) from error


def _verbs(given: dict[str, Any]) -> str:
    """A pattern for the verbs as they are listed, and for those that are made of stem, ending and pronouns.

    >>> bool(re.fullmatch(_verbs({"verbs": [], "forms": [
    ...     {"stems": ["habl"], "endings": ["a"], "after": ["le"], "accent": True}]}), "háblale"))
    True
    """
    ways = ["|".join(map(re.escape, given["verbs"]))] if given["verbs"] else []
    for form in given.get("forms", ()):
        stems = [_accented(stem) if form["accent"] else re.escape(stem) for stem in form["stems"]]
        after = "(?:" + "|".join(map(re.escape, form["after"])) + "){0,2}" if form["after"] else ""
        ways.append("(?:" + "|".join(stems) + ")(?:" + "|".join(map(re.escape, form["endings"])) + ")" + after + "(?!\\w)")
    return "(?:" + "|".join(ways) + ")"


def _accented(stem: str) -> str:
    """A stem whose last vowel may bear an accent, as before pronouns in Spanish.

    >>> _accented("habl")
    'h[aá]bl'
    """
    return re.sub("[aeiou](?=[^aeiou]*$)", lambda vowel: f"[{vowel[0]}{'áéíóú'['aeiou'.index(vowel[0])]}]", stem)
