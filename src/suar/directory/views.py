"""Staff pages of the directory, and the page that a provider opens with a link.

Opening a link changes nothing, since mail scanners follow links too; only a POST counts.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from suar.accounts import queries as accounts
from suar.accounts.acting import Anonymous, acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import open_to_all, permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.directory import (
    actions,
    duplicates,
    editors,
    error_reports,
    freshness,
    gaps,
    labels,
    proposals,
    provider_links,
    queries,
    revisions,
)
from suar.directory.cards import ServiceCard
from suar.directory.codes import AskingState, Status
from suar.directory.diff import changed_fields, flatten
from suar.directory.forms.entry import EntriesForm, EntryForm, LinkForm
from suar.directory.forms.new_entry import NewEntryForm, describe_new_entry
from suar.directory.models import ConfirmationRequest, EntryLink, FormerRevision
from suar.directory.proposals import EntryRefused

MAX_DIGITS, CONFLICT, PROVIDERS_PER_PAGE = 9, 409, 20
OVERTAKEN = proposals.OVERTAKEN
ENTRY_ACTIONS: Mapping[str, tuple[Callable[..., None], Any]] = {
    "confirm": (freshness.confirm_entry, gettext_lazy("Entry confirmed.")),
    "hide": (revisions.hide_entry, gettext_lazy("Entry hidden from the public.")),
    "settle": (actions.settle_reports, gettext_lazy("Reports marked as checked.")),
}
STATUS = {OVERTAKEN: CONFLICT, proposals.REWRITTEN: CONFLICT}


@permission_required(Permission.EDIT_DIRECTORY, method="GET")
def list_entries(request: StaffRequest) -> HttpResponse:
    """List entries page by page."""
    form = EntriesForm(request.GET)
    filters = form.cleaned_data if form.is_valid() else {"text": "", "show": ""}
    page = freshness.list_entries(filters["show"], text=filters["text"], after=request.GET.get("after", ""))
    context = {
        "form": form,
        "cards": page.cards,
        "later": f"{reverse('directory')}?{urlencode({**filters, 'after': page.next})}" if page.next else "",
        "new": proposals.list_new_entries() if filters["show"] == "drafts" else [],
        "uploads": freshness.list_uploads(),
        "waiting": freshness.count_waiting(),
        "gaps": gaps.list_gaps(at=clock.now()),
    }
    return render(request, "directory/entries.html", context)


@permission_required(Permission.EDIT_DIRECTORY, method="GET")
def show_entry(request: StaffRequest, service: UUID) -> HttpResponse:
    """Show one entry with everything to ask its provider about."""
    return _render_entry(request, service)


@permission_required(Permission.EDIT_DIRECTORY, method="POST")
def change_entry(request: StaffRequest, service: UUID, verb: str) -> HttpResponse:
    """Confirm an entry, hide it from the public at once, or mark its error reports as checked."""
    queries.service_card(service)
    action, message = ENTRY_ACTIONS[verb]
    try:
        action(service, by=acting(request))
    except Refused as refusal:
        return _render_entry(request, service, code=refusal.because)
    return redirect_with_message(request, str(message), "directory_entry", service)


@permission_required(Permission.EDIT_DIRECTORY, method="POST")
def create_link(request: StaffRequest, service: UUID) -> HttpResponse:
    """Create a link for the provider, to print or to copy; or end the current one."""
    by = acting(request)
    if request.POST.get("act") == "end":
        provider_links.end_links(service, by=by)
        return redirect_with_message(request, _("Link ended."), "directory_entry", service)
    token = provider_links.create_link(service, by=by)
    if token is None:
        return redirect("directory_entry", service)
    context = {
        "card": queries.service_card(service),
        "link": _link_address(request, token),
        "until": provider_links.open_until(service, at=by.at),
    }
    return render(request, "directory/new_link.html", context)


@permission_required(Permission.EDIT_DIRECTORY)
def edit_entry(request: StaffRequest, service: UUID) -> HttpResponse:
    """Propose a change of an entry."""
    form, status = _entry_form(service, request.POST or None), 200
    if form.is_valid():
        try:
            over, by = form.cleaned_data["over"], acting(request)
            proposal = proposals.propose_change(service, form.values(), over=over, by=by)
            return _to_proposal(request, proposal, service)
        except Conflict:
            form, status = _over_newer(form, service), CONFLICT
        except Refused as refusal:
            form.add_refusal(refusal.because)
    context = {
        "card": queries.service_card(service),
        "form": form,
        "second": editors.has_second_editor(),
    }
    return render(request, "directory/edit.html", context, status=_status(form, status))


@permission_required(Permission.EDIT_DIRECTORY)
def show_history(request: StaffRequest, service: UUID) -> HttpResponse:
    """List the revisions of an entry; propose to restore an older one."""
    number, over, code = _number(request, "number"), _number(request, "over") or 0, ""
    if number is not None:
        by = acting(request)
        saved, code = _propose(request, service, partial(proposals.propose_restored, service, number, over=over, by=by))
        if saved:
            return saved
    rows = _revision_rows(revisions.list_revisions(service))
    context = {"card": queries.service_card(service), "revisions": rows, "problem": code}
    return render(request, "directory/history.html", context, status=STATUS.get(code, 400 if code else 200))


@permission_required(Permission.EDIT_DIRECTORY, method="GET")
def list_duplicates(request: StaffRequest) -> HttpResponse:
    """List pairs of entries that may be duplicates."""
    return render(request, "directory/duplicates.html", {"pairs": duplicates.find_duplicate_pairs()})


@permission_required(Permission.EDIT_DIRECTORY)
def merge_entries(request: StaffRequest, service: UUID, other: UUID) -> HttpResponse:
    """Choose the values field by field, and propose to merge two entries."""
    current, over, code = revisions.current_revision(service), _number(request, "over"), ""
    if over is not None:
        paths, by = request.POST.getlist("other"), acting(request)
        merge = partial(proposals.propose_merge, service, other, paths=paths, over=over, by=by)
        saved, code = _propose(request, service, merge)
        if saved:
            return saved
    context = {
        "remaining": queries.service_card(service),
        "removed": queries.service_card(other),
        "rows": labels.change_rows(*duplicates.differing_fields(service, other)),
        "over": current.number,
        "problem": code,
    }
    return render(request, "directory/merge.html", context, status=STATUS.get(code, 400 if code else 200))


@permission_required(Permission.EDIT_DIRECTORY)
def show_proposal(request: StaffRequest, change: UUID) -> HttpResponse:
    """Show what a proposal would change; check, publish or reject it."""
    proposal, verb, by = proposals.get_proposal(change), request.POST.get("act"), acting(request)
    over, districts_seen = _number(request, "over") or 0, "seen" in request.POST
    try:
        if verb == "check":
            proposals.check_proposal(proposal, over=over, districts_seen=districts_seen, by=by)
            return redirect_with_message(request, _("Draft approved."), "entry_draft", change)
        if verb == "publish":
            proposals.publish_proposal(proposal, over=over, districts_seen=districts_seen, by=by)
            service = proposals.get_proposal(change).service_id or change
            return redirect_with_message(request, _("Draft published."), "directory_entry", service)
        if verb == "refuse":
            proposals.reject_proposal(proposal, by=by)
            return redirect_with_message(request, _("Draft rejected."), "entry_draft", change)
    except Refused as refusal:
        return _render_proposal(request, change, code=refusal.because)
    return _render_proposal(request, change)


@permission_required(Permission.EDIT_DIRECTORY, method="POST")
def discard_proposal(request: StaffRequest, change: UUID) -> HttpResponse:
    """Delete the proposal of a new entry with all its content."""
    try:
        over, by = _number(request, "over") or 0, acting(request)
        proposals.discard_proposal(proposals.get_proposal(change), over=over, by=by)
    except Refused as refusal:
        return _render_proposal(request, change, code=refusal.because)
    return redirect_with_message(request, _("Draft deleted."), "directory")


@permission_required(Permission.EDIT_DIRECTORY)
def propose_entry(request: StaffRequest, change: UUID | None = None) -> HttpResponse:
    """Propose a new entry, or rewrite its proposal, which must then be checked again."""
    proposal = proposals.get_new_entry(change) if change else None
    data, organisation = request.POST or None, request.viewer.organisation
    form, status = NewEntryForm(data, organisation=organisation, proposal=proposal), 200
    if data is not None and data.get("act") == "look":
        form.show_matches()
    elif form.is_valid():
        try:
            content, by = form.values(), acting(request)
            if proposal is None:
                saved = proposals.propose_entry(content, by=by)
            else:
                saved = proposals.rewrite_entry(proposal, content, over=form.cleaned_data["over"], by=by)
            return _to_proposal(request, saved, None)
        except EntryRefused as refused:
            form.add_problems(refused)
        except (Conflict, Refused) as error:
            if proposal is None:
                raise
            if isinstance(error, Refused):
                return redirect("entry_draft", proposal.id)
            form, status = form.over_newer_proposal(proposals.get_proposal(proposal.id)), CONFLICT
    context = {"form": form, "draft": proposal, "second": editors.has_second_editor()}
    return render(request, "directory/add.html", context, status=_status(form, status))


@permission_required(Permission.EDIT_DIRECTORY, method="GET")
def list_providers(request: StaffRequest) -> HttpResponse:
    """List providers whose entries are due: to ask, silent, or asked in the last week."""
    return _render_providers(request, request.GET.get("show", ""))


@permission_required(Permission.EDIT_DIRECTORY, method="POST")
def ask_provider(request: StaffRequest, service: UUID) -> HttpResponse:
    """Write a message with links, record an unanswered call, or undo either."""
    verb, by = request.POST.get("act"), acting(request)
    try:
        if verb == "called":
            freshness.record_unanswered_call(service, by=by)
            return redirect_with_message(request, _("Call recorded."), "providers_to_ask")
        if verb == "take_back":
            freshness.withdraw_request(service, by=by)
            return redirect_with_message(request, _("Request undone."), "providers_to_ask")
        provider_and_tokens = freshness.ask_provider(service, by=by)
    except Refused as refusal:
        return _render_providers(request, AskingState.NOT_YET, code=refusal.because)
    if provider_and_tokens is None:
        return redirect("providers_to_ask")
    provider, tokens = provider_and_tokens
    links = {entry: _link_address(request, token) for entry, token in tokens.items()}
    organisation = accounts.organisation_names([request.viewer.organisation])[request.viewer.organisation]
    until = by.at + provider_links.LIFETIME
    first, *others = freshness.build_messages(provider, links, organisation=organisation, until=until)
    card = queries.service_card(provider.id)
    context = {"provider": provider, "card": card, "message": first, "others": others}
    return render(request, "directory/message.html", context)


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def provider_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the entry of a link; accept a confirmation or a proposed change."""
    try:
        link = provider_links.open_link(token, at=clock.now())
        if request.method != "POST":
            return _render_link(request, link)
        turn = _number(request, "turn")
        if turn is None:
            raise Refused(provider_links.SENT_BEFORE)
        return _accept(request, token, link, turn)
    except NotYours:
        code, status = "link_unknown", 404
    except Refused as refusal:
        code, status = refusal.because, CONFLICT if refusal.because == provider_links.SENT_BEFORE else 410
    context = {"title": labels.refusal_text(code), "code": code}
    return render(request, "directory/provider_stopped.html", context, status=status)


