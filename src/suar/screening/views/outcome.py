"""Pages at the end of a talk: stop and outcome."""

from collections.abc import Mapping
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts import sessions
from suar.accounts.acting import acting
from suar.accounts.cookies import cookies_of
from suar.accounts.http import StaffRequest, post_data, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import POLICE, Permission, Viewer
from suar.consent.documents import Account, Person, Warnings, Wish
from suar.consent.exclusions import new_exclusions
from suar.core import clock
from suar.core.refusals import Conflict, Refused
from suar.records.documents import Document
from suar.records.keyring import OpenRecord
from suar.records.terms import ALL, EXCLUDED, Compartment, RecordFacts
from suar.screening import actions, next_steps, policy, queries
from suar.screening.actions import Conclusion, age_profile
from suar.screening.codes import Answer, Outcome, Step
from suar.screening.documents import Reported, Reporter
from suar.screening.forms import AS_SUGGESTED, CallForm, OutcomeForm, ReportForm
from suar.screening.queries import answers_of, version_of
from suar.screening.rules import next_steps as step_rules
from suar.screening.rules import outcomes, steps
from suar.screening.rules.answers import AgeBand, Answers, Call, Path, Reason, definition_path, path_of
from suar.screening.rules.instrument import Instrument, instrument_of
from suar.screening.rules.needs import need_of_stop, requires_call, urgent_needs, waiting_needs
from suar.screening.rules.note import BARE, may_note_needs, may_write_note
from suar.screening.rules.prompts import theme_of
from suar.screening.rules.retention import CODES, retention_after
from suar.screening.rules.setting import is_report, place_of
from suar.screening.step_context import SIGNPOST, person_context, progress
from suar.screening.views import talk
from suar.screening.views.talk import TalkRequest, of_open_talk
from suar.screening.wording import PROBLEMS, code_words, problem_words

PAUSE, GO_ON, FIND = "pause", "on", "find"
FIELD_OF = dict.fromkeys(("REASON_MISSING", "REASON_UNKNOWN", "REASON_DOES_NOT_FIT"), "reason")
FIELD_OF |= {"WORDS_MISSING": "words", "STEP_NOT_OFFERED": "next_step"}
FIELD_OF |= dict.fromkeys(("STEP_NEEDS_COLLEAGUE", EXCLUDED), "next_owner")
WITH_SIGNS = frozenset({Outcome.PRESUMED_VICTIM, Outcome.POSSIBLE_AT_RISK})
MAX_CHANGES = 3
ALWAYS_VISIBLE, PAY_NOTE = "PAPERS_LAWFUL", "MEN_TOO"
"""Notes on every outcome page (lawful papers lower nothing), and where the person spoke of pay."""
PAY_PROMPTS = ("SG_PAID", "Q18", "Q20", "QS3")
SAFETY_SERVICES = ("SAF_RISK", "HOU_EMERGENCY", "SAF_PROTECTION")


@permission_required(Permission.RUN_TALK, talk=True)
@of_open_talk
def stop(request: TalkRequest, opened: OpenRecord) -> HttpResponse:
    """Offer a pause and the stop rules of a step. A talk stops only when the worker chooses a rule."""
    answers = answers_of(opened)
    step = request.POST.get("step") or request.GET.get("step")
    now = talk.get_step(step, answers) if step else steps.current_step(answers)
    if request.POST.get("go") == PAUSE:
        sessions.set_in_talk(cookies_of(request).session, in_talk=False)
        return redirect_with_message(request, _("Talk paused."), "day")
    context = {"record": opened.id, "step": now, "stops": steps.stops_offered(now, answers)}
    if request.method == "POST":
        try:
            actions.stop_talk(opened, answers, rule=request.POST.get("stop", ""), step=now, by=acting(request))
        except Refused as refusal:
            context["problem"] = PROBLEMS.label(refusal.because)
        else:
            return redirect("talk_outcome", opened.id)
    return render(request, "screening/stop.html", context, status=400 if "problem" in context else 200)


