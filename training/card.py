"""The card that lies beside the offline matcher's files: what it was made of, what it scores, where it fails."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.bars import Bar
from benchmarks.matcher import all_figures
from training.base import PACKAGE, SHA256

__all__ = ["main"]

SHIPPED = Path(__file__).resolve().parents[1] / "src" / "normscope" / "match" / "offline"

FILES = ("encoder.onnx", "vocabulary.npz")


def main() -> None:
    """Measure in full and write `card.json` and `card.md`."""
    figures = all_figures(quick=False)
    values = {
        "matcher": "offline",
        "base": {"package": PACKAGE, "model": "intfloat/multilingual-e5-small", "licence": "MIT", "sha256": SHA256},
        "files": {name: hashlib.sha256((SHIPPED / name).read_bytes()).hexdigest() for name in FILES},
        "megabytes": round(sum((SHIPPED / name).stat().st_size for name in FILES) / 1e6, 1),
        "figures": {name: figure.as_json() for name, figure in figures.items()},
    }
    (SHIPPED / "card.json").write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    (SHIPPED / "card.md").write_text(_markdown(values, figures), encoding="utf-8")


def _markdown(values: Mapping[str, Any], figures: Mapping[str, Bar]) -> str:
    base = values["base"]
    lines = [
        "# The offline matcher's card",
        "",
        f"A cross-encoder of 12 layers, fine-tuned by normscope from {base['model']} (licence {base['licence']};",
        f"the 4-bit weights of the package {base['package']}, SHA-256 `{base['sha256']}`) on the train share of",
        "the project's own advice-agreement set and of perspectrum (CC BY-SA 4.0) and argkp2021 (CDLA-Sharing-1.0).",
        f"{values['megabytes']} MB, 8-bit integers; word vectors in the base's own 4 bits, 74,000 of its 250,002 pieces.",
        "",
        "Made with `make matcher`, measured with `python -m benchmarks.matcher`, on shares that were not learnt from:",
        "",
        "| figure | value | bar | |",
        "|---|---:|---:|---|",
        *(_row(name, figure) for name, figure in figures.items()),
        "",
        (Path(__file__).parent / "card_notes.md").read_text(encoding="utf-8").rstrip(),
        "",
        "Files:",
        "",
        *(f"* `{name}`: SHA-256 `{digest}`" for name, digest in values["files"].items()),
        "",
    ]
    return "\n".join(lines)


def _row(name: str, figure: Bar) -> str:
    value = f"{figure.value:.3f}" if isinstance(figure.value, float) else "not measured"
    bar = "" if figure.bar is None else f"{figure.bar:g}"
    holds = "" if figure.bar is None else "holds" if figure.holds else "does not hold"
    return f"| {name.replace('_', ' ')} | {value} | {bar} | {'; '.join(part for part in (holds, figure.note) if part)} |"


if __name__ == "__main__":
    main()
