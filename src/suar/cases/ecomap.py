"""The family and community of a person: who is around them, and who of them must never know."""

from collections.abc import Iterator
from datetime import date

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases.codes import RELATIONS, STANCES, TIE_ACTIONS, TIE_QUESTIONS
from suar.cases.documents.history import Tie, TieState
from suar.cases.rules import ecomap as rules
from suar.consent import exclusions as exclusion_list
from suar.core.i18n import localize
from suar.core.ids import new_id
from suar.core.refusals import value_or_refuse
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.referrals import exclusions, sending


def list_ties(record: OpenRecord) -> dict[str, Tie]:
    """Return everybody around the person by key, without those who were undone."""
    return {key: tie for key, tie in record.get_all(Tie).items() if tie.states}


def get_tie(record: OpenRecord, key: str) -> Tie:
    """Return somebody around the person; raises NotYours if there is nobody."""
    return value_or_refuse(list_ties(record).get(key))


def list_states(record: OpenRecord, day: date) -> dict[str, TieState]:
    """Return the states of all ties on a day, by key, from the innermost ring outwards."""
    states = {key: rules.state_on(tie.states, day) for key, tie in list_ties(record).items()}
    around = [(key, state) for key, state in states.items() if state]
    return dict(sorted(around, key=lambda item: (*rules.order_of(item[1]), item[1].who)))


@act("change_tie", needs=Permission.SEE_RECORD)
def save_state(record: OpenRecord, state: TieState, *, by: Acting, key: str = "", expected: int | None = None) -> None:
    """Add a state of somebody around the person, or somebody new without a key. Earlier states stay.

    Raises Conflict when somebody else changed the tie since the expected version.
    """
    states = get_tie(record, key).states if key else ()
    former = rules.newest(states) if states else None
    by.entry.skip = former is not None and former.model_copy(update={"by": state.by, "at": state.at}) == state
    if not by.entry.skip:
        tie = Tie(states=(*states, state))
        record.put(tie, key=key or str(new_id()), by=by.worker, at=by.at, expected=expected if key else None)


def undo_state(record: OpenRecord, key: str, *, by: Acting) -> None:
    """Take back the state of a tie that was recorded last, in the caller's act."""
    states = get_tie(record, key).states
    remaining = tuple(state for state in states if state is not rules.newest(states))
    record.put(Tie(states=remaining), key=key, by=by.worker, at=by.at)


@act("change_exclusions", needs=Permission.SEE_RECORD, lock_first=keyring.lock_several)
def exclude_tie(record: OpenRecord, key: str, *, by: Acting) -> None:
    """Put somebody around the person on the exclusion list, in the same words."""
    words = rules.newest(get_tie(record, key).states).who
    by.entry.skip = True
    sending.record_exclusions(record, exclusion_list.new_exclusions((), (), words), by=by)


def excluded_words(record: OpenRecord) -> set[str]:
    """Return the words of the exclusion list, to recognise excluded people around the person."""
    return {words.strip().casefold() for words in exclusions.exclusions_in_words(record)}


def list_dangerous(record: OpenRecord, day: date) -> list[str]:
    """Return the people with whom mediation or a message is unsafe: dangerous ones, or with a tie to the recruiter."""
    return [state.who for state in list_states(record, day).values() if rules.blocks_mediation(state)]


# In words


def in_words(state: TieState) -> Iterator[str]:
    """Yield the parts of a recorded state in words: stance, actions, answers, note."""
    yield STANCES.label(state.stance)
    yield from map(TIE_ACTIONS.label, state.actions)
    for question, answer in state.answers.items():
        labels = {option["code"]: localize(option["label"]) for option in TIE_QUESTIONS[question]["answers"]}
        yield f"{TIE_QUESTIONS.label(question)} {labels.get(answer, answer)}"
    if state.note:
        yield state.note


def relation_of(state: TieState) -> str:
    """Return the label of the relation; empty if it was not asked."""
    return RELATIONS.label(state.relation) if state.relation else ""
