"""What a comparison of two studies says, as a report: the same sections on a page, as Markdown or as text."""

from __future__ import annotations

from collections.abc import Sequence

from normscope.records import CORRECTED, Change, Comparison, GateResult, ModelPair, NotMeasured
from normscope.report.comparison_figures import basis, by_model, by_topic, pair_name
from normscope.report.content import Cell, Column, Content, Number, Section, Table
from normscope.report.text import counted, number, percent

__all__ = ["about", "comparison_report", "headlines", "limits", "not_measured", "pair_name", "trust"]

MEASURES = {
    "stated_corrected": "stated agreement, corrected",
    "explicit_corrected": "explicit agreement, corrected",
    "stated": "stated agreement",
    "explicit": "explicit agreement",
    "acquiescence": "acquiescence",
    "gap": "gap (explicit − stated)",
    "distance_to_ceiling": "distance to the ceiling",
    "refused": "refused",
    "no_solution": "answered without a solution",
    "ceiling": "ceiling (people with each other)",
}

IDS_SHOWN = 10
TRUST = "How far the matcher can be trusted"
DIFFERENCE = "b minus a, with its paired interval"


def comparison_report(found: Comparison, results: Sequence[GateResult] = (), *, version: str) -> Content:
    """A comparison, and what a gate said of it, as a report. `version` is that of normscope."""
    facts = {
        "a": _side(found, first=True),
        "b": _side(found, first=False),
        "shared dilemmas": f"{found.shared:,}",
        "seed": str(found.seed),
        "normscope": version,
    }
    sections = [
        _summary(found),
        *([_gate(results)] if results else []),
        _measures(found),
        _topics(found),
        _flipped(found),
        _done_differently(found),
        Section("limits", "What this cannot say", points=limits(found)),
    ]
    return Content(f"{found.a.name} and {found.b.name} compared", facts, sections)


def about(found: Comparison) -> list[str]:
    """What is compared, in sentences."""
    a, b = found.a, found.b
    said = [
        f"{found.shared:,} dilemmas have the same id and text in both studies; a has {a.other_dilemmas:,} others, b "
        f"{b.other_dilemmas:,}."
    ]
    if found.changed_text:
        said.append(
            f"Left out, because the id stands for another text in b: {len(found.changed_text):,} ({_ids(found.changed_text)})."
        )
    said.append(f"Models compared: {'; '.join(f'{pair_name(pair)} ({pair.why})' for pair in found.models)}.")
    for side, names in (("a", a.other_models), ("b", b.other_models)):
        if names:
            said.append(f"Models in {side} alone, not compared: {_ids(names)}.")
    n = len(found.people)
    said.append(f"Agreement is with the {n} responder{'' if n == 1 else 's'} of kind human that both studies have.")
    for side, names in (("a", a.other_people), ("b", b.other_people)):
        if names:
            said.append(f"People in {side} alone, left out: {_ids(names)}.")
    if found.people_changed:
        said.append(
            f"On {len(found.people_changed):,} of the shared dilemmas people's solutions are not the same in both studies "
            f"({_ids(found.people_changed)}): part of a difference may be theirs."
        )
    return said


def headlines(found: Comparison) -> list[str]:
    """What is wrong with the comparison; then how each model's stated agreement with people changed, and where it turned."""
    said = list(found.notes)
    stated = [row for row in found.changes if row.metric == "stated"]
    for pair, row, gained, lost in zip(found.models, stated, found.gained, found.lost, strict=True):
        if isinstance(row.difference, NotMeasured):
            said.append(f"{pair_name(pair)}: the change of stated agreement is not measured ({row.difference.reason}).")
            continue
        judged = "".join(f", as people would judge {_printed(c)}: {c.verdict}" for c in _corrected(found, pair))
        turned = f"; {gained:,} dilemma{'' if gained == 1 else 's'} turned towards people, {lost:,} away"
        said.append(
            f"{pair_name(pair)}: stated agreement with people {number(row.a)} → {number(row.b)}, "
            f"{_printed(row)}: {row.verdict} (n = {row.n_dilemmas:,}){judged}{turned}."
        )
    return said


