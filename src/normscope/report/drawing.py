"""Figures drawn offline: as SVG for the page, as files for papers, and as the JSON that a browser draws again."""

from __future__ import annotations

import importlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias, get_args

from markupsafe import Markup

from normscope.errors import MissingExtra
from normscope.report.figures import Figure
from normscope.report.pdf_order import in_order

__all__ = ["FORMATS", "Drawn", "Format", "drawn", "image", "missing", "spec"]

Format: TypeAlias = Literal["pdf", "png", "svg"]

FORMATS: tuple[Format, ...] = get_args(Format)

PIXELS_PER_INCH = 300
"""Of PNG files: what journals ask for."""

KEPT = 32
"""So many drawings are kept, so that a page that is made again draws nothing again."""

_ELEMENTS = frozenset({"svg", "g", "path", "rect", "line", "text", "tspan", "title", "defs", "clipPath"})
_OPENING = re.compile(r"<([^\s/>]+)")


def missing() -> str:
    """Why figures cannot be drawn here; empty where they can."""
    try:
        importlib.import_module("altair")
        importlib.import_module("vl_convert")
    except ImportError:
        return str(MissingExtra("The figure", "report"))
    return ""


def spec(figure: Figure) -> dict[str, Any]:
    """The figure as Vega-Lite JSON with its data; nothing in it is loaded from elsewhere."""
    import altair as alt

    # tests check every chart against Vega-Lite's schema; here that would take most of the time of a report
    with alt.data_transformers.enable(consolidate_datasets=False):
        values: dict[str, Any] = figure.chart().to_dict(validate=False)
    return values


@dataclass(frozen=True)
class Drawn:
    """A figure as it stands in the page: drawn, and as the JSON that a browser draws again."""

    svg: Markup
    spec: Markup


def drawn(figure: Figure) -> Drawn:
    """The figure for the page. vl-convert escapes text; that only drawing elements came out is checked all the same.

    The JSON holds no `<`, so nothing in it ends the script element that it stands in.
    """
    values = spec(figure)
    svg = _drawn(json.dumps(values), "svg").decode()
    others = set(_OPENING.findall(svg)) - _ELEMENTS
    if others:
        raise RuntimeError(f"the figure holds elements that do not draw: {', '.join(sorted(others))}")
    text = json.dumps(values, ensure_ascii=True, sort_keys=True, separators=(",", ":")).replace("<", "\\u003c")
    return Drawn(Markup(svg), Markup(text))  # noqa: S704 - our own chart; its text escaped, its elements checked above


def image(figure: Figure, form: Format) -> bytes:
    """The figure as the content of a file, on white; the same figure gives the same bytes on the same machine."""
    values = spec(figure)
    values["config"] = {**values["config"], "background": "#ffffff"}
    return _drawn(json.dumps(values), form)


@lru_cache(maxsize=KEPT)
def _drawn(values: str, form: Format) -> bytes:
    import altair as alt
    import vl_convert

    options: dict[str, Any] = {
        "vl_version": ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2]),
        "allowed_base_urls": [],
    }
    if form == "svg":
        return str(vl_convert.vegalite_to_svg(values, **options)).encode()
    if form == "png":
        return bytes(vl_convert.vegalite_to_png(values, ppi=PIXELS_PER_INCH, **options))
    return in_order(bytes(vl_convert.vegalite_to_pdf(values, **options)))
