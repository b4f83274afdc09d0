"""The validation card as Markdown, for people."""

from __future__ import annotations

from normscope.records import (
    Alternative,
    Card,
    CardRow,
    FlipRate,
    Flips,
    Label,
    NotMeasured,
    People,
    Placebo,
    Polarity,
    Rate,
    Rated,
    Score,
    card_rows,
    part_rows,
)

__all__ = ["to_markdown"]


def to_markdown(card: Card) -> str:
    """The card as one Markdown text: the sentence, what was tested with what came out, the figures by part, how to read them."""
    level = f"{card.level:.0%}"
    labels = [label.value for label in Label]
    confusion = card.overall.confusion
    lines = [
        f"# Can the matcher `{_cell(card.matcher)}` be trusted?",
        "",
        card.sentence(),
        "",
        f"| what was tested | result [{level}] | what it means |",
        "|---|---|---|",
        *(_row(row) for row in card_rows(card)),
        "",
        "## By part",
        "",
        f"| pairs | n | accuracy [{level}] | macro-F1 | kappa [{level}] |",
        "|---|---:|---|---|---|",
        *(_score(name, score) for name, score in _parts(card)),
        *_table(
            f"| what was tested | part | result [{level}] |",
            [f"| {row.tested} | {_cell(row.part)} | {_cell(row.result)} |" for row in part_rows(card)],
        ),
        "",
        "## By label",
        "",
        "People's label (rows) against the matcher's (columns), number of pairs; precision: the share of the matcher's labels of "
        "that kind that people gave too; recall: the share of people's that the matcher gave too.",
        "",
        f"| | {' | '.join(labels)} | precision | recall |",
        f"|---|{'---:|' * len(labels)}---:|---:|",
        *(
            f"| {truth} | {' | '.join(str(confusion.get(truth, {}).get(label, 0)) for label in labels)} | "
            f"{_number(card.overall.precision.get(truth))} | {_number(card.overall.recall.get(truth))} |"
            for truth in labels
        ),
        *_coders(card),
        "",
        f"{_intervals(card)} The figures hold for pairs like these: measure the matcher on labels from your own study before you "
        "rely on it.",
    ]
    if card.prompt_hash is not None:
        lines += ["", f"SHA-256 of the prompt: `{card.prompt_hash}`"]
    return "\n".join([*lines, ""])


def _parts(card: Card) -> list[tuple[str, Score]]:
    parts = [("all", card.overall)]
    by = {"asked": card.by_asked, "language": card.by_language, "kind": card.by_kind, "topic": card.by_topic}
    for title, scores in by.items():
        parts += [(f"{title}: {name}", score) for name, score in scores.items()]
    return parts


def _intervals(card: Card) -> str:
    """How the intervals of this card were made."""
    tested: dict[str, Rate | FlipRate] = {}
    if isinstance(card.polarity, Polarity):
        tested["Polarity"] = card.polarity.ordered.overall
    if isinstance(card.placebo, Placebo):
        tested["Placebo"] = card.placebo.agree.overall
    for name, rates in {"Order": card.orders, "Asked again": card.repeats}.items():
        if isinstance(rates, Rated):
            tested[name] = rates.overall
    for name, flips in {"Attempts to steer, stated": card.injected, "Attempts to steer, shown": card.injected_shown}.items():
        if isinstance(flips, Flips):
            tested[name] = flips.overall
    clustered = ["accuracy", "kappa", *(name for name, rate in tested.items() if rate.clustered)]
    said = (
        f"Intervals of {_and(clustered)} resample contexts (pairs about one dilemma stay together); a rate that is "
        "the same in all resamples has Wilson's interval for so many contexts."
    )
    alone = [name for name, rate in tested.items() if not rate.clustered]
    return f"{said} Those of {_and(alone)} are Wilson's: no two of these pairs are about one dilemma." if alone else said


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _coders(card: Card) -> list[str]:
    lines = []
    if isinstance(card.people, People):
        rows = [
            f"| {_cell(p.first)} and {_cell(p.second)} | {p.n} | {p.agreement:.2f} | {_number(p.kappa)} |"
            for p in card.people.pairs
        ]
        lines += ["", "## By coder", *_table("| coders | pairs | same label | kappa |", rows)]
    if isinstance(card.alternative, Alternative):
        rows = [
            f"| {_cell(a.coder)} | {a.items} | {a.matcher:.2f} | {a.human:.2f} | {a.p_value:.3f} | {'yes' if a.won else 'no'} |"
            for a in card.alternative.against
        ]
        lines += _table("| instead of | pairs | matcher as good | coder as good | p | won |", rows)
        lines += [line for why in card.alternative.left_out.values() for line in ("", f"Left out: {_cell(why)}.")]
    return lines


def _table(head: str, rows: list[str]) -> list[str]:
    return ["", head, "|" + "---|" * (head.count("|") - 1), *rows] if rows else []


def _row(row: CardRow) -> str:
    return f"| {_cell(row.tested)} | {_cell(row.result)} | {_cell(row.meaning)} |"


def _score(name: str, score: Score) -> str:
    accuracy = _with_interval(score.accuracy, score.accuracy_low, score.accuracy_high)
    kappa = _with_interval(score.kappa, score.kappa_low, score.kappa_high)
    return f"| {_cell(name)} | {score.n} | {accuracy} | {_number(score.macro_f1)} | {kappa} |"


def _with_interval(value: float | NotMeasured, low: float | NotMeasured, high: float | NotMeasured) -> str:
    if isinstance(value, NotMeasured):
        return _number(value)
    if isinstance(low, NotMeasured) or isinstance(high, NotMeasured):
        return f"{value:.2f} (no interval)"
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"


def _number(value: float | NotMeasured | None) -> str:
    return f"{value:.2f}" if isinstance(value, float) else "not measured"


def _cell(text: str) -> str:
    """Text with names from files in it, such that it stays within its cell of the table."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("`", "'").replace("<", "&lt;")
