"""The `offline` matcher: a small encoder, trained by this project, that runs without a key, a hub or a large model."""

from normscope.match.offline.matcher import LABELS, Offline, make

__all__ = ["LABELS", "Offline", "make"]
