"""How a notebook shows a study: what is in the folder, how far each stage is, and the headline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from normscope.agree import summary
from normscope.errors import StoreError
from normscope.records import Estimate, NotMeasured, Outcome, Pairing
from normscope.records.notebook import html_table
from normscope.store import Store
from normscope.study.settings import Settings
from normscope.study.status import Status, status
from normscope.study.validating import stored_card

__all__ = ["study_html"]

ROWS_SHOWN = 20
HEADLINE = ("who", "with_whom", "stated", "explicit", "n", "excluded")
FILES = ("study.db", "card.json", "estimates.json", "report.html", "report.md", "report.json", "report.tex")
NOT_YET = "not yet"


def study_html(settings: Settings, store: Store) -> str:
    """The study as HTML tables; of a closed one only title and folder."""
    try:
        now, card, estimates = status(settings, store), stored_card(settings, store), store.all(Estimate)
    except StoreError as error:
        return html_table(settings.title, [("folder", str(store.folder)), ("closed", str(error))])
    stages = [
        ("load", f"{now.dilemmas:,} dilemmas, {len(now.responders):,} responders" if now.dilemmas else NOT_YET),
        ("elicit", _conversations(now)),
        ("extract", f"{now.solutions:,} solutions" if now.solutions else NOT_YET),
        ("match", f"{now.matches:,} match labels by {settings.matcher}" if now.matches else NOT_YET),
        ("validate", f"{NOT_YET}: {card.reason}" if isinstance(card, NotMeasured) else card.sentence()),
        ("agree", f"{now.estimates:,} estimates" if now.estimates else NOT_YET),
    ]
    files = [name for name in FILES if (store.folder / name).is_file()]
    tables = [html_table(f"{settings.title} ({now.folder}: {', '.join(files)})", stages, head=("stage", "what is there"))]
    rows = [row for row in summary(estimates) if row["pairing"] in (Pairing.MODEL_HUMAN, Pairing.HUMAN_HUMAN)]
    return "".join([*tables, *_headline(rows)])


def _conversations(now: Status) -> str:
    ended = Counter[str]()
    for responder in now.responders:
        ended.update(responder.outcomes)
    told = [f"{ended[outcome.value]:,} {outcome.value}" for outcome in Outcome if ended[outcome.value]]
    to_do = sum(responder.to_do for responder in now.responders)
    return ", ".join([*told, *([f"{to_do:,} to do"] if to_do else [])]) or NOT_YET


def _headline(rows: Sequence[Mapping[str, str]]) -> list[str]:
    if not rows:
        return []
    left_out = len(rows) - ROWS_SHOWN
    more = f"; {left_out:,} further rows in study.table()" if left_out > 0 else ""
    kept = [*rows[: ROWS_SHOWN - 1], rows[-1]] if left_out > 0 else rows  # the last one is the ceiling
    names = [name for name in rows[0] if name in HEADLINE or "corrected" in name]
    cells = [[row[name] for name in names] for row in kept]
    return [html_table(f"Agreement with people, beside the ceiling{more}", cells, head=names)]
