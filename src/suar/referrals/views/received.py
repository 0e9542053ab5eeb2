"""The receiver's side: the inbox, the link of a provider without an account, and second opinions of partners."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from suar.accounts import queries as accounts
from suar.accounts.acting import FORM_ID, Anonymous, acting
from suar.accounts.http import StaffRequest, form_page, post_data, redirect_with_message
from suar.accounts.permissions import open_to_all, permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.refusals import NotYours, Refused, value_or_refuse
from suar.core.rows import Filter
from suar.records import keyring
from suar.records.terms import Kind
from suar.referrals import (
    exclusions,
    links,
    messages,
    partners,
    queries,
    receiving,
    rules,
    second_opinions,
    thread_messages,
)
from suar.referrals.codes import Actor, Verb
from suar.referrals.forms import (
    ActForm,
    AskPartnerForm,
    GroupsForm,
    LinkForm,
    LinkMessageForm,
    MessageForm,
    OpinionForm,
)
from suar.referrals.received_page import item_context, received_context
from suar.referrals.rows import received_row
from suar.screening import opinion_packets
from suar.screening.team_opinions import codes_context

PAGE_SIZE = 50
WAITING, HELPING, ENDED = "waiting", "helping", "ended"
DESTROYED = "link_destroyed"
TAKE_BACK, END = "take_back", "end-"


@permission_required(Permission.ANSWER_REFERRAL, method="GET")
def inbox(request: StaffRequest) -> HttpResponse:
    """List the requests to this organisation: those that wait for an answer, that are being helped, or that ended.

    A row shows what may be seen before an acceptance, and never who it is.
    """
    viewer, at, in_progress = request.viewer, clock.now(), list(queries.inbox(request.viewer, at=clock.now()))
    parts: dict[str, Any] = {
        WAITING: queries.unanswered(in_progress),
        HELPING: [row for row in in_progress if row.state not in rules.UNANSWERED],
        ENDED: queries.inbox_ended(viewer),
    }
    show = request.GET.get("show", "")
    show = show if show in parts else WAITING
    page = Paginator(parts[show], PAGE_SIZE).get_page(request.GET.get("page"))
    names = accounts.organisation_names(row.sending_organisation for row in page)
    previews = receiving.open_previews(page, viewer=viewer, keys=request.keys, at=at)
    for row in page:
        row.row = received_row(row, previews.get(row.id, {}), organisations=names)
    labels = {WAITING: _("Waiting for an answer"), HELPING: _("Being helped"), ENDED: _("Ended")}
    filters = [
        Filter(f"?show={part}", label, None if part == ENDED else len(parts[part]), part == show)
        for part, label in labels.items()
    ]
    return render(request, "referrals/inbox.html", {"requests": page, "filters": filters, "show": show})


@permission_required(Permission.ANSWER_REFERRAL, method="GET")
def item(request: StaffRequest, referral: UUID) -> HttpResponse:
    """Show the preview of a referral before it is accepted."""
    return render(request, "referrals/item.html", item_context(request, referral))


@permission_required(Permission.ANSWER_REFERRAL, method="POST")
def answer(request: StaffRequest, referral: UUID) -> HttpResponse:
    """Acknowledge, put on a waiting list or decline, by code."""
    form, verb, because = ActForm(request.POST), request.POST.get("verb", ""), "date_needed"
    if not rules.has_button(verb, Actor.RECEIVER):
        raise NotYours
    if form.is_valid():
        row = receiving.get_received(referral, viewer=request.viewer)
        try:
            receiving.answer(row, Verb(verb), by=acting(request), **form.cleaned_data)
            return redirect_with_message(request, messages.answer_message(verb), "inbox_item", referral)
        except Refused as refusal:
            because = refusal.because
    refused = messages.refused_act(because, referral, ours=messages.RECEIVING)
    return render(request, "referrals/item.html", item_context(request, referral) | {"refused": refused}, status=409)


@permission_required(Permission.ANSWER_REFERRAL, method="POST")
def write_message(request: StaffRequest, referral: UUID) -> HttpResponse:
    """Ask the sender something before there is a case, or answer; no name is needed."""
    form, row = MessageForm(request.POST), receiving.get_received(referral, viewer=request.viewer)
    if form.is_valid():
        with form.saving():
            thread_messages.write_to_sender(row, form.cleaned_data["text"], by=acting(request))
            return redirect_with_message(request, _("Message sent."), "inbox_item", referral)
    context = item_context(request, referral) | {"message_form": form}
    return render(request, "referrals/item.html", context, status=400)


# The link: looking changes nothing, because mail scanners follow links too


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the preview to the holder of the link, and take their answer or their message."""
    if "text" in request.POST:
        return _write_by_link(request, token)
    verb, form = request.POST.get("verb", ""), LinkForm(post_data(request))
    if not form.is_bound:
        return _link_page(request, token, form)
    accepts = verb == Verb.ACCEPT
    form.fields["code"].required = accepts
    if not accepts and not rules.has_button(verb, Actor.LINK_HOLDER):
        raise NotYours
    if form.has_error("code"):
        return _link_page(request, token, form)
    if not form.is_valid():
        return _link_page(request, token, LinkForm(), refused="date_needed")
    # Accepting may be repeated, because it displays the shared fields.
    by = _by_link(request, token, once=not accepts)
    try:
        received = links.answer_by_link(token, Verb(verb), by=by, **form.cleaned_data)
    except Refused as refusal:
        if refusal.because == DESTROYED:
            return _link_ended(request, messages.refusal_text(DESTROYED))
        return _link_page(request, token, LinkForm(), refused=refusal.because)
    return render(request, "referrals/link_done.html", received_context(received, Actor.LINK_HOLDER))


