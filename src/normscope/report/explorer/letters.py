"""The match labels of a dilemma as one letter per cell of a grid: rows are conversations, columns solutions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from normscope.records import Basis, Label
from normscope.report.explorer.places import Places

__all__ = ["CELLS", "LETTERS", "Grid", "letters"]

CELLS = 40_000
"""A larger grid is not on the page; its labels are counted instead."""

LETTERS = {Label.AGREE: "a", Label.DISAGREE: "d", Label.SILENT: "s", Label.UNCLEAR: "u"}
"""`.` stands where there is no label."""

Grid = Mapping[str, str | dict[str, int]]
"""By basis, for those that have labels: the letters row by row, or the counts of each label where there are too many cells."""


def letters(here: Places, *, dilemmas: int, most: int = CELLS) -> list[Grid]:
    """The grids of each of the dilemmas."""
    rows, columns = (_sizes(frame, dilemmas) for frame in (here.conversations, here.solutions))
    found: list[dict[str, str | dict[str, int]]] = [{} for _ in range(dilemmas)]
    for basis in Basis:
        labels = here.labels.filter(pl.col("basis") == basis.value)
        dilemma = labels["dilemma"].to_numpy()
        cells = labels["row"].to_numpy().astype(np.int64) * columns[dilemma] + labels["column"].to_numpy()
        written = _bytes(labels["label"])
        ends = np.searchsorted(dilemma, np.arange(dilemmas + 1))
        for i in np.unique(dilemma).tolist():
            part = slice(ends[i], ends[i + 1])
            if rows[i] * columns[i] > most:
                found[i][basis.value] = _counted(written[part])
                continue
            grid = np.full(rows[i] * columns[i], ord("."), np.uint8)
            grid[cells[part]] = written[part]
            found[i][basis.value] = grid.tobytes().decode("ascii")
    return list(found)


def _sizes(frame: pl.DataFrame, dilemmas: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.bincount(frame["dilemma"].to_numpy(), minlength=dilemmas).astype(np.int64)


def _bytes(labels: pl.Series) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    codes = {label.value: ord(letter) for label, letter in LETTERS.items()}
    return labels.replace_strict(codes, return_dtype=pl.UInt8).to_numpy()


def _counted(written: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> dict[str, int]:
    return {label.value: int((written == ord(letter)).sum()) for label, letter in LETTERS.items()}