def limits(found: Comparison) -> list[str]:
    """What a reader must know before acting on the comparison."""
    said = [
        "The definitions are normscope's own (operationalisation v1), not the formulas of arXiv:2605.23420.",
        _of_the_matcher(found),
        f"“Not shown” is no proof of no change: it says that the {percent(found.level)} interval holds 0. Each interval "
        "stands for itself; with many models and measures some exclude 0 by chance.",
    ]
    if found.topics:
        said.append(
            "Topics are called better or worse by a permutation test under the rule of Benjamini and Hochberg over all topics "
            f"and models of a measure: at most {percent(found.wrong_share)} of those so called are expected to be so by chance."
        )
    if not found.same_matcher:
        said.insert(0, "The two studies were not scored alike: what differs may be the extractor's or the matcher's.")
    return said


def not_measured(found: Comparison) -> list[str]:
    """The measures that no dilemma gives a number in both studies, each with the reason; of which models, where not of all."""
    said = []
    for metric, words in MEASURES.items():
        rows = [row for row in found.changes if row.metric == metric]
        for row in rows:
            if row.n_dilemmas or not isinstance(row.difference, NotMeasured):
                continue
            whose = "" if all(not other.n_dilemmas for other in rows) else f" of {pair_name(row)}"
            said.append(f"{words[0].upper()}{words[1:]}{whose}: not measured ({row.difference.reason}).")
    return list(dict.fromkeys(said))


def _of_the_matcher(found: Comparison) -> str:
    own = (
        "are the matcher's own: they are not corrected for its errors. Where it errs alike in both studies its errors cancel in "
        "part; the validation card of each study says how often it errs."
    )
    if any(row.metric.endswith(CORRECTED) for row in found.changes):
        return f"All differences that are not called corrected (those by topic and the flips too) {own}"
    return f"The differences {own} Corrected ones need people's labels in both studies: normscope label FOLDER."


def _corrected(found: Comparison, pair: ModelPair) -> list[Change]:
    """The corrected change of the model's stated agreement, if it was measured."""
    own = (c for c in found.changes if (c.metric, c.responder_a, c.responder_b) == ("stated_corrected", pair.a, pair.b))
    return [c for c in own if not isinstance(c.difference, NotMeasured)]


def _summary(found: Comparison) -> Section:
    return Section("summary", "What changed", headlines(found), about(found), parts=[Section("trust", TRUST, trust(found))])


def trust(found: Comparison) -> list[str]:
    """What the validation cards of the two studies say: once, where they say the same."""
    if found.a.trust == found.b.trust:
        return [found.a.trust]
    return [f"In {side}: {study.trust}" for side, study in (("a", found.a), ("b", found.b))]


def _gate(results: Sequence[GateResult]) -> Section:
    points = [f"{result.verdict.value.replace('_', ' ')}: {result.what}." for result in results]
    return Section("gate", "The gate", points=points)


def _measures(found: Comparison) -> Section:
    rows: list[tuple[Cell, ...]] = []
    groups: dict[int, str] = {}
    together = [*found.models, *([ModelPair("people", "people", "")] if found.people else [])]
    kept = [row for row in found.changes if row.n_dilemmas]
    for pair in together:
        own = [row for row in kept if (row.responder_a, row.responder_b) == (pair.a, pair.b)]
        if own:
            groups[len(rows)] = pair_name(pair)
            rows += [(MEASURES[row.metric], *_cells(row)) for row in own]
    columns = (Column("measure", "Measure", numeric=False), *_columns())
    lines = not_measured(found)
    if not rows:
        return Section("changes", "By model", lines)
    table = Table("changes", "Every measure in both studies", columns, tuple(rows), basis(kept), groups)
    return Section("changes", "By model", lines, figures=by_model(found, table), tables=[table])


def _topics(found: Comparison) -> Section:
    kept = [row for row in found.topics if row.n_dilemmas]
    if not kept:
        return Section("topics", "By topic", ["The dilemmas have no topics, or nothing was measured by topic."])
    said = []
    for verdict in ("better", "worse"):
        of = [row for row in kept if row.verdict == verdict]
        words = "; ".join(f"{row.topic} ({row.metric} of {pair_name(row)}, {_printed(row)})" for row in of[:IDS_SHOWN])
        more = f"; and {len(of) - IDS_SHOWN:,} more in the table" if len(of) > IDS_SHOWN else ""
        said.append(f"Shown to be {verdict}: {words or 'none'}{more}.")
    rows = [(row.topic, pair_name(row), MEASURES[row.metric], *_cells(row)) for row in kept]
    columns = (
        Column("topic", "Topic", numeric=False),
        Column("model", "Model", numeric=False),
        Column("measure", "Measure", numeric=False),
        *_columns(),
    )
    if len(kept) < len(found.topics):
        said.append(
            f"Not measured, since no dilemma of the topic counts in both studies: {len(found.topics) - len(kept):,} rows."
        )
    table = Table("topic_changes", "Agreement by topic", columns, tuple(rows), basis(kept))
    return Section("topics", "By topic", points=said, figures=by_topic(found, table), tables=[table])


