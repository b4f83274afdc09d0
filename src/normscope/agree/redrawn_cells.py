"""Which conversations could have come out otherwise, and which values hang on them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from normscope.agree.measures import AT
from normscope.agree.scopes import Who, spread
from normscope.table import COUNTED, AgreementTable

__all__ = ["RedrawnCells", "redrawn_cells"]

CONVERSATION = ("dilemma", "responder", "draw")
CELL = ("dilemma", "shown", "responder", "target", "solution_id", "accepted")


@dataclass(frozen=True)
class RedrawnCells:
    """The values of a table by what they hang on; every frame is sorted by dilemma, and numbers rise with it.

    `conversations`: conversation (a number), dilemma, told (its responder on its dilemma, as a number), fixed (the only one of
    these). `rows`: dilemma, cell, value, and the conversations `one` and `two` that it compares (`two` is null where solutions
    were shown). A cell is a responder's value towards a target (`stated`) or towards one shown solution of it (`explicit`), of
    which the rows are draws. `terms`: `AT`, shown (`explicit`), term (a number), redrawn (whether a conversation that is not
    fixed takes part), people_given and models_given (a fixed one does). `members`: dilemma, term, cell.
    """

    conversations: pl.DataFrame
    rows: pl.DataFrame
    terms: pl.DataFrame
    members: pl.DataFrame


def redrawn_cells(table: AgreementTable, who: Who) -> RedrawnCells:
    """Number the conversations and values of a table. Conversations without a value are draws too."""
    back = {"responder": "target", "draw": "target_draw"}
    held = [table.stated.select(CONVERSATION), table.stated.select("dilemma", **back), table.explicit.select(CONVERSATION)]
    conversations = (
        pl.concat(held)
        .unique()
        .sort(CONVERSATION)
        .with_row_index("conversation")
        .with_columns(
            fixed=pl.len().over("dilemma", "responder") == 1,
            told=pl.col("conversation").min().over("dilemma", "responder"),
            person=pl.lit(pl.Series(who.person, dtype=pl.Boolean)).gather(pl.col("responder")),
        )
    )
    rows = _rows(table, conversations)
    cells = rows.group_by(CELL).agg(pl.col("redrawn", "people_given", "models_given").any()).sort(CELL).with_row_index("cell")
    rows = rows.join(cells.select(*CELL, "cell"), on=CELL).sort("cell", "one", "two")
    members = spread(cells.drop("solution_id", "accepted"), who)
    by = ("dilemma", "shown", *(name for name in AT if name != "dilemma"))
    about = pl.col("redrawn", "people_given", "models_given").any()
    terms = members.group_by(by).agg(about).sort(by).with_row_index("term")
    return RedrawnCells(
        conversations=conversations.select("conversation", "dilemma", "told", "fixed"),
        rows=rows.select("dilemma", "cell", "value", "one", "two"),
        terms=terms,
        members=members.join(terms.select(*by, "term"), on=by).select("dilemma", "term", "cell").sort("term", "cell"),
    )


def _rows(table: AgreementTable, conversations: pl.DataFrame) -> pl.DataFrame:
    """Every row with a value: its cell, the conversations it hangs on, and which of these are fixed."""
    one = conversations.select(*CONVERSATION, "fixed", "person", one="conversation")
    two = conversations.select(
        "dilemma",
        "conversation",
        target="responder",
        target_draw="draw",
        target_fixed="fixed",
        target_person="person",
    ).rename({"conversation": "two"})
    names = (*CELL, "value", "one", "two", "fixed", "person", "target_fixed", "target_person")
    said = (
        table.stated.join(one, on=CONVERSATION)
        .join(two, on=["dilemma", "target", "target_draw"])
        .with_columns(shown=pl.lit(False), solution_id=pl.lit(""), accepted=pl.lit(True))
    )
    shown = table.explicit.join(one, on=CONVERSATION).with_columns(
        two=pl.lit(None, dtype=pl.UInt32),
        shown=pl.lit(True),
        target_fixed=pl.lit(False),
        target_person=pl.lit(False),
    )
    found = pl.concat([frame.filter(pl.col("status") == COUNTED).select(names) for frame in (said, shown)])
    by_person, of_person = pl.col("fixed") & pl.col("person"), pl.col("target_fixed") & pl.col("target_person")
    by_model, of_model = pl.col("fixed") & ~pl.col("person"), pl.col("target_fixed") & ~pl.col("target_person")
    return found.with_columns(
        redrawn=~pl.col("fixed") | (~pl.col("target_fixed") & ~pl.col("shown")),
        people_given=by_person | of_person,
        models_given=by_model | of_model,
    )
