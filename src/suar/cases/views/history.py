"""The person's history: times of exploitation in order, and the stages of their life."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import corrections, episodes, labels
from suar.cases.codes import DATE_CONFLICTS, EPISODE_FORMS, EPISODE_MEANS, LIFE_FACTORS, LIFE_STAGES
from suar.cases.documents.history import Episode, EpisodeFacts, LifeStage, LifeStages
from suar.cases.forms.episodes import KINDS, EpisodeForm, StageForm, facts_in_words
from suar.cases.views.person import open_person
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records.keyring import OpenRecord

Lines = list[tuple[str, str]]


@permission_required(Permission.SEE_RECORD)
@require_GET
def history(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show the times of exploitation in order of time, and strengths and vulnerabilities by stage of life."""
    opened = open_person(request, record)
    listed, struck = episodes.list_episodes(opened), episodes.list_episodes(opened, struck=True)
    stages = episodes.read_stages(opened)
    names = {key: labels.time_in_words(item.facts.start, item.facts.end) for key, item in listed.items()}
    undos = corrections.list_undos(opened, worker=request.viewer.worker, at=clock.now())
    context = {
        "record": record,
        **labels.record_heading(opened),
        "episodes": [_episode_lines(key, episode) for key, episode in listed.items()],
        "struck": [_episode_lines(key, episode) for key, episode in struck.items()],
        "conflicts": [
            {"text": DATE_CONFLICTS.label(conflict.code), "times": [names[key] for key in conflict.keys]}
            for conflict in episodes.list_conflicts(opened)
        ],
        "known": _known(opened) if not listed else "",
        "stages": [_stage_lines(code, stage) for code, stage in stages.items()],
        "undos": [undo for undo in undos if undo.what == corrections.EPISODE],
        "workers": accounts.display_names(_workers([*listed.values(), *struck.values()], stages.values())),
    }
    return render(request, "cases/history.html", context)


@permission_required(Permission.SEE_RECORD)
@require_http_methods(["GET", "POST"])
def save_episode(request: StaffRequest, record: UUID, episode: UUID | None = None) -> HttpResponse:
    """Add, change or strike out a time of exploitation; if a colleague changed it meanwhile, theirs is shown."""
    opened, key = open_person(request, record), str(episode or "")
    facts, version = _start(opened, key)
    form = EpisodeForm(request.POST if request.method == "POST" else None, facts=facts, version=version)
    theirs: Lines = []
    if form.is_valid():
        data, by = form.cleaned_data, acting(request)
        try:
            if key and "strike" in request.POST:
                episodes.strike_episode(opened, key, data["reason"], by=by)
            else:
                changed = form.current_facts()
                episodes.save_episode(opened, changed, key=key, expected=data["version"], by=by)
        except Conflict:
            facts, version = _start(open_person(request, record), key)
            theirs = _in_words(facts)
            form.data = typed = request.POST.copy()
            typed["version"] = str(version)
        except Refused as refusal:
            form.add_error(None, labels.refusal(refusal.because))
        else:
            return redirect_with_message(request, _("What happened is saved."), "history", record)
    context = {
        "form": form,
        "record": record,
        "key": key,
        "theirs": theirs,
        "prefilled": not key and bool(_in_words(facts)),
    }
    return render(request, "cases/episode.html", context, status=409 if theirs else 400 if form.errors else 200)


@permission_required(Permission.SEE_RECORD)
@require_http_methods(["GET", "POST"])
def life_stage(request: StaffRequest, record: UUID, stage: str) -> HttpResponse:
    """Record strengths and vulnerabilities at one stage of life."""
    opened, stage = open_person(request, record), stage.upper()
    if stage not in LIFE_STAGES:
        raise NotYours
    typed, known = request.POST if request.method == "POST" else None, episodes.read_stages(opened)[stage]
    form = StageForm(typed, stage=stage, known=known, version=opened.version_of(LifeStages))
    theirs = None
    if form.is_valid():
        data = form.cleaned_data
        try:
            episodes.save_stage(
                opened,
                stage,
                factors=form.factors(),
                words=data["words"],
                expected=data["version"],
                by=acting(request),
            )
        except Conflict:
            fresh = open_person(request, record)
            theirs = _stage_lines(stage, episodes.read_stages(fresh)[stage])
            form.data = again = request.POST.copy()
            again["version"] = str(fresh.version_of(LifeStages))
        else:
            return redirect_with_message(request, _("Strengths and vulnerabilities are saved."), "history", record)
    context = {"form": form, "record": record, "stage": LIFE_STAGES[stage], "theirs": theirs}
    return render(request, "cases/life_stage.html", context, status=409 if theirs else 400 if form.errors else 200)


def _start(record: OpenRecord, key: str) -> tuple[EpisodeFacts, int]:
    """Return the initial facts of the form of an episode, and its version; those of the first one are from talks."""
    if key:
        return episodes.get_episode(record, key).facts, record.version_of(Episode, key)
    return EpisodeFacts() if episodes.list_episodes(record) else episodes.first_facts(record), 0


def _known(record: OpenRecord) -> str:
    facts = episodes.first_facts(record)
    forms, means = labels.codes_in_words(EPISODE_FORMS, facts.forms), labels.codes_in_words(EPISODE_MEANS, facts.means)
    return " · ".join(filter(None, (forms, means)))


def _in_words(facts: EpisodeFacts) -> Lines:
    """Return the filled answers with the labels of their fields, without the dates and place of the heading."""
    fields = EpisodeForm.base_fields
    return [(str(fields[name].label), text) for name, text in facts_in_words(facts)]


def _episode_lines(key: str, episode: Episode) -> dict[str, Any]:
    """Return the context of an episode and of its earlier versions, newest first."""
    return {
        "key": key,
        "episode": episode,
        "when": labels.time_in_words(episode.facts.start, episode.facts.end),
        "where": labels.place_in_words(episode.facts),
        "lines": [
            line
            for line, name in zip(_in_words(episode.facts), dict(facts_in_words(episode.facts)), strict=True)
            if name not in ("start", "end", "country", "place", "sector")
        ],
        "former": [{"version": version, "lines": _in_words(version.facts)} for version in reversed(episode.former)],
    }


def _stage_lines(code: str, stage: LifeStage | None) -> dict[str, Any]:
    """Return the context of a stage: strengths and vulnerabilities side by side, and what was known earlier."""
    factors = [LIFE_FACTORS[factor] for factor in (stage.factors if stage else ()) if factor in LIFE_FACTORS]
    return {
        "code": LIFE_STAGES[code],
        "stage": stage,
        "columns": [[factor.label for factor in factors if factor["kind"] == kind] for kind in KINDS],
        "former": [
            {"version": version, "factors": labels.codes_in_words(LIFE_FACTORS, version.factors)}
            for version in reversed(stage.former if stage else ())
        ],
    }


def _workers(listed: Iterable[Episode], stages: Iterable[LifeStage | None]) -> set[UUID]:
    parts: list[Any] = [*listed, *(stage for stage in stages if stage)]
    struck = {episode.struck_by for episode in listed if episode.struck_by}
    return {part.by for part in parts} | {version.by for part in parts for version in part.former} | struck
