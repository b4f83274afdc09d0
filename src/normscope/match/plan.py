"""What is to be matched with what: every pair of text and solution, and each distinct question once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from normscope.match.same import normalised_column
from normscope.match.shown import answers, coded_stances, shown_pairs
from normscope.match.sides import CONVERSATION, own_mains, target_sides
from normscope.records import Basis, Dilemma, Kind, Label, Outcome, Question, Responder, Stance

__all__ = ["PAIRS_SCHEMA", "SETTLED_SCHEMA", "Plan", "plan"]

ROW = [*CONVERSATION, "basis", "solution_id"]

PAIRS_SCHEMA = {
    "dilemma_id": pl.String,
    "responder_id": pl.String,
    "draw": pl.Int64,
    "basis": pl.String,
    "solution_id": pl.String,
    "flip": pl.Boolean,
    "question": pl.UInt32,
}
"""One row per label that a matcher must give. `question` indexes `Plan.questions`. `flip`: the text is a course that the
responder advises *against*, so that agreement of the text with the solution is disagreement of the responder."""

SETTLED_SCHEMA = {
    "dilemma_id": pl.String,
    "responder_id": pl.String,
    "draw": pl.Int64,
    "basis": pl.String,
    "solution_id": pl.String,
    "flip": pl.Boolean,
    "label": pl.String,
    "coded": pl.Boolean,
}
"""One row per label that needs no matcher. `flip` as in `PAIRS_SCHEMA`. `coded`: people gave the label themselves."""

ASKED = {Basis.MAIN: "stated", Basis.EXPLICIT: "shown"}


@dataclass(frozen=True)
class Plan:
    """`pairs` (`PAIRS_SCHEMA`) wait for an answer to one of `questions`, which are distinct; `settled` (`SETTLED_SCHEMA`)
    have their label already. `excluded` counts what could not be planned, by reason; a reason that did not occur is left
    out. Rows are ordered by key, questions by content, whatever the order of the input."""

    pairs: pl.DataFrame
    questions: list[Question]
    settled: pl.DataFrame
    excluded: dict[str, int]


def plan(
    *,
    responses: pl.DataFrame,
    solutions: pl.DataFrame,
    turns: pl.DataFrame,
    dilemmas: Sequence[Dilemma],
    responders: Sequence[Responder],
) -> Plan:
    """Which labels does a study need, and which questions must be asked for them?

    Columns, as in the records: `responses` dilemma_id, responder_id, draw, outcome · `solutions` solution_id, dilemma_id,
    responder_id, draw, text, stance, main, extractor · `turns` dilemma_id, responder_id, draw, role, stage, solution_id,
    text. Rows of other dilemmas or responders than the given are outside the study.

    * **main**: the main solution of every answered conversation against every solution that stands for another
      conversation about the same dilemma, another draw of the same responder included (test–retest). The same text needs
      no question: it agrees. Where the responder advises against its main solution, the label is turned round.
    * **explicit**: every answer to a shown solution, against that solution and against all others of the dilemma with the
      same text (several people may share it). An empty answer needs no question: it is `silent`.
    * **explicit, coded**: what people said themselves of solutions that they share, see `coded_stances`.

    Excluded, by reason: `no_main_solution` (an answered conversation for which none was read or coded),
    `unknown_solution_shown` (an answer to a solution that the study no longer has), `shown_twice`. Two solutions with the
    same id are a `ValueError`.
    """
    if solutions["solution_id"].is_duplicated().any():
        raise ValueError("solutions hold two rows for the same solution_id")
    ids = [d.dilemma_id for d in dilemmas], [r.responder_id for r in responders]
    responses, solutions, turns = (_within(frame, *ids) for frame in (responses, solutions, turns))
    solutions = solutions.with_columns(normalised_column(solutions["text"]).alias("same_as"))

    main, without = _main_pairs(responses, solutions)
    same = pl.col("text_as") == pl.col("same_as")
    answered = answers(turns)
    explicit, left_out = shown_pairs(answered, solutions)
    empty = pl.col("text").str.strip_chars() == ""
    people = [r.responder_id for r in responders if r.kind is Kind.HUMAN]
    coded = coded_stances(solutions, people, answered["responder_id"])

    no_flip = pl.lit(value=False).alias("flip")
    basis = {of: pl.lit(of.value).alias("basis") for of in ASKED}
    pairs, questions = _numbered(
        [
            main.filter(~same).with_columns(basis[Basis.MAIN]),
            explicit.filter(~empty).with_columns(basis[Basis.EXPLICIT], no_flip),
        ],
        dilemmas,
    )
    settled = [
        main.filter(same).with_columns(basis[Basis.MAIN], label=pl.lit(Label.AGREE.value), coded=False),
        explicit.filter(empty).with_columns(basis[Basis.EXPLICIT], no_flip, label=pl.lit(Label.SILENT.value), coded=False),
        coded.with_columns(basis[Basis.EXPLICIT], no_flip, coded=True),
    ]
    return Plan(
        pairs=pairs,
        questions=questions,
        settled=pl.concat([_shaped(frame, SETTLED_SCHEMA) for frame in settled]).sort(ROW),
        excluded={reason: n for reason, n in {"no_main_solution": without, **left_out}.items() if n},
    )


def _within(frame: pl.DataFrame, dilemma_ids: list[str], responder_ids: list[str]) -> pl.DataFrame:
    known = pl.col("dilemma_id").is_in(dilemma_ids) & pl.col("responder_id").is_in(responder_ids)
    return frame.filter(known).with_columns(pl.col("draw").cast(pl.Int64))


def _main_pairs(responses: pl.DataFrame, solutions: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Main solutions with the other conversations' solutions, and how many answered conversations have no main one."""
    answered = responses.filter(pl.col("outcome").cast(pl.String) == Outcome.ANSWERED.value)
    own = own_mains(solutions).join(answered, on=CONVERSATION, how="semi")
    against = pl.col("stance").cast(pl.String) == Stance.ADVISES_AGAINST.value
    targets = target_sides(solutions).select(
        "dilemma_id", "solution_id", "same_as", solution="text", target="responder_id", target_draw="draw"
    )
    other = (pl.col("responder_id") != pl.col("target")) | (pl.col("draw") != pl.col("target_draw"))
    pairs = own.select(*CONVERSATION, "text", text_as="same_as", flip=against).join(targets, on="dilemma_id").filter(other)
    return pairs, answered.height - own.height


def _numbered(frames: list[pl.DataFrame], dilemmas: Sequence[Dilemma]) -> tuple[pl.DataFrame, list[Question]]:
    """The rows with the number of their question, and the questions."""
    contents = sorted({(d.text, d.language) for d in dilemmas})
    number = {content: i for i, content in enumerate(contents)}
    about = pl.DataFrame(
        {"dilemma_id": [d.dilemma_id for d in dilemmas], "content": [number[d.text, d.language] for d in dilemmas]},
        schema={"dilemma_id": pl.String, "content": pl.UInt32},
    )
    what = ["content", "basis", "text", "solution"]
    rows = pl.concat([frame.select(*ROW, "flip", "text", "solution") for frame in frames]).join(about, on="dilemma_id")
    distinct = rows.select(what).unique().sort(what).with_row_index("question")
    questions = [
        Question(contents[content][0], text, solution, ASKED[Basis(basis)], contents[content][1])
        for content, basis, text, solution in distinct.select(what).iter_rows()
    ]
    return _shaped(rows.join(distinct, on=what), PAIRS_SCHEMA).sort(ROW), questions


def _shaped(frame: pl.DataFrame, schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
