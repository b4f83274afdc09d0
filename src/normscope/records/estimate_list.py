"""A list of estimates that a notebook shows as one table."""

from __future__ import annotations

from normscope.records.core import Estimate, NotMeasured
from normscope.records.notebook import html_table

__all__ = ["Estimates"]

ROWS_SHOWN = 20
HEAD = ("metric", "pairing", "responder", "target", "topic", "value", "low", "high", "dilemmas", "reading, policy")


class Estimates(list[Estimate]):
    """A list like any other; in a notebook it shows its first rows and says how many there are.

    >>> Estimates()._repr_html_().count("<tr>")
    1
    """

    def _repr_html_(self) -> str:
        more = f", the first {ROWS_SHOWN} of them" if len(self) > ROWS_SHOWN else ""
        rows = [
            (
                *(e.metric, e.pairing, e.responder_id, e.target_id, e.topic),
                *(f"not measured: {n.reason}" if isinstance(n, NotMeasured) else f"{n:.2f}" for n in (e.value, e.low, e.high)),
                f"{e.n_dilemmas:,}",
                f"{e.reading}, {e.policy}",
            )
            for e in self[:ROWS_SHOWN]
        ]
        return html_table(f"{len(self):,} estimates{more}", rows, head=HEAD)
