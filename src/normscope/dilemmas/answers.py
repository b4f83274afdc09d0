"""The records of an answer that was recorded before: the response and the solutions coded with it."""

from __future__ import annotations

from collections.abc import Sequence

from normscope.records import Outcome, Response, Solution, Stance, Turn

__all__ = ["CODED", "PROTOCOL", "coded_solutions", "draw_from", "recorded"]

PROTOCOL = "recorded"
"""The protocol of every answer that was read from a file."""

CODED = "coded"
"""The extractor of every solution that came with the data."""


def coded_solutions(
    dilemma_id: str,
    responder_id: str,
    draw: int,
    *,
    accepted: Sequence[str] = (),
    rejected: Sequence[str] = (),
    main: str | None = None,
) -> tuple[Solution, ...]:
    """The solutions that people coded: `accepted` are recommended, `rejected` advised against, repeats in a list kept once.

    `main` (one of `accepted`; the first if not given) is the main one. Ids are made of the answer's key and a number.

    >>> [(s.solution_id, s.stance.value, s.main) for s in coded_solutions("d/1", "r", 0, accepted=["Ask."], rejected=["Wait."])]
    [('d%2F1/r/0/1', 'recommends', True), ('d%2F1/r/0/2', 'advises_against', False)]
    """
    main = main if main is not None else next(iter(accepted), None)
    courses = [(text, Stance.RECOMMENDS) for text in dict.fromkeys(accepted)]
    courses += [(text, Stance.ADVISES_AGAINST) for text in dict.fromkeys(rejected)]
    # escaped, so that the parts cannot run into each other
    stem = "/".join(part.replace("%", "%25").replace("/", "%2F") for part in (dilemma_id, responder_id, str(draw)))
    return tuple(
        Solution(
            solution_id=f"{stem}/{number}",
            dilemma_id=dilemma_id,
            responder_id=responder_id,
            draw=draw,
            text=text,
            stance=stance,
            main=stance is Stance.RECOMMENDS and text == main,
            extractor=CODED,
        )
        for number, (text, stance) in enumerate(courses, 1)
    )


def recorded(
    dilemma_id: str,
    responder_id: str,
    draw: int,
    *,
    text: str | None,
    coded: bool,
    question: str | None = None,
    nothing: str = "no text in the file",
) -> Response:
    """A recorded answer. With neither text nor coded solutions it is `EMPTY`, for the reason `nothing`.

    Where only solutions were coded there are no turns: no words are put into a responder's mouth. `question` is the
    dilemma's text, where the answer's own file has it.
    """
    if text is None:
        outcome, reason = (Outcome.ANSWERED, None) if coded else (Outcome.EMPTY, nothing)
        return Response(dilemma_id, responder_id, draw, PROTOCOL, outcome, reason=reason)
    turns = (Turn("assistant", text),) if question is None else (Turn("user", question), Turn("assistant", text))
    return Response(dilemma_id, responder_id, draw, PROTOCOL, Outcome.ANSWERED, turns)


def draw_from(runs: Sequence[int]) -> list[int]:
    """Draws count from 0; the runs of a file that has no run 0 count from 1.

    >>> draw_from([1, 2, 3]), draw_from([0, 1])
    ([0, 1, 2], [0, 1])
    """
    shift = 1 if runs and min(runs) > 0 else 0
    return [run - shift for run in runs]
