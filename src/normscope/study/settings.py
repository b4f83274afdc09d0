"""What a user writes in `study.yaml`: every setting, validated; an error names file, field and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from normscope.errors import DataError, UsageError, did_you_mean
from normscope.models.prices import price_from
from normscope.models.profiles import PROFILES
from normscope.plugins import installed, split
from normscope.stats import ESTIMANDS, Estimand

__all__ = ["ModelSettings", "Settings", "load_settings"]

Positive = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_KEY_HEADERS = ("authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie")


class ModelSettings(_Strict):
    """One model to ask: its name in the study, which model it is and how it is reached."""

    model: str
    """`http:NAME`, `local:NAME or /path/to.gguf`, `recorded:FILE`, or a plug-in's backend."""
    id: str = ""
    """Its name in tables and files; the model's own name if none is given."""
    persona: str | None = None
    """A system prompt; off by default, since a deployed model is asked as it is."""
    system_prompt: str | None = None
    """The deployed product's own system prompt, sent as it is; a persona comes after it. Off by default."""
    profile: str | None = None
    """A ready profile of a server (openai, openrouter, ollama, vllm, llama.cpp, together, groq, mistral, gemini)."""
    base_url: str | None = None
    key_env: str | None = None
    """The *name* of the environment variable that holds the key; keys themselves are never written down."""
    headers: dict[str, str] = {}
    extra_body: dict[str, Any] = {}
    timeout: Seconds = 900.0
    """Seconds to wait for a whole answer."""
    connect_timeout: Seconds = 10.0
    """Seconds to wait for the connection alone."""
    concurrency: Positive | None = None
    """Calls at a time at most; null = as the study has it."""
    requests_per_minute: Seconds | None = None
    tokens_per_minute: Seconds | None = None
    """What the server allows; null = nothing is known."""
    price: dict[str, Any] | None = None
    """`{input: …, output: …}` per million tokens, as in a file of prices."""

    @field_validator("model")
    @classmethod
    def _names_a_backend(cls, value: str) -> str:
        backend, argument = split(value)
        known = [plugin.name for plugin in installed("models")]
        if backend not in known or not argument:
            raise ValueError(f"a model is written backend:name. {did_you_mean(backend, known)}")
        return value

    @field_validator("profile")
    @classmethod
    def _is_a_profile(cls, value: str | None) -> str | None:
        if value is not None and value not in PROFILES:
            raise ValueError(f"no profile of a server named {value!r}. {did_you_mean(value, PROFILES)}")
        return value

    @field_validator("price")
    @classmethod
    def _is_a_price(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        if value is not None:
            try:
                price_from(value, file="study")
            except DataError as error:
                raise ValueError(str(error)) from None
        return value

    @field_validator("headers")
    @classmethod
    def _holds_no_key(cls, value: dict[str, str]) -> dict[str, str]:
        secret = sorted(name for name in value if name.lower() in _KEY_HEADERS)
        if secret:
            # settings are kept in the study folder, and keys are never written down
            raise ValueError(f"the header {secret[0]!r} would hold a key; name its environment variable under key_env instead")
        return value

    @property
    def responder_id(self) -> str:
        return self.id or self.model


class ParamsSettings(_Strict):
    """How models are to answer; `temperature` and `seed` left out leave the choice to the server, as in deployment."""

    max_tokens: Positive = 512
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    seed: int | None = None


_CONNECTION = ("base_url", "profile", "key_env", "headers", "extra_body")


class DialogueSettings(_Strict):
    """Under the protocol `dialogue`: which model plays the asker, and how many questions it answers at most."""

    player: str | None = None
    turns: Positive = 3


class ExplicitSettings(_Strict):
    """How many of people's accepted and rejected solutions are shown per conversation; null = all, 0 = the part is left out."""

    per_side: Annotated[int, Field(ge=0)] | None = None
    max_tokens: Positive | None = None
    """The longest answer to a shown solution; null = as `params.max_tokens`."""


class Settings(_Strict):
    """A study: what is asked of whom, how the answers are read and compared."""

    title: str = "A normscope study"
    folder: Path
    dilemmas: tuple[str, ...] = ("starter",)
    """`starter`, or files in a known format (long, wide, panel)."""
    answers: tuple[str, ...] = ()
    """Files of answers that people or models gave before."""
    models: tuple[ModelSettings, ...] = ()
    judges: tuple[ModelSettings, ...] = ()
    """How models named in `extractor` or `matcher` are reached, where that is not plain from `models`."""
    protocol: str = "ask-then-commit"
    explicit: ExplicitSettings = ExplicitSettings()
    dialogue: DialogueSettings = DialogueSettings()
    draws: Positive = 1
    params: ParamsSettings = ParamsSettings()
    extractor: str = "rules"
    matcher: str = "offline"
    languages: tuple[str, ...] | None = None
    """Only dilemmas in these languages (BCP-47 tags, as the dilemmas have them); null = all."""
    limit: Positive | None = None
    """Only the first so many dilemmas; null = all."""
    concurrency: Positive = 64
    """Calls to one model at a time at most. A run begins with fewer and adds more while that pays."""
    first_concurrency: Positive = 16
    """Calls to one model at a time to begin with."""
    retries: Annotated[int, Field(ge=0)] = 4
    retry_seconds: Annotated[float, Field(ge=0)] = 900.0
    """So long after its first attempt a call is not tried again."""
    prices: Path | None = None
    """A file of prices (docs/cost.md)."""
    budget: Annotated[float, Field(gt=0)] | None = None
    """The most that the study may cost, in the currency of the prices; null = no cap."""
    batch: bool = False
    """Ask `http:` models through their servers' batch API: cheaper, and slower by hours."""
    batch_size: Annotated[int, Field(ge=1, le=50_000)] = 10_000
    """Calls in one batch at most."""
    batch_seconds: Seconds = 5.0
    """The shortest time between two looks at a batch."""
    resamples: Positive = 1000
    level: Annotated[float, Field(gt=0, lt=1)] = 0.95
    seed: Annotated[int, Field(ge=0)] = 0
    estimand: Estimand = "dilemmas like these"
    """What an interval is about: `dilemmas like these` (others could have been asked), or `these dilemmas` (responders could have
    answered otherwise; needs `draws: 2` or more)."""
    notes: tuple[str, ...] = ()
    """Facts known of the data that a reader of the report must know, e.g. that panelists heard each other."""

    @field_validator("estimand", mode="before")
    @classmethod
    def _is_an_estimand(cls, value: Any) -> Any:
        if value not in ESTIMANDS:
            raise ValueError(f"no estimand named {str(value)!r:.60}. {did_you_mean(str(value), ESTIMANDS)}")
        return value

    @field_validator("dilemmas", "answers", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str | Path) else value

    @field_validator("models", "judges", mode="before")
    @classmethod
    def _names_or_tables(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = (value,)
        return [{"model": item} if isinstance(item, str) else item for item in value or ()]

    @field_validator("models")
    @classmethod
    def _distinct_ids(cls, value: tuple[ModelSettings, ...]) -> tuple[ModelSettings, ...]:
        ids = [model.responder_id for model in value]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"two models are called {twice[0]!r}; give each an id of its own")
        reached: dict[str, ModelSettings] = {}
        for model in value:
            other = reached.setdefault(model.model, model)
            differ = [name for name in _CONNECTION if getattr(model, name) != getattr(other, name)]
            if differ:
                # a stored call is known by the model's name: two servers behind one name would answer for each other
                raise ValueError(
                    f"{model.model!r} is given twice with different {differ[0]}; the model's name must tell them apart"
                )
        return value

    @model_validator(mode="after")
    def _a_dialogue_has_a_player(self) -> Settings:
        if self.protocol == "dialogue" and self.dialogue.player is None:
            raise ValueError("the protocol dialogue needs a named model that plays the asker: dialogue: {player: http:NAME}")
        if self.dialogue.player is not None and split(self.dialogue.player)[0] not in {p.name for p in installed("models")}:
            raise ValueError(f"the player {self.dialogue.player!r} is no model; it is written backend:name")
        return self

    @field_validator("protocol", "extractor", "matcher")
    @classmethod
    def _is_installed(cls, value: str, info: Any) -> str:
        kind = f"{info.field_name}s"
        known = [plugin.name for plugin in installed(kind)]
        if split(value)[0] not in known:
            raise ValueError(f"no {info.field_name} named {value!r}. {did_you_mean(split(value)[0], known)}")
        return value


def load_settings(path: str | Path, *, folder: str | Path | None = None, changes: Mapping[str, Any] | None = None) -> Settings:
    """Read a `study.yaml`. Relative paths in it are relative to its own folder; `folder` overrides where the
    study lives, `changes` override its fields."""
    path = Path(path)
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}. Give the path of a study.yaml.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read ({error}).") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise DataError("not readable as YAML", file=path, line=mark.line + 1 if mark else None, got=str(error)) from error
    if not isinstance(values, dict):
        raise DataError("a study is a table of settings", file=path, got=values, allowed="lines such as `models: […]`")
    values["folder"] = str(folder) if folder is not None else _beside(path, values.get("folder", f"runs/{path.stem}"))
    if isinstance(values.get("prices"), str):
        values["prices"] = _beside(path, values["prices"])
    for field in ("dilemmas", "answers"):
        if field in values:
            given = values[field]
            values[field] = [_beside(path, item) for item in ([given] if isinstance(given, str) else given or [])]
    return make_settings(_merged(values, changes or {}), file=path)


def make_settings(values: dict[str, Any], *, file: str | Path = "study") -> Settings:
    """Validate settings given as plain values; an error names the field, what was got and what is allowed."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "study"
        allowed = did_you_mean(field, Settings.model_fields) if first["type"] == "extra_forbidden" else None
        raise DataError(
            first["msg"].removeprefix("Value error, ").rstrip("."), file=file, field=field, got=first["input"], allowed=allowed
        ) from None


def _merged(values: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    nested = {k: _merged(values[k], v) for k, v in changes.items() if isinstance(v, dict) and isinstance(values.get(k), dict)}
    return {**values, **changes, **nested}


def _beside(path: Path, item: Any) -> Any:
    if not isinstance(item, str) or item == "starter" or Path(item).is_absolute():
        return item
    return str(path.parent / item)
