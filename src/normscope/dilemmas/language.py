"""Which language a text is clearly in, by its commonest words."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["KNOWN", "clearly_other"]

_WORDS = {
    "en": "the and to of a in is it that for was he she they we you not with his her my me this but have had be on at are "
    "what do don't would should because when who from about there their been i i'm it's him our so if or",
    "da": "og i jeg det at en den til er som på de med han af for ikke der var mig sig men et har om vi min havde fra hun "
    "nu over da når hvad skal noget hvor blev efter ud så meget også hende ham kan vil være været mine dem os selv hvordan "
    "mig dig hvis bare kun ville skulle måske lige altid",
    "nb": "og i jeg det at en den til er som på de med han av for ikke der var meg seg men et har om vi min hadde fra hun "
    "nå over da når hva skal noe hvor ble etter ut så mye også henne ham kan vil være vært mine dem oss selv hvordan "
    "deg hvis bare ville skulle kanskje alltid",
    "sv": "och i jag det att en den till är som på de med han av för inte där var mig sig men ett har om vi min hade från hon "
    "nu över då när vad ska något hur blev efter ut så mycket också henne honom kan vill vara varit mina dem oss själv "
    "dig bara skulle kanske alltid",
    "de": "und ich die der das ist nicht zu den es ein eine mit sie er auf für von dass mir mich hat habe aber auch was wie "
    "wenn wir ihr dem im bin war sich so noch nur oder mein meine haben soll kann immer schon",
    "nl": "de het een en ik van dat is in niet op te met voor zijn die maar ze hij mijn heb heeft wat ook er als aan om naar "
    "mij was hebben moet kan we je dan nog wel haar hem over",
    "fr": "le la les de des et je est un une que qui à pas ne dans pour il elle mon ma mais sur avec ce cette j'ai c'est "
    "nous vous au du se son sa ses plus me m'a lui on être fait",
    "es": "el la los las de que y no en un una es se me mi por con para su lo pero como más yo ella él le muy porque "
    "cuando qué si al del está estoy ha tengo hacer",
}
_ALIASES = {"no": "nb"}
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")

KNOWN = tuple(sorted(_WORDS))
"""The languages that are told apart."""

LOOKED_AT = 5_000
"""Characters of a text that are looked at."""
LEAST = 6.0
CLEARLY = 2.5


def clearly_other(text: str, declared: str) -> str | None:
    """The language that a text is clearly in instead of the declared one; None if there is no clear case.

    Only the languages in `KNOWN` are told apart; an unknown declared language (`und`, or one without a word list) and a short
    text are never a clear case. A word that several languages share counts for each by its part.

    >>> clearly_other("Hvad skal jeg sige til ham, når han ikke vil høre på mig, og det er min far?", "en")
    'da'
    >>> clearly_other("What should I do?", "da") is None
    True
    """
    base = declared.partition("-")[0]
    base = _ALIASES.get(base, base)
    if base not in _WORDS:
        return None
    scores = dict.fromkeys(_WORDS, 0.0)
    by_word = _languages()
    for token in _TOKEN.findall(text[:LOOKED_AT].casefold().replace("’", "'")):
        languages = by_word.get(token, ())
        for language in languages:
            scores[language] += 1 / len(languages)
    best, score = max(scores.items(), key=lambda item: item[1])
    return best if best != base and score >= LEAST and score >= CLEARLY * scores[base] else None


@cache
def _languages() -> dict[str, tuple[str, ...]]:
    """The languages that each word is common in."""
    words = sorted({word for listed in _WORDS.values() for word in listed.split()})
    return {word: tuple(language for language, listed in _WORDS.items() if word in listed.split()) for word in words}
