"""Reading Inspect's logs of `normscope/dilemmas`: dilemmas, the model as a responder, and its responses."""

from __future__ import annotations

import glob
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from normscope.dilemmas.inspect_keys import DILEMMA, HELD, PARTS, STUDY, TASK, VERSION
from normscope.dilemmas.loaded import Loaded, Origin, merge
from normscope.errors import DataError, MissingExtra, UsageError
from normscope.records import Dilemma, Kind, Outcome, Responder, Response, Turn, from_dict

__all__ = ["InspectLogs", "log_files", "preferred", "read_logs"]

MOST_AT_ONCE = 2_000
"""Samples of one log that are read together; each takes some 80 kB."""

_OPERATION = frozenset(
    [
        "max_retries",
        "timeout",
        "attempt_timeout",
        "stream_idle_timeout",
        "max_connections",
        "adaptive_connections",
        "cache",
        "batch",
    ]
)
"""Settings of Inspect's that change how a call is made, not what is asked."""


@dataclass(frozen=True)
class InspectLogs:
    """What was read from logs. `loaded.notes` says in plain sentences what is not in them or did not end as a conversation."""

    loaded: Loaded
    asked: Mapping[str, str]
    """How each responder was asked, as canonical JSON: two ways of asking must not share a name."""


@dataclass
class _Log:
    file: Path
    asked: str
    responder: Responder
    dilemmas: dict[str, Dilemma] = field(default_factory=dict)
    responses: list[Response] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def log_files(given: Iterable[str | Path]) -> list[Path]:
    """The files that were named: each a file, a folder of logs, or a pattern such as `logs/*.eval`. Each file once."""
    found: dict[Path, None] = {}
    for name in given:
        path = Path(name)
        if path.is_dir():
            files = sorted(p for p in path.iterdir() if p.suffix in (".eval", ".json"))
        elif path.is_file():
            files = [path]
        else:
            files = sorted(Path(match) for match in glob.glob(str(name), recursive=True))  # noqa: PTH207 - absolute patterns too
        if not files:
            raise UsageError(f"there is no log {name}. Give Inspect's .eval or .json logs, or the folder that holds them.")
        found |= dict.fromkeys(files)
    return list(found)


def read_logs(files: Sequence[Path], *, name: str | None = None) -> InspectLogs:
    """The conversations in Inspect's logs. `name` is the responder's id in place of the model's own name.

    A sample that Inspect ended with an error (`inspect_error`) or at a limit (`limit:token` …) becomes a failed response. What
    a log does not hold is counted in the notes. The same conversation in two logs is kept once, and a failed one gives way to
    one that was held. A file that is no such log is a `DataError`, two ways of asking under one name a `UsageError`.
    """
    if find_spec("inspect_ai") is None:
        raise MissingExtra("reading Inspect's logs", "inspect")
    logs = [_read(file, name) for file in files]
    asked: dict[str, str] = {}
    for log in logs:
        before = asked.setdefault(log.responder.responder_id, log.asked)
        if before != log.asked:
            raise UsageError(
                f"{log.file}: {log.responder.responder_id!r} was asked in another way than in the other logs: {log.asked}; "
                f"before: {before}. Import the logs one by one, each with a name of its own (--as)."
            )
    responses: dict[tuple[str, str, int], Response] = {}
    for log in logs:
        for response in log.responses:
            key = (response.dilemma_id, response.responder_id, response.draw)
            responses[key] = preferred(responses.get(key, response), response, where=str(log.file))
    known = merge(*(Loaded(dilemmas=tuple(log.dilemmas.values()), origin=Origin(log.file)) for log in logs))
    loaded = Loaded(
        dilemmas=known.dilemmas,
        responders=tuple({log.responder.responder_id: log.responder for log in logs}.values()),
        responses=tuple(responses.values()),
        notes=tuple(note for log in logs for note in log.notes),
    )
    return InspectLogs(loaded, asked)


def preferred(old: Response, new: Response, *, where: str) -> Response:
    """The one to keep of two records of one conversation; `UsageError` where both were held and differ."""
    if old == new or new.outcome is Outcome.FAILED:
        return old
    if old.outcome is Outcome.FAILED:
        return new
    raise UsageError(
        f"{where}: {new.responder_id!r} gave another answer to dilemma {new.dilemma_id!r} as draw {new.draw} before. "
        "Import the log under a name of its own (--as)."
    )


