"""Any content as one HTML file, with the style and the policy of the report of a study."""

from __future__ import annotations

from normscope.report.content import Content
from normscope.report.drawing import drawn, missing
from normscope.report.html import BESIDE, _environment, _hash, _source, _trusted
from normscope.report.interactive import NOTICE, bundle

__all__ = ["content_page"]


def content_page(content: Content) -> str:
    """The text of an HTML page that needs no network; the same content gives the same bytes.

    Without the extra [report] it has the tables and says that figures are missing.
    """
    undrawn = missing()
    bundled = "" if undrawn or not content.figures() else bundle()
    environment = _environment()
    environment.globals |= {
        "BESIDE": BESIDE,
        "undrawn": undrawn,
        "drawn": {} if undrawn else {figure.name: drawn(figure) for figure in content.figures()},
        "bundled": _trusted(bundled),
    }
    style, charts_script = _source("style.css") + _source("figures.css"), _source("charts.js")
    scripts = [bundled, charts_script] if bundled else []
    return environment.get_template("content_page.html.j2").render(
        content=content,
        style=_trusted(style),
        charts_script=_trusted(charts_script),
        notice=NOTICE,
        style_hash=_hash(style),
        script_hashes=_trusted(" ".join(map(_hash, scripts)) or "'none'"),
    )
