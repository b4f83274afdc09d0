"""What a coder sees: one question on the screen, and what the labels mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from normscope.cli.visible import wrapped

if TYPE_CHECKING:
    from normscope.records import Label
    from normscope.validate.coding import Screen

__all__ = ["explanation", "page"]

LONGEST = 8_000
"""More of a text than anybody reads on a screen; the whole of it is in the export."""
MARK = "│ "
"""Begins every line of a text from strangers, so that none of them passes for one of ours."""
NARROWEST, WIDEST = 40, 100

TITLES = {
    "stated": ("Dilemma", "Text (written without knowing the solution)", "Solution"),
    "shown": ("Dilemma", "Solution", "Text (its writer was shown the solution and asked about it)"),
}


def explanation(definitions: Mapping[Label, str], width: int) -> str:
    """What is to be done, and what each label means."""
    width = _within(width)
    what = (
        "You read a dilemma, a text that somebody wrote about it, and one solution. Say what the text says towards that "
        "solution, not what you would do. Who wrote the text is not shown."
    )
    meanings = (f"{n} {label.value}: {meaning}" for n, (label, meaning) in enumerate(definitions.items(), 1))
    keys = "1-4 or the first letter label · b goes back · ? shows this again · q quits. Each label is stored at once."
    return "\n".join([wrapped(what, width), "", *(wrapped(line, width) for line in meanings), "", wrapped(keys, width), ""])


def page(screen: Screen, definitions: Mapping[Label, str], width: int) -> str:
    """One question: the number, the three texts, the keys."""
    width = _within(width)
    task, sheet = screen.task, screen.task.sheet
    order = ("dilemma", "text", "solution") if sheet.asked == "stated" else ("dilemma", "solution", "text")
    parts = [explanation(definitions, width)] if screen.explain else []
    parts.append(f"── {task.number} of {task.total} ──")
    for field, title in zip(order, TITLES[sheet.asked], strict=True):
        text = str(getattr(sheet, field))
        parts += ["", title, wrapped(text[:LONGEST], width, indent=MARK)]
        if len(text) > LONGEST:
            parts.append(f"(cut: {LONGEST:,} of {len(text):,} characters)")
    parts += ["", "What does the text say towards the solution?"]
    if screen.given is not None:
        parts.append(f"You said: {screen.given.value}.")
    if screen.note:
        parts.append(wrapped(screen.note, width))
    choices = "   ".join(f"{n} {label.value}" for n, label in enumerate(definitions, 1))
    return "\n".join([*parts, f"{choices}      b back   ? help   q quit"])


def _within(width: int) -> int:
    return min(max(width, NARROWEST), WIDEST)
