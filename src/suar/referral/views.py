"""Pages of finding help together: options, the yes, what is sent, and where it stands."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.consent import actions as consents
from suar.directory import queries as directory
from suar.kernel import clock
from suar.kernel.refusals import NotYours, Refused
from suar.referral import following, labels, pages, proposing, sending, telling
from suar.referral.forms import AboutForm, NeedsForm, SpokeForm
from suar.referral.terms import Actor, Verb
from suar.vault import keyring
from suar.vault.keyring import OpenRecord


@gate(Permission.REFER)
@require_http_methods(["GET", "POST"])
def options(request: HttpRequest, record: UUID) -> HttpResponse:
    """Choose needs with the person and see which services fit, and why."""
    opened = keyring.open_record(record, keys=request.keys)
    form = NeedsForm(request.POST or None, choices=labels.service_types())
    if request.method == "POST" and form.is_valid():
        chosen = {code: proposing.planned(code) for code in form.cleaned_data["types"]}
        telling.add_needs(opened, chosen, by=request.viewer.worker, at=clock.now())
        return redirect("options", record)
    return _options(request, opened, form=form, status=400 if form.errors else 200)


@gate(Permission.REFER)
@require_POST
def about(request: HttpRequest, record: UUID) -> HttpResponse:
    """Keep what services ask before they help."""
    opened, form = keyring.open_record(record, keys=request.keys), AboutForm(request.POST)
    if form.is_valid():
        telling.keep_about(opened, form.cleaned_data, by=request.viewer.worker, at=clock.now())
        return redirect("options", record)
    return _options(request, opened, about=form, status=400)


def _options(
    request: HttpRequest, opened: OpenRecord, *, status: int = 200, **forms: object
) -> HttpResponse:
    """Show the options page with the forms it needs, one of them perhaps filled."""
    context = {
        "options": pages.options(opened),
        "form": NeedsForm(choices=labels.service_types()),
        "about": AboutForm(initial=telling.about(opened)),
        "spoke": SpokeForm(),
        **forms,
    }
    return render(request, "referral/options.html", context, status=status)


@gate(Permission.REFER)
@require_POST
def spoke(request: HttpRequest, record: UUID) -> HttpResponse:
    """Write down whom the worker reached: only then does somebody know."""
    opened, form = keyring.open_record(record, keys=request.keys), SpokeForm(request.POST)
    if form.is_valid():
        need, whom = form.cleaned_data["need"], form.cleaned_data["whom"]
        telling.keep_spoken(opened, need, whom, by=request.viewer.worker, at=clock.now())
        return redirect("options", record)
    return _options(request, opened, spoke=form, status=400)


@gate(Permission.GIVE_CONSENT)
@require_http_methods(["GET", "POST"])
def consent_for(request: HttpRequest, record: UUID, service: UUID) -> HttpResponse:
    """Ask for one yes: who, what, for what, until when. A no takes no more touches."""
    opened = keyring.open_record(record, keys=request.keys)
    card = directory.service_card(service)
    if request.POST.get("answer") == "no":
        return redirect("options", record)
    asked = proposing.asked(opened, card, typed=request.POST or None)
    if request.method == "POST" and asked.form.is_valid():
        proposal = proposing.proposal(asked, by=request.viewer.worker)
        try:
            given = consents.give(opened, proposal, by=request.viewer.worker, at=clock.now())
            return redirect("send_referral", record, given)
        except Refused as refusal:
            asked.form.add_error(None, labels.refusal(refusal.because))
    context = {"asked": asked, "record": record}
    status = 400 if asked.form.errors else 200
    return render(request, "referral/consent.html", context, status=status)


@gate(Permission.REFER, step_up=True)
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, record: UUID, consent: UUID) -> HttpResponse:
    """Show exactly what will be told; send it when the person agrees with what they see."""
    opened = keyring.open_record(record, keys=request.keys)
    shown = pages.message(opened, consent, viewer=request.viewer)
    if request.method == "GET":
        return render(request, "referral/send.html", {"message": shown, "record": record})
    at = clock.now()
    if request.POST.get("compared") and shown.partner:
        sending.pin_partner(request.viewer, shown.partner, at=at)
    try:
        sent = sending.send(opened, shown.offer, viewer=request.viewer, keys=request.keys, at=at)
    except Refused as refusal:
        words = labels.refusal(refusal.because)
        context = {"message": shown, "record": record, "refused": words}
        return render(request, "referral/send.html", context, status=409)
    if sent.token is None:
        return redirect("referral_sent", record, sent.referral)
    context = {
        "sent": sent,
        "record": record,
        "link": labels.link_for(sent.token),
        "message": shown,
    }
    return render(request, "referral/link_made.html", context)


@gate(Permission.REFER)
@require_GET
def sent(request: HttpRequest, record: UUID, referral: UUID) -> HttpResponse:
    """Show where a referral stands, who read it, and what can be done next."""
    opened = keyring.open_record(record, keys=request.keys)
    shown = pages.sent(opened, referral)
    return render(request, "referral/sent.html", {"sent": shown, "record": record})


@gate(Permission.REFER, step_up=True)
@require_POST
def follow(request: HttpRequest, record: UUID, referral: UUID) -> HttpResponse:
    """Take a referral back, or close it for the person."""
    opened = keyring.open_record(record, keys=request.keys)
    verb, reason = request.POST.get("verb", ""), request.POST.get("reason", "")
    if verb not in pages.SENDER_VERBS:
        raise NotYours
    actor = Actor.PERSON_THROUGH_WORKER if verb == Verb.DECLINE_BY_PERSON else Actor.SENDER
    following.follow(
        opened, referral, Verb(verb), viewer=request.viewer, at=clock.now(), reason=reason,
        actor=actor,
    )  # fmt: skip
    return redirect("referral_sent", record, referral)