@permission_required(Permission.RUN_TALK, talk=True)
@of_open_talk
def outcome(request: TalkRequest, opened: OpenRecord) -> HttpResponse:
    """Show the summary, and end the talk with the outcome and reason that the worker chose."""
    answers = answers_of(opened)
    if _ends_as_report(answers) and steps.first_open(Step.WRITE, answers):
        return redirect("talk", opened.id)
    if request.POST.get("go") == GO_ON and answers.stopped_by:
        actions.resume_talk(opened, answers, by=acting(request))
        return redirect("talk", opened.id)
    form, call = _outcome_form(request, opened, answers), _call_form(request, answers)
    if all([form.is_valid(), call is None or call.is_valid()]):
        version = form.cleaned_data["version"]
        expected = version_of(opened) if version is None else version
        try:
            return talk.end_talk(request, opened, _conclusion(form, answers, call), expected=expected)
        except Refused as refusal:
            words = problem_words(instrument_of(answers), refusal.because)
            form.add_error(FIELD_OF.get(refusal.because, "outcome"), words)
        except Conflict:
            form.add_error(None, PROBLEMS.label("ended_otherwise"))
    return _outcome_page(request, talk.reopen(request, opened), form, call)


@permission_required(Permission.RUN_TALK, method="GET")
def practice_ended(request: StaffRequest) -> HttpResponse:
    """Confirm that a practice talk stored nothing."""
    return render(request, "screening/practice_ended.html")


def _call_form(request: TalkRequest, answers: Answers) -> CallForm | None:
    """Return the form that asks whom the worker reached, or None if the talk does not require a call."""
    stop = steps.final_stop(answers)
    if stop is None or not requires_call(stop):
        return None
    need = need_of_stop(urgent_needs(answers), stop)
    earlier = Call(need.acted, need.who_answers) if need else None
    return CallForm(post_data(request), talk=instrument_of(answers), earlier=earlier)


def _ends_as_report(answers: Answers) -> bool:
    return is_report(answers) and steps.final_stop_code(answers) is None


def _outcome_form(request: TalkRequest, opened: OpenRecord, answers: Answers) -> OutcomeForm | ReportForm:
    """Return the form with the posted values.

    It is not validated if the worker only searched an organisation or changed the language.
    """
    without_saving = talk.change_language(request) or request.POST.get("go") == FIND
    initial: dict[str, Any] = request.POST.dict()
    initial |= {name: request.POST.getlist(name) for name in ("exclude_providers", "exclude_workers", "avoid")}
    posted = request.POST if request.method == "POST" and not without_saving else None
    filled, workers = initial if without_saving else None, cache(partial(colleagues, opened.facts, request.viewer))
    form: OutcomeForm | ReportForm = ReportForm(posted, initial=filled)
    if not _ends_as_report(answers):
        compartments = compartments_to_offer(answers, by=request.viewer)
        suggested = _suggested_outcome(answers) if posted else None
        form = OutcomeForm(posted, initial=filled, compartments=compartments, workers=workers, suggested=suggested)
    is_known = queries.has_contact(request.continues, keys=request.keys)
    stop, has_contact = steps.final_stop(answers), is_known or "contact" in form.fields
    default = step_rules.default_step(answers, stop, has_name=False, has_contact=has_contact)
    form.offer_steps(default, workers, has_contact=is_known, stores=stop is None or stop.keeps != BARE)
    return form


def _suggested_outcome(answers: Answers) -> Outcome | None:
    """Return the suggested outcome, which needs no other reason; None in forms whose reasons do not offer that."""
    talk, stopped_by = instrument_of(answers), steps.final_stop_code(answers)
    elements = outcomes.element_values(answers, path_of(answers))
    suggestion = outcomes.suggest(elements, definition_path(answers), stopped_by, talk=talk)
    return suggestion.outcome if AS_SUGGESTED in talk.tables.reasons else None


def _outcome_page(
    request: TalkRequest, opened: OpenRecord, form: OutcomeForm | ReportForm, call: CallForm | None
) -> HttpResponse:
    """Render the summary with the current answers and the typed values."""
    answers, version, picked = answers_of(opened), version_of(opened), None
    if request.method == "POST":
        picked = request.POST.get("outcome", ""), request.POST.get("reason", "")
    summary = summary_context(opened.id, answers, by=request.viewer, version=version, picked=picked)
    context = {
        "summary": summary,
        "form": form,
        "call": call,
        **_next_context(form.default_step, answers, opened.facts, by=request.viewer),
        "check_step": summary["suggestion"].outcome in WITH_SIGNS,
    }
    context |= {**talk.practice_context(request.practice, "OUTCOME"), **talk.earlier_context(request)}
    context |= person_context(answers)
    context["agreed_word"] = step_rules.agreed_word(context["earlier"]["record"] if "earlier" in context else opened.id)
    template = "screening/report_end.html" if _ends_as_report(answers) else "screening/outcome.html"
    return render(request, template, context, status=400 if form.errors or (call and call.errors) else 200)


