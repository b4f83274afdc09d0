"""The validation card as Markdown, for people."""

from __future__ import annotations

from normscope.records import Card, Label, NotMeasured, Score

__all__ = ["to_markdown"]


def to_markdown(card: Card) -> str:
    """The card as one Markdown text: the sentence, the figures overall and by part, the confusion, how to read them."""
    level = f"{card.level:.0%}"
    parts = [("all", card.overall)]
    for title, scores in (("asked", card.by_asked), ("language", card.by_language), ("kind", card.by_kind)):
        parts += [(f"{title}: {name}", score) for name, score in scores.items()]
    labels = [label.value for label in Label]
    lines = [
        f"# Can the matcher `{_cell(card.matcher)}` be trusted?",
        "",
        card.sentence(),
        "",
        f"| pairs | n | accuracy [{level}] | macro-F1 | kappa [{level}] |",
        "|---|---:|---|---|---|",
        *(_row(name, score) for name, score in parts),
        "",
        "People's label (rows) against the matcher's (columns), number of pairs:",
        "",
        f"| | {' | '.join(labels)} |",
        f"|---|{'---:|' * len(labels)}",
        *(
            f"| {truth} | {' | '.join(str(card.overall.confusion.get(truth, {}).get(label, 0)) for label in labels)} |"
            for truth in labels
        ),
        "",
        "Accuracy: share of pairs with the person's label. Kappa (Cohen): 1 = always the same label, 0 = as by chance. "
        "Intervals resample contexts (pairs about one dilemma stay together). The figures hold for pairs like these: "
        "measure the matcher on labels from your own study before you rely on it.",
    ]
    if card.prompt_hash is not None:
        lines += ["", f"SHA-256 of the prompt: `{card.prompt_hash}`"]
    return "\n".join([*lines, ""])


def _row(name: str, score: Score) -> str:
    accuracy = _with_interval(score.accuracy, score.accuracy_low, score.accuracy_high)
    kappa = _with_interval(score.kappa, score.kappa_low, score.kappa_high)
    return f"| {_cell(name)} | {score.n} | {accuracy} | {_number(score.macro_f1)} | {kappa} |"


def _with_interval(value: float | NotMeasured, low: float | NotMeasured, high: float | NotMeasured) -> str:
    if isinstance(value, NotMeasured):
        return _number(value)
    if isinstance(low, NotMeasured) or isinstance(high, NotMeasured):
        return f"{value:.2f} (no interval)"
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"


def _number(value: float | NotMeasured) -> str:
    return "not measured" if isinstance(value, NotMeasured) else f"{value:.2f}"


def _cell(text: str) -> str:
    """A name from a file, such that it stays within its cell of the table."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("`", "'").replace("<", "&lt;")
