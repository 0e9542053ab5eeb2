"""Records that may be of one person: listed with reasons, compared, marked as different, merged, separated."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, posted, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import duplicates, labels
from suar.cases.codes import DUPLICATE_REASONS
from suar.cases.documents import CaseCode, Note
from suar.cases.duplicates import Pair
from suar.cases.forms.duplicates import MergeForm, in_words
from suar.cases.rules.duplicates import conflicting_facts, may_undo_merge
from suar.cases.views.person import open_person
from suar.consent.documents import Person
from suar.consent.facts import read_facts
from suar.core import clock
from suar.core.ids import short_code
from suar.core.refusals import Conflict, Refused
from suar.records import budgets
from suar.records import queries as records
from suar.records.keyring import OpenRecord
from suar.referrals import queries as referrals
from suar.screening import queries as talks

MAX_LOOKED_AT_ONCE = 1000
"""So many people are compared on the overview of a person; more only if a worker asks."""


@permission_required(Permission.SEE_RECORD, method="GET")
def duplicate_records(request: StaffRequest, record: UUID) -> HttpResponse:
    """List the records that may be of the same person, and those that were merged into this one."""
    opened, viewer, keys = open_person(request, record), request.viewer, request.keys
    too_many = "HX-Request" in request.headers and records.visible(viewer).count() > MAX_LOOKED_AT_ONCE
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
        "workers": accounts.display_names(merge.by for merge in merges),
    }
    return render(request, "cases/duplicate_records.html", context)


@permission_required(Permission.SEE_RECORD)
def compare_records(request: StaffRequest, record: UUID, other: UUID) -> HttpResponse:
    """Compare two records side by side, then merge them, or remember that they are of two people."""
    pair = _open(request, record, other)
    if "apart" in request.POST:
        duplicates.tell_apart(pair, by=acting(request))
        return redirect_with_message(request, _("Saved: these are two different people."), "person", record)
    status, refused = 200, ""
    form = _form(request, pair)
    if form.is_valid():
        try:
            duplicates.merge(pair, chosen=form.chosen(), seen=form.cleaned_data["seen"], by=acting(request))
        except Conflict:
            pair, status, refused = _open(request, record, other), 409, labels.refusal("changed_meanwhile")
            typed = request.POST.copy()
            typed["seen"] = pair.version
            form = MergeForm(typed, seen=pair.version, facts=_conflicts(pair))
        except Refused as refusal:
            status, refused = 409, labels.refusal(refusal.because)
        else:
            return redirect_with_message(request, _("The records are merged."), "person", record)
    context = {
        "record": record,
        "other": other,
        "form": form,
        "sides": [_side(pair.stays), _side(pair.goes)],
        "rows": list(in_words(_facts(pair)).values()),
        "refused": refused,
        "may_merge": duplicates.may_merge(pair, viewer=request.viewer),
        "not_responsible": labels.refusal("merge_not_responsible"),
    }
    return render(request, "cases/compare_records.html", context, status=400 if form.errors else status)


@permission_required(Permission.SEE_RECORD, method="POST")
def undo_merge(request: StaffRequest, record: UUID, other: UUID) -> HttpResponse:
    """Take two merged records apart again."""
    pair = _open(request, record, other)
    try:
        duplicates.undo_merge(pair, by=acting(request))
    except Refused as refusal:
        context = {"refused": labels.refusal(refusal.because), "record": record}
        return render(request, "cases/merge_refused.html", context, status=409)
    return redirect_with_message(request, _("The records are separate again."), "person", record)


def _open(request: StaffRequest, record: UUID, other: UUID) -> Pair:
    return duplicates.open_pair(open_person(request, record), other, keys=request.keys)


def _form(request: StaffRequest, pair: Pair) -> MergeForm:
    return MergeForm(posted(request), seen=pair.version, facts=_conflicts(pair))


def _conflicts(pair: Pair) -> dict[str, tuple[object, object]]:
    facts = _facts(pair)
    return {name: facts[name] for name in conflicting_facts(read_facts(pair.stays), read_facts(pair.goes))}


def _facts(pair: Pair) -> dict[str, tuple[object, object]]:
    """Return the facts that at least one of both records knows, with both values."""
    ours, theirs = read_facts(pair.stays), read_facts(pair.goes)
    return {name: (ours[name], theirs[name]) for name in ours if ours[name] or theirs[name]}


def _side(record: OpenRecord) -> dict[str, Any]:
    """Return the context of a record's column beside its facts."""
    code, names = record.get(CaseCode), (record.get(Person) or Person()).names
    number = code.code if code else short_code(record.id)
    owner = record.facts.assignee
    return {
        "record": record.id,
        "name": next(iter(names), "") or number,
        "number": number,
        "owner": accounts.display_names([owner]).get(owner, "") if owner else "",
        "talks": len(talks.findings(record)),
        "referrals": len(referrals.sent_for(record)),
        "notes": len(record.get_all(Note)),
    }
