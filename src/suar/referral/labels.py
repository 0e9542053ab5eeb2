"""Words for the codes of referral and consent, in the language of the page."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from suar.consent import rules as consent
from suar.consent.terms import Field, Guardian, HowGiven, Interpretation, Involvement
from suar.directory import labels as directory
from suar.directory import queries
from suar.directory.terms import Fit, Papers, Sex
from suar.kernel import clock
from suar.referral import rules
from suar.referral.terms import Act, Clock, State, Urgency, Verb

BY_LINK = gettext_lazy("A provider by link")
TONES = {Urgency.NOW: "now", Urgency.TODAY: "today"}
STATE_BY_LINK = gettext_lazy("A provider by link")
TONES = {State.REFUSED: "today", State.SENT: "", State.RECALLED: "", State.ACCEPTED: ""}

DONE = {
    Verb.SEND: gettext_lazy("Sent"),
    Verb.ACKNOWLEDGE: gettext_lazy("Received by a named person"),
    Verb.ACCEPT: gettext_lazy("Accepted"),
    Verb.WAITLIST: gettext_lazy("On the waiting list"),
    Verb.DECLINE: gettext_lazy("Declined"),
    Verb.TRY_CONTACT: gettext_lazy("Tried to reach the person"),
    Verb.START: gettext_lazy("The person arrived, help has started"),
    Verb.COMPLETE: gettext_lazy("Help is complete"),
    Verb.END_EARLY: gettext_lazy("Ended early"),
    Verb.RECALL: gettext_lazy("Taken back by us"),
    Verb.WITHDRAW: gettext_lazy("The person took their yes back"),
    Verb.DECLINE_BY_PERSON: gettext_lazy("The person does not want it"),
    Verb.CLOSE_UNMET: gettext_lazy("Closed, need not met"),
    Verb.CLOSE_CHOICE: gettext_lazy("Closed by choice"),
    Verb.REDIRECT: gettext_lazy("Asked elsewhere"),
}

OWN_REFUSALS = {
    "partner_not_compared": gettext_lazy(
        "The keys of this partner were not compared yet. Call them and compare the six groups."
    ),
    "partner_key_changed": gettext_lazy(
        "The key of this partner changed. Nothing is sent or opened until you compared it by phone."
    ),
    "partner_has_no_keys": gettext_lazy("This partner cannot receive anything here yet."),
    "packet_not_for_you": gettext_lazy("This was made for somebody else and does not open here."),
    "packet_ended": gettext_lazy("The time the person agreed to is over. Nothing opens any more."),
    "packet_signer_unknown": gettext_lazy("We cannot tell who made this, so it stays closed."),
    "packet_forged": gettext_lazy("This was changed on its way, so it stays closed."),
    "consent_withdrawn": gettext_lazy("The person took their yes back. Nothing opens any more."),
    "link_code": gettext_lazy(
        "That code does not fit. After five wrong codes the link is destroyed."
    ),
    "link_destroyed": gettext_lazy(
        "Five wrong codes: the link is destroyed. Ask the worker for a new one."
    ),
}


def say(code: str) -> str:
    """Say a code of referral in the language of the page."""
    return _in_language(rules.words(code))


def say_consent(code: str) -> str:
    """Say a code of consent in the language of the page."""
    return _in_language(consent.words(code))


say_lazy, say_consent_lazy = lazy(say, str), lazy(say_consent, str)

REFUSALS = [
    ("", gettext_lazy("No reason")),
    *((each, say_lazy(each)) for each in rules.reasons(Verb.DECLINE)),
]
HOW_GIVEN = [(each.value, say_consent_lazy(each)) for each in HowGiven]
INTERPRETATION = [(each.value, say_consent_lazy(each)) for each in Interpretation]
GUARDIAN = [(each.value, say_consent_lazy(each)) for each in Guardian]
INVOLVEMENT = [(each.value, say_consent_lazy(each)) for each in Involvement]


def refusal(code: str) -> str:
    """Say why something was not done."""
    if code in OWN_REFUSALS:
        return str(OWN_REFUSALS[code])
    for find in (say, say_consent):
        try:
            return find(code)
        except KeyError:
            continue
    return _("This cannot be done as things stand now.")


def service_type(code: str) -> str:
    """Say a type of service."""
    return str(directory.service_type(code))


def service_types() -> list[tuple[str, list[tuple[str, str]]]]:
    """List the types of service by group, for a form."""
    return directory.service_type_choices()


def about_choices() -> dict[str, list]:
    """List what may be said of a person for the fit of services, by field of the form."""
    return {
        "district": directory.place_choices(),
        "sex": [(each.value, directory.value(each.value)) for each in Sex],
        "language": directory.language_choices(),
        "papers": [(each.value, directory.value(each.value)) for each in Papers],
    }


def field(name: str) -> str:
    """Say a field that can be told."""
    return say_consent(name)


def service_name(service: UUID) -> str:
    """Give the name of a service in the language of the page, empty when it is gone."""
    card = queries.service_card(service)
    return card.name if card else ""


def field_with(name: Field, value: str) -> str:
    """Say a field with what would be told."""
    return f"{field(name)}: {value_in_words(name, value)}"


def value_in_words(name: str, value: str) -> str:
    """Say a value; needs are types of service, the rest stands as it was written or as a code."""
    if name == Field.NEEDS:
        return ", ".join(service_type(each.strip()) for each in value.split(","))
    return str(directory.value(value)) if value.isupper() else value


def moment(at: datetime) -> str:
    """Say a moment: its time today, else day and time."""
    time = formats.time_format(timezone.localtime(at), "H:i")
    if clock.local_date(at) == clock.today():
        return _("today at %(time)s") % {"time": time}
    day = formats.date_format(timezone.localtime(at), "j F")
    return _("%(day)s at %(time)s") % {"day": day, "time": time}


def answer_by(by: datetime, *, late: bool) -> str:
    """Say until when an answer is due, or since when it is late."""
    return (_("Late since %(at)s") if late else _("Answer due %(at)s")) % {"at": moment(by)}


def clock_line(which: Clock, by: datetime, *, late: bool) -> str:
    """Say one clock: what is due until when, or since when it is late."""
    words = _("%(what)s: late since %(at)s") if late else _("%(what)s: due %(at)s")
    return words % {"what": say(which), "at": moment(by)}


def act_in_words(act: Act, reason: str) -> str:
    """Say what was done, when, and why when a reason was given."""
    words = f"{moment(act.at)} · {DONE.get(act.verb) or say(act.verb)}"
    return f"{words}: {say(reason)}" if reason else words


def act_choice(verb: Verb) -> dict:
    """Give a button for an act, with the reasons it may need."""
    return {
        "verb": verb.value,
        "words": say(verb),
        "reasons": [(code, say(code)) for code in rules.reasons(verb)],
    }


def meaning(state: State) -> str:
    """Say what a state means for the person."""
    return _in_language(rules.meaning(state))


def because(fit: Fit) -> list[str]:
    """Say why a service fits, or what to ask first."""
    return [str(each) for each in directory.because(fit)]


def need_in_words(need: dict) -> str:
    """Say a need of a preview with how soon it matters."""
    return f"{service_type(need['service_type'])} · {say(need['urgency'])}"


def read_by(who: str, at: datetime) -> str:
    """Say who read what was told, and when."""
    return _("Read by %(who)s, %(when)s.") % {"who": who or BY_LINK, "when": moment(at)}


def link_for(token: str) -> str:
    """Give the whole address that the worker copies for a provider without an account."""
    return settings.SUAR_STAFF_ORIGIN.rstrip("/") + reverse("link", args=[token])


def language() -> str:
    """Give the language of the page as data files know it."""
    return "id" if (get_language() or "en").startswith("id") else "en"


def _in_language(words: dict) -> str:
    return words.get(language()) or words["en"]
