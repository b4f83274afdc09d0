"""Eliciting: natural conversations with responders about dilemmas, held, bounded and resumable."""

from normscope.elicit.dialogue import dialogue
from normscope.elicit.driver import Held, hold
from normscope.elicit.jobs import Job, plan_jobs
from normscope.elicit.phrases import Phrases, languages, phrases_for
from normscope.elicit.player import player_prompt
from normscope.elicit.protocols import BUILT_IN, Brief, Conversation, Play, Protocol, Say, ask, ask_then_commit, explicit, whole
from normscope.elicit.replay import recorded_answers, replay_ask
from normscope.elicit.run import elicit
from normscope.elicit.shown import Shown, choose_shown, seed_of

__all__ = [
    "BUILT_IN",
    "Brief",
    "Conversation",
    "Held",
    "Job",
    "Phrases",
    "Play",
    "Protocol",
    "Say",
    "Shown",
    "ask",
    "ask_then_commit",
    "choose_shown",
    "dialogue",
    "elicit",
    "explicit",
    "hold",
    "languages",
    "phrases_for",
    "plan_jobs",
    "player_prompt",
    "recorded_answers",
    "replay_ask",
    "seed_of",
    "whole",
]