def _write_by_link(request: HttpRequest, token: str) -> HttpResponse:
    form = LinkMessageForm(request.POST)
    if form.is_valid():
        with form.saving():
            thread_messages.write_by_link(token, **form.cleaned_data, by=_by_link(request, token, once=True))
            return redirect("link", token)
    return _link_page(request, token, LinkForm(), message_form=form)


def _by_link(request: HttpRequest, token: str, *, once: bool) -> Anonymous:
    """Return the context of the holder of a link; a form sent twice counts `once`."""
    fields = {name: str(value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    form_id = links.submission_id(token, fields) if once and fields.get(FORM_ID) else None
    return Anonymous(at=clock.now(), form_id=form_id)


def _link_page(
    request: HttpRequest, token: str, form: LinkForm, *, refused: str = "", message_form: LinkMessageForm | None = None
) -> HttpResponse:
    try:
        received = links.preview_by_link(token, at=clock.now())
    except Refused as refusal:
        return _link_ended(request, messages.refusal_text(refusal.because))
    if received.closed:
        return _link_ended(request, messages.closed_reason(received))
    context = {
        **received_context(received, Actor.LINK_HOLDER),
        "form": form,
        "refused": messages.refusal_text(refused) if refused else "",
    }
    if message_form:
        context["message_form"] = message_form
    wrong = refused or form.is_bound or message_form
    return render(request, "referrals/link.html", context, status=400 if wrong else 200)


def _link_ended(request: HttpRequest, text: str) -> HttpResponse:
    return render(request, "referrals/link_ended.html", {"words": text}, status=410)


# Second opinions and partners


@permission_required(Permission.RUN_TALK)
def ask_partner(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show exactly what a partner would see, and ask one, or take it back."""
    opened = keyring.open_record(record, keys=request.keys)
    opinion_request = second_opinions.request_for(opened, request.viewer)
    partners_to_ask, asked = opinion_request["partners"], opinion_request["asked"]
    if request.POST.get("go") == TAKE_BACK:
        second_opinions.take_back(opened, by=acting(request))
        return redirect_with_message(request, _("Request withdrawn."), "ask_partner", record)
    names = accounts.organisation_names([*partners_to_ask, asked])
    choices = {"partner": [(partner, names[partner]) for partner in partners_to_ask]}
    form = AskPartnerForm(post_data(request), choices=choices)
    if request.method == "POST" and not partners_to_ask:
        form.refuse("partner_not_asked")
    elif form.is_valid():
        with form.saving():
            second_opinions.ask(opened, UUID(form.cleaned_data["partner"]), by=acting(request))
            return redirect_with_message(request, _("Request sent."), "ask_partner", record)
    context = {
        "page": codes_context(opinion_packets.codes_to_send(opened)),
        "opinion_request": opinion_request,
        "form": form,
        "partner_name": names.get(asked, ""),
        "excluded": [] if opened.facts.kind is Kind.CODES else exclusions.exclusions_in_words(opened),
        "record": record,
        "is_person": opened.facts.kind is Kind.PERSON,
    }
    return render(request, "referrals/ask_partner.html", context, status=400 if form.errors else 200)


@permission_required(Permission.READ_FOR_PARTNER, method="GET")
def opinions(request: StaffRequest) -> HttpResponse:
    """List the second opinions that partners ask for."""
    return _inbox(request)


@permission_required(Permission.READ_FOR_PARTNER)
def opinion(request: StaffRequest, packet: UUID) -> HttpResponse:
    """Show the codes of a request and store the second opinion; help does not wait for it."""
    form = OpinionForm(post_data(request))
    try:
        if form.is_valid():
            second_opinions.answer(packet, form.cleaned_data, by=acting(request))
            return redirect_with_message(request, _("Opinion sent."), "opinions")
        codes = second_opinions.open_codes(packet, viewer=request.viewer, keys=request.keys, at=clock.now())
    except Refused as refusal:
        return _inbox(request, refusal.because)
    return form_page(request, "referrals/opinion.html", form, page=codes_context(codes))


@permission_required(Permission.SET_PARTNERS, step_up=True)
def partner_keys(request: StaffRequest) -> HttpResponse:
    """Show the partners and how keys were compared; compare another partner by its six groups, or end a partnership."""
    own, pressed = request.viewer.organisation, request.POST.get("go", "")
    standings = partners.standings(own)
    if pressed.startswith(END):
        partner = value_or_refuse(next((partner for partner in standings if pressed == f"{END}{partner}"), None))
        partners.end_second_opinions(partner, by=acting(request))
        return redirect_with_message(request, _("Second opinions ended."), "partners")
    form = GroupsForm(post_data(request))
    if form.is_valid():
        with form.saving():
            partners.pin_by_groups(form.cleaned_data["groups"], by=acting(request))
            return redirect_with_message(request, _("Keys compared."), "partners")
    names = accounts.organisation_names(standings)
    context = {
        "groups": partners.groups_to_compare(own) if partners.has_keys(own) else "",
        "partners": [
            {"id": partner, "name": names[partner], "standing": standing, "since": since}
            for partner, (standing, since) in standings.items()
        ],
        "form": form,
    }
    return render(request, "referrals/partners.html", context, status=400 if form.errors else 200)


def _inbox(request: StaffRequest, because: str = "") -> HttpResponse:
    waiting = second_opinions.waiting(request.viewer, keys=request.keys, at=clock.now())[:PAGE_SIZE]
    context = {"waiting": waiting, "problem": messages.refusal_text(because) if because else ""}
    return render(request, "referrals/opinions.html", context, status=409 if because else 200)
