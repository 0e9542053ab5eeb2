"""Decisions about a talk: wording, defaults, and who may read for a second opinion. Pure functions."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from suar.accounts.roles import Permission, Viewer
from suar.core.decisions import Decision
from suar.records.terms import Compartment
from suar.screening.codes import Outcome
from suar.screening.rules.answers import AgeFacts, Answers, Path, path_of
from suar.screening.rules.instrument import Stop, Wording, instrument_of
from suar.screening.rules.reference import settings

LEAVES_NOTHING_TO_FIND = frozenset({"STOP_CONTROLLER", "STOP_NO_PRIVACY", "STOP_TIE"})
YES = "on"
TYPED = {
    "name": Compartment.IDENTITY,
    "contact": Compartment.WHEREABOUTS,
    "hours": Compartment.WHEREABOUTS,
    "wish": Compartment.NARRATIVE,
    "do_not": Compartment.NARRATIVE,
    "story": Compartment.NARRATIVE,
}
EXCLUSION_FIELDS = ("exclude", "exclude_search", "exclude_providers", "exclude_workers", "exclude_words")
DEFAULT_REASONS = {Outcome.UNABLE: "RS_NO_ROOM", Outcome.DECLINED: "RS_PERSON_CHOSE"}


def drafted_fields(typed: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Return the fields of the end of a talk that are drafted: none about the person before they agree to storing it.

    Source: own design, docs/decisions/cases.md.
    """
    left_out = set() if list(typed.get("keep", ())) == [YES] else {*TYPED, *EXCLUSION_FIELDS}
    return {name: values for name, values in typed.items() if name not in left_out}


def is_known_child(answers: Answers) -> bool:
    """Return True if the talk is on the child path because of a stated or observed age.

    Source: docs/decisions/talk.md.
    """
    return answers.age != AgeFacts() and path_of(answers) is Path.CHILD


def spoken_path(answers: Answers) -> Path:
    """Return the path whose wording is read aloud: the adult one until an age was entered.

    The rules of the child path apply all the same until the age is known.
    Source: own design, docs/decisions/talk.md.
    """
    return Path.CHILD if is_known_child(answers) else Path.ADULT


def default_choice(answers: Answers, suggested: Outcome, stopped_by: str | None) -> tuple[str, str]:
    """Return the preselected outcome and reason of a stopped talk, or ("", "").

    A finished talk has no preselected outcome, and an outcome with signs is never preselected.
    Source: own design, docs/decisions/outcomes.md (the worker chooses); data/outcomes-1.json, reasons.
    """
    outcome = instrument_of(answers).stops[stopped_by].ends_as if stopped_by else None
    return (outcome.value, DEFAULT_REASONS[outcome]) if outcome and suggested is outcome else ("", "")


def words_after_stop(stop: Stop, *, place: str, is_child: bool) -> Wording:
    """Return what to say after a stop: words for custody where the stop has them, and for a child.

    Source: data/stops-3.json; data/settings-1.json, detains.
    """
    setting = settings().settings.get(place)
    if stop.in_custody and setting and setting.detains:
        return stop.in_custody
    return stop.child if is_child else stop.say


def may_leave_card(stopped_by: str | None) -> bool:
    """Return True if the worker may give something on paper that others could find.

    Source: data/stops-1.json, now ("give nothing that can be found").
    """
    return stopped_by not in LEAVES_NOTHING_TO_FIND


def may_read_second(viewer: Viewer, *, author: UUID, team: UUID, is_read: bool) -> Decision:
    """Return whether a worker may be the second reader: in the same team, with the permission, and not the author.

    Source: subject knowledge 2.6; docs/decisions/second-opinions.md.
    """
    is_reader = viewer.may(Permission.SECOND_READ) and team in viewer.teams
    if not is_reader or viewer.worker == author:
        return Decision.refuse("not_here")
    return Decision.refuse("read_already") if is_read else Decision.allow()


def may_ask_partner(viewer: Viewer, *, author: UUID, team: UUID) -> Decision:
    """Return whether a worker may ask a partner organisation: the author of the talk, and leads of the team.

    Source: own design, docs/decisions/second-opinions.md.
    """
    is_responsible = viewer.worker == author or team in viewer.leads
    return Decision.allow() if is_responsible and viewer.may(Permission.RUN_TALK) else Decision.refuse("not_here")


def may_read_for_partner(viewer: Viewer, *, partner: UUID, is_closed: bool) -> Decision:
    """Return whether a worker may answer for a partner: with the permission, in the organisation that was asked.

    Source: own design, docs/decisions/second-opinions.md.
    """
    if not viewer.may(Permission.READ_FOR_PARTNER) or viewer.organisation != partner:
        return Decision.refuse("not_here")
    return Decision.refuse("partner_closed") if is_closed else Decision.allow()
