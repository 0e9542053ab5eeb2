"""A person's record: its page, notes, steps, facts, withdrawal, undo, drafts, chats, and likely duplicates."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, form_page, post_data, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import actions, corrections, drafts, duplicates, labels, messenger
from suar.cases.codes import DUPLICATE_REASONS, FACT_PARTS
from suar.cases.documents import Note
from suar.cases.duplicates import Pair, merged_into
from suar.cases.forms import CorrectionForm, NoteForm, TaskForm, WithdrawForm
from suar.cases.forms.facts import DetailsForm, MergeForm, in_words
from suar.cases.forms.papers import PasteForm, SafeTextForm
from suar.cases.queries import get_document
from suar.cases.rules.duplicates import conflicting_facts, may_undo_merge
from suar.cases.views.case import case_page, consent_context, read_received, record_context
from suar.consent import exclusions as exclusion_list
from suar.consent import queries as consents
from suar.consent import wording
from suar.consent.documents import Profile, SafeContact
from suar.consent.facts import list_changes, read_facts
from suar.core import clock
from suar.core.i18n import active_language
from suar.core.refusals import NotYours, Refused
from suar.records import budgets, keyring
from suar.records import queries as records
from suar.records.keyring import OpenRecord
from suar.records.queries import PEOPLE
from suar.records.terms import Kind
from suar.referrals import exclusions, matching, sending
from suar.referrals import queries as referrals
from suar.screening import next_steps, team_opinions
from suar.screening import policy as talk_policy
from suar.screening import queries as talks


@permission_required(Permission.SEE_RECORD, method="GET")
def person(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show a person or a case to a worker who has its keys."""
    return record_page(request, open_person(request, record))


def record_page(request: StaffRequest, opened: OpenRecord, *, status: int = 200, **extra: Any) -> HttpResponse:
    """Show a person or a case with its forms, one of them perhaps filled."""
    if opened.facts.kind is Kind.CASE:
        return case_page(request, opened, status=status, **extra)
    findings = team_opinions.finding_lines(opened, keys=request.keys)
    context = record_context(request, opened, findings=findings)
    context |= {
        "account": talks.account_text(opened),
        "may_note": talks.late_note(opened, by=request.viewer.worker) is not None,
        "was_asked": exclusion_list.was_asked(opened),
        "exclusions": [line for line in exclusions.exclusion_lines(opened) if line["entry"].active],
        "findings": findings,
        "next": next_steps.step_context(opened, worker=request.viewer.worker),
        "needs": matching.need_lines(opened, context["sent"]),
        "may_talk": request.viewer.may(Permission.RUN_TALK) and merged_into(opened) is None,
        **extra,
    }
    return render(request, "cases/person.html", context, status=status)


# Notes and the next step


@permission_required(Permission.SEE_RECORD, method="POST")
def add_note(request: StaffRequest, record: UUID) -> HttpResponse:
    """Add a note."""
    opened, form = open_person(request, record), NoteForm(request.POST)
    if form.is_valid():
        with form.saving():
            actions.add_note(opened, form.cleaned_data["text"], way=form.cleaned_data["way"], by=acting(request))
            return redirect_with_message(request, _("Note added."), "person", record, part="notes")
    return record_page(request, opened, note_form=form, status=400)


@permission_required(Permission.SEE_RECORD, method="POST")
def plan_task(request: StaffRequest, record: UUID) -> HttpResponse:
    """Plan what is done next for the person."""
    opened, form = open_person(request, record, with_shared=True), TaskForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        with form.saving():
            actions.plan_task(opened, data["kind"], data["due"], text=data["text"], by=acting(request))
            return redirect_with_message(request, _("Next step saved."), "person", record, part="next")
    return record_page(request, open_person(request, record), task_form=form, status=400)


@permission_required(Permission.SEE_RECORD, method="POST")
def finish_task(request: StaffRequest, record: UUID, task: UUID) -> HttpResponse:
    """Mark what was to be done as done, or move it to tomorrow."""
    opened = open_person(request, record)
    if "tomorrow" not in request.POST:
        actions.finish_task(opened, task, by=acting(request))
        return redirect_with_message(request, _("Marked as done."), "person", record, part="next")
    try:
        actions.postpone_task(opened, task, by=acting(request))
    except Refused as refusal:
        return record_page(request, opened, refused=labels.refusal(refusal.because), status=409)
    return redirect_with_message(request, _("Moved to tomorrow."), "person", record, part="next")


