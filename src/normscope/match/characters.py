"""Letters as a reader sees them: what is invisible is taken out, look-alike letters become those they look like."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["plain_characters"]

# Text between an override and its end is stored backwards and shown forwards, or the other way about: no prose is written so.
_OVERRIDE = re.compile("[\u202d\u202e][^\u202c\n]{0,2000}\u202c?")
# Joiners are part of the spelling in Persian and in Indic scripts, and of emoji; elsewhere they only split words.
_JOINERS = "\u200c\u200d"
_KEPT = "\t\r\n"
_SELECTORS = range(0xE0100, 0xE01F0)
_STYLED = ("<wide>", "<font>", "<circle>", "<square>")

_LOOK_ALIKE = dict(
    zip(
        "асеорхуіјѕһԁԛԝкмтнвгпАСЕОРХУІЈЅКМТНВЗ" + "αογνιρκτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aceopxyijshdqwkmthbrnACEOPXYIJSKMTHB3" + "aoyvipktuxABEZHIKMNOPTYX",
        strict=True,
    )
)
"""Cyrillic and Greek letters with the Latin letter that they are taken for."""

_FOREIGN_WORD = re.compile(r"\w*[\u0370-\u03ff\u0400-\u052f]\w*")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")


def plain_characters(text: str) -> str:
    r"""What does this text look like to a person? The same text without the characters that only machines see.

    Out go invisible characters (zero-width, soft hyphens, tags, direction marks), control characters but tabs and line
    ends, and what stands under a direction override. Full-width, mathematical and circled letters become plain ones.
    Cyrillic and Greek letters become the Latin ones that they look like, in words that mix scripts, and in all words where
    the text has no letter of those scripts that looks like no Latin one. Everything else stays, byte for byte.

    >>> plain_characters("d\u200bo n\u043et ｔｅｌｌ him"), plain_characters("Скажи ему, 50 % off")
    ('do not tell him', 'Скажи ему, 50 % off')
    """
    if text.isascii():
        return text if text.isprintable() else "".join(map(_visible_ascii, text))
    text = _OVERRIDE.sub(" ", text)
    text = "".join(_seen(text, i) for i in range(len(text)))
    return _with_latin(text)


def _visible_ascii(character: str) -> str:
    return character if character.isprintable() or character in _KEPT else "\n" if character in "\v\f" else ""


def _seen(text: str, i: int) -> str:
    character = text[i]
    if character.isascii():
        return _visible_ascii(character)
    category = unicodedata.category(character)
    if category == "Cf" or ord(character) in _SELECTORS:
        return character if character in _JOINERS and _joins(text, i) else ""
    if category == "Cc":
        return "\n" if character == "\x85" else ""
    if unicodedata.decomposition(character).startswith(_STYLED):
        folded = unicodedata.normalize("NFKC", character)
        return folded if folded.isascii() else character
    return character


def _joins(text: str, i: int) -> bool:
    """Whether a joiner stands where spelling needs one: not beside a letter of the scripts that never use it."""
    around = text[max(0, i - 1) : i] + text[i + 1 : i + 2]
    return len(around) == 2 and not any(c.isascii() or _LATIN.match(c) or _FOREIGN.match(c) for c in around)


def _with_latin(text: str) -> str:
    foreign = _FOREIGN.findall(text)
    if not foreign:
        return text
    none_of_its_own = all(letter in _LOOK_ALIKE for letter in foreign) and _LATIN.search(text) is not None

    def latin(word: re.Match[str]) -> str:
        if not none_of_its_own and not _LATIN.search(word.group()):
            return word.group()
        return "".join(_LOOK_ALIKE.get(letter, letter) for letter in word.group())

    return _FOREIGN_WORD.sub(latin, text)
