"""Words for the codes of referral and consent, in the language of the page."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from suar.consent import codes as consent
from suar.consent import wording
from suar.consent.codes import Field, Guardian, HowGiven, Interpretation, Involvement, Required
from suar.core import clock
from suar.core.refusals import NotYours
from suar.core.urgency import Urgency
from suar.directory import labels as directory
from suar.directory import queries
from suar.directory.cards import ServiceCard
from suar.directory.codes import Effect, Papers, Sex
from suar.directory.facts import Reason
from suar.referrals import rules
from suar.referrals.terms import Act, Clock, State, Verb

CONSENT_LISTS = (
    consent.FIELDS,
    consent.REQUIRED,
    consent.REFUSALS,
    consent.HOW_GIVEN,
    consent.INTERPRETATION,
    consent.GUARDIANS,
    consent.INVOLVEMENT,
)
BY_LINK = gettext_lazy("A provider by link")
TONES = {Urgency.NOW: "now", Urgency.TODAY: "today"}

READ_AGAIN = gettext_lazy("You changed what is told. Read the new sentence aloud, then ask again.")

DONE = {
    Verb.READY: gettext_lazy("The person said yes"),
    Verb.SEND: gettext_lazy("Sent"),
    Verb.ACKNOWLEDGE: gettext_lazy("They have it and will answer"),
    Verb.ACCEPT: gettext_lazy("They will help"),
    Verb.WAITLIST: gettext_lazy("On the waiting list"),
    Verb.DECLINE: gettext_lazy("They cannot help"),
    Verb.LAPSE: gettext_lazy("The yes ended before they helped"),
    Verb.TRY_CONTACT: gettext_lazy("Tried to reach the person"),
    Verb.GIVE_UP_CONTACT: gettext_lazy("The person was not reached"),
    Verb.START: gettext_lazy("The person arrived, help has started"),
    Verb.COMPLETE: gettext_lazy("Help is done"),
    Verb.END_EARLY: gettext_lazy("Help ended early"),
    Verb.GIVE_FEEDBACK: gettext_lazy("The person said how it was"),
    Verb.REDIRECT: gettext_lazy("Asked elsewhere"),
    Verb.RECALL: gettext_lazy("Taken back by us"),
    Verb.WITHDRAW: gettext_lazy("The yes was taken back"),
    Verb.DECLINE_BY_PERSON: gettext_lazy("The person does not want it"),
    Verb.CLOSE_UNMET: gettext_lazy("Ended, still needed"),
    Verb.CLOSE_CHOICE: gettext_lazy("Ended as the person chose"),
    Verb.CANCEL: gettext_lazy("Stopped"),
    Verb.RENEW: gettext_lazy("The person said yes again"),
    Verb.TELL_LESS: gettext_lazy("The person tells less now"),
    Verb.YES_ENDS: gettext_lazy("The yes ended, they read nothing any more"),
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
    "packet_seen": gettext_lazy("This was sent once before, so it stays closed."),
    "share_over": gettext_lazy("This has ended. Nothing opens any more."),
    "consent_withdrawn": gettext_lazy("The yes was taken back. Nothing opens any more."),
    "link_ended": gettext_lazy("This link has ended."),
    "link_code": gettext_lazy("That code does not fit. After five wrong codes the link is destroyed."),
    "link_destroyed": gettext_lazy("Five wrong codes: the link is destroyed. Ask the worker for a new one."),
}
MARKS = {Effect.ASK: "ask", Effect.AGAINST: "ask", Effect.WARN: "warn", Effect.NOTE: "note"}
FIELDS = {
    Field.CALLED_NAME: gettext_lazy("Name they use"),
    Field.SAFE_CONTACT: gettext_lazy("Safe way to reach them"),
    Field.LEGAL_NAME: gettext_lazy("Full name"),
    Field.AGE_BAND: gettext_lazy("Age group"),
    Field.BIRTH_DATE: gettext_lazy("Date of birth"),
    Field.SEX: gettext_lazy("Woman, man or other"),
    Field.LANGUAGE: gettext_lazy("Language"),
    Field.NEEDS: gettext_lazy("Help they need"),
    Field.RISK: gettext_lazy("Danger to know of"),
    Field.HEALTH: gettext_lazy("Health"),
    Field.FORM: gettext_lazy("What kind of exploitation"),
    Field.NARRATIVE: gettext_lazy("What they told"),
    Field.FAMILY: gettext_lazy("Family"),
    Field.PAPERS: gettext_lazy("Papers"),
    Field.PLACE: gettext_lazy("Where they are"),
    Field.STATUS: gettext_lazy("Formal status"),
}
AGE_BANDS = {
    "UNDER_12": gettext_lazy("Under 12"),
    "FROM_12_TO_14": gettext_lazy("12 to 14"),
    "FROM_15_TO_17": gettext_lazy("15 to 17"),
    "ADULT": gettext_lazy("18 or over"),
}
PAPERS = {
    Papers.NONE: gettext_lazy("No papers"),
    Papers.COPY: gettext_lazy("Copies only"),
    Papers.ORIGINAL: gettext_lazy("Originals"),
}
SEXES = {
    Sex.FEMALE: gettext_lazy("Woman"),
    Sex.MALE: gettext_lazy("Man"),
    Sex.TRANS: gettext_lazy("Trans"),
}
VALUES: Mapping[str, Callable[[str], object]] = {
    Field.SEX: lambda code: SEXES.get(code, code),
    Field.LANGUAGE: directory.language_name,
    Field.AGE_BAND: lambda code: AGE_BANDS.get(code, code),
    Field.PAPERS: lambda code: PAPERS.get(code, code),
}


def say(code: str) -> str:
    """Say a code of referral in the language of the page."""
    return _in_language(rules.words(code))


def say_consent(code: str) -> str:
    """Say a code of consent in the language of the page."""
    found = next((each for each in CONSENT_LISTS if code in each), None)
    if found is None:
        raise KeyError(code)
    return found.label(code, language())


say_lazy, say_consent_lazy = lazy(say, str), lazy(say_consent, str)

HOW_GIVEN = [(each.value, say_consent_lazy(each)) for each in HowGiven if each is not HowGiven.AUDIO]
"""A recording is not among them: there is no place yet where one could be kept."""
INTERPRETATION = [(each.value, say_consent_lazy(each)) for each in Interpretation]
GUARDIAN = [(each.value, say_consent_lazy(each)) for each in Guardian]
INVOLVEMENT = [(each.value, say_consent_lazy(each)) for each in Involvement]


def refusal(code: str) -> str:
    """Say why something was not done."""
    if code in OWN_REFUSALS:
        return str(OWN_REFUSALS[code])
    if code in set(Required):
        return _("Not done yet: %(what)s.") % {"what": say_consent(code)}
    for find in (say, say_consent):
        try:
            return find(code)
        except KeyError:
            continue
    return _("This cannot be done as things stand now.")


def closed(code: str, on: date | None) -> str:
    """Say why nothing opens; a consent taken back with its day."""
    if on is None:
        return refusal(code)
    text = wording.text("shown_after", language=language())
    return text.format(on=wording.spoken_date(on, language=language()))


def service_type(code: str) -> str:
    """Say a type of service."""
    return directory.service_type_name(code)


def service_types() -> list[tuple[str, list[tuple[str, str]]]]:
    """List the types of service by group, for a form."""
    return directory.service_type_choices()


def about_choices() -> dict[str, list]:
    """List what may be said of a person for the fit of services, by field of the form."""
    return {
        "district": directory.place_choices(),
        "sex": list(SEXES.items()),
        "language": directory.language_choices(),
        "papers": list(PAPERS.items()),
    }


def language_choices() -> list[tuple[str, str]]:
    """List the languages in which a sentence may have been spoken."""
    return list(directory.language_choices())


def field(name: str) -> str:
    """Say a field that can be told, to a worker; the person hears it in words of their own."""
    return str(FIELDS[Field(name)])


def service_name(service: UUID) -> str:
    """Give the name of a service in the language of the page, empty when it is gone."""
    try:
        return named(queries.service_card(service))
    except NotYours:
        return ""


def named(card: ServiceCard) -> str:
    """Name a receiver as a person knows it: the body first, then what it does."""
    # The dot stays with the provider when the line breaks.
    return "\u00a0· ".join(filter(None, (card.provider_name, card.name)))


def places(codes: Iterable[str]) -> str:
    """Say the open places of a service; a hidden one is never among them."""
    return ", ".join(directory.place_name(code) for code in codes)


def field_with(name: Field, value: str) -> str:
    """Say a field with what would be told, to the person."""
    return f"{say_consent(name)}: {value_in_words(name, value)}"


def value_in_words(name: str, value: str) -> str:
    """Say a value: codes in words, the rest as it was written."""
    if name == Field.NEEDS:
        return ", ".join(service_type(each.strip()) for each in value.split(","))
    return str(VALUES[name](value)) if name in VALUES else value


def moment(at: datetime) -> str:
    """Say a moment: its time today, else day and time."""
    time = formats.time_format(timezone.localtime(at), "H:i")
    if clock.local_date(at) == clock.today():
        return _("today at %(time)s") % {"time": time}
    day = formats.date_format(timezone.localtime(at), "j F")
    return _("%(day)s at %(time)s") % {"day": day, "time": time}


def written(day: date) -> str:
    """Write a day as people say it."""
    return formats.date_format(day, "j F Y")


def due(by: datetime, *, late: bool) -> str:
    """Say until when something is due, or since when it is late."""
    return (_("Late since %(at)s") if late else _("Due %(at)s")) % {"at": moment(by)}


def clock_line(which: Clock, by: datetime, *, late: bool) -> str:
    """Say one clock: what is due until when, or since when it is late."""
    words = _("%(what)s: late since %(at)s") if late else _("%(what)s: due %(at)s")
    return words % {"what": say(which), "at": moment(by)}


def act_in_words(act: Act, reason: str) -> str:
    """Say what was done, when, and why when a reason was given."""
    words = f"{moment(act.at)} · {DONE[act.verb]}"
    if act.expected_on:
        day = formats.date_format(act.expected_on, "j F Y")
        words += " " + _("(expected on %(day)s)") % {"day": day}
    return f"{words}: {say(reason)}" if reason else words


def meaning(state: State) -> str:
    """Say what a state means for the person."""
    return _in_language(rules.meaning(state))


def because(reasons: Iterable[Reason]) -> list[tuple[str, str]]:
    """Say why a service fits, or what to ask first: each reason with its mark."""
    return [(MARKS.get(each.effect, ""), directory.reason_text(each)) for each in reasons]


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


def _in_language(words: Mapping[str, str]) -> str:
    return words.get(language()) or words["en"]
