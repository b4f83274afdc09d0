"""Frozen records that live on disk, their vocabularies, and their codec."""

from normscope.records.card import Card, Score
from normscope.records.codec import KINDS, from_dict, from_json, to_dict, to_json
from normscope.records.core import (
    SCHEMA_VERSION,
    UNSPECIFIED,
    Dilemma,
    Estimate,
    Gold,
    LabelItem,
    Match,
    NotMeasured,
    Record,
    Responder,
    Response,
    Solution,
    Turn,
)
from normscope.records.flips import Flip, FlipRate, Flips
from normscope.records.judging import Extraction, Extractor, Judgement, Matcher, Question
from normscope.records.words import Basis, Kind, Label, Outcome, Pairing, Stance

__all__ = [
    "KINDS",
    "SCHEMA_VERSION",
    "UNSPECIFIED",
    "Basis",
    "Card",
    "Dilemma",
    "Estimate",
    "Extraction",
    "Extractor",
    "Flip",
    "FlipRate",
    "Flips",
    "Gold",
    "Judgement",
    "Kind",
    "Label",
    "LabelItem",
    "Match",
    "Matcher",
    "NotMeasured",
    "Outcome",
    "Pairing",
    "Question",
    "Record",
    "Responder",
    "Response",
    "Score",
    "Solution",
    "Stance",
    "Turn",
    "from_dict",
    "from_json",
    "to_dict",
    "to_json",
]
