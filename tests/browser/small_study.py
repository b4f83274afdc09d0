"""A real study, small enough to be made for a test: the starter dilemmas, three models on loopback, the lexical matcher."""

from __future__ import annotations

from pathlib import Path

from normscope.study import Study
from normscope.testing import LoopbackServer

__all__ = ["DILEMMAS", "MODELS", "small_study"]

DILEMMAS = 64
MODELS = {"north": None, "south": None, "blunt": "You are blunt and brief."}


def small_study(folder: Path) -> Path:
    """Make the study, with everything that `run` does, and return its folder."""
    with LoopbackServer() as server:
        models = [
            {"id": name, "model": f"http:{name}", "base_url": server.url, "persona": persona} for name, persona in MODELS.items()
        ]
        with Study.create(
            folder,
            title="Three small models beside an invented panel",
            dilemmas=["starter"],
            models=models,
            matcher="lexical",
            explicit={"per_side": 1},
            resamples=100,
            seed=1,
            notes=["The panelists are three characters invented by the project; they are not people."],
        ) as study:
            study.run()
    return folder
