"""Pages of finding help together: options, the yes, what is sent, and where it stands."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.consent import actions as consents
from suar.consent import declined_services
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.referrals import (
    following,
    keeping_away,
    labels,
    pages,
    partners,
    proposing,
    queries,
    rules,
    sending,
    telling,
)
from suar.referrals.forms import AboutForm, NeedsForm, SpokeForm
from suar.referrals.pages.message import Message
from suar.referrals.pages.parts import SENDER_VERBS, SENDING
from suar.referrals.proposing import Asked
from suar.referrals.sending import Sent
from suar.referrals.settling import of_somebody, person_of, settle
from suar.referrals.terms import Verb


@gate(Permission.REFER)
@require_http_methods(["GET", "POST"])
def options(request: HttpRequest, record: UUID) -> HttpResponse:
    """Choose needs with the person and see which services fit, and why."""
    typed, opened = request.POST if request.method == "POST" else None, person_of(request, record)
    form = NeedsForm(typed, choices=labels.service_types())
    by, at = request.viewer.worker, clock.now()
    if form.is_valid():
        chosen = {code: proposing.planned(code) for code in form.cleaned_data["types"]}
        settle(opened, keys=request.keys, act=lambda there: telling.add_needs(there, chosen, by=by, at=at))
        return redirect("options", record)
    return _options(request, opened, form=form, status=400 if form.errors else 200)


@gate(Permission.REFER)
@require_POST
def about(request: HttpRequest, record: UUID) -> HttpResponse:
    """Keep what services ask before they help."""
    form, by, at = AboutForm(request.POST), request.viewer.worker, clock.now()
    opened = person_of(request, record)
    if not form.is_valid():
        return _options(request, opened, about=form, status=400)
    told = form.cleaned_data
    settle(opened, keys=request.keys, act=lambda there: telling.keep_about(there, told, by=by, at=at))
    return redirect("options", record)


@gate(Permission.REFER)
@require_POST
def spoke(request: HttpRequest, record: UUID) -> HttpResponse:
    """Write down whom the worker reached: only then does somebody know."""
    opened, by, at = person_of(request, record), request.viewer.worker, clock.now()
    form = _spoke_form(opened, request.POST)
    if not form.is_valid():
        return _options(request, opened, spoke=form, status=400)
    said = form.cleaned_data
    settle(
        opened,
        keys=request.keys,
        act=lambda there: telling.keep_spoken(there, said["need"], said["whom"], by=by, at=at),
    )
    return redirect("options", record)


def _options(request: HttpRequest, opened: OpenRecord, *, status: int = 200, **forms: object) -> HttpResponse:
    """Show the options page with the forms it needs, one of them perhaps filled."""
    context = {
        "options": pages.options(opened),
        "form": NeedsForm(choices=labels.service_types()),
        "about": AboutForm(initial=telling.about(opened)),
        "spoke": _spoke_form(opened),
        **forms,
    }
    return render(request, "referrals/options.html", context, status=status)


def _spoke_form(opened: OpenRecord, typed: QueryDict | None = None) -> SpokeForm:
    return SpokeForm(typed, needs=[each["id"] for each in telling.needs_of(opened)])


@gate(Permission.GIVE_CONSENT)
@require_http_methods(["GET", "POST"])
def consent_for(request: HttpRequest, record: UUID, service: UUID) -> HttpResponse:
    """Ask for one yes: who, what, for what, until when. A no takes no more touches."""
    opened = person_of(request, record)
    card, sent = keeping_away.card_to_ask(opened, service), queries.sent_for(opened)
    for each in sent:
        may_renew = rules.may_renew(each.state, each.ends_at, at=clock.now())
        if each.service == card.id and each.state in rules.open_states() and not may_renew:
            return redirect("referral_sent", record, each.id)
    answer = request.POST.get("answer", "")
    if answer == "no":
        by, at = request.viewer.worker, clock.now()
        settle(
            opened, keys=request.keys, act=lambda there: declined_services.record_decline(there, card.id, by=by, at=at)
        )
        return redirect("options", record)
    typed = request.POST if request.method == "POST" else None
    asked = proposing.asked(opened, card, typed=typed, sent=sent)
    if answer == "yes":
        asked.form.ask_all()
    if answer == "yes" and asked.form.is_valid():
        given = _given(request, opened, asked)
        if given is not None:
            return redirect("send_referral", record, given)
    context, wrong = {"asked": asked, "record": record}, bool(asked.form.errors)
    context |= {"reach": pages.reach(card), "said_no": declined_services.declined_on(opened).get(card.id)}
    return render(request, "referrals/consent.html", context, status=400 if wrong else 200)


def _given(request: HttpRequest, opened: OpenRecord, asked: Asked) -> UUID | None:
    """Record the yes; None when it cannot be, with the reason in the form."""
    if request.POST.get("spoken", asked.spoken) != asked.spoken:
        asked.form.add_error(None, labels.READ_AGAIN)
        return None
    by, ident = request.viewer.worker, asked.form.cleaned_data["ident"]
    proposal = proposing.proposal(asked, by=by)
    when = {"by": by, "at": clock.now(), "ident": ident}
    try:
        return consents.record_consent(opened, proposal, **when)
    except Conflict:
        # The same form was sent a moment ago: go on from what is there now.
        again = keyring.open_record(opened.id, keys=request.keys)
        return consents.record_consent(again, proposal, **when)
    except Refused as refusal:
        asked.form.add_error(None, labels.refusal(refusal.because))
        return None


@gate(Permission.REFER, step_up=True)
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, record: UUID, consent: UUID) -> HttpResponse:
    """Show exactly what will be told; send it when the person agrees with what they see."""
    opened = person_of(request, record)
    try:
        shown = pages.message(opened, consent, viewer=request.viewer)
    except Refused:
        return redirect("person", record)
    there = queries.of_consent(consent)
    if there is not None and not (shown.by_link and there.state in sending.WAITS):
        return redirect("referral_sent", record, there.id)
    context = {"message": shown, "record": record, "renews": there is not None}
    if request.method == "GET":
        return render(request, "referrals/send.html", context)
    try:
        return _after_sending(request, opened, shown, _sent(request, opened, shown))
    except Refused as refusal:
        context["refused"] = labels.refusal(refusal.because)
        return render(request, "referrals/send.html", context, status=409)


def _sent(request: HttpRequest, opened: OpenRecord, shown: Message) -> Sent:
    """Keep the partner's keys when they were compared just now, then send."""
    at = clock.now()
    if request.POST.get("compared") and shown.partner:
        words = request.POST.get("words", "")
        partners.pin_partner(request.viewer, shown.partner, keys=request.keys, at=at, words=words)
    who = {"viewer": request.viewer, "keys": request.keys}
    try:
        return sending.send(opened, shown.offer, at=at, **who)
    except Conflict:
        # The same form was sent a moment ago: go on from what is there now.
        again = keyring.open_record(opened.id, keys=request.keys)
        return sending.send(again, shown.offer, at=at, **who)


