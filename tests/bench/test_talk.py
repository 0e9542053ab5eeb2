"""The talk that the bench sends is one that a worker could hold and end."""

import pytest
from django.http import QueryDict

from bench import talk
from suar.records.terms import Compartment
from suar.screening import posting, rules
from suar.screening.forms import OutcomeForm
from suar.screening.terms import Opens, Step


@pytest.mark.parametrize("form", ["short", "full"])
def test_every_step_leads_on_and_the_outcome_may_be_chosen(form: str) -> None:
    answers, steps = rules.begun(Opens(form)), talk.STEPS_OF[form]
    assert list(steps) == [each.code.value for each in rules.instrument_of(answers).steps]
    for step, taps in steps.items():
        answers = posting.with_step(answers, Step(step), QueryDict(talk.body(taps)))
        assert rules.next_step(Step(step), answers).step != Step(step)
    assert rules.next_step(Step.WRITE, answers).step is None
    taps = talk.outcome("Siti Harmansaga", "+62 000 0000001", version=2)
    form = OutcomeForm(QueryDict(talk.body(taps)), places=list(Compartment), workers=dict)
    assert form.is_valid()


def test_what_is_kept_of_a_talk_says_that_it_is_synthetic() -> None:
    kept = dict(talk.outcome("Siti Harmansaga", "+62 000 0000001", version=2))
    assert kept["story"].startswith("SYN")
    assert kept["do_not"].startswith("SYN")
