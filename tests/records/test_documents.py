"""Documents: typed values of a record, of every version that was ever stored."""

from datetime import date
from typing import get_args
from uuid import uuid4

import pytest
from pydantic import BaseModel, Field, ValidationError

from suar.cases.documents.plan import PlanStep
from suar.consent.codes import ExclusionKind
from suar.consent.documents import Need
from suar.consent.rules import Exclusion
from suar.contact.documents import LetterContent, LetterKind
from suar.core.refusals import Conflict, NotYours
from suar.records import keyring
from suar.records.documents import Document, Storage, document_classes, shareable_fields
from suar.records.models import Value
from suar.records.terms import Compartment, Kind
from suar.screening.documents import OutcomeReason
from tests.people import write
from tests.records.conftest import AT, begun

NARRATIVE = Compartment.NARRATIVE


class Goal(Document):
    storage = Storage(NARRATIVE, "trial_goal", retention="with the talk", version=2, shareable={"words": "CF_T"})
    words: str
    by_day: date | None = Field(None, alias="until")

    @classmethod
    def upcast(cls, data, version):
        return {"words": data["goal"], "until": data.get("until")}


class Step(Document):
    storage = Storage(NARRATIVE, "trial_step", keyed=True)
    what: str


@pytest.fixture
def record(cast):
    return begun(cast.pelita, cast.chioma)


def reopened(record, player):
    return keyring.open_record(record.id, keys=player.keys)


def test_a_document_is_stored_and_read_with_its_version_and_author(cast, record):
    by = cast.chioma.id
    assert record.get(Goal) is None
    assert record.version_of(Goal) == 0
    assert record.put(Goal(words="to be paid", by_day=date(2026, 12, 1)), by=by, at=AT, expected=0) == 1
    opened = reopened(record, cast.chioma)
    assert opened.get(Goal) == Goal(words="to be paid", by_day=date(2026, 12, 1))
    assert opened.version_of(Goal) == 1
    assert opened.read(NARRATIVE, "trial_goal") == {"words": "to be paid", "until": "2026-12-01"}
    assert Value.objects.get(field="trial_goal").schema == 2


def test_an_overtaken_write_raises_conflict(cast, record):
    by = cast.chioma.id
    record.put(Goal(words="one"), by=by, at=AT)
    late, soon = reopened(record, cast.chioma), reopened(record, cast.chioma)
    soon.put(Goal(words="two"), by=by, at=AT, expected=1)
    for expected in (0, 1):
        with pytest.raises(Conflict):
            late.put(Goal(words="three"), by=by, at=AT, expected=expected)
    assert reopened(record, cast.chioma).get(Goal).words == "two"


def test_keyed_documents_are_separate_values(cast, record):
    one, two = str(uuid4()), str(uuid4())
    record.put(Step(what="call"), key=one, by=cast.chioma.id, at=AT)
    record.put(Step(what="wait"), key=two, by=cast.chioma.id, at=AT)
    opened = reopened(record, cast.chioma)
    assert opened.get_all(Step) == {one: Step(what="call"), two: Step(what="wait")}
    assert opened.get(Step, one).what == "call"


def test_only_keyed_documents_take_a_key(record):
    with pytest.raises(ValueError, match="trial_step needs a key"):
        record.get(Step)
    with pytest.raises(ValueError, match="trial_goal has no key"):
        record.get(Goal, "1")


def test_an_older_value_is_upcast(cast, record):
    write(record, NARRATIVE, "trial_goal", {"goal": "to be paid"}, by=cast.chioma.id, at=AT)
    opened = reopened(record, cast.chioma)
    assert opened.get(Goal) == Goal(words="to be paid")
    opened.put(opened.get(Goal), by=cast.chioma.id, at=AT)
    assert reopened(record, cast.chioma).read(NARRATIVE, "trial_goal") == {"words": "to be paid"}


def test_reading_and_writing_need_the_compartment(cast):
    record = begun(cast.pelita, cast.chioma, kind=Kind.PERSON)
    record._keys.pop(NARRATIVE)
    for attempt in (lambda: record.get(Goal), lambda: record.put(Goal(words="x"), by=None, at=AT)):
        with pytest.raises(NotYours):
            attempt()


def test_an_unknown_field_is_refused_without_repeating_its_value(cast, record):
    write(record, NARRATIVE, "trial_step-1", {"what": "call", "whom": "Amina"}, by=cast.chioma.id, at=AT)
    with pytest.raises(ValidationError) as refused:
        record.get_all(Step)
    assert "Amina" not in str(refused.value)


def test_validation_errors_do_not_repeat_the_input():
    models, waiting = set(), [*document_classes().values()]
    while waiting:
        model = waiting.pop()
        if model not in models:
            models.add(model)
            waiting += [part for field in model.model_fields.values() for part in models_in(field.annotation)]
    assert {model for model in models if not issubclass(model, Document)} >= {Need, PlanStep, OutcomeReason}
    for model in models:
        typed = {field.alias or name: ["Amina"] for name, field in model.model_fields.items()}
        with pytest.raises(ValidationError) as refused:
            model.model_validate(typed | {"whom": "Amina"})
        assert "Amina" not in str(refused.value), model


def models_in(annotation):
    """Return the pydantic models in a type."""
    if isinstance(annotation, type) and not get_args(annotation):
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [model for inner in get_args(annotation) for model in models_in(inner)]


def test_repr_of_exclusions_and_letters_hides_free_text():
    exclusion = Exclusion(
        id=uuid4(), kind=ExclusionKind.WORDS, by=uuid4(), at=AT, words="uncle Joko", reason="Joko moved"
    )
    letter = LetterContent(LetterKind.WORDS, "Joko waits outside", AT)
    assert "Joko" not in f"{exclusion!r} {letter!r}"


def test_documents_cannot_be_changed_in_place():
    with pytest.raises(ValidationError):
        Goal(words="one").words = "two"


def test_a_stored_value_has_one_class_and_shares_only_its_own_fields():
    assert document_classes()["narrative/trial_step-*"] is Step
    assert shareable_fields()["CF_T"] == [(Goal, "words")]
    with pytest.raises(TypeError, match="stored by Goal already"):

        class Other(Document):
            storage = Storage(NARRATIVE, "trial_goal")

    with pytest.raises(TypeError, match="has no field whom"):

        class Wrong(Document):
            storage = Storage(NARRATIVE, "trial_wrong", shareable={"whom": "CF_X"})