def _after_sending(request: HttpRequest, opened: OpenRecord, shown: Message, sent: Sent) -> HttpResponse:
    """Show a new link this one time, or where the referral stands."""
    if sent.token is None:
        return redirect("referral_sent", opened.id, sent.referral)
    return link_page(request, opened, sent, service=shown.offer.service)


def link_page(request: HttpRequest, opened: OpenRecord, sent: Sent, *, service: UUID) -> HttpResponse:
    """Show a link and its code; neither is kept anywhere as it is shown here."""
    context = {
        "sent": sent,
        "record": opened.id,
        "name": labels.service_name(service),
        "link": labels.link_for(sent.token or ""),
        "reach": pages.reach_of(service),
    }
    return render(request, "referrals/link_made.html", context)


@gate(Permission.REFER)
@require_GET
def sent(request: HttpRequest, record: UUID, referral: UUID) -> HttpResponse:
    """Show where a referral stands, who read it, and what can be done next."""
    opened = person_of(request, record)
    return _where_it_stands(request, opened, referral)


@gate(Permission.SEE_RECORD)
@require_GET
def card(request: HttpRequest, record: UUID) -> HttpResponse:
    """Show what the person may carry, or hears."""
    shown = pages.card(of_somebody(request, record))
    return render(request, "referrals/card.html", {"card": shown})


@gate(Permission.GIVE_CONSENT)
@require_GET
def yes_on_paper(request: HttpRequest) -> HttpResponse:
    """Print what is read and ticked when a yes is given away from the screen."""
    return render(request, "referrals/yes_on_paper.html", {"paper": pages.yes_on_paper()})


@gate(Permission.REFER, step_up=True)
@require_POST
def follow(request: HttpRequest, record: UUID, referral: UUID) -> HttpResponse:
    """Take a referral back, close it, or write down what the person says of it."""
    opened = person_of(request, record)
    verb, reason = request.POST.get("verb", ""), request.POST.get("reason", "")
    if verb not in SENDER_VERBS:
        raise NotYours
    try:
        following.follow(opened, referral, Verb(verb), viewer=request.viewer, at=clock.now(), reason=reason)
    except Refused as refusal:
        return _where_it_stands(request, opened, referral, refused=refusal.because)
    return redirect("referral_sent", record, referral)


def _where_it_stands(request: HttpRequest, opened: OpenRecord, referral: UUID, *, refused: str = "") -> HttpResponse:
    shown = pages.sent(opened, referral)
    words = pages.refused(refused, referral, ours=SENDING) if refused else ""
    context = {"sent": shown, "record": opened.id, "refused": words}
    return render(request, "referrals/sent.html", context, status=409 if refused else 200)
