"""Parts that several pages show: told fields as rows, and the acts one may do now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.consent import queries as consents
from suar.consent.codes import Field
from suar.referrals import answering, labels, queries, rules
from suar.referrals.queries import Step
from suar.referrals.terms import Actor, Because, Owner, State, Verb

RECEIVER_VERBS = frozenset(
    {
        Verb.ACKNOWLEDGE,
        Verb.WAITLIST,
        Verb.DECLINE,
        Verb.TRY_CONTACT,
        Verb.GIVE_UP_CONTACT,
        Verb.START,
        Verb.COMPLETE,
        Verb.END_EARLY,
        Verb.DECLINE_BY_PERSON,
    }
)
LINK_VERBS = RECEIVER_VERBS | {Verb.ACCEPT}
SENDER_VERBS = frozenset(
    {
        Verb.RECALL,
        Verb.DECLINE_BY_PERSON,
        Verb.START,
        Verb.END_EARLY,
        Verb.GIVE_FEEDBACK,
        Verb.CLOSE_UNMET,
        Verb.CLOSE_CHOICE,
        Verb.CANCEL,
    }
)

OVERTAKEN = (Because.NOT_FROM_HERE, Because.NOT_BY_YOU, answering.SHARE_OVER)
RECEIVING, SENDING = (Actor.RECEIVER,), (Actor.SENDER, Actor.PERSON_THROUGH_WORKER)


@dataclass(frozen=True, slots=True)
class ActChoice:
    """A button for an act, with the reasons it needs, or a date."""

    verb: str
    words: str
    reasons: Sequence[tuple[str, str]]
    dated: bool


def acts_for(state: State, *actors: Actor, within: Collection[Verb], without: Collection[Verb] = ()) -> list[ActChoice]:
    """List what somebody in these parts may do now, as buttons; each act once."""
    may = dict.fromkeys(verb for actor in actors for verb in rules.next_acts(state, actor))
    return [
        ActChoice(
            verb.value,
            labels.say(verb),
            [(code, labels.say(code)) for code in rules.reasons(verb)],
            verb is Verb.WAITLIST,
        )
        for verb in may
        if verb in within and verb not in without
    ]


def refused(because: str, referral: UUID, *, ours: Collection[Actor]) -> str:
    """Say why an act was refused; where somebody was first, how the referral stands now.

    `ours` are the parts in which the workers of the reader's own house act: only they are named.
    """
    words = labels.refusal(because)
    step = queries.last_step(referral) if because in OVERTAKEN else None
    if step is None:
        return words
    named = accounts.shown_names([step.by]) if step.actor in ours else {}
    return f"{words} {_stands(step, named.get(step.by, ''))}"


def _stands(step: Step, who: str) -> str:
    words = {"state": labels.say(step.state), "when": labels.moment(step.at), "who": who}
    if who:
        return _("Where it stands now: %(state)s, %(when)s, by %(who)s.") % words
    return _("Where it stands now: %(state)s, %(when)s.") % words


def tone(state: State, *, late: bool) -> str:
    """Say how loudly a referral is shown to its sender: late, back with them, or quiet."""
    if late:
        return "now"
    return "today" if rules.owner(state) in (Owner.SENDER, Owner.PERSON) else ""


def last_day(ends_at: datetime) -> str:
    """Say which day is the last one of a yes."""
    day = labels.written(consents.last_day(ends_at))
    return _("The last day of the yes is %(day)s") % {"day": day}


def rows(values: Mapping[str, str]) -> list[dict]:
    """Turn told fields into question and answer, in their order; what is no field is left out."""
    return [
        {"question": labels.field(name), "answer": labels.value_in_words(name, values[name])}
        for name in Field
        if values.get(name)
    ]


def without_needs(preview: Mapping) -> dict:
    """Give the fields of a preview that are shown as rows."""
    return {name: value for name, value in preview.items() if name != Field.NEEDS}


def needs_in_words(preview: Mapping) -> list[str]:
    """Say the needs of a preview; none when the person did not want them told."""
    return [labels.need_in_words(each) for each in preview.get(Field.NEEDS, [])]
