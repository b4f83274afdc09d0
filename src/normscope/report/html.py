"""The report as one HTML file that needs no network: text is escaped, scripts from elsewhere are forbidden, bytes repeat."""

from __future__ import annotations

import base64
import contextlib
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from normscope.errors import StoreError
from normscope.records import Card, Label, NotMeasured, Outcome, card_rows, part_rows
from normscope.report.data import ReportData
from normscope.report.exclusions import PEOPLE_LISTED, exclusion_rows
from normscope.report.explorer import explorer
from normscope.report.explorer import script as explorer_script
from normscope.report.explorer import style as explorer_style
from normscope.report.figures import agreement_matrix, forest_plot, topics_plot
from normscope.report.headline import among, asked, headline, limits, matcher_sentence
from normscope.report.lookup import PEOPLE, Lookup
from normscope.report.pairs import columns_of, pair_table
from normscope.report.text import SIGNED, basis_of, interval, number, short, shown
from normscope.report.topics import topic_table
from normscope.report.validated import validated

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["page", "write_html"]

TEMPLATES = Path(__file__).parent / "templates"


def write_html(data: ReportData, path: Path) -> Path:
    """Write the report of a study and return its path; the same data gives the same bytes.

    The file is replaced at once or not at all. Raises `StoreError` where it cannot be written.
    """
    content = page(data).encode("utf-8")
    unfinished = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):  # the first error is the one to tell
            unfinished.unlink(missing_ok=True)
        raise StoreError(
            f"the report cannot be written to {path}: {error.strerror or error}. Choose another place or make room."
        ) from error
    return path


def page(data: ReportData) -> str:
    """The report of a study as the text of an HTML page."""
    found = Lookup(data.estimates)
    topics = topic_table(data, found)
    main_columns, further_columns = columns_of(data)
    card = data.card if isinstance(data.card, Card) else None
    environment = _environment()
    style, script = _source("style.css") + explorer_style(), explorer_script()
    return environment.get_template("page.html.j2").render(
        data=data,
        # both are files of this package; their hashes are all that the page may run
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        style_hash=_hash(style),
        script_hash=_hash(script),
        asked=asked(data),
        headline=headline(data, found),
        among=among(data, found),
        ceiling=found.of("ceiling"),
        explicit_ceiling=found.of("explicit_ceiling"),
        validated=validated(data),
        ceiling_corrected=found.of("ceiling_corrected"),
        explicit_ceiling_corrected=found.of("explicit_ceiling_corrected"),
        matcher=matcher_sentence(data),
        limits=limits(data, found),
        card=card,
        labels=_labels(card) if card else [],
        tested=card_rows(card) if card else [],
        parts=part_rows(card) if card else [],
        main=pair_table(data, found, main_columns),
        further=pair_table(data, found, further_columns),
        forest=forest_plot(data, found),
        matrix=agreement_matrix(data, found),
        topics=topics,
        topics_figure=topics_plot(topics),
        exclusions=exclusion_rows(data, found),
        outcomes=[o.value for o in Outcome],
        kinds={r.responder_id: r.kind.value for r in data.responders},
        explorer=explorer(data),
        listed=data.models if len(data.people) > PEOPLE_LISTED else data.responders,
        PEOPLE=PEOPLE,
    )


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printed,
    )
    environment.tests["measured"] = _is_measured
    environment.filters |= {"number": number, "interval": interval, "basis": basis_of, "short": short}
    environment.globals["SIGNED"] = SIGNED
    return environment


def _printed(value: Any) -> Any:
    """What every expression of the templates goes through before it is escaped."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _is_measured(value: Any) -> bool:
    return value is not None and not isinstance(value, NotMeasured)


def _labels(card: Card) -> list[str]:
    """The labels of a card's confusion: ours first, then any other that it has."""
    confusion = card.overall.confusion
    others = {*confusion, *(label for row in confusion.values() for label in row)}
    ours = [label.value for label in Label]
    return [*ours, *sorted(others - set(ours))]


def _source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _hash(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"