def open_person(request: StaffRequest, record: UUID, *, with_shared: bool = False) -> OpenRecord:
    """Open a person's record or a case, perhaps with what was shared with it; raises NotYours for anything else."""
    opened = keyring.open_record(record, keys=request.keys)
    if opened.facts.kind not in PEOPLE:
        raise NotYours
    if with_shared:
        read_received(request, opened)
    return opened


# Facts


@permission_required(Permission.SEE_RECORD)
def details(request: StaffRequest, record: UUID) -> HttpResponse:
    """Enter and change facts, on the person's record or the case; with `part` those of one part.

    If a colleague changed one meanwhile, theirs is shown beside what was typed; saving again
    replaces it knowingly.
    """
    opened, part = open_person(request, record), request.GET.get("part", "")
    if part and part not in FACT_PARTS:
        raise NotYours
    form = DetailsForm(post_data(request), initial=read_facts(opened), part=part)
    theirs: list[tuple[Any, object]] = []
    if form.is_valid():
        with form.saving():
            actions.change_details(opened, form.changes, seen=form.details_on_page(), by=acting(request))
            return redirect_with_message(request, _("Details saved."), "person", record)
    if form.is_overtaken:
        opened = open_person(request, record)
        theirs = form.in_words(actions.conflicting_details(opened, form.changes, seen=form.details_on_page()))
        form.show_stored(read_facts(opened))
    context = {
        **labels.record_heading(opened),
        "groups": form.groups(list_changes(opened)),
        "theirs": theirs,
    }
    return form_page(request, "cases/details.html", form, **context)


@permission_required(Permission.GIVE_CONSENT)
def withdraw(request: StaffRequest, record: UUID, consent: UUID) -> HttpResponse:
    """Show what withdrawing a consent does and does not do, and withdraw it."""
    opened = open_person(request, record)
    form = WithdrawForm(post_data(request))
    stored, sent = consents.get_consent(opened, consent), referrals.sent_for(opened)
    if form.is_valid():
        reason, by = form.cleaned_data["reason"], acting(request)
        # Nothing typed is lost: somebody else may have withdrawn it before, in other words.
        same = (stored.withdrawn_by, stored.withdrawal_reason) == (by.worker, reason)
        if not (stored.withdrawn_at and reason) or same:
            sending.withdraw_consent(opened, consent, by=by, reason=reason)
            return redirect_with_message(request, _("Consent withdrawn."), "person", record)
        form.refused = labels.refusal("withdrawn_meanwhile")
    context = {
        **consent_context(stored, sent),
        "warning": _withdrawal_lines([referral for referral in sent if referral.consent == stored.id]),
        "record": opened.id,
        "refused": form.refused,
    }
    return form_page(request, "cases/withdraw.html", form, **context)


def _withdrawal_lines(sent: Sequence[Any]) -> tuple[str, ...]:
    """Return the sentences that are read out at a withdrawal: who read the fields, who only the preview, and when."""
    read, saw = (
        [
            (name or labels.actor_without_account(""), clock.local_date(at))
            for referral in sent
            for name, at in list_readers(referral)
        ]
        for list_readers in (referrals.readers_of, referrals.previewers_of)
    )
    return wording.withdrawal_lines(read, saw)


OWN_PAGES = {corrections.EPISODE: "history", corrections.ATTACHMENT: "attachments", corrections.TIE: "family"}
OWN_PAGES |= {corrections.FOLLOW_UP: "follow_up", corrections.ATTEMPT: "follow_up", corrections.STEP: "plan"}
OWN_PAGES |= {corrections.OFFER: "offers", corrections.ENCOUNTER: "encounters"}
"""Pages to return to after an undo, by kind; the other kinds lead to the record."""
PARTS = {corrections.STEP: "steps", corrections.NOTE: "notes", corrections.TASK: "next", corrections.OFFER: "offers"}
"""The parts of these pages at which the message stands, by kind."""


