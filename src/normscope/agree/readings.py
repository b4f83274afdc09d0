"""From labels to observations: the agreement table of a study."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from normscope.agree.conversations import numbered
from normscope.agree.explicit import explicit_rows, telling
from normscope.agree.stated import stated_rows
from normscope.records import Dilemma, Responder
from normscope.table import AgreementTable

__all__ = ["build_table"]


def build_table(
    *,
    dilemmas: Sequence[Dilemma],
    responders: Sequence[Responder],
    responses: pl.DataFrame,
    solutions: pl.DataFrame,
    matches: pl.DataFrame,
    matcher: str,
) -> AgreementTable:
    """Who agreed with whom on what: every ordered pair of conversations about the same dilemma, and every shown solution.

    Columns of the frames, as in the records of the same names: `responses` dilemma_id, responder_id, draw, outcome ·
    `solutions` solution_id, dilemma_id, responder_id, draw, stance, main, extractor · `matches` dilemma_id, responder_id,
    draw (of the conversation whose text was labelled), basis, solution_id, label, and matcher where people coded some of the
    labels. `matches` must come from the one `matcher`. Only the given dilemmas and responders are in the study; rows of others
    are ignored. What each row means is said at `STATED_SCHEMA` and `EXPLICIT_SCHEMA`. Missing columns, and two rows for the
    same thing, are a `ValueError`.
    """
    said = numbered(dilemmas, responders, responses, solutions, matches)
    return AgreementTable(
        dilemmas=tuple(d.dilemma_id for d in dilemmas),
        topics=tuple(d.topic for d in dilemmas),
        clusters=tuple(d.dilemma_id if d.cluster is None else d.cluster for d in dilemmas),
        languages=tuple(d.language for d in dilemmas),
        responders=tuple(responders),
        stated=stated_rows(said),
        explicit=telling(explicit_rows(said, responders), matches, responders),
        matcher=matcher,
        said=said,
    )
