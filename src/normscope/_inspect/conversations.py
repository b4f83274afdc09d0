"""The task: our dilemmas as Inspect's samples, our conversations as its solver, our outcomes as its scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from normscope._inspect.outcomes import make_scorer
from normscope._inspect.solving import make_solver
from normscope.dilemmas.inspect_keys import DILEMMA, STUDY, VERSION
from normscope.elicit import phrases_for
from normscope.errors import UsageError
from normscope.records import Dilemma, to_dict
from normscope.study.loading import load_sources
from normscope.study.settings import make_settings

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
) -> Any:
    """Conversations about dilemmas, held as `normscope run` holds them.

    Args:
        dilemmas: `starter`, or files of dilemmas in a format that normscope reads.
        protocol: `ask` or `ask-then-commit`, or an installed plug-in's.
        languages: Only dilemmas in these languages (BCP-47 tags).
        limit: Only the first so many dilemmas.
        draws: Conversations per dilemma. Inspect's epochs are our draws: `--epochs` overrides this.
        persona: The system message; none by default, since a deployed model is asked as it is.
        max_tokens: The longest answer.
        temperature: Left to the provider where it is not given.
        seed: Draw n is asked with seed + n. Left to the provider where it is not given.
    """
    from inspect_ai import Epochs, Task
    from inspect_ai.dataset import MemoryDataset
    from inspect_ai.model import GenerateConfig

    if protocol == "dialogue":
        raise UsageError("a dialogue needs a second model, which normscope/dilemmas does not ask. Hold it with normscope run.")
    given = {
        "folder": "unused",
        "dilemmas": _several(dilemmas),
        "protocol": protocol,
        "languages": _several(languages),
        "limit": limit,
        "draws": draws,
        "params": {"max_tokens": max_tokens, "temperature": temperature, "seed": seed},
    }
    settings = make_settings(given, file="normscope/dilemmas (-T)")
    loaded = load_sources(settings)
    for language in sorted({dilemma.language for dilemma in loaded.dilemmas}):
        phrases_for(language)
    params = settings.params.model_dump()
    study = {"version": VERSION, "protocol": protocol, "persona": persona, "params": params}
    return Task(
        dataset=MemoryDataset([_sample(dilemma) for dilemma in loaded.dilemmas], name="normscope dilemmas"),
        solver=make_solver(protocol=protocol, persona=persona, seed=seed),
        scorer=make_scorer(),
        epochs=Epochs(settings.draws),
        # as the task's settings, so that Inspect's own options (--max-tokens, --temperature …) override them
        config=GenerateConfig(**params),
        metadata={STUDY: study},
    )


def _sample(dilemma: Dilemma) -> Any:
    from inspect_ai.dataset import Sample

    return Sample(id=dilemma.dilemma_id, input=dilemma.text, metadata={DILEMMA: to_dict(dilemma)})


def _several(value: str | Sequence[str] | None) -> list[str] | None:
    """One or several values: Inspect's command line gives `a,b` as a list and `a` as a text."""
    if value is None:
        return None
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else [str(part) for part in value]
