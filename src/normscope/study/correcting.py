"""The study's estimates corrected for the matcher's errors, from the labels that people gave to its sample."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from normscope.agree import build_table, corrected, not_corrected, people_said
from normscope.agree.people_said import COMPARISONS_SCHEMA, LABELLED, PeopleSaid
from normscope.match.run import TURNED
from normscope.records import Dilemma, Estimate, Gold, Label, LabelItem, Responder
from normscope.store import Store
from normscope.study.comparisons import COMPARISON, ROW, comparisons
from normscope.study.growing import labelled_by_now
from normscope.study.sample import stored_sample, stored_steps
from normscope.study.scoring import plan_of
from normscope.study.voices import voices
from normscope.table import AgreementTable
from normscope.validate.coding import item_id
from normscope.validate.counting import counting_label, votes

__all__ = ["MATCHES", "Among", "Stale", "corrections", "labels_of_people", "table_of"]

Among: TypeAlias = tuple[Sequence[Dilemma], Sequence[Responder]]
"""Dilemmas and responders; what others said is outside."""

RESPONSES = ("dilemma_id", "responder_id", "draw", "outcome")
SOLUTIONS = ("solution_id", "dilemma_id", "responder_id", "draw", "stance", "main", "extractor", "hedged")
MATCHES = ("dilemma_id", "responder_id", "draw", "basis", "solution_id", "label", "matcher")
"""What of the records the agreement table is made of."""

STALE = (
    "the sample for labelling was drawn from other conversations or solutions than the study has now; draw it anew with "
    "normscope label FOLDER --redraw (labels that were given stay)"
)


@dataclass(frozen=True)
class Stale:
    """Labels of a sample whose conversations or solutions are not those that the study has now."""

    n_labels: int


def table_of(
    store: Store,
    matches: pl.DataFrame,
    *,
    matcher: str,
    about: Collection[str] | None = None,
    among: Among | None = None,
) -> AgreementTable:
    """The study's agreement table with these match labels; `about`: only rows about these dilemmas, numbered as in the whole;
    `among`: the dilemmas and responders that there are, in place of all."""

    def some(frame: pl.DataFrame) -> pl.DataFrame:
        return frame if about is None else frame.filter(pl.col("dilemma_id").cast(pl.String).is_in(sorted(about)))

    dilemmas, responders = (store.all(Dilemma), store.all(Responder)) if among is None else among
    return build_table(
        dilemmas=dilemmas,
        responders=responders,
        responses=some(store.frame("responses", columns=RESPONSES)),
        solutions=some(store.frame("solutions", columns=SOLUTIONS)),
        matches=some(matches),
        matcher=matcher,
    )


def corrections(store: Store, table: AgreementTable, estimates: Sequence[Estimate], *, level: float) -> list[Estimate]:
    """The corrected estimates beside the raw ones; none where nobody labelled a comparison of the study's sample.

    A sample of which conversations or solutions have changed since is not used, and the estimates say so.
    """
    people = labels_of_people(store)
    if people is None:
        return []
    if isinstance(people, Stale):
        return not_corrected(estimates, STALE, n_labels=people.n_labels)
    return corrected(table, people, estimates, level=level)


def labels_of_people(store: Store, *, among: Among | None = None) -> PeopleSaid | Stale | None:
    """What people said of the study's sample; None where nobody labelled a comparison of it. `among` as in `table_of`.

    Labels of other questions than the sample's do not count: only of the sample is it known how probable it was to be drawn.
    """
    items, given = store.all(LabelItem), votes(store.all(Gold))
    n_labelled = sum(item.item_id in given for item in items)
    if not n_labelled:
        return None
    frame, rows = _frame(store)
    sample = stored_sample(store)
    drawn = _drawn(items, rows)
    if drawn is None or (sample is not None and sample.frame != frame.height):
        return Stale(n_labelled)
    whole = {name: same for name, same in drawn.items() if all(item.item_id in given for item in same)}
    speakers = {name: voices([item.item_id for item in same], given) for name, same in whole.items()}
    inclusion = labelled_by_now(items, {same[0].rank for same in whole.values()}, stored_steps(store))
    states = pl.DataFrame(
        [
            (name, _state(speakers.get(name)), inclusion.get(same[0].rank), len(speakers.get(name, ())) or None)
            for name, same in drawn.items()
        ],
        schema={"comparison": pl.String, **{name: COMPARISONS_SCHEMA[name] for name in ("state", "inclusion", "voices")}},
        orient="row",
    )
    named = frame.join(states, on="comparison", how="left").with_columns(pl.col("state").fill_null("not_drawn"))
    most = max(map(len, speakers.values()), default=1) or 1
    tables = [_said_by(store, whole, speakers, given, n, among) for n in range(most)]
    return people_said(tables, named.select(pl.col(name).cast(kind) for name, kind in COMPARISONS_SCHEMA.items()))


def _frame(store: Store) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The comparisons that can be drawn now, and their match labels: comparison, the label's key and its question's id."""
    work_plan = plan_of(store)
    found = comparisons(work_plan, store.frame("solutions", columns=SOLUTIONS), store.frame("responses", columns=RESPONSES), None)
    ids = [item_id(q.dilemma, q.text, q.solution, q.asked) for q in work_plan.questions]
    rows = found.rows.select("comparison", *ROW, item=pl.lit(pl.Series(ids, dtype=pl.String)).gather(pl.col("question")))
    keys = [json.loads(name) for name in found.frame["comparison"]]
    schema = {name: COMPARISONS_SCHEMA[name] for name in COMPARISON}
    return pl.DataFrame(keys, schema=schema, orient="row").with_columns(comparison=found.frame["comparison"]), rows


