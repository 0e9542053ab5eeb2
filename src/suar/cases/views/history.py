"""The person's history: times of exploitation, stages of life, earlier encounters, and the family and community."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, form_page, post_data, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import codes, corrections, ecomap, encounters, episodes, labels
from suar.cases.codes import RINGS, STANCES, TIE_ACTIONS, TIE_LINKS
from suar.cases.documents import history as documents
from suar.cases.fields_in_words import lines_of, values_in_words
from suar.cases.forms.history import KINDS, OTHER, EncounterForm, EpisodeForm, StageForm, TieForm
from suar.cases.rules import ecomap as rules
from suar.cases.rules.history import former_versions, newest_version
from suar.cases.views.person import open_person
from suar.core import clock
from suar.core.i18n import localize
from suar.core.refusals import NotYours
from suar.records.keyring import OpenRecord

Lines = list[tuple[str, str]]


@permission_required(Permission.SEE_RECORD, method="GET")
def history(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show the times of exploitation in order of time, and strengths and vulnerabilities by stage of life."""
    opened = open_person(request, record)
    listed, struck = episodes.list_episodes(opened), episodes.list_episodes(opened, struck=True)
    names = {key: labels.time_in_words(item.facts.start, item.facts.end) for key, item in listed.items()}
    context = {
        **labels.record_heading(opened),
        "episodes": [_episode_lines(key, episode) for key, episode in listed.items()],
        "struck": [_episode_lines(key, episode) for key, episode in struck.items()],
        "conflicts": [
            {"text": codes.DATE_CONFLICTS.label(conflict.code), "times": [names[key] for key in conflict.keys]}
            for conflict in episodes.list_conflicts(opened)
        ],
        "known": _known_from_talks(opened) if not listed else "",
        "stages": [_stage_lines(code, stage) for code, stage in episodes.read_stages(opened).items()],
        "undos": corrections.list_undos(opened, corrections.EPISODE, worker=request.viewer.worker),
    }
    return render(request, "cases/history.html", context)


@permission_required(Permission.SEE_RECORD)
def save_episode(request: StaffRequest, record: UUID, episode: UUID | None = None) -> HttpResponse:
    """Add, change or strike out a time of exploitation; if a colleague changed it meanwhile, theirs is shown."""
    opened, key = open_person(request, record), str(episode or "")
    facts, version = _initial_facts(opened, key)
    form = EpisodeForm(post_data(request), initial=dict(facts), version=version)
    if form.is_valid():
        data, by = form.cleaned_data, acting(request)
        with form.saving():
            if key and "strike" in request.POST:
                episodes.strike_episode(opened, key, data["reason"], by=by)
            else:
                changed = form.current_facts()
                episodes.save_episode(opened, changed, key=key, expected=data["version"], by=by)
            return redirect_with_message(request, _("What happened is saved."), "history", record)
    if form.is_overtaken:
        facts, version = _initial_facts(open_person(request, record), key)
        form.show_again(version=version)
    context = {
        "record": record,
        "key": key,
        "theirs": _in_words(facts) if form.is_overtaken else [],
        "prefilled": not key and bool(_in_words(facts)),
    }
    return form_page(request, "cases/episode.html", form, **context)


@permission_required(Permission.SEE_RECORD)
def life_stage(request: StaffRequest, record: UUID, stage: str) -> HttpResponse:
    """Record strengths and vulnerabilities at one stage of life."""
    opened, stage = open_person(request, record), stage.upper()
    if stage not in codes.LIFE_STAGES:
        raise NotYours
    typed, known = post_data(request), episodes.read_stages(opened)[stage]
    form = StageForm(typed, stage=stage, known=known, version=opened.version_of(documents.LifeStages))
    theirs = None
    if form.is_valid():
        words, version = form.cleaned_data["words"], form.cleaned_data["version"]
        with form.saving():
            episodes.save_stage(
                opened, stage, factors=form.factors(), words=words, expected=version, by=acting(request)
            )
            return redirect_with_message(request, _("Strengths and vulnerabilities are saved."), "history", record)
    if form.is_overtaken:
        fresh = open_person(request, record)
        theirs = _stage_lines(stage, episodes.read_stages(fresh)[stage])
        form.show_again(version=fresh.version_of(documents.LifeStages))
    context = {"record": record, "stage": codes.LIFE_STAGES[stage], "theirs": theirs}
    return form_page(request, "cases/life_stage.html", form, **context)


def _initial_facts(record: OpenRecord, key: str) -> tuple[documents.EpisodeFacts, int]:
    """Return the initial facts of the form of an episode, and its version; those of the first one are from talks."""
    if key:
        return episodes.get_episode(record, key).facts, record.version_of(documents.Episode, key)
    return documents.EpisodeFacts() if episodes.list_episodes(record) else episodes.initial_facts(record), 0


def _known_from_talks(record: OpenRecord) -> str:
    """Return in one line what talks and the profile say about a time of exploitation."""
    return " · ".join(text for _name, text in values_in_words(episodes.initial_facts(record)))


