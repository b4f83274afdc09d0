"""The project's own labelled pairs of advice, which every matcher can be measured on (see `gold/README.md`)."""

from __future__ import annotations

from importlib.resources import files
from typing import Literal

from normscope.records import Gold, from_json

__all__ = ["FEW_DESCRIPTION", "PAIRS_DESCRIPTION", "Split", "load_few_pairs", "load_pairs"]

Split = Literal["test", "dev", "all"]

PAIRS_DESCRIPTION = "invented pairs of advice in six languages, written and labelled by the project, one coder"
"""What the labels are and who gave them, for the card."""

FEW = 3
"""Contexts of each language that a run asks about."""

FEW_DESCRIPTION = f"{PAIRS_DESCRIPTION}; of each language the first {FEW} contexts only, as in every run"

DEV_EVERY = 3


def load_pairs(split: Split = "test") -> list[Gold]:
    """The labelled pairs of a split, in the order of the file. All pairs of a context are in the same split.

    `dev` holds the contexts whose number is divisible by 3, for choosing thresholds and wordings; `test` the others, for
    measuring only.

    >>> len(load_pairs("test")), len(load_pairs("dev")), len(load_pairs("all"))
    (452, 188, 640)
    """
    lines = files(__package__).joinpath("gold", "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    golds = [from_json(Gold, line) for line in lines]
    return golds if split == "all" else [gold for gold in golds if _is_dev(gold) == (split == "dev")]


def load_few_pairs() -> list[Gold]:
    """The pairs of the split `test` that are cheap enough for every run: all of the first contexts of each language.

    The same ones each time, so that the cards of two studies with one matcher compare.

    >>> len(load_few_pairs())
    93
    """
    golds = load_pairs()
    contexts: dict[str, dict[str, None]] = {}
    for gold in golds:
        contexts.setdefault(gold.language, {})[str(gold.cluster)] = None
    few = {context for found in contexts.values() for context in [*found][:FEW]}
    return [gold for gold in golds if gold.cluster in few]


def _is_dev(gold: Gold) -> bool:
    number = int(str(gold.cluster).rpartition("-")[2])
    return number % DEV_EVERY == 0
