"""What the people of a dilemma stand behind together: whose solution is supported or opposed by how many of the panel."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from normscope.records import Basis, Label, Outcome, Policy
from normscope.table import Numbered

__all__ = ["NOBODY_LEFT_OUT", "TOGETHER", "Panels", "panels", "references", "sizes"]

TOGETHER = (Policy.UNION, Policy.MAJORITY, Policy.UNANIMOUS)
"""The policies that make one reference of a panel."""

NOBODY_LEFT_OUT = -1
"""The `left_out` of the full panel's reference."""

SUPPORTS, OPPOSES = 1, -1


@dataclass(frozen=True)
class Panels:
    """`members`: dilemma, voter, the people who recommend something. `pool`: dilemma, solution, owner, recommended, all that they
    recommend and advise against. `votes`: solution, voter, vote (1 supports, -1 opposes, 0 neither), missing (a label that could
    have made it a vote is not stored); a member's vote on every solution of the dilemma's pool."""

    members: pl.DataFrame
    pool: pl.DataFrame
    votes: pl.DataFrame


def panels(said: Numbered, people: pl.DataFrame) -> Panels:
    """The panels of the dilemmas of `people`: the conversations held with people (rows of `said.conversations`).

    A person votes on its own solutions by recommending them or advising against them; on others' by the answer to the shown
    solution or by a stance coded in the same words, else by the label of its main solution; over several conversations by the
    sign of the sum. How many agree is as well known as the labels are: docs/definitions.md.
    """
    answered = people.filter(pl.col("outcome") == Outcome.ANSWERED.value).select(
        "conversation", "dilemma", "has_main", voter="responder"
    )
    theirs = said.targets.join(answered.rename({"voter": "owner", "conversation": "of"}), left_on="conversation", right_on="of")
    members = theirs.filter("recommended").select("dilemma", voter="owner").unique().sort("dilemma", "voter")
    pool = (
        theirs.join(members, left_on=["dilemma", "owner"], right_on=["dilemma", "voter"], how="semi")
        .select("dilemma", "solution", "owner", "recommended", "conversation")
        .sort("solution")
    )
    given = said.labels.join(answered, on="conversation", how="semi")
    labels = _side(given, Basis.MAIN, "by_main").join(
        _side(given, Basis.EXPLICIT, "when_shown"), on=["conversation", "solution"], how="full", coalesce=True
    )
    own = pl.when(pl.col("recommended")).then(SUPPORTS).otherwise(OPPOSES)
    ballots = (
        answered.join(members, on=["dilemma", "voter"], how="semi")
        .join(pool.rename({"conversation": "of"}), on="dilemma")
        .join(labels, on=["conversation", "solution"], how="left")
        .with_columns(own=pl.when(pl.col("conversation") == pl.col("of")).then(own))
        .with_columns(
            ballot=pl.coalesce("own", pl.col("when_shown").replace(0, None), "by_main"),
            missing=pl.all_horizontal(pl.col("own", "when_shown", "by_main").is_null()) & pl.col("has_main"),
        )
    )
    votes = (
        ballots.group_by("solution", "voter")
        .agg(vote=pl.col("ballot").fill_null(0).cast(pl.Int32).sum().sign(), missing=pl.col("missing").any())
        .sort("solution", "voter")
    )
    return Panels(members, pool.drop("conversation"), votes)


def references(found: Panels) -> pl.DataFrame:
    """What each policy makes of each panel, and of each panel without one of its people: dilemma, left_out (a member, or
    `NOBODY_LEFT_OUT`), size (how many people are left), solution, and for each policy of `TOGETHER` two columns: `…_plus` (it
    accepts the solution), `…_minus` (it rejects it), and `…_open` (it might accept it if missing labels were known)."""
    vote = pl.col("vote")
    counted = found.votes.group_by("solution").agg(
        support=(vote == SUPPORTS).sum().cast(pl.Int32),
        oppose=(vote == OPPOSES).sum().cast(pl.Int32),
        unknown=pl.col("missing").sum().cast(pl.Int32),
    )
    pool = found.pool.join(counted, on="solution")
    size = sizes(found)
    full = pool.with_columns(left_out=pl.lit(NOBODY_LEFT_OUT, dtype=pl.Int32))
    without = (
        pool.join(found.members, on="dilemma")
        .filter(pl.col("owner") != pl.col("voter"))
        .join(found.votes, on=["solution", "voter"])
        .with_columns(
            pl.col("support") - (vote == SUPPORTS).cast(pl.Int32),
            pl.col("oppose") - (vote == OPPOSES).cast(pl.Int32),
            pl.col("unknown") - pl.col("missing").cast(pl.Int32),
            left_out=pl.col("voter").cast(pl.Int32),
        )
        .select(full.columns)
    )
    everywhere = pl.concat([full, without]).join(size, on=["dilemma", "left_out"])
    support, recommended = pl.col("support"), pl.col("recommended")
    needed = {policy: _needed(policy) for policy in TOGETHER}
    return everywhere.select(
        "dilemma",
        "left_out",
        "solution",
        *(((support >= k) & recommended).alias(f"{policy}_plus") for policy, k in needed.items()),
        *(((pl.col("oppose") >= k) & (support < k) & ~recommended).alias(f"{policy}_minus") for policy, k in needed.items()),
        *(
            ((support < k) & (support + pl.col("unknown") >= k) & recommended).alias(f"{policy}_open")
            for policy, k in needed.items()
        ),
    )


def sizes(found: Panels) -> pl.DataFrame:
    """dilemma, left_out, size: how many people each panel has, and how many it has without each one of them."""
    size = found.members.group_by("dilemma").agg(size=pl.len().cast(pl.Int32))
    full = size.with_columns(left_out=pl.lit(NOBODY_LEFT_OUT, dtype=pl.Int32))
    without = found.members.join(size, on="dilemma").select(
        "dilemma", pl.col("size") - 1, left_out=pl.col("voter").cast(pl.Int32)
    )
    return pl.concat([full, without])


def _needed(policy: Policy) -> pl.Expr:
    """How many people must support a solution."""
    size = pl.col("size")
    if policy is Policy.UNION:
        return pl.lit(1, dtype=pl.Int32)
    return pl.max_horizontal(size if policy is Policy.UNANIMOUS else size // 2 + 1, pl.lit(2, dtype=pl.Int32))


def _side(labels: pl.DataFrame, basis: Basis, name: str) -> pl.DataFrame:
    """The labels of one basis as sides: 1 agree, -1 disagree, 0 neither."""
    label = pl.col("label")
    side = pl.when(label == Label.AGREE.value).then(SUPPORTS).when(label == Label.DISAGREE.value).then(OPPOSES).otherwise(0)
    return labels.filter(pl.col("basis") == basis.value).select("conversation", "solution", side.cast(pl.Int32).alias(name))
