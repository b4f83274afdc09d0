"""Whether a course of action is phrased as not doing something."""

from __future__ import annotations

import re

__all__ = ["is_negated"]

_OPENING = r"^\W*(?:(?:you|one|du|man|i|de|der|we|vi)\s+)?"
_ENGLISH = (
    r"(?:(?:do|does|should|must|shall|can|may|ought|need|will|would)\s+(?:not|never)|\w+n['’]t|cannot|never|not|avoid|refrain)\b"
)
_NORDIC = (
    r"(?:at\s+)?(?:"
    r"(?:lad|la|lade|låt|låta)\s+(?:være|vær|vere|bli|ikke|aldrig|inte)|undlad|undlade|undgå|unngå|undvik|undvika|"
    r"ikke|ikkje|inte|aldrig|aldri|(?!hvis|om|når|hvorfor|hvad|mens)\w+\s+(?:ikke|ikkje|inte|aldrig|aldri))\b"
)
_GERMAN = r"(?:nicht|niemals|nie|vermeide|vermeiden|kein|keine|keinen|\w+\s+(?:nicht|niemals))\b"
_NEGATED = re.compile(f"{_OPENING}(?:{_ENGLISH}|{_NORDIC}|{_GERMAN})", re.IGNORECASE)


def is_negated(course: str) -> bool:
    """True if the course opens with a negation, in English, Danish, Norwegian, Swedish or German ("Don't …", "Lad være …").

    Only the opening is looked at: "Tell her you will not come" is something to do.

    >>> [is_negated(c) for c in ("Don't call him.", "Lad være med at ringe.", "Ring ikke.", "Tell her you will not come.")]
    [True, True, True, False]
    """
    return bool(_NEGATED.match(course[:200]))