@permission_required(Permission.SEE_RECORD)
def correct_note(request: StaffRequest, record: UUID, note: UUID) -> HttpResponse:
    """Correct a note or strike it out; if a colleague was first, both wordings are shown."""
    opened, key = open_person(request, record), str(note)
    stored = get_document(opened, Note, key)
    form = CorrectionForm(post_data(request), initial={"text": stored.text, "seen": stored.text})
    if form.is_valid():
        data, by, strike = form.cleaned_data, acting(request), "strike" in request.POST
        with form.saving():
            if strike:
                corrections.strike_note(opened, key, data["reason"], by=by)
            else:
                corrections.correct_note(opened, key, data["text"], seen=data["seen"], by=by)
            message = _("Note struck out.") if strike else _("Note corrected.")
            return redirect_with_message(request, message, "person", record, part="notes")
    if form.is_overtaken:
        stored = get_document(open_person(request, record), Note, key)
        form.show_again(seen=stored.text)
    theirs = stored.text if form.is_overtaken else ""
    return form_page(request, "cases/correct_note.html", form, **labels.record_heading(opened), theirs=theirs)


@permission_required(Permission.SEE_RECORD, method="POST")
def undo(request: StaffRequest, record: UUID) -> HttpResponse:
    """Undo what the worker has just saved on this page."""
    opened, what = open_person(request, record), request.POST.get("what", "")
    try:
        corrections.undo(opened, what, request.POST.get("key", ""), by=acting(request))
    except Refused as refusal:
        return record_page(request, opened, refused=labels.refusal(refusal.because), status=409)
    return redirect_with_message(request, _("Undone."), OWN_PAGES.get(what, "person"), record, part=PARTS.get(what, ""))


@permission_required(Permission.SEE_RECORD, talk=None, method="POST")
def save_draft(request: StaffRequest, record: UUID) -> HttpResponse:
    """Seal a draft, or forget it; *Leave now* sends it in the request that ends the session."""
    opened, form = keyring.open_record(record, keys=request.keys), request.POST.get(drafts.FIELD, "")
    if opened.facts.kind not in (*PEOPLE, Kind.TALK):
        raise NotYours
    if "discard" in request.POST:
        drafts.delete_draft(record, form, keys=request.keys)
        return HttpResponse(status=204)
    typed = dict(request.POST.lists())
    drafted = talk_policy.drafted_fields(typed) if opened.facts.kind is Kind.TALK else typed
    stored = drafts.save_draft(opened, form, drafted, by=acting(request))
    return HttpResponse(status=204 if stored else 413)


