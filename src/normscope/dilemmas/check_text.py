"""A check's report as plain text for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from normscope.dilemmas.check_report import CheckReport, Spread

__all__ = ["render"]

_WIDTH = 100


def render(report: CheckReport, *, limit: int = 5) -> str:
    """The report in words, with at most `limit` examples of each finding; texts from the data are shortened and escaped."""
    lines = [
        f"{report.n_dilemmas} dilemmas, {report.n_responses} answers, {report.n_solutions} coded solutions",
        f"languages: {_counts(report.languages, limit * 2)}",
        f"topics: {_counts(report.topics, limit * 2)}",
        f"words per dilemma: {_spread(report.words)}",
    ]
    if report.n_responses:
        lines += [
            f"responders: {_counts(report.kinds, limit)}",
            f"outcomes: {_counts(report.outcomes, limit)}",
            f"answers per dilemma: {_spread(report.answers_per_dilemma)}",
            f"people per dilemma: {_spread(report.people_per_dilemma)}",
        ]
    nobody = len(report.missing_references) == report.n_dilemmas
    lines += ["No person answered any of the dilemmas: there is nobody to compare with."] if nobody else []
    for title, found in _findings(report):
        if found:
            lines += ["", f"{title}: {len(found)}", *(f"  {_line(text)}" for text in found[:limit])]
            lines += [f"  … and {len(found) - limit} more"] if len(found) > limit else []
    if report.near_crowded or report.near_not_compared:
        lines += [
            "",
            f"The near-duplicates are not complete: {report.near_crowded} dilemmas have too many look-alikes to compare all, "
            f"and {report.near_not_compared} pairs were not compared.",
        ]
    if report.notes:
        lines += ["", "notes:", *(f"  {_line(note, width=400)}" for note in report.notes)]
    lines += ["", f"Needs a look: {_counts(report.problems, 20)}." if report.problems else "Nothing found that needs mending."]
    return "\n".join(lines) + "\n"


def _findings(report: CheckReport) -> Iterable[tuple[str, Sequence[str]]]:
    yield "the same words as another dilemma", [" = ".join(group) for group in report.exact_duplicates]
    yield "near-duplicates", [f"{p.similarity:.2f}  {p.dilemma_id} ~ {p.other_id}" for p in report.near_duplicates]
    yield "very short", report.too_short
    yield "very long", report.too_long
    yield (
        "not in the declared language",
        [f"{doubt.dilemma_id}: declared {doubt.declared}, looks like {doubt.looks_like}" for doubt in report.language_doubts],
    )
    if len(report.missing_references) < report.n_dilemmas:
        yield "no person answered (no comparison with people there)", report.missing_references
    yield "people answered in words only (solutions to be extracted)", report.uncoded_references
    yield "people's answers without a solution", [f"{a.dilemma_id}, {a.responder_id}, draw {a.draw}" for a in report.empty_lists]
    yield (
        "accepted and rejected by the same responder",
        [f"{entry.dilemma_id}, {entry.responder_id}: {entry.text}" for entry in report.contradictory],
    )
    yield (
        "rejected, but says not to do something (unclear)",
        [f"{entry.dilemma_id}, {entry.responder_id or 'not used'}: {entry.text}" for entry in report.ambiguous_rejected],
    )
    yield (
        "perhaps a joke (very short, or laughs; kept)",
        [f"{entry.dilemma_id}, {entry.responder_id}: {entry.text}" for entry in report.odd_solutions],
    )
    yield (
        "people disagree (accepted by one, rejected by another; not an error)",
        [f"{c.dilemma_id}, {len(c.accepted_by)} for, {len(c.rejected_by)} against: {c.text}" for c in report.contested],
    )


def _counts(counts: dict[str, int], limit: int) -> str:
    shown = [f"{_line(name, width=40)} {count}" for name, count in list(counts.items())[:limit]]
    more = len(counts) - len(shown)
    return ", ".join([*shown, f"and {more} more"] if more else shown) or "none"


def _spread(spread: Spread) -> str:
    return f"{spread.least} to {spread.most}, median {spread.median:g}"


def _line(text: str, *, width: int = _WIDTH) -> str:
    """One printable line: what comes from a file must not move the cursor or colour the terminal."""
    clean = "".join(c if c.isprintable() else " " for c in text[: width + 1])
    return clean if len(text) <= width else clean[: width - 1] + "…"
