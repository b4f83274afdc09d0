"""The project's own labelled pairs of advice, which every matcher can be measured on (see `gold/README.md`)."""

from __future__ import annotations

from importlib.resources import files
from typing import Literal

from normscope.records import Gold, from_json

__all__ = ["PAIRS_DESCRIPTION", "Split", "load_pairs"]

Split = Literal["test", "dev", "all"]

PAIRS_DESCRIPTION = "invented pairs of advice in English and Danish, written and labelled by the project, one coder"
"""What the labels are and who gave them, for the card."""

DEV_EVERY = 3


def load_pairs(split: Split = "test") -> list[Gold]:
    """The labelled pairs of a split, in the order of the file. All pairs of a context are in the same split.

    `dev` holds the contexts whose number is divisible by 3, for choosing thresholds and wordings; `test` the others, for
    measuring only.

    >>> len(load_pairs("test")), len(load_pairs("dev")), len(load_pairs("all"))
    (252, 108, 360)
    """
    lines = files(__package__).joinpath("gold", "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    golds = [from_json(Gold, line) for line in lines]
    return golds if split == "all" else [gold for gold in golds if _is_dev(gold) == (split == "dev")]


def _is_dev(gold: Gold) -> bool:
    number = int(str(gold.cluster).rpartition("-")[2])
    return number % DEV_EVERY == 0