def _read(file: Path, name: str | None) -> _Log:
    header = _header(file)
    study = (header.eval.metadata or {}).get(STUDY)
    if not isinstance(study, dict):
        raise DataError(
            "an Inspect log that holds none of our conversations",
            file=file,
            field="task",
            got=header.eval.task,
            allowed=TASK,
            do=f"Hold the conversations with: inspect eval {TASK} --model PROVIDER/MODEL",
        )
    if study.get("version") != VERSION:
        raise DataError("our conversations in another version", file=file, got=study.get("version"), allowed=str(VERSION))
    config = header.plan.config.model_dump(exclude_none=True)
    # Inspect puts its own system message before the persona
    personas = [text for text in (config.pop("system_message", None), study["persona"]) if text]
    persona = "\n\n".join(personas) or None
    model = f"inspect:{header.eval.model}"
    params = {key: value for key, value in config.items() if key not in _OPERATION}
    asked = {"model": model, "persona": persona, "protocol": study["protocol"], "params": params}
    asked |= {part: study[part] for part in PARTS if part in study}
    responder = Responder(
        responder_id=name or header.eval.model,
        kind=Kind.MODEL,
        model=model,
        persona=persona,
        note=None if persona is None else f"asked under a persona: {persona}",
    )
    log = _Log(file, json.dumps(asked, sort_keys=True, default=str), responder)
    ended: Counter[str] = Counter()
    planned = (header.eval.dataset.samples or 0) * (header.eval.config.epochs or 1)
    for sample in _samples(file, planned):
        dilemma, response = _conversation(sample, study["protocol"], responder.responder_id, file)
        log.dilemmas[dilemma.dilemma_id] = dilemma
        log.responses.append(response)
        if _held(sample) is None:
            ended[str(response.reason)] += 1
    for reason, n in sorted(ended.items()):
        log.notes.append(f"{file}: {n} conversations were ended by Inspect and count as failed ({reason}).")
    if (missing := planned - len(log.responses)) > 0 or header.status != "success":
        log.notes.append(
            f"{file}: {max(missing, 0)} of {planned} conversations are not in the log (its status is {header.status!r}). "
            f"Complete it with: inspect eval-retry {file}"
        )
    return log


def _conversation(sample: Any, protocol: str, responder_id: str, file: Path) -> tuple[Dilemma, Response]:
    place = f"sample {sample.id!r}, epoch {sample.epoch}"
    try:
        dilemma = from_dict(Dilemma, (sample.metadata or {})[DILEMMA])
        held = _held(sample) or _not_held(sample)
        response = Response(
            dilemma_id=dilemma.dilemma_id,
            responder_id=responder_id,
            draw=sample.epoch - 1,
            protocol=protocol,
            outcome=Outcome(held["outcome"]),
            turns=tuple(Turn(**turn) for turn in held["turns"]),
            reason=held["reason"],
        )
    except (KeyError, TypeError, ValueError) as error:
        what = f"{place} is not as normscope/dilemmas writes it ({type(error).__name__}: {error})"
        raise DataError(what, file=file, do="Import a log that was not edited") from error
    return dilemma, response


def _held(sample: Any) -> dict[str, Any] | None:
    """The conversation as the solver kept it; a sample that Inspect saved from a killed run has it with its score alone."""
    places = [sample.store, *(score.metadata for score in (sample.scores or {}).values())]
    return next((place[HELD] for place in places if place and place.get(HELD)), None)


def _not_held(sample: Any) -> dict[str, Any]:
    """What is said of a sample that ended before its conversation did."""
    reason = "inspect_error" if sample.limit is None else f"limit:{sample.limit.type}"
    return {"outcome": Outcome.FAILED.value, "reason": reason, "turns": ()}


def _header(file: Path) -> Any:
    from inspect_ai.log import read_eval_log

    try:
        return read_eval_log(str(file), header_only=True)
    except Exception as error:  # Inspect reads by half a dozen libraries, each with errors of its own
        raise _unreadable(file, error) from error


def _samples(file: Path, planned: int) -> Iterator[Any]:
    """The samples of a log; those of a large one are read one after the other: four times slower, but in no memory."""
    from inspect_ai.log import read_eval_log, read_eval_log_samples

    try:
        if file.suffix == ".eval" and planned > MOST_AT_ONCE:
            yield from read_eval_log_samples(str(file), all_samples_required=False)
        else:
            yield from read_eval_log(str(file)).samples or ()
    except (DataError, GeneratorExit):
        raise
    except Exception as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Path, error: Exception) -> DataError:
    said = " ".join(str(error).split())[:200]
    what = f"not a readable log of Inspect AI ({type(error).__name__}: {said})"
    return DataError(what, file=file, do="Give a .eval or .json log that inspect eval wrote; inspect log dump FILE shows one")
