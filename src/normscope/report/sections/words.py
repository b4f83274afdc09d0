"""What the words of a report mean: for who has only the report, at its end."""

from __future__ import annotations

from normscope.report.content import Cell, Column, Section, Table

__all__ = ["words"]

WORDS = {
    "": {
        "dilemma": "a person's message that asks what to do",
        "responder": "whoever answers: a person, a panel of people, or a model",
        "conversation": "the turns held with a responder about one dilemma; a draw is one of several that are independent",
        "solution": "a course of action that an answer recommends or advises against; one is the main one",
        "target": "the one whose solutions a responder is held against",
        "match label": "of a text beside a solution: agree, disagree, silent (it does not address it), unclear",
        "matcher": "what gives the match labels; a judge is a matcher that asks a named model",
        "outcome": "how a conversation ended: answered, refused, empty, failed",
    },
    "What is measured": {
        "stated": "agreement with what is said unprompted: the share of dilemmas on which the main solution agrees",
        "explicit": "agreement when a solution is shown and asked about: the share judged as the target judges it",
        "gap": "explicit minus stated, on the same dilemmas",
        "acquiescence": "the share of the target's rejected solutions that are agreed with when shown",
        "d′": "how well accepted and rejected solutions are told apart when shown; 0 = not at all, higher = better",
        "hedge": "recommending both of two opposed courses",
        "ceiling": "people's agreement with each other on the same dilemmas, by the same matcher",
        "random pair": "the mean agreement of any two responders on the same dilemma",
        "placebo": "how often the matcher agrees with answers to other dilemmas: its yes-bias",
        "corrected": "as people would judge: the matcher's value, corrected with the comparisons that people labelled",
    },
    "Readings: what counts as agreement": {
        "main": "the usual one: the main solution agrees with one that the target recommends and with none it advises against",
        "any": "anything said agrees with some solution that the target recommends",
        "conditional": "of the target's solutions that are addressed, the share judged as the target judges them",
        "strict": "of all the target's solutions, the share judged as the target judges them; silence is wrong",
        "coverage": "the share of the target's recommended solutions that are agreed with",
        "violation": "the share of the target's rejected solutions that are agreed with; less is better",
    },
    "Reference policies: what people stand behind": {
        "each": "the usual one: every person's own solutions; the mean over persons",
        "union": "solutions that at least one person supports",
        "majority": "solutions that more than half of the people support, and at least two",
        "unanimous": "solutions that all people support, and at least two",
    },
    "How sure it is": {
        "interval": "where the true value may lie; at 95 %, in 95 of 100 studies like this the interval holds it",
        "wider than the level asks": (
            "fewer than about 5 cases agree, or fewer than about 5 do not; such an interval holds the true value more often than "
            "its level says"
        ),
        "estimates for dilemmas like these": (
            "other dilemmas could have been asked; the interval says how far that would move a value"
        ),
        "estimates for these dilemmas": (
            "the dilemmas are given; the interval says how else the same responders could have answered them"
        ),
        "cluster": "dilemmas that belong together (one dilemma, where nothing else is said) and are counted as one",
        "not measured": "there is no number, and the letter beside it stands for the reason below the table; it is never a 0",
        "–": "does not apply there",
    },
}
"""Short forms of docs/definitions.md, by group."""

COLUMNS = (Column("word", "Word", numeric=False), Column("meaning", "Meaning", numeric=False))


def words() -> Section:
    """The words as one folded table; the same for every study."""
    rows: list[tuple[Cell, ...]] = []
    groups: dict[int, str] = {}
    for group, meanings in WORDS.items():
        if group:
            groups[len(rows)] = group
        rows += meanings.items()
    note = "docs/definitions.md of normscope says the same in full, with formulas."
    table = Table("words", "The words of this report", COLUMNS, tuple(rows), note, groups)
    every = Section("all-words", "What the words of this report mean", tables=[table], folded=True)
    return Section("words", "Words", parts=[every])
