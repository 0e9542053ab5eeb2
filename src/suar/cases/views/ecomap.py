"""The family and community of a person: the picture through time, one tie, and the picture for relatives."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import corrections, ecomap, labels
from suar.cases.codes import RINGS, STANCES, TIE_ACTIONS, TIE_LINKS
from suar.cases.documents.history import Tie, TieState
from suar.cases.forms.ecomap import TieForm
from suar.cases.rules import ecomap as rules
from suar.cases.views.person import open_person
from suar.core import clock
from suar.records.keyring import OpenRecord

LABELS_UP_TO = 12
"""With more people around, the picture shows their numbers only, and the list says who they are."""


@permission_required(Permission.SEE_RECORD, method="GET")
def family(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show who is around the person on a day, today or an earlier one on which something changed."""
    opened, today = open_person(request, record), clock.today()
    ties = ecomap.list_ties(opened)
    days = rules.days_of_change(tie.states for tie in ties.values())
    chosen, day = _day_at(days, request.GET.get("at", "")) or (len(days) - 1, today)
    around = ecomap.list_states(opened, day)
    excluded = ecomap.excluded_words(opened)
    context = {
        **labels.record_heading(opened),
        "day": day,
        "is_now": chosen == len(days) - 1,
        "days": list(enumerate(days)),
        "chosen": chosen,
        "rows": [{**row, "excluded": row["state"].who.strip().casefold() in excluded} for row in _rows(around)],
        "rings": _rings(around.values()),
        "with_labels": len(around) <= LABELS_UP_TO,
        "gone": [(key, rules.newest(tie.states)) for key, tie in ties.items() if key not in around],
        "dangerous": ecomap.list_dangerous(opened, today),
        "undos": corrections.list_undos(opened, corrections.TIE, worker=request.viewer.worker, at=clock.now()),
        "stances": STANCES.members,
        "links": TIE_LINKS.members,
    }
    return render(request, "cases/family.html", context)


def _day_at(days: list[date], typed: str) -> tuple[int, date] | None:
    """Return the chosen day of change with its number; None for today."""
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else len(days)
    return (number, days[number]) if number < len(days) - 1 else None


def _rows(around: Mapping[str, TieState]) -> list[dict[str, Any]]:
    """Return the rows of the picture and the list, with everybody's place."""
    spots = rules.place([rules.ring_of(state) for state in around.values()])
    return [
        {
            "key": key,
            "number": number,
            "state": state,
            "relation": ecomap.relation_of(state),
            "ring": RINGS.label(rules.ring_of(state)),
            "stance": STANCES[state.stance],
            "actions": [TIE_ACTIONS.label(action) for action in state.actions],
            "links": [
                (TIE_LINKS[link], point) for link, point in zip(rules.list_links(state), spot.marks, strict=False)
            ],
            "spot": spot,
            "ask_exclusion": rules.may_be_exploiter(state),
        }
        for number, ((key, state), spot) in enumerate(zip(around.items(), spots, strict=True), start=1)
    ]


def _rings(around: Iterable[TieState]) -> list[tuple[str, int]]:
    """Return the rings that are used, with their distances, the outermost first."""
    distances = rules.radii(rules.ring_of(state) for state in around)
    return [(RINGS.label(ring), radius) for ring, radius in reversed(distances.items())]


@permission_required(Permission.SEE_RECORD)
def tie(request: StaffRequest, record: UUID, tie: UUID | None = None) -> HttpResponse:
    """Add somebody around the person, or say how they stand to the person now; every state is kept.

    If a colleague changed it meanwhile, theirs is shown beside what was typed.
    """
    opened, key = open_person(request, record), str(tie) if tie else ""
    state, version, states = _current(opened, key)
    form = TieForm(request.POST if request.method == "POST" else None, state=state, initial={"version": version})
    if form.is_valid():
        by = acting(request)
        new = form.to_state(by=by.worker, at=by.at)
        with form.saving():
            ecomap.save_state(opened, new, by=by, key=key, expected=form.cleaned_data["version"])
            return redirect_with_message(request, _("Saved."), "family", record)
    if form.is_overtaken:
        state, version, states = _current(open_person(request, record), key)
        form.show_again(version=version)
    excluded = ecomap.excluded_words(opened)
    context = {
        "form": form,
        "record": record,
        "tie": tie,
        "state": state,
        "states": [(old, list(ecomap.in_words(old))) for old in reversed(states)],
        "theirs": form.is_overtaken,
        "workers": accounts.display_names({old.by for old in states}),
        "excluded": state is not None and state.who.strip().casefold() in excluded,
    }
    return render(request, "cases/tie.html", context, status=form.status)


def _current(opened: OpenRecord, key: str) -> tuple[TieState | None, int, tuple[TieState, ...]]:
    """Return the newest state of a tie, its version and all its states; of a new one nothing."""
    if not key:
        return None, 0, ()
    states = ecomap.get_tie(opened, key).states
    return rules.newest(states), opened.version_of(Tie, key), states


@permission_required(Permission.SEE_RECORD, method="POST")
def exclude(request: StaffRequest, record: UUID, tie: UUID) -> HttpResponse:
    """Add somebody to the exclusion list, and ask about anybody else."""
    ecomap.exclude_tie(open_person(request, record), str(tie), by=acting(request))
    message = _("Added to the list. Is there anybody else who must never know?")
    return redirect_with_message(request, message, "exclusions", record)


@permission_required(Permission.SEE_RECORD, method="GET")
def circle(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show who is around the person by relation only; relatives may see it.

    No stance, note, debt or name, and nobody whose place here would tell what happened.
    """
    states = ecomap.list_states(open_person(request, record), clock.today())
    around = {key: state for key, state in states.items() if rules.may_relatives_see(state)}
    spots = rules.place([rules.ring_of(state) for state in around.values()])
    rows = [
        {
            "label": ecomap.relation_of(state) or _("Somebody"),
            "ring": RINGS.label(rules.ring_of(state)),
            "spot": spot,
        }
        for state, spot in zip(around.values(), spots, strict=True)
    ]
    return render(request, "cases/circle.html", {"rows": rows, "rings": _rings(around.values()), "record": record})
