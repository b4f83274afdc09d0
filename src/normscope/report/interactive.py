"""What makes the page's figures answer to a pointer: Vega's JavaScript, from the installed package.

The JavaScript stands in the page as data and becomes a script when the first figure comes near the screen, so that it costs the
first paint nothing. Its hash in the page's policy is all that lets it run; it draws by an interpreter, so nothing is compiled.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

__all__ = ["NOTICE", "bundle"]

NOTICE = (
    "Vega, Vega-Lite and Vega-Embed, copyright University of Washington Interactive Data Lab and contributors, licence "
    "BSD-3-Clause (https://github.com/vega), as packed in vl-convert"
)


@cache
def bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed with the interpreter; they stand in the page as `window.vegaEmbed`. Empty where the
    package packs them in a way that could not stand in a page."""
    vl_convert: Any = import_module("vl_convert")  # its own types want an argument that it does not need
    text = str(vl_convert.javascript_bundle()).replace("\r\n", "\n")
    # in a script element these end it or hide its end; with the interpreter missing it would need the policy loosened
    unfit = "</script" in text.lower() or "<!--" in text or "\r" in text or "expressionInterpreter" not in text
    return "" if unfit else text
