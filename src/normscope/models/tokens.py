"""How many tokens a text is, without a tokenizer: a bound that none exceeds, and a quick guess of what most make of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from normscope.models.base import Message

__all__ = [
    "CALL_TOKENS",
    "MESSAGE_TOKENS",
    "MOST_PER_CALL",
    "MOST_PER_MESSAGE",
    "at_most_tokens",
    "likely_tokens",
    "most_tokens",
]

MOST_PER_MESSAGE = 32
"""A bound on what a chat template writes around one message (seen: 3 to 6)."""
MOST_PER_CALL = 256
"""A bound on what a chat template writes once per call: a system message of its own, the date, the start of the answer
(seen: 3 to 80)."""
MESSAGE_TOKENS = 5
"""What templates usually write around one message: `<|im_start|>user\\n…<|im_end|>\\n` are 5, OpenAI's count is 3 to 4."""
CALL_TOKENS = 10
"""What templates usually add per call: 3 to start the answer, and for some a default system message of about 20."""

# Fitted to 1,300 English texts of seven data sets, halfway between SmolLM2's tokenizer and the mean of three larger ones
# (docs/cost.md); the others to texts in 12 languages written by the project, against the mean of the three larger ones.
_WORD = 1.10
_PUNCTUATION = 0.62
_DIGIT = 0.84
_NEWLINE = 0.36
_LONGEST_WORD = 5.0
"""So many letters per word are covered by `_WORD`; beyond that every so many letters are a token of their own."""
_LATIN_LETTER = 0.33
"""Per letter in other languages in Latin script: tokenizers cut their words into more pieces than English ones."""
_TWO_BYTES = 0.45
"""Per letter of the scripts that UTF-8 writes in two bytes: Greek, Cyrillic, Hebrew, Arabic."""
_THREE_BYTES = 0.85
"""Per character of the scripts that UTF-8 writes in three bytes: Chinese, Japanese, Korean, those of India."""
_FOUR_BYTES = 2.0
"""Per emoji and rare character."""


def _without(kept: Iterable[int]) -> bytes:
    wanted = set(kept)
    return bytes(byte for byte in range(256) if byte not in wanted)


# for bytes.translate, which counts at 500 MB/s: all bytes but those to count. A character is counted by its first byte
_NOT_PUNCTUATION = _without([*(c for c in range(33, 127) if not chr(c).isalnum()), 0xE2])
_NOT_DIGIT = _without(b"0123456789")
_NOT_NEWLINE = _without(b"\n")
_NOT_LATIN = _without([*(c for c in range(128) if chr(c).isalpha()), *range(0xC2, 0xCA)])
_NOT_ACCENTED = _without(range(0xC3, 0xCA))
_NOT_TWO_BYTES = _without(range(0xCA, 0xE0))
_NOT_THREE_BYTES = _without([0xE0, 0xE1, *range(0xE3, 0xF0)])
_NOT_FOUR_BYTES = _without(range(0xF0, 0xF5))
_ACCENTS_OF_ENGLISH = 0.004
"""A text of unknown language is taken for English where no more of its letters than this share carry accents."""


def most_tokens(text: str) -> int:
    """The most tokens that a text can be: its UTF-8 bytes, since a byte-level tokenizer never makes two tokens of one byte.

    >>> most_tokens("abc"), most_tokens("æ")
    (3, 2)
    """
    # a lone surrogate reaches the server as three bytes, one way or another
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def at_most_tokens(messages: Sequence[Message], *, schema: str | None = None) -> int:
    """The most prompt tokens that one call can be counted as: for a budget that must hold.

    UTF-8 bytes of every message, plus generous constants for what the chat template writes around them. `schema` is a JSON
    schema that goes with the call: some servers write it into the prompt. On English prose this is about four times what is
    counted in the end. A tokenizer that makes a text longer before it cuts it (NFKC) is outside the bound; no chat model is
    known to have one.

    >>> at_most_tokens([Message("user", "Hi")])
    290
    """
    texts = sum(most_tokens(message.content) for message in messages)
    return MOST_PER_CALL + MOST_PER_MESSAGE * len(messages) + texts + (0 if schema is None else most_tokens(schema))


def likely_tokens(text: str, language: str = "und") -> int:
    """About how many tokens a modern tokenizer makes of a text: a count of words, punctuation, digits and letters by script.

    `language` is a BCP-47 tag; `und` is told by the text itself. Never more than `most_tokens`. Within 5 % of the mean of
    four tokenizers on English prose, within about 25 % in other languages; small English-only vocabularies make a third
    more of Danish, German or Spanish, and twice as much of Chinese (docs/cost.md).

    >>> likely_tokens("My sister asked me to look after her dog.", "en")
    11
    >>> likely_tokens("")
    0
    """
    ascii_only = text.isascii()
    content = text.encode("utf-8", "surrogatepass")
    words = len(content.split())

    def count(others: bytes) -> int:
        return len(content.translate(None, others))

    letters = count(_NOT_LATIN)
    tokens = _PUNCTUATION * count(_NOT_PUNCTUATION) + _DIGIT * count(_NOT_DIGIT) + _NEWLINE * count(_NOT_NEWLINE)
    elsewhere = 0.0
    if not ascii_only:
        elsewhere = _TWO_BYTES * count(_NOT_TWO_BYTES) + _THREE_BYTES * count(_NOT_THREE_BYTES)
        elsewhere += _FOUR_BYTES * count(_NOT_FOUR_BYTES)
    accented = 0 if ascii_only else count(_NOT_ACCENTED)
    english = language.lower().split("-")[0] == "en" or (language == "und" and accented <= _ACCENTS_OF_ENGLISH * letters)
    if english:
        # words of other scripts are counted by their letters, not as words too
        words = min(words, letters) if ascii_only or not elsewhere else min(words, letters // 4)
        tokens += max(_WORD * words, letters / _LONGEST_WORD)
    else:
        tokens += _LATIN_LETTER * letters
    return min(round(tokens + elsewhere), len(content))
