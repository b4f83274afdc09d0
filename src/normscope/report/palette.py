"""The colours of the figures: told apart by people with any colour vision, and in grey by shape and lightness."""

from __future__ import annotations

__all__ = ["ACQUIESCENCE", "CEILING", "EXPLICIT", "MARKS", "OUTCOMES", "SHAPES", "STATED", "cell_colour", "ink_on"]

STATED = "#0072b2"
EXPLICIT = "#d55e00"
ACQUIESCENCE = "#009e73"
CEILING = "#7a7a7a"

MARKS = (STATED, EXPLICIT, "#009e73", "#cc79a7", "#b08b00", "#8a6ccf")
"""One per model, after Okabe and Ito; each has a contrast of at least 3 with a white and with a near-black page."""

SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
"""One per model too, so that no figure is read by colour alone."""

OUTCOMES = {"answered": "#a9c9e4", "refused": "#d55e00", "empty": "#5b3a8c", "failed": "#1c1f23"}
"""From light to dark in the order of the bars, so that they are told apart in grey too; a dark page turns the last one light."""

LOW = (241, 245, 249)
HIGH = (8, 69, 128)
TURN = 0.71
"""From this share on white print has more contrast on a cell than black print; both have at least 4.5 there."""


def cell_colour(share: float) -> str:
    """The colour of a heat-map cell, from pale at 0 to dark blue at 1.

    >>> cell_colour(0.0), cell_colour(1.0)
    ('#f1f5f9', '#084580')
    """
    part = min(max(share, 0.0), 1.0)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in zip(LOW, HIGH, strict=True))


def ink_on(share: float) -> str:
    """The colour of the print on that cell."""
    return "#ffffff" if share >= TURN else "#000000"
