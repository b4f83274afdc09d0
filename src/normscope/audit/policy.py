"""What an audit demands: a policy.yaml, validated field by field, over the one that comes with normscope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from normscope.audit.checks import CHECKS
from normscope.audit.evidence import Evidence
from normscope.audit.policy_file import read_policy_file, yaml_values
from normscope.audit.rule import Rule
from normscope.audit.shares import Yes
from normscope.errors import DataError, did_you_mean
from normscope.records import Finding, Severity

__all__ = ["Policy", "default_policy", "default_policy_text", "load_policy", "make_policy"]

Name = Annotated[str, Field(strict=True, min_length=1)]
Names = Annotated[tuple[Name, ...], Field(min_length=1)]


class _Demand(BaseModel):
    """What every table of a policy may hold beside its check's thresholds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gate: Yes = False
    severity: Literal["info", "warning", "serious"] = "warning"
    models: Names | None = None
    topics: Names | None = None


@dataclass(frozen=True)
class Policy:
    """The rules of an audit, in the order in which they are checked; `source` is the file that they come from."""

    rules: tuple[Rule, ...]
    source: str

    def __call__(self, evidence: Evidence) -> list[Finding]:
        """Every rule's findings, in order. `UsageError` where a rule names what the study does not have."""
        return [finding for rule in self.rules for finding in rule(evidence)]

    def values(self) -> list[dict[str, Any]]:
        """The rules as JSON values, every threshold spelt out."""
        return [
            {
                "check": rule.check.name,
                **asdict(rule.check),  # type: ignore[call-overload]  # every check is a dataclass
                "gate": rule.gate,
                "severity": rule.severity.value,
                **{name: list(names) for name in ("models", "topics") if (names := getattr(rule, name)) is not None},
            }
            for rule in self.rules
        ]


def default_policy_text() -> str:
    """The policy that is used where none is given, as a commented YAML file."""
    return files("normscope.audit").joinpath("default_policy.yaml").read_text(encoding="utf-8")


def default_policy() -> Policy:
    """The policy that is used where none is given."""
    return make_policy({}, file="the default policy")


def load_policy(path: str | Path) -> Policy:
    """Read a policy.yaml. `DataError`, with the field, where it is no policy; `UsageError` where it cannot be read."""
    return make_policy(read_policy_file(Path(path)), file=path)


def make_policy(values: Mapping[str, Any], *, file: str | Path = "policy") -> Policy:
    """A policy from plain values; what they leave out is as in the default one. A `DataError` names what is wrong.

    >>> [rule.gate for rule in make_policy({"checks": {"holes": {"gate": False}}}).rules][:2]
    [True, False]
    """
    _only_known(values, ("checks",), file, "")
    checks = values.get("checks", {})
    if not isinstance(checks, Mapping):
        raise DataError("the checks of a policy are a table", file=file, field="checks", got=checks, allowed="`name: {…}` lines")
    _only_known(checks, CHECKS, file, "checks.")
    return Policy(tuple(rule for name in CHECKS for rule in _rules(name, checks.get(name, True), file)), str(file))


def _rules(name: str, given: Any, file: str | Path) -> Iterator[Rule]:
    if given is False:
        return
    where = f"checks.{name}"
    if isinstance(given, list) and given:
        for i, one in enumerate(given):
            yield _rule(name, one, file, f"{where}.{i}")
    else:
        yield _rule(name, {} if given is True else given, file, where)


def _rule(name: str, given: Any, file: str | Path, where: str) -> Rule:
    if not isinstance(given, Mapping):
        allowed = "a table of thresholds, a list of such tables, true or off"
        raise DataError("a check is a table", file=file, field=where, got=given, allowed=allowed)
    kind = CHECKS[name]
    own = [field.name for field in fields(kind)]
    _only_known(given, [*own, *_Demand.model_fields], file, f"{where}.")
    for scope in ("models", "topics"):
        if given.get(scope) is not None and scope not in kind.scopes:
            said = f"the check {name} cannot be made of some {scope} only"
            raise DataError(said, file=file, field=f"{where}.{scope}", got=given[scope], do="Leave the field out")
    values = {**_defaults(name), **given}
    try:
        check = TypeAdapter(kind).validate_python({n: v for n, v in values.items() if n in own})
        demand = _Demand.model_validate({n: v for n, v in values.items() if n not in own})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join([where, *(str(part) for part in first["loc"])])
        raise DataError(first["msg"].rstrip("."), file=file, field=field, got=first["input"], allowed=None) from None
    return Rule(check, demand.gate, Severity(demand.severity), demand.models, demand.topics)


@cache
def _defaults(name: str) -> Mapping[str, Any]:
    values: Mapping[str, Any] = yaml_values(default_policy_text(), file="the default policy")["checks"][name]
    return values


def _only_known(values: Mapping[Any, Any], known: Any, file: str | Path, where: str) -> None:
    for name in values:
        if name not in known:
            what = "a policy has no such field"
            raise DataError(what, file=file, field=f"{where}{name}"[:200], allowed=did_you_mean(str(name), known).rstrip("."))