@permission_required(Permission.SEE_RECORD)
def messenger_page(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show the sentence that is safe to send, store the person's choice, or store a pasted chat."""
    opened, is_paste = open_person(request, record, with_shared=True), "paste" in request.POST
    language = (opened.known(Profile) or Profile()).language
    paste = PasteForm(request.POST if is_paste else None)
    choice = SafeTextForm(
        request.POST if request.method == "POST" and not is_paste else None,
        initial={"language": language or active_language()},
    )
    if paste.is_valid():
        data = paste.cleaned_data
        way = messenger.BY_MESSAGE if data["from_person"] else ""
        by = acting(request)
        messenger.paste_chat(opened, data["text"], data["messenger"], target=data["target"], way=way, by=by)
        saved = _("Saved. Now delete the chat on both phones, then copy something else to clear the copied text.")
        return redirect_with_message(request, saved, "messenger", record)
    if choice.is_valid():
        data = choice.cleaned_data
        messenger.agree_safe_text(opened, data["sentence"], data["language"], by=acting(request))
        return redirect_with_message(request, _("Saved."), "messenger", record)
    sentence, language = messenger.safe_text(opened)
    context = {
        **labels.record_heading(opened),
        "paste": paste,
        "choice": choice,
        "sentence": sentence,
        "sentence_in": language,
        "is_draft": messenger.is_draft(language),
        "unsafe": (opened.known(SafeContact) or SafeContact()).no_messages,
    }
    return render(request, "cases/messenger.html", context, status=400 if paste.errors or choice.errors else 200)


MAX_COMPARED_ON_OVERVIEW = 1000
"""Up to this many people are compared when the page of a person loads; beyond that only if a worker asks."""


@permission_required(Permission.SEE_RECORD, method="GET")
def duplicate_records(request: StaffRequest, record: UUID) -> HttpResponse:
    """List the records that may be of the same person, and those that were merged into this one."""
    opened, viewer, keys = open_person(request, record), request.viewer, request.keys
    too_many = "HX-Request" in request.headers and records.visible(viewer).count() > MAX_COMPARED_ON_OVERVIEW
    likely = [] if too_many else duplicates.find_likely(opened, viewer=viewer, keys=keys)
    spent = not budgets.count_names(viewer, [other for other, _ in likely], at=clock.now())
    if spent:
        likely, keys.listed = [], 0
    merges, into = duplicates.merges_of(opened), duplicates.merged_into(opened)
    others = {*(other for other, _ in likely), *(merge.record for merge in merges), *([into] if into else [])}
    entries = records.index_entries(others, keys=keys)
    names = {other: labels.name_of_entry(other, opened.facts.kind, entries.get(other)) for other in others}
    context = {
        **labels.record_heading(opened),
        "spent": labels.refusal("names_spent") if spent else "",
        "likely": [
            {"record": other, "name": names[other], "reasons": labels.codes_in_words(DUPLICATE_REASONS, why)}
            for other, why in likely
        ],
        "merges": [
            {"merge": merge, "name": names[merge.record], "may_undo": may_undo_merge(merge.at, now=clock.now())}
            for merge in merges
        ],
        "into": {"record": into, "name": names[into]} if into else None,
    }
    return render(request, "cases/duplicate_records.html", context)


@permission_required(Permission.SEE_RECORD)
def compare_records(request: StaffRequest, record: UUID, other: UUID) -> HttpResponse:
    """Compare two records side by side, then merge them, or remember that they are of two people."""
    pair = _open_pair(request, record, other)
    if "apart" in request.POST:
        duplicates.mark_as_different(pair, by=acting(request))
        return redirect_with_message(request, _("Saved: these are two different people."), "person", record)
    form = MergeForm(post_data(request), seen=pair.version, facts=_conflicts(pair))
    if form.is_valid():
        with form.saving():
            duplicates.merge(pair, chosen=form.chosen(), seen=form.cleaned_data["seen"], by=acting(request))
            return redirect_with_message(request, _("The records are merged."), "person", record)
    if form.is_overtaken:
        pair, typed = _open_pair(request, record, other), request.POST.copy()
        typed["seen"] = pair.version
        form = MergeForm(typed, seen=pair.version, facts=_conflicts(pair))
        form.refused = labels.refusal("changed_meanwhile")
    context = {
        "record": record,
        "other": other,
        "columns": [_column(pair.stays), _column(pair.goes)],
        "rows": list(in_words(_compared_facts(pair)).values()),
        "refused": form.refused,
        "may_merge": duplicates.may_merge(pair, viewer=request.viewer),
        "not_responsible": labels.refusal("merge_not_responsible"),
    }
    return form_page(request, "cases/compare_records.html", form, **context)


@permission_required(Permission.SEE_RECORD, method="POST")
def undo_merge(request: StaffRequest, record: UUID, other: UUID) -> HttpResponse:
    """Separate two merged records."""
    pair = _open_pair(request, record, other)
    try:
        duplicates.undo_merge(pair, by=acting(request))
    except Refused as refusal:
        return record_page(request, pair.stays, refused=labels.refusal(refusal.because), status=409)
    return redirect_with_message(request, _("The records are separate again."), "person", record)


def _open_pair(request: StaffRequest, record: UUID, other: UUID) -> Pair:
    return duplicates.open_pair(open_person(request, record), other, keys=request.keys)


def _conflicts(pair: Pair) -> dict[str, tuple[object, object]]:
    """Return the facts between which a worker has to choose, with both values."""
    facts = _compared_facts(pair)
    return {name: facts[name] for name in conflicting_facts(read_facts(pair.stays), read_facts(pair.goes))}


def _compared_facts(pair: Pair) -> dict[str, tuple[object, object]]:
    """Return the facts that at least one of both records knows, with both values."""
    ours, theirs = read_facts(pair.stays), read_facts(pair.goes)
    return {name: (ours[name], theirs[name]) for name in ours if ours[name] or theirs[name]}


def _column(record: OpenRecord) -> dict[str, Any]:
    """Return the context of a record's column above its facts."""
    owner = record.facts.assignee
    return {
        **labels.record_heading(record),
        "owner": accounts.display_names([owner]).get(owner, "") if owner else "",
        "talks": len(talks.findings(record)),
        "referrals": len(referrals.sent_for(record)),
        "notes": len(record.get_all(Note)),
    }