def _in_words(facts: documents.EpisodeFacts, *, without: Collection[str] = ()) -> Lines:
    """Return the filled answers with the labels of their fields."""
    fields = EpisodeForm.base_fields
    return [(str(fields[name].label), text) for name, text in values_in_words(facts) if name not in without]


def _episode_lines(key: str, episode: documents.Episode) -> dict[str, Any]:
    """Return the context of an episode and of its earlier versions, newest first."""
    return {
        "key": key,
        "episode": episode,
        "when": labels.time_in_words(episode.facts.start, episode.facts.end),
        "where": labels.place_in_words(episode.facts),
        "lines": _in_words(episode.facts, without=("start", "end", "country", "place", "sector")),
        "former": [{"version": version, "lines": _in_words(version.facts)} for version in reversed(episode.former)],
    }


def _stage_lines(code: str, stage: documents.LifeStage | None) -> dict[str, Any]:
    """Return the context of a stage: strengths and vulnerabilities side by side, and what was known earlier."""
    factors = [
        codes.LIFE_FACTORS[factor] for factor in (stage.factors if stage else ()) if factor in codes.LIFE_FACTORS
    ]
    return {
        "code": codes.LIFE_STAGES[code],
        "stage": stage,
        "columns": [[factor.label for factor in factors if factor["kind"] == kind] for kind in KINDS],
        "former": [
            {"version": version, "factors": labels.codes_in_words(codes.LIFE_FACTORS, version.factors)}
            for version in reversed(stage.former if stage else ())
        ],
    }


@permission_required(Permission.SEE_RECORD, method="GET")
def list_encounters(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show the earlier encounters of a person in order of time, and what talks recorded of others."""
    opened = open_person(request, record)
    listed, versions = encounters.list_encounters(opened), opened.get_all(documents.Encounter)
    context = {
        **labels.record_heading(opened),
        "encounters": [
            {
                "key": key,
                "by": encounter.by,
                "title": _encounter_title(encounter),
                "facts": _encounter_facts(opened, key, encounter),
                "barriers": _encounter_barriers(encounter),
                "former": [_encounter_facts(opened, *version) for version in former_versions(versions, key)],
            }
            for key, encounter in listed.items()
        ],
        "mentions": [
            {"event": event, "at": at, "label": encounters.label_of("missed", event)}
            for event, at in encounters.list_mentions(opened)
        ],
        "undos": corrections.list_undos(opened, corrections.ENCOUNTER, worker=request.viewer.worker),
    }
    return render(request, "cases/encounters.html", context)


@permission_required(Permission.SEE_RECORD)
def save_encounter(request: StaffRequest, record: UUID, encounter: UUID | None = None) -> HttpResponse:
    """Add an encounter or correct it; one that may be recorded already is joined to it or counted apart."""
    opened, key = open_person(request, record), str(encounter or "")
    stored, words = encounters.get_encounter(opened, key) if key else (None, documents.EncounterWords())
    newest = newest_version(opened.get_all(documents.Encounter), key)
    if newest != key and request.method == "GET":
        return redirect("encounter", record, newest)
    event = request.GET.get("event", "")
    form = EncounterForm(post_data(request), encounter=stored, words=words, event=event)
    theirs: Lines = []
    if form.is_valid():
        with form.saving():
            if _save_encounter(request, opened, key, form):
                return redirect_with_message(request, _("Encounter saved."), "encounters", record)
    if form.is_overtaken:
        newer, _words = encounters.get_encounter(opened, newest)
        theirs = [(_("What happened?"), _encounter_title(newer)), *_encounter_facts(opened, newest, newer)]
    return form_page(request, "cases/encounter.html", form, **labels.record_heading(opened), key=newest, theirs=theirs)


def _save_encounter(request: StaffRequest, opened: OpenRecord, key: str, form: EncounterForm) -> bool:
    """Save a valid form; return False if the worker has to choose whether it is recorded already."""
    by, same = acting(request), request.POST.get("same", "")
    version, words = form.to_encounter(by=by.worker, at=by.at), form.to_part(documents.EncounterWords)
    if key:
        encounters.correct_encounter(opened, key, version, words, by=by)
        return True
    alike = encounters.find_alike(opened, version)
    if same in alike:
        encounters.join_account(opened, same, version, words, by=by)
    elif alike and same != OTHER:
        form.ask_if_same({known: _encounter_title(encounter) for known, encounter in alike.items()})
        return False
    else:
        encounters.record_encounter(opened, version, words, by=by)
    return True


def _encounter_title(encounter: documents.Encounter) -> str:
    """Return the kind, date and place of an encounter, in one line."""
    when = labels.partial_date(encounter.when) or _("Date not known")
    place = dict(encounters.setting_choices()).get(encounter.setting, "")
    parts = (encounters.label_of("missed", encounter.event), when, place)
    return " · ".join(filter(None, parts))


def _encounter_facts(record: OpenRecord, key: str, encounter: documents.Encounter) -> Lines:
    """Return the facts and words of a version of an encounter beside its title, label and value."""
    words = record.get(documents.EncounterWords, key) or documents.EncounterWords()
    without = ("event", "when", "setting", "barriers", "by", "at")
    return [*lines_of(encounter, without=without), *lines_of(words)]


def _encounter_barriers(encounter: documents.Encounter) -> list[dict[str, Any]]:
    """Return the barriers, each with the advice against it."""
    barriers = encounters.codes_of("barriers")
    known = [barriers[code] for code in encounter.barriers if code in barriers]
    return [{"label": localize(row.text), "response": localize(row.response or {})} for row in known]


LABELS_UP_TO = 12
"""With more people around, the picture shows their numbers only, and the list says who they are."""


@permission_required(Permission.SEE_RECORD, method="GET")
def family(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show who is around the person on a day, today or an earlier one on which something changed."""
    opened, today = open_person(request, record), clock.today()
    ties = ecomap.list_ties(opened)
    days = rules.days_of_change(tie.states for tie in ties.values())
    chosen, day = _chosen_day(days, request.GET.get("at", "")) or (len(days) - 1, today)
    around = ecomap.list_states(opened, day)
    context = {
        **labels.record_heading(opened),
        "day": day,
        "is_now": chosen == len(days) - 1,
        "days": list(enumerate(days)),
        "chosen": chosen,
        "rows": _picture_rows(around, excluded=ecomap.excluded_words(opened)),
        "rings": _used_rings(around.values()),
        "with_labels": len(around) <= LABELS_UP_TO,
        "other_ties": [(key, rules.newest(tie.states)) for key, tie in ties.items() if key not in around],
        "dangerous": ecomap.list_dangerous(opened, today),
        "undos": corrections.list_undos(opened, corrections.TIE, worker=request.viewer.worker),
        "stances": STANCES.members,
        "links": TIE_LINKS.members,
    }
    return render(request, "cases/family.html", context)


def _chosen_day(days: list[date], typed: str) -> tuple[int, date] | None:
    """Return the chosen day of change with its number; None for today."""
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else len(days)
    return (number, days[number]) if number < len(days) - 1 else None


def _picture_rows(around: Mapping[str, documents.TieState], *, excluded: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return the rows of the picture and the list, with everybody's place."""
    spots = rules.positions([rules.ring_of(state) for state in around.values()])
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
            "excluded": state.who.strip().casefold() in excluded,
            "ask_exclusion": rules.may_be_exploiter(state),
        }
        for number, ((key, state), spot) in enumerate(zip(around.items(), spots, strict=True), start=1)
    ]


