"""Several judges' labels of one question, and the judges that a user names for that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from normscope.errors import UsageError
from normscope.match.families import family
from normscope.match.judge import Judge
from normscope.match.judge import make as make_judge
from normscope.match.options import JUDGE_OPTIONS, SAME_FAMILY, split_options
from normscope.models.base import AskFor
from normscope.records import Judgement, Label

__all__ = ["majority", "named_judges"]


def majority(judgements: Mapping[str, Judgement]) -> Judgement:
    """What more than half of the judges say, by their names; `unclear` where no label has so many.

    `score` is the share of the votes that the label has, in [0, 1]: 0.0 where there was no majority and nobody said
    `unclear`. The evidence is that of the first judge who gave the label and a passage.

    >>> agree, silent = Judgement(Label.AGREE, 0.9, "Talk to him"), Judgement(Label.SILENT, 0.5)
    >>> found = majority({"a": silent, "b": agree, "c": agree})
    >>> found.label.value, round(found.score, 2), found.evidence, found.votes
    ('agree', 0.67, 'Talk to him', {'a': 'silent', 'b': 'agree', 'c': 'agree'})
    """
    votes = {name: judgement.label.value for name, judgement in judgements.items()}
    counts = Counter(judgement.label for judgement in judgements.values())
    label, most = counts.most_common(1)[0]
    if 2 * most <= len(judgements):
        return Judgement(Label.UNCLEAR, counts[Label.UNCLEAR] / len(judgements), None, votes)
    passages = [j.evidence for j in judgements.values() if j.label is label and j.evidence is not None]
    return Judgement(label, most / len(judgements), passages[0] if passages else None, votes)


def named_judges(argument: str, ask_for: AskFor, *, matcher: str, fewest: int, most: int | None = None) -> tuple[Judge, ...]:
    """The judges that `matcher:OPTIONS:M1,M2,M3` names; the options that a judge knows hold for each of them.

    `UsageError` for fewer than `fewest` or more than `most` models, a model named twice, and (unless `same-family-ok` is
    among the options) two of one family, whose errors are likely the same.
    """
    options, rest = split_options(argument, {**SAME_FAMILY, **JUDGE_OPTIONS}, matcher=matcher)
    models = [model.strip() for model in rest.split(",")]
    example = f"{matcher}:http:GPT-MODEL,http:CLAUDE-MODEL,http:LLAMA-MODEL"
    count = len([model for model in models if model])
    if count != len(models) or count < fewest or (most is not None and count > most):
        wanted = f"exactly {fewest} models" if most == fewest else f"at least {fewest} models"
        raise UsageError(f"the matcher {matcher!r} got {count} models in {argument!r}. It needs {wanted}. Write: {example}")
    twice = [model for model, n in Counter(models).items() if n > 1]
    if twice:
        raise UsageError(f"the matcher {matcher!r} names {twice[0]!r} more than once: one judge has one vote. Name others.")
    families: dict[str, str] = {}
    for model in models:
        other = families.setdefault(family(model), model)
        if other != model and "same-family-ok" not in options:
            raise UsageError(
                f"the matcher {matcher!r} names {other!r} and {model!r}, which look like one family ({family(model)}): judges of "
                f"one family err alike. Name a model of another family, or write: {matcher}:same-family-ok:{argument}"
            )
    given = "".join(f"{option}:" for option in JUDGE_OPTIONS if option in options)
    return tuple(make_judge(given + model, ask_for) for model in models)