def _next_context(step: str, answers: Answers, facts: RecordFacts, *, by: Viewer) -> dict[str, Any]:
    """Return the context of the next step and the note; with somebody near the step is folded."""
    note, stop = may_write_note(answers, in_talk=True), steps.final_stop_code(answers)
    outside, owner = next_steps.calls_outside(step, facts), next_steps.likely_owner(facts, step, by=by)
    return {
        "step": step_rules.STEPS.label(step),
        "is_open": (outside or step in step_rules.MUST_HAVE_OWNER - {step_rules.REACH}) and policy.may_leave_card(stop),
        "step_owner": accounts.display_names([owner]).get(owner, "") if owner else "",
        "step_due": step_rules.due_day(step, today=clock.today()),
        "calls_outside": outside,
        "step_services": next_steps.STEP_SERVICES[step] if outside or step == step_rules.LAWYER else (),
        "note": "now" if note else note.because,
    }


def _conclusion(form: OutcomeForm | ReportForm, answers: Answers, call: CallForm | None) -> Conclusion:
    """Return the end of a talk as it was typed. A report claims nothing, because nobody has asked the person yet."""
    data, exclusions = form.cleaned_data, None
    if isinstance(form, ReportForm):
        kinds: tuple[type[Document], ...] = (Reported, Reporter)
        return Conclusion(
            outcome=Outcome.UNABLE,
            reason=Reason(),
            wished=frozenset(ALL),
            documents=tuple(kind(**{name: data[name] for name in kind.model_fields}) for kind in kinds),
            next_step=form.chosen_step,
        )
    if data.get("exclude"):
        exclusions = new_exclusions(data["exclude_providers"], data["exclude_workers"], data["exclude_words"])
    return Conclusion(
        outcome=Outcome(data["outcome"]),
        reason=Reason(data["reason"], data["words"]),
        wished=frozenset(ALL) if data.get("keep") == policy.YES else frozenset(),
        documents=_documents(data, answers),
        exclusions=exclusions,
        call=call.call if call else None,
        next_step=form.chosen_step,
    )


def _documents(data: Mapping[str, Any], answers: Answers) -> tuple[Document, ...]:
    """Return the typed values as documents; empty fields make none."""
    documents: list[Document] = [age_profile(answers)]
    if data.get("name"):
        documents.append(Person(name=data["name"]))
    conditions = next_steps.contact_conditions(data.get("avoid", ()))
    if data.get("contact") or data.get("hours") or conditions.rules:
        reached = {"phone": data.get("contact", ""), "hours": data.get("hours", "")}
        documents.append(conditions.model_copy(update=reached))
    statements = {"story": Account, "wish": Wish, "do_not": Warnings}
    return *documents, *(of(text=data[name]) for name, of in statements.items() if data.get(name))


def summary_context(
    record: UUID, answers: Answers, *, by: Viewer, version: int, picked: tuple[str, str] | None
) -> dict[str, Any]:
    """Return the context of the outcome page.

    `picked`: the posted outcome and reason, or None when the page opens.
    """
    talk, stopped_by, path = instrument_of(answers), steps.final_stop_code(answers), path_of(answers)
    elements, child = outcomes.element_values(answers, path), policy.is_known_child(answers)
    suggestion = outcomes.suggest(elements, definition_path(answers), stopped_by, talk=talk)
    default = policy.default_choice(answers, suggestion.outcome, stopped_by)
    outcome, reason = picked or default
    ready = outcomes.may_conclude(Outcome.POSSIBLE_AT_RISK, answers, stopped_by)
    changes = _changes(answers, path, stopped_by)
    talked_about_pay = any(answers.choices.get(code) == Answer.YES for code in PAY_PROMPTS)
    notes = (*suggestion.notes, ALWAYS_VISIBLE, *([PAY_NOTE] if talked_about_pay else ()))
    return {
        "record": record,
        "version": version,
        "marks": progress(talk, None, stopped_at=steps.current_step(answers) if stopped_by else None),
        "earlier": steps.current_step(answers),
        "first": talk.order[0],
        "place_was_bad": steps.place_was_bad(answers) and stopped_by is None,
        "still_open": "" if ready else code_words(talk, ready.because),
        "waiting": waiting_needs(answers),
        "notes_needs": may_note_needs(answers),
        "talk": talk,
        "path": path,
        "lines": outcomes.element_lines(answers, elements),
        "suggestion": suggestion,
        "notes": [code for code in notes if code in talk.words or code in talk.tables.notes],
        "would_change": changes,
        "asked_changes": sum(bool(row["theme"]) for row in changes),
        "by_others": [talk.signs[code] for code in elements.by_others],
        "safety_services": SAFETY_SERVICES,
        "saw": any(talk.signs[code].observed for ticked in answers.signs.values() for code in ticked),
        "elsewhere": outcomes.signs_without_element(answers),
        "closing": [(child and row.child) or row.text for row in talk.closing],
        "outcomes": _choices(answers, elements, suggestion, chosen=outcome),
        "reasons": talk.tables.reasons.values(),
        "reason": reason,
        "stopped": stop_context(answers),
        "default_outcome": code_words(talk, default[0]),
        "why_nothing_stored": _why_nothing_stored(talk, answers, by=by),
        "is_child": child,
        "is_adult": path is Path.ADULT and answers.age.best_band is not AgeBand.UNKNOWN,
    }


