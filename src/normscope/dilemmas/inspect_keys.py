"""The names under which our conversations are kept in Inspect's logs: one side writes them, the other reads them."""

from __future__ import annotations

__all__ = ["DILEMMA", "HELD", "PARTS", "STUDY", "TASK", "VERSION"]

TASK = "normscope/dilemmas"
"""The task's name on Inspect's command line and in its logs."""

STUDY = "normscope"
"""In the log's own metadata: `version`, `protocol`, `persona` and `params` of all its conversations, and their `PARTS`."""

PARTS = ("explicit", "dialogue")
"""What only some conversations have, each with its settings: `per_side`, `max_tokens` and `seed` of the explicit part;
`player`, `turns` and `prompt` of a dialogue. Without an entry there was no such part."""

DILEMMA = "normscope_dilemma"
"""In a sample's metadata: the dilemma, as a record."""

HELD = "normscope_held"
"""In a sample's store, and again in the metadata of its score: `outcome`, `reason` and `turns` of the conversation."""

VERSION = 1
"""Of what is kept under these names."""