def _render_entry(request: StaffRequest, service: UUID, *, code: str = "") -> HttpResponse:
    context = {
        **_entry_context(queries.service_card(service)),
        "proposals": proposals.list_waiting(service),
        "reports": error_reports.list_open_reports(service),
        "last_request": ConfirmationRequest.objects.filter(service=service).order_by("-at").first(),
        "link_until": provider_links.open_until(service, at=clock.now()),
        "may_confirm": revisions.may_confirm_entry(service, request.viewer.worker),
        "problem": code,
    }
    return render(request, "directory/entry.html", context, status=CONFLICT if code else 200)


def _accept(request: HttpRequest, token: str, link: EntryLink, turn: int) -> HttpResponse:
    """Accept a confirmation of the revision that was read, or a form with changes."""
    by, service = Anonymous(at=clock.now()), link.service_id
    if request.POST.get("act") == "true":
        try:
            waits = provider_links.confirm_by_link(token, turn=turn, over=_number(request, "over") or 0, by=by)
        except Conflict:
            return _render_link(request, link, status=CONFLICT)
        return render(request, "directory/provider_done.html", {"result": "waits" if waits else "confirmed"})
    form = _entry_form(service, request.POST, LinkForm)
    if not form.is_valid():
        return _render_link(request, link, form, status=400)
    over, note = form.cleaned_data["over"], form.cleaned_data["note"]
    try:
        proposal = provider_links.propose_by_link(token, form.values(), turn=turn, over=over, note=note, by=by)
    except Conflict:
        return _render_link(request, link, _over_newer(form, service), status=CONFLICT)
    except Refused as refusal:
        if refusal.because in (provider_links.SENT_BEFORE, provider_links.ENDED):
            raise
        form.add_refusal(refusal.because)
        return _render_link(request, link, form, status=400)
    return render(request, "directory/provider_done.html", {"result": "proposed" if proposal else "nothing"})


