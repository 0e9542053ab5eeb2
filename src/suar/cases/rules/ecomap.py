"""The ecomap: who is around the person on a day, what their actions show, and their position. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from math import cos, pi, sin
from typing import NamedTuple

from suar.cases.codes import RELATIONS, RINGS, TIE_ACTIONS, Stance, Standing, TieLink
from suar.cases.documents.history import TieState

CENTRE, INNERMOST, OUTERMOST = 180, 66, 146
GOLDEN = (5**0.5 - 1) / 2
"""The part of a circle by which each ring is rotated, so that neighbours are in different rings."""
OTHERS = "COMMUNITY"
"""The ring of somebody whose relation is not known."""


class Spot(NamedTuple):
    """The place of somebody on the picture, and the two marks on the line to the middle, in its units."""

    x: int
    y: int
    marks: tuple[tuple[int, int], ...]


# Recorded states


def suggest_stance(actions: Iterable[str]) -> Stance:
    """Return the stance that actions suggest: help and harm together are mixed, and danger comes before all.

    Source: codes/tie_actions.json.
    """
    stances = {Stance(TIE_ACTIONS[code]["stance"]) for code in actions}
    if Stance.DANGEROUS in stances:
        return Stance.DANGEROUS
    if len(stances) == 1:
        return stances.pop()
    return Stance.AMBIVALENT if stances else Stance.UNKNOWN


def ring_of(tie: TieState) -> str:
    """Return the ring of somebody: the chosen one, or the usual one of the relation.

    Source: codes/relations.json.
    """
    return tie.ring or (str(RELATIONS[tie.relation]["ring"]) if tie.relation else OTHERS)


def list_links(tie: TieState) -> tuple[TieLink, ...]:
    """Return whether debt or stigma ties somebody to the person.

    Source: codes/tie_actions.json and codes/relations.json; a debt to them that nobody presses is one too.
    """
    codes = [RELATIONS[tie.relation]] if tie.relation else []
    links = {code.get("link") for code in (*codes, *(TIE_ACTIONS[action] for action in tie.actions))}
    return tuple(link for link in TieLink if link in links or (link is TieLink.DEBT and tie.owed))


def blocks_mediation(tie: TieState) -> bool:
    """Return True if no mediation and no message is safe: somebody dangerous, or with a tie to the recruiter.

    Source: rules of the family and community map.
    """
    dangerous = Stance.DANGEROUS in (tie.stance, suggest_stance(tie.actions))
    return dangerous or tie.relation == "REL_RECRUITER" or tie.answers.get("recruiter") == "YES"


def may_be_exploiter(tie: TieState) -> bool:
    """Return True if the worker asks whether somebody must never know: dangerous people and creditors.

    Source: own design; who is owed a debt may be the exploiter.
    """
    return blocks_mediation(tie) or TieLink.DEBT in list_links(tie)


def may_relatives_see(tie: TieState) -> bool:
    """Return True if somebody is on the picture that relatives may see, without services and recruiters.

    Source: codes/relations.json and codes/rings.json, `private`.
    """
    private = tie.relation and RELATIONS[tie.relation].get("private")
    return not (private or RINGS[ring_of(tie)].get("private"))


# Over time


def newest(states: Sequence[TieState]) -> TieState:
    """Return the state that was recorded last.

    Source: own design.
    """
    return max(states, key=lambda state: state.at)


def state_on(states: Sequence[TieState], day: date) -> TieState | None:
    """Return how a tie was on a day; None before it began, after it ended, and if it was a mistake.

    A later entry corrects an earlier one of the same day.
    Source: own design; a stance is dated and changes.
    """
    if not states or newest(states).answers.get("standing") == Standing.MISTAKE:
        return None
    begun = [state for state in states if state.on.first <= day]
    latest = max(begun, key=lambda state: (state.on.first, state.at), default=None)
    return None if latest is None or latest.answers.get("standing") == Standing.ENDED else latest


def days_of_change(ties: Iterable[Sequence[TieState]]) -> list[date]:
    """Return the days on which something changed, without mistakes, the oldest first.

    Source: own design.
    """
    real = (states for states in ties if states and newest(states).answers.get("standing") != Standing.MISTAKE)
    return sorted({state.on.first for states in real for state in states})


# The picture


def radii(rings: Iterable[str]) -> dict[str, int]:
    """Return the distance of each used ring from the middle.

    Source: own design, codes/rings.json.
    """
    present = set(rings)
    used = [ring for ring in RINGS if ring in present]
    step = (OUTERMOST - INNERMOST) / max(len(used) - 1, 1)
    return {ring: round(INNERMOST + step * place) for place, ring in enumerate(used)}


def positions(rings: Sequence[str]) -> list[Spot]:
    """Return the position of each tie in these rings; no two in one direction, and each ring spread all around.

    Source: own design.
    """
    distances, counts, placed = radii(rings), Counter(rings), Counter[str]()
    directions = []
    for ring in rings:
        rotation = list(distances).index(ring) * GOLDEN
        directions.append(((placed[ring] + 0.5) / counts[ring] + rotation) % 1)
        placed[ring] += 1
    order = sorted(range(len(rings)), key=lambda index: directions[index])
    spots: dict[int, Spot] = {}
    for turn, index in enumerate(order):
        angle = 2 * pi * (turn + 0.5) / len(rings) - pi / 2
        points = [_point(distances[rings[index]] * part, angle) for part in (1, 0.48, 0.66)]
        spots[index] = Spot(*points[0], marks=tuple(points[1:]))
    return [spots[index] for index in range(len(rings))]


def _point(distance: float, angle: float) -> tuple[int, int]:
    return round(CENTRE + distance * cos(angle)), round(CENTRE + distance * sin(angle))


def order_of(tie: TieState) -> tuple[int, int]:
    """Return the sort key of somebody in the list: by ring from the middle, then by relation.

    Source: own design.
    """
    relations = list(RELATIONS)
    return list(RINGS).index(ring_of(tie)), relations.index(tie.relation) if tie.relation else len(relations)
