"""What a user writes after the name of a matcher that asks models: words that are options, then the models."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from normscope.errors import UsageError, did_you_mean

__all__ = ["JUDGE_OPTIONS", "SAME_FAMILY", "models_asked", "split_options"]

JUDGE_OPTIONS = {
    "both-orders": "label unprompted texts from both sides, and only where both give the same",
    "singly": "one solution per call instead of a list of them",
    "no-evidence": "one solution per call, and nothing but its label: for small models",
    "no-re-ask": "do not ask again about texts that speak to whoever labels them",
    "no-outlier-flag": "do not ask again about texts that go with everything",
}
"""What stands between `judge:` and the model, each followed by a colon."""

SAME_FAMILY = {"same-family-ok": "the models may be of one family"}


def split_options(argument: str, known: Mapping[str, str], *, matcher: str) -> tuple[frozenset[str], str]:
    """The options at the start of an argument and what follows them, such as a model's name with its colons.

    The first word that is no option begins the rest. Options stand in the order in which they are listed, so that one
    matcher has one name. `UsageError` for another order, and for a word that looks like a misspelt option.

    >>> split_options("both-orders:http:gpt-x", JUDGE_OPTIONS, matcher="judge")
    (frozenset({'both-orders'}), 'http:gpt-x')
    """
    given: list[str] = []
    rest = argument
    while True:
        word, colon, after = rest.partition(":")
        if not colon or word not in known:
            break
        given.append(word)
        rest = after
    if given != (right := [option for option in known if option in given]):
        text = f"the options of the matcher {matcher!r} are not each there once and in order: {':'.join(given)}."
        raise UsageError(f"{text} Write: {':'.join([matcher, *right, rest])}")
    word = rest.partition(":")[0]
    if difflib.get_close_matches(word, known, n=1, cutoff=0.85):
        raise UsageError(f"the matcher {matcher!r} has no option {word!r}. {did_you_mean(word, known)}")
    return frozenset(given), rest


def models_asked(name: str, argument: str) -> tuple[str, ...]:
    """The models that the matcher or extractor `name:argument` asks; none where it asks none that it names.

    >>> models_asked("panel", "both-orders:http:a,http:b"), models_asked("lexical", "")
    (('http:a', 'http:b'), ())
    >>> models_asked("stance", "offline")
    ()
    """
    if name not in ("judge", "panel", "escalate", "stance") or argument == "offline":
        return ()
    _, rest = split_options(argument, {**SAME_FAMILY, **JUDGE_OPTIONS}, matcher=name)
    models: Sequence[str] = rest.split(",") if name in ("panel", "escalate") else [rest]
    return tuple(model.strip() for model in models if model.strip())
