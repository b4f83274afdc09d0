"""Where labels carry votes: how many independent judges are those who voted worth?"""

from __future__ import annotations

from collections.abc import Sequence

from normscope.errors import Undefined
from normscope.records import Judgement, Label, NotMeasured, Voting
from normscope.stats import effective_number

__all__ = ["voting"]


PANELS = ("panel", "escalate")
"""The matchers whose votes are by judge. Others keep one judge's answers as votes: both orders, asked again."""


def voting(judgements: Sequence[Judgement], truth: Sequence[Label], *, matcher: str) -> Voting | NotMeasured:
    """How many independent judges would be as good as those whose votes make the labels?

    `truth[i]` is people's label of item i, `matcher` the name of what gave the labels. Counted are the judges that voted on
    every item: one who is only asked where the others differ cannot be compared with them. `NotMeasured` where labels carry no
    votes or votes that are not of several judges, or where fewer than two such judges erred on some items.
    """
    if not judgements or not any(found.votes for found in judgements):
        return NotMeasured("the labels carry no votes")
    if matcher.partition(":")[0] not in PANELS:
        return NotMeasured("the votes are one matcher's answers to the same question, not those of several judges")
    always = sorted(set.intersection(*({*found.votes} for found in judgements)))
    if len(always) < 2:
        return NotMeasured(f"an effective number needs 2 judges that voted on every pair; {len(always)} did")
    votes = [[found.votes[judge] for judge in always] for found in judgements]
    try:
        found = effective_number(votes, [label.value for label in truth])
    except Undefined as error:
        return NotMeasured(str(error))
    return Voting(found.number, found.correlation, found.judges, found.left_out, len(judgements))