def _render_proposal(request: StaffRequest, change: UUID, *, code: str = "") -> HttpResponse:
    proposal, viewer = proposals.get_proposal(change), request.viewer
    service, is_new, waits = proposal.service_id, proposals.is_new_entry(proposal), proposal.state in proposals.WAITING
    removed = proposal.content.get(proposals.MERGED)
    current = flatten(revisions.current_revision(service).document) if service else {}
    context = {
        "draft": proposal,
        "problem": code,
        "card": queries.service_card(service) if service else None,
        "removed": queries.service_card(UUID(removed)) if removed else None,
        "name": duplicates.entry_name_of(proposal.content) if is_new else "",
        "confirms": proposals.CONFIRMED in proposal.content,
        "entry": describe_new_entry(proposal.content) if is_new else [],
        "changes": labels.change_rows(current, proposals.proposed_fields(proposal)) if current and not is_new else [],
        "duplicates": duplicates.find_similar_entries(proposal.content, apart_from=change) if is_new and waits else [],
        "districts": ", ".join(proposals.districts_in_proposal(proposal)) if waits else "",
        "may_check": proposals.may("check", proposal, viewer),
        "may_publish": proposals.may("publish", proposal, viewer),
        "waits": waits,
        "from_reader": proposals.is_from_reader(proposal),
        "own": not editors.may_confirm(proposals.proposers(proposal), viewer),
    }
    return render(request, "directory/draft.html", context, status=STATUS.get(code, 400 if code else 200))


