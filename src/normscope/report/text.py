"""How numbers and other people's text are written on the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from normscope.records import Estimate, NotMeasured
from normscope.report.code_words import code_words, reason_words
from normscope.report.method_words import method_words
from normscope.stats import CAUTIOUS

__all__ = [
    "CAUTION",
    "MINUS",
    "TEXT_LIMIT",
    "basis_of",
    "counted",
    "decimals",
    "interval",
    "number",
    "percent",
    "sentence",
    "short",
    "shown",
]

TEXT_LIMIT = 20_000
"""The longest piece of text that the page shows, in characters; what is cut is said."""

SIGNED = frozenset({"gap", "distance_to_ceiling", "distance_to_ceiling_corrected"})
"""Differences: printed with their sign."""

# C0 and C1 controls but tab and line feed; lone surrogates, which cannot be written; line and paragraph separators; the
# embeddings, overrides and isolates that make text read in another order than it is stored.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")

_CAUTIOUS = f"; {CAUTIOUS}"

MINUS = "\u2212"
"""Of printed numbers; JSON and CSV have numbers, with the sign that programs read."""

CAUTION = "wider than the level asks, since there are few cases to tell from (fewer than about 5 on one side)"
"""What a cautious interval is, in words."""

_OF_ONE = re.compile(r" \[[^\]]*\]")


def number(value: float | NotMeasured, *, signed: bool = False) -> str:
    """Two decimals, or `not measured`.

    >>> number(0.618), number(0.1, signed=True), number(-0.001, signed=True)
    ('0.62', '+0.10', '0.00')
    """
    if isinstance(value, NotMeasured):
        return "not measured"
    return decimals(value, 2, signed=signed)


def decimals(value: float, digits: int, *, signed: bool = False) -> str:
    """So many digits after the point, thousands parted by commas, and the minus of mathematics (U+2212).

    >>> decimals(-1234.5, 1), decimals(0.0, 0, signed=True)
    ('−1,234.5', '0')
    """
    rounded = round(value, digits) + 0.0  # adding zero turns -0.0 into 0.0
    return f"{rounded:{'+' if signed and rounded else ''},.{digits}f}".replace("-", MINUS)


def interval(estimate: Estimate) -> str:
    """The interval in brackets; empty where it was not measured."""
    if isinstance(estimate.low, NotMeasured) or isinstance(estimate.high, NotMeasured):
        return ""
    signed = estimate.metric in SIGNED
    return f"[{number(estimate.low, signed=signed)}, {number(estimate.high, signed=signed)}]"


def sentence(estimate: Estimate) -> str:
    """How one estimate is printed: value and interval, or the reason why there is no number.

    >>> e = Estimate("stated", "model–human", "m", "people", "all", 0.62, 0.51, 0.72, 0.95, "bootstrap", "these dilemmas", 40)
    >>> sentence(e)
    '0.62 [0.51, 0.72]'
    """
    if isinstance(estimate.value, NotMeasured):
        return f"not measured ({reason_words(estimate.value.reason)})"
    value = number(estimate.value, signed=estimate.metric in SIGNED)
    if isinstance(estimate.low, NotMeasured):
        return f"{value} (no interval: {reason_words(estimate.low.reason)})"
    if isinstance(estimate.high, NotMeasured):
        return f"{value} (no interval: {reason_words(estimate.high.reason)})"
    return f"{value} {interval(estimate)}"


def percent(level: float) -> str:
    """A level as people write it, its sign kept on the same line by a no-break space.

    >>> percent(0.95).split()
    ['95', '%']
    """
    return f"{level * 100:.4g}\u00a0%"


def counted(counts: Mapping[str, int]) -> str:
    """Counts by reason, most frequent first; `none` where there are none.

    >>> counted({"refused": 1, "no_solution": 5}), counted({})
    ('5 without a solution, 1 refused', 'none')
    """
    kept = sorted(((n, reason) for reason, n in counts.items() if n), key=lambda item: (-item[0], item[1]))
    return ", ".join(f"{n:,} {code_words(reason)}" for n, reason in kept) or "none"


def basis_of(estimates: Iterable[Estimate]) -> str:
    """What a caption says of its numbers: n, level, method and what they are estimates for.

    What stands in brackets in a method is of that number alone, and is left out.
    """
    measured = [e for e in estimates if not isinstance(e.value, NotMeasured)]
    if not measured:
        return "Nothing here could be measured."
    sizes = sorted({e.n_dilemmas for e in measured})
    n = f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,}–{sizes[-1]:,}"
    with_interval = [e for e in measured if interval(e)]
    levels = " / ".join(percent(level) for level in sorted({e.level for e in with_interval}))
    methods = "; ".join(_methods(with_interval))
    said = [f"{levels} intervals ({methods}){_cautious(with_interval)}"] if with_interval else []
    reasons = sorted({reason_words(e.low.reason) for e in measured if isinstance(e.low, NotMeasured)})
    if reasons:
        said.append(f"no interval for {len(measured) - len(with_interval):,} of {len(measured):,} ({'; '.join(reasons[:3])})")
    aims = ", ".join(sorted({e.estimand for e in measured}))
    return f"n = {n} dilemma{'' if sizes == [1] else 's'}; {'; '.join(said)}; estimates for {aims}."


def _methods(estimates: Sequence[Estimate]) -> list[str]:
    """Each method once, in words."""
    return sorted({method_words(_OF_ONE.sub("", e.method).removesuffix(_CAUTIOUS)) for e in estimates})


def _cautious(estimates: Sequence[Estimate]) -> str:
    """How many of the intervals are cautious, and what that means."""
    cautious, n = sum(e.method.endswith(_CAUTIOUS) for e in estimates), len(estimates)
    if not cautious:
        return ""
    of = "" if n == 1 else " all of them" if cautious == n else f" {cautious:,} of {n:,} of them"
    return f",{of} {CAUTION}"


def short(text: str, limit: int) -> str:
    """The text in at most `limit` characters and one line, with its middle left out where it is longer.

    >>> short("local:smollm2-135m-instruct", 16)
    'local:sm…nstruct'
    """
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    head = limit // 2
    return f"{line[:head]}…{line[len(line) - (limit - head - 1) :]}"


def shown(text: str) -> str:
    """Text from a stranger as the page prints it: bounded, and unseen characters made visible. It is not yet escaped.

    >>> shown("a" + chr(0x202E) + "b")
    'a⟨U+202E⟩b'
    """
    if len(text) > TEXT_LIMIT:
        text = f"{text[:TEXT_LIMIT]} … (cut here; {len(text):,} characters in all)"
    if not _UNSEEN.search(text):  # nor a carriage return
        return text
    return _UNSEEN.sub(_name, text.replace("\r\n", "\n").replace("\r", "\n"))


def _name(match: re.Match[str]) -> str:
    return f"⟨U+{ord(match.group()):04X}⟩"
