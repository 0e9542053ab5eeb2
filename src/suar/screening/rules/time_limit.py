"""The time a talk has: the clock warns and never forces."""

from dataclasses import dataclass

from suar.screening.rules.answers import Answers, path
from suar.screening.rules.children import child_way
from suar.screening.rules.instrument import instrument_of
from suar.screening.rules.law import Path

SOON = 0.8


@dataclass(frozen=True, slots=True)
class TimeBox:
    """Minutes of this talk, minutes left (never below 0), what to say, and whether to pause."""

    minutes: int
    left: int
    because: str
    pause: bool = False


def time_box(answers: Answers, *, spent: int, since_pause: int | None = None) -> TimeBox:
    """Say how the time stands after so many minutes; with a child, when a pause is due.

    Full 60 minutes, a child 30 at most and less when younger, short 10, signpost 2.

    Source: knowledge texts on identification, time box; data/children-1.json.
    """
    talk, way = instrument_of(answers), child_way(answers)
    box = talk.minutes if path(answers) is Path.ADULT else talk.minutes_child
    if way is not None:
        box = min(box, way.minutes)
    pause_every = way.pause_every if way is not None else None
    awake = spent if since_pause is None else since_pause
    pause = pause_every is not None and awake >= pause_every
    if spent >= box:
        because = "TIME_OVER"
    else:
        because = "TIME_SOON" if spent >= box * SOON else "TIME_ENOUGH"
    return TimeBox(box, max(box - spent, 0), because, pause=pause)
