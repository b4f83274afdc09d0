"""What is not prose: comments, tags, data objects, the turns of a chat template. It is taken out before sentences are read."""

from __future__ import annotations

import re

__all__ = ["without_markup"]

_SPANS = (
    ("<!--", "-->"),
    ("/*", "*/"),
    ("{#", "#}"),
    ("{% comment %}", "{% endcomment %}"),
    ("{%", "%}"),
    ("[INST]", "[/INST]"),
    ("<<SYS>>", "<</SYS>>"),
)
_TURN_ENDS = "<|im_end|>", "<|eot_id|>", "<|end|>", "<|endoftext|>"

# Every pattern is bounded or possessive, so that a hostile text cannot make one take long.
_TURN = re.compile(r"<\|(?:im_start|start_header_id|system|user|assistant)\|>", re.IGNORECASE)
_TOKEN = re.compile(r"<\|[\w/ -]{0,40}\|>|\[/?INST\]|<</?SYS>>|</?s>")
_MARKDOWN_COMMENT = re.compile(
    r"^[ \t]*\[(?://|comment)\]:[^\n]*$|\[//\]: *#[ \t]*(?:\([^()\n]{0,2000}\)|[^\n]*$)",
    re.MULTILINE | re.IGNORECASE,
)
# A tag with a word or two in it carries a value, unless it is one by which prose is set.
_SETTING = r"(?!(?:a|abbr|b|big|code|del|div|em|font|h[1-6]|i|ins|li|mark|p|q|s|small|span|strong|sub|sup|t[dhr]|u)\b)"
_VALUE_TAG = re.compile(rf"<{_SETTING}([^\W\d][\w-]{{0,30}})(?:\s[^<>]{{0,200}})?>[^<>.!?\n]{{0,40}}</\1\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?[^\W\d][\w-]{0,30}(?:\s[^<>]{0,300})?/?>|<!\[CDATA\[|\]\]>|<\?[^<>]{0,200}\?>")
_KEY = r"""\\?["']?[^\W\d][\w -]{0,40}\\?["']?\s{0,4}:\s{0,4}"""
_VALUE = r"""(?:\\?["'][^"'\n{}]{0,40}["']|[\w.+-]{1,20}(?=\s*[,}]))?"""
_OBJECT = re.compile(
    rf"""(?:\b[\w-]{{1,30}}\s{{0,3}}[:=]\s{{0,3}})?(?<![\s"'\]}},\[])[\s"'\]}},\[]*+\{{\s{{0,20}}(?={_KEY})(?:[^{{}}]{{0,3000}}\}}[\s}}\],]*+|{_KEY}{_VALUE}(?:,\s{{0,4}}{_KEY}{_VALUE}){{0,20}}["']?)"""
)
_QUOTED_KEY = re.compile(r"""["']([^\W\d][\w -]{0,40})["']\s{0,4}:""")
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[\w+-]{0,20}[ \t]*$|```", re.MULTILINE)
_ONLY_MARKS = re.compile(r"""[\s\[\](){}<>"',;:=|/\\#*_`~-]+""")

SHORT_VALUE = 4
"""A string of an object with this many words at most is shown with its key."""

DEPTH = 8
"""How many objects within one another are followed."""


def without_markup(text: str) -> str:
    """What does the text say apart from its markup? Prose stays as it is; a text without markup comes back unchanged.

    Out go comments (HTML, Markdown, templates), whole turns of a chat template, tags (with their content where that is a
    word or two: a value), data objects with keys (`{"label": …}`, cut-off ones included), and marks of code fences with the
    lines of brackets between them. What else stands between fences stays, since models fence their prose at times. A text that
    is nothing but data objects (models answer so at times) is read by their strings: one line each, short ones with their key.

    >>> without_markup('Tell her. <!-- label: agree --> {"label": "agree"} It is <b>not</b> hard.')
    'Tell her. It is not hard.'
    """
    if not any(mark in text for mark in "<[{`~/"):
        return text
    for opening, closing in _SPANS:
        text = _without_spans(text, opening, closing)
    text = _MARKDOWN_COMMENT.sub(" ", text)
    text = _TOKEN.sub(" ", _without_turns(text))
    text = _TAG.sub("", _VALUE_TAG.sub(" ", text))
    with_objects = text
    for _ in range(DEPTH):
        text, found = _OBJECT.subn(_gap, text)
        if not found:
            break
    if not any(character.isalnum() for character in _FENCE.sub("", text)):
        text = _strings(with_objects)
    if any(mark in text for mark in ("{", "}", "```", "~~~")):
        text = _FENCE.sub("", text)
        text = "\n".join(line for line in text.split("\n") if not _ONLY_MARKS.fullmatch(line))
    return text


def _strings(objects: str) -> str:
    """The values, one line each, also of objects that are not well-formed."""
    _, *parts = _QUOTED_KEY.split(_FENCE.sub("", objects))
    pairs = (
        (key, value.strip(" \t\r\n\"',:{}[]").replace("\\n", "\n")) for key, value in zip(parts[::2], parts[1::2], strict=True)
    )
    return "\n".join(value if len(value.split()) > SHORT_VALUE else f"{key}: {value}" for key, value in pairs)


def _gap(found: re.Match[str]) -> str:
    return "\n" if "\n" in found.group() else " "


def _without_spans(text: str, opening: str, closing: str) -> str:
    """The text without what stands between the two marks; an opening mark that is never closed takes the rest of its line."""
    kept: list[str] = []
    at = 0
    open_ended = False
    while (start := text.find(opening, at)) >= 0:
        end = -1 if open_ended else text.find(closing, start + len(opening))
        if end < 0:
            open_ended = True
            end = text.find("\n", start)
            stop = len(text) if end < 0 else end
        else:
            stop = end + len(closing)
        kept.append(text[at:start])
        at = stop
    return " ".join([*kept, text[at:]]) if kept else text


def _without_turns(text: str) -> str:
    kept: list[str] = []
    at = 0
    while turn := _TURN.search(text, at):
        ends = [(end, mark) for mark in _TURN_ENDS if (end := text.find(mark, turn.end())) >= 0]
        kept.append(text[at : turn.start()])
        if not ends:
            return " ".join(kept)
        end, mark = min(ends)
        at = end + len(mark)
    return " ".join([*kept, text[at:]]) if kept else text
