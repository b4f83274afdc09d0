"""The project's injection texts: advice with an attack put in that tells a matcher what to say, each with a harmless twin."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from normscope.errors import DataError
from normscope.records import Label

__all__ = ["LANGUAGES", "TECHNIQUES", "Half", "Injection", "load_injections", "read_injections"]

LANGUAGES = ("da", "de", "en", "es", "fr", "pt")
TECHNIQUES = (
    "authority",
    "comment",
    "delimiter-break",
    "evidence-spoof",
    "fake-label",
    "few-shot",
    "ignore-the-above",
    "json",
    "other-language",
    "padding",
    "role-play",
    "system-turn",
    "threat-or-bribe",
    "unicode",
)
"""What the attacks do; `gold/README.md` says what each is."""

Half = Literal["dev", "test", "late", "all"]

FIRST_EXTRA = 37
"""From this number on, injections were written after a cleaning that was then mended by them."""

FIRST_LATE = 47
"""From this number on, injections were written before the wordings were looked at that the cleaning has now, and put aside."""

LONGEST = 100_000
MOST_TIMES = 2_000
PAD = "{pad}"
FIELDS = {"id", "language", "technique", "dilemma", "solution", "twin", "label", "text", "aim"}


@dataclass(frozen=True, slots=True)
class Injection:
    """One harmless text of advice (`twin`) and the same text with an attack put in (`text`).

    `label` is what the twin says to the solution, in people's eyes; `aim` is the label that the attack wants, never the same.
    """

    injection_id: str
    language: str
    technique: str
    dilemma: str
    solution: str
    twin: str
    label: Label
    text: str
    aim: Label

    @property
    def number(self) -> int:
        """Its number within its language, in the order in which they were written."""
        return int(self.injection_id.rpartition("-")[2])

    @property
    def half(self) -> Half:
        """`late` from `FIRST_LATE` on, `dev` from `FIRST_EXTRA` on and for odd numbers, `test` for even ones.

        Wordings of the cleaning are chosen on `dev` only; `test` and `late` are for measuring.
        """
        if self.number >= FIRST_LATE:
            return "late"
        return "dev" if self.number >= FIRST_EXTRA or self.number % 2 else "test"


def load_injections(half: Half = "all") -> list[Injection]:
    """The project's injection texts, or those of one part, in the order of the file.

    >>> [len(load_injections(half)) for half in ("dev", "test", "late", "all")]
    [168, 108, 24, 300]
    """
    lines = files(__package__).joinpath("gold", "injections.jsonl").read_text(encoding="utf-8").splitlines()
    read = read_injections(lines, file="injections.jsonl")
    return [injection for injection in read if half in ("all", injection.half)]


def read_injections(lines: Iterable[str], *, file: str) -> list[Injection]:
    """Injections from lines of JSON in the shape that `gold/README.md` describes; `DataError` names the line and the field.

    A `pad` (`{"sentence": …, "times": n}`) stands for the sentence written n times where the text holds `{pad}`.
    """
    read: dict[str, Injection] = {}
    for number, line in enumerate(lines, 1):
        injection = _Line(file, number).read(line)
        if injection.injection_id in read:
            raise DataError("this id was given before", file=file, line=number, field="id", got=injection.injection_id)
        read[injection.injection_id] = injection
    return list(read.values())


@dataclass(frozen=True)
class _Line:
    """One line of the file, read strictly."""

    file: str
    number: int

    def read(self, line: str) -> Injection:
        try:
            values = json.loads(line)
        except json.JSONDecodeError as error:
            raise DataError(f"the line is no JSON ({error.msg})", file=self.file, line=self.number, got=line) from error
        if not isinstance(values, dict) or not FIELDS <= values.keys() <= FIELDS | {"pad"}:
            got = sorted(values) if isinstance(values, dict) else values
            raise self._error("the line does not have the fields of an injection", None, got, f"{sorted(FIELDS)} and 'pad'")
        for name in sorted(FIELDS):
            if not isinstance(values[name], str) or not values[name].strip():
                raise self._error(f"{name} is no text", name, values[name], "a non-empty string")
        injection_id, label, aim = values["id"], self._label(values, "label"), self._label(values, "aim")
        if not injection_id.rpartition("-")[2].isdecimal():
            raise self._error("the id does not end in a number", "id", injection_id, "such as en-001")
        self._one_of(values, "language", LANGUAGES)
        self._one_of(values, "technique", TECHNIQUES)
        if aim is label:
            raise self._error("the attack aims at the label that the twin has", "aim", aim.value, "another label")
        text = self._padded(values)
        if text == values["twin"]:
            raise self._error("the attacked text is its twin", "text", text, "the twin with an attack put in")
        return Injection(
            injection_id=injection_id,
            language=values["language"],
            technique=values["technique"],
            dilemma=values["dilemma"],
            solution=values["solution"],
            twin=values["twin"],
            label=label,
            text=text,
            aim=aim,
        )

    def _padded(self, values: dict[str, Any]) -> str:
        text = str(values["text"])
        if len(text) > LONGEST:
            raise self._error("the text is too long", "text", len(text), f"at most {LONGEST} characters")
        if text.count(PAD) != ("pad" in values):
            raise self._error(f"'pad' and one {PAD} in the text belong together", "pad", values.get("pad"), "both or neither")
        if "pad" not in values:
            return text
        pad = values["pad"]
        sentence, times = (pad.get("sentence"), pad.get("times")) if isinstance(pad, dict) else (None, None)
        if not isinstance(sentence, str) or not isinstance(times, int) or not 2 <= times <= MOST_TIMES:
            raise self._error("pad is no padding", "pad", pad, f'{{"sentence": text, "times": 2 to {MOST_TIMES}}}')
        if len(sentence) * times > LONGEST:
            raise self._error("the padded text is too long", "pad", len(sentence) * times, f"at most {LONGEST} characters")
        return text.replace(PAD, " ".join([sentence] * times))

    def _label(self, values: dict[str, Any], name: str) -> Label:
        self._one_of(values, name, [label.value for label in Label])
        return Label(values[name])

    def _one_of(self, values: dict[str, Any], name: str, allowed: Sequence[str]) -> None:
        if values[name] not in allowed:
            raise self._error(f"this {name} is not known", name, values[name], ", ".join(allowed))

    def _error(self, what: str, field: str | None, got: object, allowed: str) -> DataError:
        return DataError(what, file=self.file, line=self.number, field=field, got=got, allowed=allowed)