def _drawn(items: Sequence[LabelItem], rows: pl.DataFrame) -> dict[str, list[LabelItem]] | None:
    """The items of each drawn comparison; None where they are not the questions that these comparisons have now."""
    by_key = {(i.dilemma_id, i.responder_id, i.draw, i.basis.value, i.solution_id): i for i in items}
    drawn: dict[str, list[LabelItem]] = {}
    asked: dict[str, int] = {}
    for comparison, *key, item in rows.iter_rows():
        asked[comparison] = asked.get(comparison, 0) + 1
        found = by_key.get(tuple(key))
        if found is not None and found.item_id == item:
            drawn.setdefault(comparison, []).append(found)
    complete = sum(map(len, drawn.values())) == len(items) and all(asked[name] == len(same) for name, same in drawn.items())
    return drawn if complete else None


def _state(speakers: Sequence[str | None] | None) -> str:
    if speakers is None:
        return "not_labelled"
    return LABELLED if speakers else "coders_differ"


def _said_by(
    store: Store,
    drawn: Mapping[str, Sequence[LabelItem]],
    speakers: Mapping[str, Sequence[str | None]],
    votes: Mapping[str, Mapping[str, Label]],
    n: int,
    among: Among | None,
) -> AgreementTable:
    """The table with people's labels in place of the matcher's, where a comparison has an n-th voice."""
    rows = []
    for name, items in drawn.items():
        if n >= len(speakers[name]):
            continue
        for item in items:
            label = counting_label(votes[item.item_id])
            if label is None:
                label = votes[item.item_id][str(speakers[name][n])]
            turned = TURNED.get(label.value, label.value) if item.flip else label.value
            rows.append((item.dilemma_id, item.responder_id, item.draw, item.basis.value, item.solution_id, turned))
    schema = {name: pl.Int64 if name == "draw" else pl.String for name in ROW}
    theirs = pl.DataFrame(rows, schema={**schema, "theirs": pl.String}, orient="row")
    placed = store.frame("matches", columns=MATCHES).with_columns(pl.col("draw").cast(pl.Int64), pl.col("basis").cast(pl.String))
    joined = placed.join(theirs, on=ROW, how="left")
    labelled = joined.with_columns(label=pl.coalesce("theirs", pl.col("label").cast(pl.String))).drop("theirs")
    # of the further voices no other dilemma is read
    return table_of(store, labelled, matcher="people", about=set(theirs["dilemma_id"]) if n else None, among=among)
