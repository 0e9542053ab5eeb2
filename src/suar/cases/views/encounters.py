"""Earlier encounters of a person at which nobody recognised what happened."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import corrections, encounters, labels
from suar.cases.codes import COUNTRIES, ENCOUNTER_HARMS, ENCOUNTER_ROLES, ENCOUNTER_SOURCES
from suar.cases.documents.history import Encounter, EncounterWords
from suar.cases.forms.encounters import OTHER, EncounterForm
from suar.cases.rules.versions import former_versions, newest_version
from suar.cases.views.person import open_person
from suar.core import clock
from suar.core.i18n import localize
from suar.core.refusals import Conflict, Refused
from suar.directory.labels import place_name
from suar.records.keyring import OpenRecord
from suar.screening.rules.reference import settings

Facts = list[tuple[str, str]]


@permission_required(Permission.SEE_RECORD)
@require_GET
def list_encounters(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show the earlier encounters of a person in order of time, and what talks recorded of others."""
    opened = open_person(request, record)
    listed, versions = encounters.list_encounters(opened), opened.get_all(Encounter)
    undos = corrections.list_undos(opened, worker=request.viewer.worker, at=clock.now())
    context = {
        "record": opened.id,
        **labels.record_heading(opened),
        "encounters": [
            {
                "key": key,
                "by": encounter.by,
                "title": _title(encounter),
                "facts": _facts(encounter, opened.get(EncounterWords, key) or EncounterWords()),
                "barriers": _barriers(encounter),
                "former": [
                    _facts(former, opened.get(EncounterWords, earlier) or EncounterWords())
                    for earlier, former in former_versions(versions, key)
                ],
            }
            for key, encounter in listed.items()
        ],
        "mentions": [
            {"mention": mention, "label": encounters.label_of("missed", mention.event)}
            for mention in encounters.mentions(opened)
        ],
        "workers": accounts.display_names(encounter.by for encounter in listed.values()),
        "undos": [undo for undo in undos if undo.what == corrections.ENCOUNTER],
    }
    return render(request, "cases/encounters.html", context)


@permission_required(Permission.SEE_RECORD)
@require_http_methods(["GET", "POST"])
def save_encounter(request: StaffRequest, record: UUID, encounter: UUID | None = None) -> HttpResponse:
    """Add an encounter or correct it; one that may be recorded already is joined to it or counted apart."""
    opened, key = open_person(request, record), str(encounter or "")
    stored, words = encounters.get_encounter(opened, key) if key else (None, EncounterWords())
    newest = newest_version(opened.get_all(Encounter), key)
    if newest != key and request.method == "GET":
        return redirect("encounter", record, newest)
    event = request.GET.get("event", "")
    form = EncounterForm(request.POST if request.method == "POST" else None, encounter=stored, words=words, event=event)
    theirs: Facts = []
    if form.is_valid():
        try:
            if _save(request, opened, key, form):
                return redirect_with_message(request, _("Encounter saved."), "encounters", record)
        except Conflict:
            encounter_now, words_now = encounters.get_encounter(opened, newest)
            theirs = [(_("What happened?"), _title(encounter_now)), *_facts(encounter_now, words_now)]
        except Refused as refusal:
            form.add_error("when", labels.refusal(refusal.because))
    context = {"form": form, "record": opened.id, **labels.record_heading(opened), "key": newest, "theirs": theirs}
    status = 409 if theirs else 400 if form.errors else 200
    return render(request, "cases/encounter.html", context, status=status)


def _save(request: StaffRequest, opened: OpenRecord, key: str, form: EncounterForm) -> bool:
    """Save a valid form; return False if the worker has to choose whether it is recorded already."""
    by, same = acting(request), request.POST.get("same", "")
    version, words = form.to_encounter(by=by.worker, at=by.at), form.to_words()
    if key:
        encounters.correct_encounter(opened, key, version, words, by=by)
        return True
    alike = encounters.find_alike(opened, version)
    if same in alike:
        encounters.join_account(opened, same, version, words, by=by)
    elif alike and same != OTHER:
        form.ask_if_same({known: _title(encounter) for known, encounter in alike.items()})
        return False
    else:
        encounters.record_encounter(opened, version, words, by=by)
    return True


def _title(encounter: Encounter) -> str:
    """Return the kind, date and place of an encounter, in one line."""
    when = labels.partial_date(encounter.when) or _("Date not known")
    place = settings().settings.get(encounter.setting)
    parts = (encounters.label_of("missed", encounter.event), when, localize(place.label) if place else "")
    return " · ".join(filter(None, parts))


def _facts(encounter: Encounter, words: EncounterWords) -> Facts:
    """Return the facts of an encounter beside its title, label and value."""
    places = (
        COUNTRIES.label(encounter.country) if encounter.country else "",
        place_name(encounter.district) if encounter.district else "",
    )
    rows = [
        (_("Who met the person?"), ENCOUNTER_ROLES.label(encounter.role) if encounter.role else ""),
        (_("Country and district"), ", ".join(filter(None, places))),
        (_("What the person did or showed"), words.behaviour),
        (_("What followed"), labels.codes_in_words(ENCOUNTER_HARMS, encounter.harms)),
        (_("Months of further exploitation"), str(encounter.months) if encounter.months is not None else ""),
        (_("Source"), labels.codes_in_words(ENCOUNTER_SOURCES, encounter.sources)),
        (_("What could be done differently"), words.lesson),
        (_("Who follows it up"), words.lesson_owner),
    ]
    return [(label, value) for label, value in rows if value]


def _barriers(encounter: Encounter) -> list[dict[str, Any]]:
    """Return the barriers, each with the advice against it."""
    codes = encounters.codes_of("barriers")
    known = [codes[code] for code in encounter.barriers if code in codes]
    return [{"label": localize(row.text), "response": localize(row.response or {})} for row in known]
