"""Texts about referrals that are composed in Python; codes have their labels in `codes`."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suar.accounts import queries as accounts
from suar.consent import codes as consent
from suar.consent import wording
from suar.consent.codes import Field
from suar.consent.queries import last_day
from suar.core import clock
from suar.core.i18n import active_language, format_day, localize
from suar.core.refusals import NotYours
from suar.directory import labels as directory
from suar.directory import queries as services
from suar.directory.cards import ServiceCard
from suar.referrals import codes, queries, rules
from suar.referrals.codes import Actor, State, Verb
from suar.referrals.models import Act, Referral
from suar.referrals.receiving import SHARE_OVER, ReceivedReferral

BY_LINK = gettext_lazy("A provider by link")
READ_AGAIN = gettext_lazy("You changed what is shared. Read the new sentence aloud, then ask again.")
REPLACES_ITSELF = gettext_lazy("They were asked before. This referral replaces the earlier one.")
OVERTAKEN = ("not_from_here", "not_by_you", SHARE_OVER)
RECEIVING = (Actor.RECEIVER,)
CONDITIONS = re.compile(r"\[((?:NO_[A-Z]+ ?)+)\]")
VALUE_CODES = {
    Field.SEX: codes.SEXES,
    Field.AGE_BAND: codes.AGE_BANDS,
    Field.PAPERS: codes.PAPERS,
    Field.FORM: codes.EXPLOITATION,
    Field.STATUS: codes.FORMAL_STATUS,
}


def refusal_text(code: str) -> str:
    """Return the text of a refusal."""
    if code in consent.REQUIRED:
        return _("Not done yet: %(what)s.") % {"what": consent.REQUIRED.label(code)}
    for refusals in (codes.REFUSALS, consent.REFUSALS):
        if code in refusals:
            return refusals.label(code)
    return _("This cannot be done now.")


def refused_act(code: str, referral: UUID, *, ours: tuple[Actor, ...]) -> str:
    """Return why an act was refused; if somebody was first, also the present state.

    `ours` are the parts in which workers of the reader's own organisation act: only they are named.
    """
    text, row = refusal_text(code), queries.get_referral(id=referral)
    if row is None or code not in OVERTAKEN:
        return text
    last = row.last_act
    who = accounts.display_names([last.by]).get(last.by, "") if last.by and last.actor in ours else ""
    values = {"state": state_label(row.state), "when": moment(last.at), "who": who}
    now = _("It is now: %(state)s, %(when)s, by %(who)s.") if who else _("It is now: %(state)s, %(when)s.")
    return f"{text} {now % values}"


def closed_reason(referral: ReceivedReferral) -> str:
    """Return why a referral does not open, a withdrawn consent with its day; empty if it opens."""
    if not referral.closed:
        return ""
    if referral.closed_on is None:
        return refusal_text(referral.closed)
    return wording.text("shown_after").format(on=wording.spoken_date(referral.closed_on))


def state_label(state: str) -> str:
    """Return the label of a state."""
    return localize(rules.TABLE.states[state]["label"])


def sent_state(sent: Referral) -> str:
    """Return the label of the state of a referral that was sent, by the act that led to it."""
    return _by_last_act(sent, "label")


def sent_meaning(sent: Referral) -> str:
    """Return what the state means for the person; also whether anybody has looked at it."""
    if sent.state != State.SENT:
        return _by_last_act(sent, "meaning")
    seen = queries.previewers_of(sent)
    if not seen:
        return _("Nobody there has opened it yet.")
    who, at = seen[-1]
    return _("%(who)s opened it %(when)s. Nobody has answered yet.") % {"who": who or BY_LINK, "when": moment(at)}


def history_entry(act: Act) -> str:
    """Return what was done, when, and why if a reason was given."""
    text = f"{moment(act.at)} · {act_message(act.verb)}"
    if act.expected_on:
        text += " " + _("(expected on %(day)s)") % {"day": format_day(act.expected_on)}
    return f"{text}: {codes.REASONS.label(act.reason)}" if act.reason else text


def progress(history: Iterable[Act]) -> str:
    """Return how far a referral came, in one line: sent, received, accepted, help began, and how it ended if it did."""
    steps = {
        Verb.SEND: _("Sent"),
        Verb.ACKNOWLEDGE: _("Received"),
        Verb.ACCEPT: _("Accepted"),
        Verb.START: _("Help began"),
    }
    acts = [act for act in history if act.verb != Verb.READY and not rules.about_consent_only(act.verb)]
    reached = {act.verb: f"{steps[Verb(act.verb)]} {moment(act.at)}" for act in acts if act.verb in steps}
    last = [history_entry(acts[-1])] if acts and acts[-1].verb not in steps else []
    return " → ".join([*reached.values(), *last])


def act_message(verb: str) -> str:
    """Return the message after an act."""
    return localize(codes.ACTS[verb]["done"]) if verb in codes.ACTS else ""


def answer_message(verb: str) -> str:
    """Return the message to a receiver after their own act, in the words of its button."""
    return _("Answer sent: %(answer)s") % {"answer": codes.ACTS.label(verb)}


def change_text(act: Act) -> str:
    """Return the text of a change or an approaching end of a consent."""
    if not act.verb:
        return _("The last day of the consent is %(day)s") % {"day": format_day(last_day(act.at))}
    text = codes.CHANGES.label(act.verb) if act.verb in codes.CHANGES else act_message(act.verb)
    return f"{text} · {moment(act.at)}"


def reading_text(who: str, at: datetime) -> str:
    """Return who read what was shared, and when; without a name it was somebody with the link."""
    return _("Read by %(who)s, %(when)s.") % {"who": who or BY_LINK, "when": moment(at)}


def replacement_text(former: Referral | None, *, service: UUID) -> str:
    """Return the text about the referral that this service replaces, to be read with the person; empty if none."""
    if former is None:
        return ""
    if former.document.service == service:
        return str(REPLACES_ITSELF)
    return codes.REPLACEMENTS.label(former.last_act.verb).format(name=former.document.service_name)


def field_value(field: str, value: str) -> str:
    """Return a shared value: the label of a code, a date as people say it, the rest as written.

    Conditions of a contact are codes in brackets.
    """
    if field == Field.NEEDS:
        return ", ".join(directory.service_type_name(code.strip()) for code in value.split(","))
    if field == Field.LANGUAGE:
        return directory.language_name(value)
    if field == Field.BIRTH_DATE:
        return format_day(date.fromisoformat(value))
    if field in (Field.SAFE_CONTACT, Field.PLACE):
        return CONDITIONS.sub(_conditions_in_words, value)
    return VALUE_CODES[Field(field)].label(value) if field in VALUE_CODES else value


def _conditions_in_words(match: re.Match[str]) -> str:
    return "· " + " · ".join(consent.CONTACT_RULES.label(code) for code in match[1].split())


def service_name(service: UUID) -> str:
    """Return the name of a service in the active language, empty when it is gone."""
    card = find_card(service)
    return card_name(card) if card else ""


def find_card(service: UUID) -> ServiceCard | None:
    """Return the card of a service, or None when it is gone from the directory."""
    try:
        return services.service_card(service)
    except NotYours:
        return None


def card_name(card: ServiceCard) -> str:
    """Return the name of a receiver as a person knows it: the provider first, then the service."""
    # The dot stays with the provider when the line breaks.
    return "\u00a0· ".join(filter(None, (card.provider_name, card.name)))


def moment(at: datetime) -> str:
    """Return a moment: its time today, else day and time; a day without a time is stored as its midnight."""
    local = timezone.localtime(at)
    if local.time() == time.min:
        return formats.date_format(local, "j F")
    at_time = formats.time_format(local, "H:i")
    if clock.local_date(at) == clock.today():
        return _("today at %(time)s") % {"time": at_time}
    return _("%(day)s at %(time)s") % {"day": formats.date_format(local, "j F"), "time": at_time}


def link_address(token: str) -> str:
    """Return the address that the worker copies for a provider without an account."""
    return settings.SUAR_STAFF_ORIGIN.rstrip("/") + reverse("link", args=[token])


def public_address(card: ServiceCard) -> str:
    """Return the address of an entry on the public site; empty where it is not configured."""
    origin = settings.SUAR_PUBLIC_ORIGIN
    return f"{origin}/{active_language()}/s/{card.id}" if origin else ""


def _by_last_act(sent: Referral, name: str) -> str:
    state = rules.TABLE.states[sent.state]
    return localize(state.get("after", {}).get(sent.last_act.verb, {}).get(name) or state[name])