def _render_providers(request: StaffRequest, show: str, *, code: str = "") -> HttpResponse:
    state = AskingState(show) if show in set(AskingState) else AskingState.NOT_YET
    due = [provider for provider in freshness.list_due_providers(at=clock.now()) if provider.state == state]
    start = _number(request, "after") or 0
    page = due[start : start + PROVIDERS_PER_PAGE]
    cards = queries.cards_by_id([row.id for provider in page for row in provider.services])
    after = str(start + PROVIDERS_PER_PAGE) if start + PROVIDERS_PER_PAGE < len(due) else ""
    context = {
        "providers": [(provider, [cards[row.id] for row in provider.services]) for provider in page],
        "worker": request.viewer.worker,
        "states": list(AskingState),
        "state": state,
        "later": f"?{urlencode({'show': state.value, 'after': after})}" if after else "",
        "problem": code,
    }
    return render(request, "directory/providers_to_ask.html", context, status=CONFLICT if code else 200)


def _render_link(
    request: HttpRequest, link: EntryLink, form: EntryForm | None = None, *, status: int = 200
) -> HttpResponse:
    context = {
        **_entry_context(queries.service_card(link.service_id)),
        "link": link,
        "form": form or _entry_form(link.service_id, None, LinkForm),
        "changing": form is not None,
        "newer": status == CONFLICT and form is None,
    }
    return render(request, "directory/provider.html", context, status=status)


def _entry_context(card: ServiceCard) -> dict[str, Any]:
    """Return an entry in words, with everything its provider has to be asked about."""
    kinds = card.facts.kinds
    return {
        "card": card,
        "facts": [
            {"question": labels.attribute_label(code), "answer": labels.fact_text(code, card.facts)}
            for code in labels.comparable_attributes()
        ],
        "access": [{"question": labels.access_label(code), "answer": text} for code, text in card.access.items()],
        "interval": labels.interval_text(kinds),
        "interval_reason": labels.interval_reason(kinds),
        "active": card.status == Status.ACTIVE,
    }


def _revision_rows(former_revisions: list[FormerRevision]) -> list[dict[str, Any]]:
    """Return revisions with their author and what differs from the one before."""
    entries = [flatten(revision.document) for revision in former_revisions]
    names = accounts.display_names(revision.by for revision in former_revisions)
    rows = []
    for revision, entry, former in zip(former_revisions, entries, [*entries[1:], entries[-1]], strict=True):
        changed = {path: entry.get(path) for path in changed_fields(former, entry)}
        author = names.get(revision.by, "") if revision.by else ""
        rows.append({"revision": revision, "author": author, "changes": labels.change_rows(former, changed)})
    return rows


def _entry_form(service: UUID, data: Any, kind: type[EntryForm] = EntryForm) -> EntryForm:
    current = revisions.current_revision(service)
    return kind(data, entry=flatten(current.document), revision=current.number)


def _over_newer(form: EntryForm, service: UUID) -> EntryForm:
    current = revisions.current_revision(service)
    return form.over_newer(flatten(current.document), current.number)


def _propose(request: StaffRequest, service: UUID, save: Callable[[], UUID | None]) -> tuple[HttpResponse | None, str]:
    """Save a proposal; return the redirect to it, or the code of why it was refused."""
    try:
        return _to_proposal(request, save(), service), ""
    except Conflict:
        return None, OVERTAKEN
    except Refused as refusal:
        return None, refusal.because


def _to_proposal(request: StaffRequest, proposal: UUID | None, service: UUID | None) -> HttpResponse:
    """Redirect to a saved proposal, or to its entry if nothing differs or it was saved before."""
    if proposal is None:
        return redirect("directory_entry", service) if service else redirect("directory")
    return redirect_with_message(request, _("Draft saved."), "entry_draft", proposal)


def _link_address(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("provider_link", args=[token]))


def _status(form: EntryForm, status: int) -> int:
    """Return the status of a page with a form: 400 for one with errors."""
    return 400 if status == 200 and form.errors else status


def _number(request: HttpRequest, name: str) -> int | None:
    typed = (request.POST or request.GET).get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MAX_DIGITS else None
