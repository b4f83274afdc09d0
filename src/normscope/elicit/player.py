"""The model that plays the person with a dilemma: what it is asked, and what of its words the person says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from normscope.models.base import Message
from normscope.models.prompts import PromptFile, fence, prompt_file

__all__ = ["CUT", "LONGEST_READ", "LONGEST_SAID", "PLAYER_TOKENS", "Prompt", "player_prompt", "spoken"]

PLAYER_TOKENS = 512
"""What a player may use for one answer; most of it is room for models that reason first."""

LONGEST_SAID = 600
"""Characters of a player's answer that are said; a few sentences."""

LONGEST_READ = 6_000
"""Characters of a responder's message that the player is shown, from its end, where the questions are."""

CUT = " …"
"""Ends the words of a player that were cut, in the conversation as it is kept and as the responder sees it."""

_EXAMINED = 8 * LONGEST_SAID
_PERSON = "me|you|i|person|the person|user|human|asker|op|answer|reply"
_ADVISER = "adviser|advisor|the adviser|the advisor|assistant|ai|responder|system"
_MARK = re.compile(r'</?\w{1,20} code="[^"\n]{0,80}"{0,1}>')
_LABEL = re.compile(rf"(?:\*\*|__)?(?:{_PERSON})(?:\*\*|__)?:(?:\*\*|__)?\s*", re.IGNORECASE)
_NEXT_LABEL = re.compile(rf"\n[ \t]*(?:\*\*|__)?(?:{_PERSON}|{_ADVISER})(?:\*\*|__)?:", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’“»«)\]]*(?=\s|$)")
_QUOTES = ('""', "''", "“”", "‘’", "„“", "„”", "””", "»«", "«»", "‚‘", "``")


@dataclass(frozen=True)
class Prompt:
    """The messages that are made of the player's prompt file."""

    file: PromptFile

    @property
    def sha256(self) -> str:
        return self.file.sha256

    def ask(self, dilemma: str, said: Sequence[str], *, language: str) -> tuple[Message, ...]:
        """The messages that ask for the person's next words. `said` is what followed the dilemma: the responder's words, the
        person's, and so on, the responder's last. Of a longer message than `LONGEST_READ` its end is shown, with a note."""
        shown = [text[-LONGEST_READ:] for text in said]
        code = fence(dilemma, *shown)
        parts = [self.file.fill("dilemma", fence=code, text=dilemma)]
        for n, text in enumerate(shown):
            parts.append(self.file.fill("person" if n % 2 else "adviser", fence=code, text=text))
            if len(text) < len(said[n]):
                parts.append(self.file.fill("cut", shown=str(len(text)), length=str(len(said[n]))))
        parts.append(self.file.fill("answer"))
        return (
            Message("system", self.file.fill("system", fence=code, language=language)),
            Message("user", "\n\n".join(parts)),
        )


def player_prompt() -> Prompt:
    """The prompt in `prompts/player.md`; its `sha256` is to be recorded with what was said by it."""
    return Prompt(prompt_file("normscope.elicit", "player.md"))


def spoken(text: str, *, broken_off: bool = False) -> str:
    """A player's answer as the person says it; empty where nothing of it can be said.

    Marks of the prompt, a role in front and quotation marks around the whole are taken off; what a player writes under
    another role's name is no answer of the person and is left out. Words longer than `LONGEST_SAID`, and those that were
    `broken_off` by the bound on tokens, end at a sentence's end where there is one, and with `CUT`.

    >>> spoken('**Me:** "I don\\'t know how old he is."')
    "I don't know how old he is."
    >>> spoken('"Yes" and "no", he says.'), spoken("Me: It's all I know.\\nAdviser: Then you should leave.")
    ('"Yes" and "no", he says.', "It's all I know.")
    >>> spoken("He is 30. I have not as", broken_off=True), spoken('""')
    ('He is 30. …', '')
    """
    words = _MARK.sub("", text[:_EXAMINED]).strip()
    while (bare := _bare(words)) != words:
        words = bare
    if (other := _NEXT_LABEL.search(words)) is not None:
        words, broken_off = _bare(words[: other.start()].strip()), False
    if not any(character.isalnum() for character in words):
        return ""
    if len(words) <= LONGEST_SAID and not broken_off:
        return words
    words = words[:LONGEST_SAID]
    ends = [found.end() for found in _SENTENCE_END.finditer(words)]
    if not ends:
        # at a word, unless the whole is one
        ends = [at] if (at := words.rfind(" ")) > 0 else [len(words)]
    return words[: ends[-1]].rstrip() + CUT


def _bare(words: str) -> str:
    """One label or one pair of quotation marks fewer, if there is one."""
    if (label := _LABEL.match(words)) is not None:
        return words[label.end() :]
    if len(words) > 1 and words[0] + words[-1] in _QUOTES:
        inner = words[1:-1]
        # a mark inside may belong to a quotation that ends, or begins, within
        if words[0] not in inner and words[-1] not in inner:
            return inner.strip()
        # an apostrophe is no mark
        if words[0] in "'‘" and not re.search(r"(?:^|\W)['‘]|['’](?:\W|$)", inner):
            return inner.strip()
    return words