def _choices(
    answers: Answers, elements: outcomes.Elements, suggestion: outcomes.Suggestion, *, chosen: str
) -> list[dict[str, Any]]:
    """Return the outcomes with what the person hears, and why one cannot be chosen.

    After a stop the page shows what may be chosen and nothing more: somebody may look at it.
    """
    talk, child = instrument_of(answers), policy.is_known_child(answers)
    return [
        {
            "words": choice,
            "statement": choice.child if child else choice.say,
            "relation": outcomes.compared(choice.code, suggestion, tables=talk.tables),
            "chosen": choice.code == chosen,
            "why_not": _why_not(choice.code, answers, elements, suggestion),
        }
        for choice in talk.tables.outcomes.values()
        if suggestion.stopped_by is None or choice.code in suggestion.offered
    ]


def _changes(answers: Answers, path: Path, stopped_by: str | None) -> list[dict[str, Any]]:
    """Return the open questions that matter most, each with the theme on whose page it is asked."""
    changes = outcomes.what_would_change(answers, path, stopped_by)
    questions = instrument_of(answers).questions
    first = [change for change in changes if change.question][:MAX_CHANGES]
    rows = [*first, *(change for change in changes if not change.question)]
    return [{"change": row, "theme": theme_of(questions[row.question]) if row.question else ""} for row in rows]


def _why_not(
    outcome: Outcome, answers: Answers, elements: outcomes.Elements, suggestion: outcomes.Suggestion
) -> list[str]:
    """Return why an outcome cannot be chosen, as texts; [] if it can."""
    talk, stopped_by = instrument_of(answers), suggestion.stopped_by
    codes: list[str] = []
    if outcome not in suggestion.offered:
        asked_too_little = stopped_by is None and outcome is Outcome.NOT_INDICATED
        codes = list(elements.missing) if asked_too_little else ["NOT_OFFERED"]
    elif not (decision := outcomes.may_conclude(outcome, answers, stopped_by)):
        codes = [decision.because]
    return [code_words(talk, code) for code in codes]


def stop_context(answers: Answers) -> dict[str, Any] | None:
    """Return the stop rule a talk ends by with its texts and services, or None."""
    stop = steps.final_stop(answers)
    if stop is None:
        return None
    return {
        "stop": stop,
        "say": policy.words_after_stop(stop, place=place_of(answers), is_child=policy.is_known_child(answers)),
        "services": stop.services or SIGNPOST,
        "tapped": answers.stopped_by == stop.code,
        "quiet": not policy.may_leave_card(stop.code),
    }


def compartments_to_offer(answers: Answers, *, by: Viewer) -> frozenset[Compartment]:
    """Return the compartments that the person may choose to store; police store codes only."""
    if by.role in POLICE:
        return CODES
    wished = frozenset() if steps.place_was_bad(answers) else frozenset(ALL)
    stop = steps.final_stop_code(answers)
    return retention_after(Outcome.UNABLE, wished, stop, talk=instrument_of(answers)).compartments


def colleagues(talk: RecordFacts, viewer: Viewer) -> dict[UUID, str]:
    """Return the names of the other members of the team, who get access to the record."""
    members = accounts.members_by_name(talk.team)
    others = [member for member in members.items() if member[0] != viewer.worker]
    return dict(sorted(others, key=lambda member: member[1].casefold()))


def _why_nothing_stored(talk: Instrument, answers: Answers, *, by: Viewer) -> str:
    """Return why no name can be stored, or "" if the person may choose."""
    if compartments_to_offer(answers, by=by) - CODES:
        return ""
    if by.role in POLICE:
        return code_words(talk, "POLICE_KEEP_CODES")
    if steps.place_was_bad(answers):
        return code_words(talk, "PLACE_KEEPS_CODES" if "PLACE_KEEPS_CODES" in talk.words else "KEEP_CODES")
    return code_words(talk, retention_after(Outcome.UNABLE, None, steps.final_stop_code(answers), talk=talk).because)
