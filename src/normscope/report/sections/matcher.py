"""The validation card of the matcher: what it was put through, how it scored by part, and how people agree with each other."""

from __future__ import annotations

from collections.abc import Mapping

from normscope.records import Card, Label, NotMeasured, Score, card_rows, part_rows
from normscope.report.content import Cell, Column, Number, Section, Table
from normscope.report.data import ReportData
from normscope.report.headline import matcher_sentence
from normscope.report.text import percent

__all__ = ["matcher"]

BY_PART = {
    "by how the text was asked for": "by_asked",
    "by language": "by_language",
    "by kind of pair": "by_kind",
    "by topic": "by_topic",
}


def matcher(data: ReportData) -> Section:
    """The card as tables; only its sentence where there is none."""
    title, lines, card = "Validation card of the matcher", [matcher_sentence(data)], data.card
    if isinstance(card, NotMeasured):
        return Section("matcher", title, lines)
    tables = [_tested(card)]
    if card.overall.confusion:
        tables.append(_confusion(card.overall))
    if not isinstance(card.people, NotMeasured):
        tables.append(_coders(card))
    if not isinstance(card.alternative, NotMeasured):
        tables.append(_alternative(card))
    scores = [_scores(card)]
    by_part = part_rows(card)
    if by_part:
        columns = tuple(
            Column(*names, numeric=False) for names in (("tested", "What was tested"), ("part", "Part"), ("result", "Result"))
        )
        rows = tuple((row.tested, row.part, row.result) for row in by_part)
        scores.append(Table("card_parts", "The tests by part", columns, rows))
    parts = [Section("matcher-parts", "Scores and tests by language, topic and technique", tables=scores, folded=True)]
    if card.prompt_hash:
        lines.append(f"Hash of the matcher's prompt: {card.prompt_hash}")
    return Section("matcher", title, lines, tables=tables, parts=parts)


def _tested(card: Card) -> Table:
    columns = (
        Column("tested", "What was tested", numeric=False),
        Column("result", "Result", numeric=False),
        Column("meaning", "What it means", numeric=False),
    )
    rows = tuple((row.tested, row.result, row.meaning) for row in card_rows(card))
    caption = f"What the matcher was put through ({percent(card.level)} intervals)"
    return Table("card", caption, columns, rows, "docs/validation.md says how each figure is made and what is good.")


def _scores(card: Card) -> Table:
    columns = (
        Column("pairs", "Labelled pairs", numeric=False),
        Column("n", "n"),
        Column("accuracy", "Accuracy"),
        Column("kappa", "Cohen kappa"),
        Column("macro_f1", "Macro-F1"),
    )
    rows = [_score("all", card.overall)]
    groups: dict[int, str] = {}
    for title, name in BY_PART.items():
        scores: Mapping[str, Score] = getattr(card, name)
        if scores:
            groups[len(rows)] = title
            rows += [_score(part, score) for part, score in scores.items()]
    caption = f"Scores by part: matcher {card.matcher} against people's labels ({percent(card.level)} intervals)"
    return Table("card_scores", caption, columns, tuple(rows), groups=groups, totals=frozenset({0}))


def _score(name: str, score: Score) -> tuple[Cell, ...]:
    return (
        name,
        score.n,
        Number(score.accuracy, score.accuracy_low, score.accuracy_high),
        Number(score.kappa, score.kappa_low, score.kappa_high),
        Number(score.macro_f1),
    )


def _confusion(overall: Score) -> Table:
    confusion = overall.confusion
    ours = [label.value for label in Label]
    found = [*ours, *sorted({*confusion, *(label for row in confusion.values() for label in row)} - set(ours))]
    columns = (
        Column("people", "People say", numeric=False),
        *(Column(f"matcher: {label}", label, "pairs to which the matcher gave this label") for label in found),
        Column("precision", "Precision"),
        Column("recall", "Recall"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            label,
            *(confusion.get(label, {}).get(other, 0) for other in found),
            _share(overall.precision.get(label)),
            _share(overall.recall.get(label)),
        )
        for label in found
    ]
    caption = "Confusion: people's label by row, the matcher's by column (pairs); precision and recall of each label"
    return Table("card_confusion", caption, columns, tuple(rows), f"n = {overall.n:,} labelled pairs.")


def _share(value: float | NotMeasured | None) -> Cell:
    return value if value is None or isinstance(value, NotMeasured) else Number(value)


def _coders(card: Card) -> Table:
    if isinstance(card.people, NotMeasured):
        raise ValueError("a card without coders has no table of them")
    columns = (
        Column("coders", "Coders", numeric=False),
        Column("n", "n"),
        Column("agreement", "Same label"),
        Column("kappa", "Cohen kappa"),
    )
    rows = tuple((f"{p.first} and {p.second}", p.n, Number(p.agreement), Number(p.kappa)) for p in card.people.pairs)
    return Table("card_coders", "Coders with each other, on the pairs that both labelled", columns, rows)


def _alternative(card: Card) -> Table:
    if isinstance(card.alternative, NotMeasured):
        raise ValueError("a card without the test has no table of it")
    columns = (
        Column("coder", "Instead of", numeric=False),
        Column("n", "n"),
        Column("matcher", "Matcher as good"),
        Column("human", "Coder as good"),
        Column("p", "p"),
        Column("won", "Won", numeric=False),
    )
    rows = tuple(
        (a.coder, a.items, Number(a.matcher), Number(a.human), Number(a.p_value, digits=3), "yes" if a.won else "no")
        for a in card.alternative.against
    )
    note = " ".join(f"Left out: {why}." for why in card.alternative.left_out.values())
    caption = "Alternative annotator test: matcher and coder, each held against the other coders"
    return Table("card_alternative", caption, columns, rows, note)
