"""The task: our dilemmas as Inspect's samples, our conversations as its solver, our outcomes as its scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from normscope._inspect.asking import open_player
from normscope._inspect.outcomes import make_scorer
from normscope._inspect.solving import make_solver
from normscope.dilemmas.inspect_keys import DILEMMA, STUDY, VERSION
from normscope.elicit import phrases_for, player_prompt
from normscope.errors import UsageError
from normscope.records import Dilemma, to_dict
from normscope.study.loading import load_sources
from normscope.study.replaying import coded_by_dilemma
from normscope.study.settings import Settings, make_settings

__all__ = ["dilemmas"]


def dilemmas(
    dilemmas: str | Sequence[str] = "starter",
    protocol: str = "ask-then-commit",
    languages: str | Sequence[str] | None = None,
    limit: int | None = None,
    draws: int = 1,
    persona: str | None = None,
    max_tokens: int = 512,
    temperature: float | None = None,
    seed: int | None = None,
    per_side: int | None = 0,
    explicit_tokens: int | None = None,
    study_seed: int = 0,
    player: str | None = None,
    turns: int = 3,
) -> Any:
    """Conversations about dilemmas, held as `normscope run` holds them.

    Args:
        dilemmas: `starter`, or files of dilemmas in a format that normscope reads.
        protocol: `ask`, `ask-then-commit` or `dialogue`, or an installed plug-in's.
        languages: Only dilemmas in these languages (BCP-47 tags).
        limit: Only the first so many dilemmas.
        draws: Conversations per dilemma. Inspect's epochs are our draws: `--epochs` overrides this.
        persona: The system message; none by default, since a deployed model is asked as it is.
        max_tokens: The longest answer.
        temperature: Left to the provider where it is not given.
        seed: Draw n is asked with seed + n. Left to the provider where it is not given.
        per_side: So many of people's accepted and of their rejected solutions are shown after the stated part; none by
            default, null = all.
        explicit_tokens: The longest answer to a shown solution; as the others by default.
        study_seed: The `seed` of a study, from which it is drawn which solutions are shown, in which order and wording.
        player: The model that plays the person under `dialogue`, by Inspect's name for it (PROVIDER/MODEL).
        turns: So many of the model's questions the player answers at most.
    """
    from inspect_ai import Epochs, Task
    from inspect_ai.dataset import MemoryDataset
    from inspect_ai.model import GenerateConfig

    if protocol == "dialogue" and player is None:
        raise UsageError("the protocol dialogue needs a named model that plays the asker. Name one: -T player=PROVIDER/MODEL.")
    if protocol != "dialogue" and player is not None:
        raise UsageError(
            f"the protocol {protocol} has no player. Got: player={player}. Add -T protocol=dialogue, or leave the player out."
        )
    given = {
        "folder": "unused",
        "dilemmas": _several(dilemmas),
        "protocol": protocol,
        "languages": _several(languages),
        "limit": limit,
        "draws": draws,
        "params": {"max_tokens": max_tokens, "temperature": temperature, "seed": seed},
        "explicit": {"per_side": per_side, "max_tokens": explicit_tokens},
        "seed": study_seed,
        "dialogue": {"player": None if player is None else f"inspect:{player}", "turns": turns},
    }
    settings = make_settings(given, file="normscope/dilemmas (-T)")
    loaded = load_sources(settings)
    for language in sorted({dilemma.language for dilemma in loaded.dilemmas}):
        phrases_for(language)
    coded = coded_by_dilemma(loaded.solutions)
    if per_side != 0 and not coded:
        raise UsageError(
            f"per_side={per_side} shows people's solutions, and no solutions that people coded are in "
            f"{', '.join(settings.dilemmas)}. Name the file that has them too (-T dilemmas=DILEMMAS,ANSWERS), or show none "
            "(-T per_side=0)."
        )
    return Task(
        dataset=MemoryDataset([_sample(dilemma) for dilemma in loaded.dilemmas], name="normscope dilemmas"),
        solver=make_solver(settings, persona=persona, coded=coded, player=None if player is None else open_player(player)),
        scorer=make_scorer(),
        epochs=Epochs(settings.draws),
        # as the task's settings, so that Inspect's own options (--max-tokens, --temperature …) override them
        config=GenerateConfig(**settings.params.model_dump()),
        metadata={STUDY: _study(settings, persona)},
    )


def _study(settings: Settings, persona: str | None) -> dict[str, Any]:
    """How the model is asked, as the log keeps it. What is not part of the conversations has no entry."""
    study = {
        "version": VERSION,
        "protocol": settings.protocol,
        "persona": persona,
        "params": settings.params.model_dump(),
    }
    if settings.explicit.per_side != 0:
        study["explicit"] = {**settings.explicit.model_dump(), "seed": settings.seed}
    if settings.protocol == "dialogue":
        study["dialogue"] = {**settings.dialogue.model_dump(), "prompt": player_prompt().sha256}
    return study


def _sample(dilemma: Dilemma) -> Any:
    from inspect_ai.dataset import Sample

    return Sample(id=dilemma.dilemma_id, input=dilemma.text, metadata={DILEMMA: to_dict(dilemma)})


def _several(value: str | Sequence[str] | None) -> list[str] | None:
    """One or several values: Inspect's command line gives `a,b` as a list and `a` as a text."""
    if value is None:
        return None
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else [str(part) for part in value]