def _used_rings(around: Iterable[documents.TieState]) -> list[tuple[str, int]]:
    """Return the rings that are used, with their distances, the outermost first."""
    distances = rules.radii(rules.ring_of(state) for state in around)
    return [(RINGS.label(ring), radius) for ring, radius in reversed(distances.items())]


@permission_required(Permission.SEE_RECORD)
def save_tie(request: StaffRequest, record: UUID, tie: UUID | None = None) -> HttpResponse:
    """Add somebody around the person, or record how they treat the person now; earlier states stay.

    If a colleague changed it meanwhile, theirs is shown beside what was typed.
    """
    opened, key = open_person(request, record), str(tie) if tie else ""
    state, version, states = _current_tie(opened, key)
    form = TieForm(post_data(request), state=state, version=version)
    if form.is_valid():
        by = acting(request)
        new = form.to_state(by=by.worker, at=by.at)
        with form.saving():
            ecomap.save_state(opened, new, by=by, key=key, expected=form.cleaned_data["version"])
            return redirect_with_message(request, _("Saved."), "family", record)
    if form.is_overtaken:
        state, version, states = _current_tie(open_person(request, record), key)
        form.show_again(version=version)
    excluded = ecomap.excluded_words(opened)
    context = {
        "record": record,
        "tie": tie,
        "state": state,
        "states": [(old, list(ecomap.in_words(old))) for old in reversed(states)],
        "theirs": form.is_overtaken,
        "excluded": state is not None and state.who.strip().casefold() in excluded,
    }
    return form_page(request, "cases/tie.html", form, **context)


def _current_tie(opened: OpenRecord, key: str) -> tuple[documents.TieState | None, int, tuple[documents.TieState, ...]]:
    """Return the newest state of a tie, its version and all its states; of a new one nothing."""
    if not key:
        return None, 0, ()
    states = ecomap.get_tie(opened, key).states
    return rules.newest(states), opened.version_of(documents.Tie, key), states


@permission_required(Permission.SEE_RECORD, method="POST")
def exclude_tie(request: StaffRequest, record: UUID, tie: UUID) -> HttpResponse:
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
    rows = [{name: row[name] for name in ("relation", "ring", "spot")} for row in _picture_rows(around)]
    return render(request, "cases/circle.html", {"rows": rows, "rings": _used_rings(around.values())})
