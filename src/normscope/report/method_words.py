"""How numbers were made, in the words of the page: the stored names of methods are for who knows the method."""

from __future__ import annotations

__all__ = ["method_words"]

_WORDS = {
    "simultaneous over the differences to every other (max-|t| of the paired bootstrap, scaled to Student's t)": (
        "by the largest t of the paired differences, scaled to Student's t"
    ),
    "(t of the level + t of the power) · clustered standard error of the paired difference": (
        "the smallest is the standard error of the paired difference, clustered by dilemma, times the sum of two quantiles of "
        "Student's t: that of the level and that of the power"
    ),
    "of both rates (MOVER)": "of both rates by MOVER",
}
"""None of them has brackets, since they are printed in brackets."""


def method_words(method: str) -> str:
    """A method as the page says it; one that is not known here stays as it is.

    >>> method_words("cluster-robust Wilson, Student's t, of both rates (MOVER)")
    "cluster-robust Wilson, Student's t, of both rates by MOVER"
    """
    for stored, words in _WORDS.items():
        method = method.replace(stored, words)
    return method
