"""Forms that share their fields: what one takes away or puts in is not seen by the next."""

from uuid import uuid4

from suar.records.terms import ALL
from suar.screening.forms import OutcomeForm
from suar.website.forms import FindForm


def test_removing_fields_of_one_form_leaves_the_next_complete():
    first = FindForm({})
    del first.fields["place"]
    assert "place" in FindForm({}).fields
    bare = OutcomeForm({}, compartments=(), workers=dict)
    assert not {"keep", "story", "exclude", "exclude_workers"} & bare.fields.keys()
    whole = OutcomeForm({}, compartments=ALL, workers=dict)
    assert {"keep", "story", "exclude", "exclude_workers"} <= whole.fields.keys()


def test_choices_of_one_form_are_not_in_another():
    names = {uuid4(): "SYN Satu"}
    first = OutcomeForm({}, compartments=ALL, workers=lambda: names)
    other = OutcomeForm({}, compartments=ALL, workers=dict)
    assert [name for _, name in first.fields["exclude_workers"].choices] == ["SYN Satu"]
    assert list(other.fields["exclude_workers"].choices) == []
    assert list(OutcomeForm.base_fields["exclude_workers"].choices) == []