def _flipped(found: Comparison) -> Section:
    every = sum(found.gained) + sum(found.lost)
    if not every:
        return Section("flips", "Dilemmas that flipped", ["On no shared dilemma did a model's value change by more than half."])
    more = f" {every - len(found.flipped):,} more are not listed." if every > len(found.flipped) else ""
    lines = [
        f"Changes of a model's stated agreement on a dilemma by more than half: {every:,}, {sum(found.gained):,} of them towards "
        f"people, {sum(found.lost):,} away. The largest come first.{more}"
    ]
    rows = tuple(
        (
            flip.dilemma_id,
            pair_name(ModelPair(flip.responder_a, flip.responder_b, "")),
            flip.topic,
            Number(flip.a),
            Number(flip.b),
            flip.text,
            " / ".join(flip.said_a) or None,
            " / ".join(flip.said_b) or None,
            "yes" if flip.people_changed else "no",
        )
        for flip in found.flipped
    )
    columns = (
        Column("dilemma", "Dilemma", numeric=False),
        Column("model", "Model", numeric=False),
        Column("topic", "Topic", numeric=False),
        Column("a", "a", "stated agreement on this dilemma"),
        Column("b", "b"),
        Column("text", "Asked", numeric=False),
        Column("said_a", "Said in a", "main solutions", numeric=False),
        Column("said_b", "Said in b", "main solutions", numeric=False),
        Column("people_changed", "People changed", "people's solutions are not the same in both studies", numeric=False),
    )
    note = "Values are means over draws and people, in [0, 1]."
    tables = [Table("flips", "Dilemmas that flipped", columns, rows, note)] if rows else []
    return Section("flips", "Dilemmas that flipped", lines, tables=tables)


def _done_differently(found: Comparison) -> Section:
    title = "What was done differently"
    if not found.settings:
        return Section("settings", title, ["By the settings that were kept the two studies were made alike."])
    columns = (
        Column("setting", "Setting", numeric=False),
        Column("a", "a", numeric=False),
        Column("b", "b", numeric=False),
    )
    rows = tuple((change.name, change.a, change.b) for change in found.settings)
    return Section("settings", title, tables=[Table("settings", "Settings that differ", columns, rows)])


def _columns() -> tuple[Column, ...]:
    return (
        Column("a", "a"),
        Column("b", "b"),
        Column("difference", "b − a", DIFFERENCE),
        Column("p", "p", "permutation test: so large a difference by chance"),
        Column("n_dilemmas", "Dilemmas"),
        Column("excluded", "Left out", "shared dilemmas that do not count in both", numeric=False),
        Column("verdict", "Verdict", numeric=False),
    )


def _cells(row: Change) -> tuple[Cell, ...]:
    difference = Number(row.difference, row.low, row.high, signed=True)
    p = None if isinstance(row.p, NotMeasured) else Number(row.p, digits=4)
    return (Number(row.a), Number(row.b), difference, p, row.n_dilemmas, counted(row.excluded), row.verdict)


def _printed(row: Change) -> str:
    """The difference with its interval."""
    if isinstance(row.low, NotMeasured) or isinstance(row.high, NotMeasured):
        return f"{number(row.difference, signed=True)} (no interval)"
    return f"{number(row.difference, signed=True)} [{number(row.low, signed=True)}, {number(row.high, signed=True)}]"


def _side(found: Comparison, *, first: bool) -> str:
    side = found.a if first else found.b
    return f"{side.name} ({side.title}; {side.dilemmas:,} dilemmas, {side.models:,} models; by {side.extractor}, {side.matcher})"


def _ids(names: Sequence[str]) -> str:
    shown = ", ".join(names[:IDS_SHOWN])
    return f"{shown}, and {len(names) - IDS_SHOWN:,} more" if len(names) > IDS_SHOWN else shown
