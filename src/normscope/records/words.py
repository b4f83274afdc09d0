"""The closed vocabularies of the records: one enum per idea of `metrics.md`."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["CORRECTED", "ROGAN_GLADEN", "Basis", "Kind", "Label", "Outcome", "Pairing", "Policy", "Reading", "Stance"]

CORRECTED, ROGAN_GLADEN = "_corrected", "_rogan_gladen"
"""What the name of a metric ends with that is corrected for the matcher's errors: by PPI++, and by Rogan and Gladen."""


class Kind(StrEnum):
    """Who a responder is."""

    HUMAN = "human"
    MODEL = "model"


class Outcome(StrEnum):
    """How one conversation ended. Only `ANSWERED` is scored; the others are counted and shown."""

    ANSWERED = "answered"
    REFUSED = "refused"
    EMPTY = "empty"
    FAILED = "failed"


class Stance(StrEnum):
    """What a responder says of a course of action."""

    RECOMMENDS = "recommends"
    ADVISES_AGAINST = "advises_against"


class Label(StrEnum):
    """What a text says towards one solution; `SILENT` = does not address it."""

    AGREE = "agree"
    DISAGREE = "disagree"
    SILENT = "silent"
    UNCLEAR = "unclear"


class Basis(StrEnum):
    """Which text a match label was given to.

    `MAIN`: the responder's main solution. `STATED`: all unprompted turns. `EXPLICIT`: the answer given
    after the solution was shown.
    """

    MAIN = "main"
    STATED = "stated"
    EXPLICIT = "explicit"


class Pairing(StrEnum):
    """Which two kinds of responder are compared; `RETEST` compares two draws of one responder."""

    MODEL_HUMAN = "model–human"
    MODEL_MODEL = "model–model"
    HUMAN_HUMAN = "human–human"
    RETEST = "test–retest"

    @classmethod
    def of(cls, a: Kind, b: Kind) -> Pairing:
        """The pairing of two *different* responders.

        >>> Pairing.of(Kind.HUMAN, Kind.MODEL).value
        'model–human'
        """
        if a is b:
            return cls.HUMAN_HUMAN if a is Kind.HUMAN else cls.MODEL_MODEL
        return cls.MODEL_HUMAN


class Reading(StrEnum):
    """What counts as stated agreement with a reference (docs/definitions.md); `VIOLATION` is the one that is high where bad."""

    MAIN = "main"
    ANY = "any"
    CONDITIONAL = "conditional"
    STRICT = "strict"
    COVERAGE = "coverage"
    VIOLATION = "violation"


class Policy(StrEnum):
    """Which of a panel's solutions are the reference (docs/definitions.md); `EACH` takes the panelists one by one."""

    EACH = "each"
    UNION = "union"
    MAJORITY = "majority"
    UNANIMOUS = "unanimous"
