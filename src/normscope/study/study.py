"""The study: the one object that knows every stage and the folder that keeps their results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import polars as pl

from normscope.errors import UsageError
from normscope.records import Card, Estimate, Finding, Response
from normscope.records.estimate_list import Estimates
from normscope.store import Store
from normscope.study import (
    agreeing,
    asking,
    auditing,
    costing,
    eliciting,
    figuring,
    large_studies,
    loading,
    scoring,
    status,
    validating,
)
from normscope.study.files import write_bytes, write_json
from normscope.study.progress import Progress, silent
from normscope.study.reporting import report_data
from normscope.study.settings import Settings, load_settings, make_settings

if TYPE_CHECKING:
    import pandas as pd

    from normscope.agree import Frames
    from normscope.report import Content

__all__ = ["Study"]


class Study:
    """A study folder and its stages. Every stage can be run, stopped, resumed and replaced alone.

    Make one from a `study.yaml` (`Study.from_yaml`), from values (`Study.create`), or open a folder (`Study.open`).
    The folder is the complete truth: settings, dilemmas, calls, responses, solutions, labels and estimates are in it.
    """

    def __init__(self, settings: Settings, store: Store, *, progress: Progress = silent) -> None:
        self.settings = settings
        self.store = store
        self.progress = progress
        self._until_done: dict[str, str] = {}
        """What the folder still has of extractor and matcher until their stage has succeeded with the new one."""

    @classmethod
    def from_yaml(
        cls, path: str | Path, *, folder: str | Path | None = None, progress: Progress = silent, **changes: Any
    ) -> Study:
        """The study that a `study.yaml` describes, in the folder it names; `changes` override its fields."""
        return cls._make(load_settings(path, folder=folder, changes=changes), progress)

    @classmethod
    def create(cls, folder: str | Path, *, progress: Progress = silent, **settings: Any) -> Study:
        """A study from values: the keyword arguments are the fields of `study.yaml`."""
        return cls._make(make_settings({"folder": str(folder), **settings}), progress)

    @classmethod
    def open(cls, folder: str | Path, *, progress: Progress = silent, **changes: Any) -> Study:
        """A study that was made before. `changes` are kept in the folder; an extractor or a matcher (e.g. `matcher="exact"`)
        once `extract` or `match` has succeeded with it."""
        store = Store(folder)
        stored = store.fact("settings")
        if stored is None:
            store.close()
            raise UsageError(f"{folder} holds records but no settings. Make the study with: normscope run STUDY.yaml")
        before = store.values("settings", dict)
        settings = make_settings({**before, **changes, "folder": str(folder)}, file=f"{folder} (settings)")
        study = cls(settings, store, progress=progress)
        study._until_done = {name: before[name] for name in ("extractor", "matcher") if name in changes and name in before}
        if changes:
            study._keep_settings()
        return study

    @classmethod
    def _make(cls, settings: Settings, progress: Progress) -> Study:
        study = cls(settings, Store(settings.folder, create=True), progress=progress)
        try:
            eliciting.check_unchanged(study.store, settings)
            study._keep_settings()
        except BaseException:
            study.close()
            raise
        return study

    def add_models(self, models: Sequence[dict[str, Any]]) -> None:
        """Add models to ask; each is a table of the fields of `models` in `study.yaml`. A model that is there stays as it is."""
        known = {model.responder_id for model in self.settings.models}
        present = [model.model_dump() for model in self.settings.models]
        new = [model for model in models if (model.get("id") or model["model"]) not in known]
        values = self.settings.model_dump() | {"models": [*present, *new]}
        self.settings = make_settings(values, file=self.folder)
        eliciting.check_unchanged(self.store, self.settings)
        self.store.put(loading.model_responders(self.settings.models))
        self._keep_settings()

    def load(self) -> list[str]:
        """Read the dilemmas and answers the settings name into the folder; returns what was noticed, in plain sentences."""
        loaded = loading.load_sources(self.settings)
        loading.store_sources(self.store, loaded, self.settings.models)
        notes = [*loaded.notes, *asking.weights_notes(self.settings)]
        self.store.set_fact("load_notes", json.dumps(notes, ensure_ascii=False))
        return notes

    def elicit(self) -> dict[str, int]:
        """Ask every model every dilemma that it has not answered; returns how many conversations ended how."""
        return eliciting.elicit(self.settings, self.store, self.progress)

    def forecast(self) -> costing.Forecast:
        """What asking for the missing conversations would take: calls, tokens and money per model. Asks and writes nothing."""
        return costing.forecast(self.settings, self.store)

    def extract(self) -> dict[str, int]:
        """Read the solutions from every answered response; returns how many responses gave how much."""
        counts = scoring.extract(self.settings, self.store, self.progress)
        self._keep_proved("extractor")
        return counts

    def match(self) -> int:
        """Label every solution against every other responder's solutions; returns the number of labels."""
        labels = scoring.match(self.settings, self.store, self.progress)
        self._keep_proved("matcher")
        return labels

    def validate(self, *, whole: bool = True, injections: int | None = None, repeats: bool = True) -> Card:
        """Measure the matcher against people's labels (the study's own, or else the pairs that the project wrote) and test it.

        Without `whole` a matcher is asked little beyond the labelled pairs, and what an earlier card has beyond that is kept, as
        `run` does. `injections`: so many texts that try to steer; `repeats=False`: nothing is asked twice.
        """
        card = validating.validate(self.settings, self.store, whole=whole, injections=injections, repeats=repeats)
        write_json(self.folder / "card.json", validating.card_values(card))
        return card

    def agree(self, *, beside: Sequence[str | Path] = ()) -> list[Estimate]:
        """Compute who agrees with whom from the stored labels; writes `estimates.json`. Calls no model.

        `beside`: folders of further studies of the same models, by another matcher say, whose rankings are compared.
        """
        estimates = agreeing.agree(self.settings, self.store, beside=[Path(folder) for folder in beside])
        write_json(self.folder / "estimates.json", agreeing.estimates_values(self.settings, self.store, estimates))
        if not self.findings():  # those of an earlier audit are of other estimates
            (self.folder / "findings.json").unlink(missing_ok=True)
        return Estimates(estimates)

    def results(self) -> dict[str, Any]:
        """What `estimates.json` holds, from the folder's database: estimates, rankings, topics, detectable differences, map."""
        return agreeing.estimates_values(self.settings, self.store, self.estimates())

    def report(self, path: str | Path | None = None, to: str = "html") -> Path:
        """Write the report: `html` (one offline page, by default `report.html` in the folder), `md`, `json` or `latex`."""
        from normscope.report import report_file

        given = Path(path) if path else self.folder / report_file(to)
        return write_bytes(given, self.report_text(to).encode())

    def report_text(self, to: str = "html") -> str:
        """The report as text, in one of the forms of `report`."""
        from normscope.report import report_text

        return report_text(report_data(self.settings, self.store), to)

    def content(self) -> Content:
        """What the report says, apart from how it is printed; `normscope.report.table_frame` makes a frame of a table of it."""
        from normscope.report import content

        return content(report_data(self.settings, self.store))

    def figures(
        self, formats: Sequence[str] = ("pdf",), *, folder: str | Path | None = None, only: Sequence[str] = ()
    ) -> list[Path]:
        """Write the report's figures as `pdf`, `svg` or `png` files with captions and numbers (by default in `figures`)."""
        to = Path(folder) if folder else self.folder / "figures"
        return figuring.write_figures(self.settings, self.store, formats=formats, folder=to, only=only)

    def audit(self, policy: auditing.PolicyGiven = None) -> list[Finding]:
        """Hold the study against a policy (values or a file; None = the one that comes with normscope): the worst finding first.

        Writes `findings.json`; calls no model.
        """
        found = auditing.audit(self.settings, self.store, policy)
        write_json(self.folder / "findings.json", auditing.last_audit(self.store))
        return found

    def findings(self) -> dict[str, Any]:
        """What `findings.json` holds: the last audit's verdict, policy and findings; empty where the estimates are newer."""
        return auditing.findings_values(self.settings, self.store)

    def run(self) -> list[Estimate]:
        """All stages in order; what is already there is not done again."""
        self.load()
        self.elicit()
        self.extract()
        self.match()
        self.validate(whole=False)
        estimates = self.agree()
        self.report()
        return estimates

    def table(self) -> pl.DataFrame:
        """The agreement table: one row per model with people, per pair of models, and for people among themselves."""
        from normscope.agree import summary

        return pl.DataFrame(summary(self.estimates()))

    def frames(self) -> Frames:
        """Everything that `agree` found, as tidy polars frames; `.to_pandas()` gives pandas ones."""
        from normscope.agree import tidy

        return tidy(self.results())

    def to_pandas(self) -> dict[str, pd.DataFrame]:
        """The tables of `frames()` as pandas data frames, by name. `MissingExtra` without the extra [pandas]."""
        return self.frames().to_pandas()

    def pair_table(self) -> pl.DataFrame:
        """Stated agreement of every ordered pair, shard by shard: for a study whose labels do not fit in memory (docs:
        statistics/large_studies.md). Needs no `agree` and keeps nothing."""
        return large_studies.pair_table_of(self.settings, self.store)

    def estimates(self) -> list[Estimate]:
        """The stored estimates."""
        return Estimates(self.store.all(Estimate))

    def responses(self) -> Sequence[Response]:
        """Every conversation of the study."""
        return self.store.all(Response)

    def bundle(
        self,
        path: str | Path,
        *,
        redact: bool = False,
        signing_key: bytes | None = None,
        salt: bytes | None = None,
        date: str | None = None,
        force: bool = False,
    ) -> Path:
        """Write the audit bundle, one zip file to keep: report, estimates, settings, prompts, hashes (docs/bundle.md).

        `redact` leaves people's texts out, `signing_key` is a private Ed25519 key in PEM form, `salt` a secret for the hashes of
        records and left-out texts, `date` (else that of SOURCE_DATE_EPOCH) is written down.
        """
        from normscope.bundle import Signer
        from normscope.study.bundling import Bundling, bundle, given_date

        signer = Signer.from_pem(signing_key, source="signing_key") if signing_key is not None else None
        how = Bundling(redact=redact, signer=signer, salt=salt, date=given_date(date), force=force)
        return bundle(self.settings, self.store, Path(path), how)

    def status(self) -> status.Status:
        """What is done and what is left to do, by responder."""
        return status.status(self.settings, self.store)

    @property
    def folder(self) -> Path:
        """The study folder."""
        return self.store.folder

    def close(self) -> None:
        """Close the folder's database."""
        self.store.close()

    def __enter__(self) -> Study:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Study({self.settings.title!r}, in {str(self.folder)!r})"

    def _repr_html_(self) -> str:
        """What a notebook shows: the folder, how far each stage is, and the headline."""
        from normscope.study.notebook import study_html

        return study_html(self.settings, self.store)

    def _keep_settings(self) -> None:
        kept = self.settings.model_copy(update=self._until_done)
        self.store.set_fact("settings", kept.model_dump_json(exclude={"folder"}))

    def _keep_proved(self, name: str) -> None:
        if self._until_done.pop(name, None) is not None:
            self._keep_settings()
