"""Words for a referral that came back, by what was done last: who ended it is never mixed up."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from suar.referrals import labels, rules
from suar.referrals.queries import SentOne
from suar.referrals.terms import Verb

IN_PLACE: Mapping[Verb, Promise] = {
    Verb.DECLINE: gettext_lazy("In the place of %(name)s, which could not help."),
    Verb.LAPSE: gettext_lazy("In the place of %(name)s. The yes ended before they helped."),
    Verb.GIVE_UP_CONTACT: gettext_lazy("In the place of %(name)s, which did not get through."),
    Verb.END_EARLY: gettext_lazy("In the place of %(name)s, where help ended early."),
    Verb.RECALL: gettext_lazy("In the place of %(name)s, where we took the question back."),
    Verb.DECLINE_BY_PERSON: gettext_lazy("In the place of %(name)s, which was not wanted."),
    Verb.WITHDRAW: gettext_lazy("In the place of %(name)s, where the yes was taken back."),
}
AGAIN = gettext_lazy("They were asked before. This takes its place.")
STATES: Mapping[Verb, Promise] = {Verb.LAPSE: gettext_lazy("The yes ended first")}
MEANS: Mapping[Verb, Promise] = {
    Verb.DECLINE: gettext_lazy("They cannot help. It is back with whoever asked."),
    Verb.LAPSE: gettext_lazy("The yes ended before they helped. It is back with whoever asked."),
}
"""The state of both is the same; what it means is not."""


def in_place_of(former: SentOne | None, *, service: UUID) -> str:
    """Say whose place another service takes, read with the person; empty when nobody's."""
    if former is None:
        return ""
    if former.service == service:
        return str(AGAIN)
    return IN_PLACE[_last(former)] % {"name": former.service_name}


def state_words(found: SentOne) -> str:
    """Say where a referral stands."""
    return str(STATES.get(_last(found)) or labels.say(found.state))


def meaning(found: SentOne) -> str:
    """Say what it means for the person that a referral stands where it does."""
    return str(MEANS.get(_last(found)) or labels.meaning(found.state))


def _last(found: SentOne) -> Verb:
    """Give what brought a referral to where it stands."""
    return [act.verb for act, _ in found.history if not rules.changes_no_state(act.verb)][-1]
