"""Text as LaTeX, so that pdflatex prints it and runs no part of it."""

from __future__ import annotations

import re
import unicodedata

from normscope.report.one_line import one_line

__all__ = ["typeset", "typeset_number"]

_ASCII = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
}
_SIGNS = {
    "\u00a0": "~",
    "\u202f": r"\,",
    "\u2009": r"\,",
    "\u2010": "-",
    "\u2011": r"\mbox{-}",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "‘": r"\textquoteleft{}",
    "’": r"\textquoteright{}",
    "‚": r"\quotesinglbase{}",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "„": r"\quotedblbase{}",
    "…": r"\textellipsis{}",
    "•": r"\textbullet{}",
    "€": r"\texteuro{}",
    "‰": r"\textperthousand{}",
    "™": r"\texttrademark{}",
    "′": r"$\prime$",
    "″": r"$\prime\prime$",
    "−": "$-$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "≠": r"$\neq$",
    "≈": r"$\approx$",
    "→": r"$\rightarrow$",
    "←": r"$\leftarrow$",
    "↔": r"$\leftrightarrow$",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    "∪": r"$\cup$",
    "∈": r"$\in$",
    "Σ": r"$\Sigma$",
    "√": r"$\surd$",
    "⟨": r"$\langle$",
    "⟩": r"$\rangle$",
    "◆": r"$\blacklozenge$",
    "◇": r"$\lozenge$",
    "◊": r"$\lozenge$",
    "●": r"$\bullet$",
    "○": r"$\circ$",
    "■": r"$\blacksquare$",
    "▲": r"$\blacktriangle$",
    "▼": r"$\blacktriangledown$",
    "✓": r"$\checkmark$",
    "⁺": r"$^{+}$",
    "⁻": r"$^{-}$",
    "α": r"$\alpha$",
    "β": r"$\beta$",
    "γ": r"$\gamma$",
    "δ": r"$\delta$",
    "ε": r"$\varepsilon$",
    "κ": r"$\kappa$",
    "λ": r"$\lambda$",
    "μ": r"$\mu$",
    "π": r"$\pi$",
    "ρ": r"$\rho$",
    "σ": r"$\sigma$",
    "τ": r"$\tau$",
    "φ": r"$\varphi$",
    "χ": r"$\chi$",
    "ω": r"$\omega$",
}
_PRINTED_AS_THEY_ARE = re.compile(
    "[] [!'()*+,./0-9:;=?@A-Za-z-]"
    "|[\u00a1-\u00ac\u00ae-\u0125\u0128-\u0137\u0139-\u013e\u0141-\u0148\u014a-\u0165\u0168-\u017e\u0218-\u021b]"
)
"""What a T1 font has under its own character: European languages in Latin letters."""

_LEADING = re.compile(r"^[\[*]")
"""After \\\\ or \\item these would begin an argument."""

_LIGATURES = re.compile(r"([-,'])(?=\1)")
"""Two of these in a row would be printed as another sign."""

_NUMBER = {"-": "$-$", "−": "$-$", "+": "$+$", "–": r"\textendash{}", "\u00a0": "~"}


def typeset(text: str) -> str:
    r"""Other people's text on one line. A character that the fonts of pdflatex do not have is named by its code point.

    >>> print(typeset("50% of {Ærø} ≥ \\input{x} 中"))
    50\% of \{Ærø\} $\geq$ \textbackslash{}input\{x\} $\langle$U+4E2D$\rangle$
    """
    characters = (_character(c) for c in unicodedata.normalize("NFC", one_line(text)))
    return _LEADING.sub(r"{\g<0>}", _LIGATURES.sub(r"\1{}", "".join(characters)))


def typeset_number(text: str) -> str:
    """A number of ours, with its interval: signs become those of mathematics."""
    return "".join(_NUMBER.get(c, c) for c in text)


def _character(c: str) -> str:
    if c in _ASCII:
        return _ASCII[c]
    if c in _SIGNS:
        return _SIGNS[c]
    return c if _PRINTED_AS_THEY_ARE.match(c) else rf"$\langle$U+{ord(c):04X}$\rangle$"
