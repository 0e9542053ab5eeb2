"""The result of a report about somebody who is not there: whom it is about, and who reported, kept apart."""

from collections.abc import Mapping
from typing import Any

from suar.consent.documents import NeedContacts
from suar.records.keyring import OpenRecord
from suar.records.terms import ALL
from suar.screening.actions import Conclusion
from suar.screening.codes import Outcome
from suar.screening.documents import Finding, Reported, Reporter
from suar.screening.forms import FollowingStepForm
from suar.screening.next_steps import ChosenStep
from suar.screening.rules.answers import UNDER_18, Reason
from suar.screening.rules.instrument import Instrument, instrument
from suar.screening.rules.next_steps import REACH
from suar.screening.rules.setting import REPORT

OF_REPORTER = ("name", "contact", "hours", "wants")
OF_PERSON = ("about", "place", "reach", "do_not", "text")


def conclusion(data: Mapping[str, Any], next_step: ChosenStep) -> Conclusion:
    """Return how a report ends. It claims nothing: nobody has asked the person yet."""
    return Conclusion(
        outcome=Outcome.UNABLE,
        reason=Reason(),
        wished=frozenset(ALL),
        documents=(
            Reported(**{name: data[name] for name in OF_PERSON}),
            Reporter(**{name: data[name] for name in OF_REPORTER}),
        ),
        next_step=next_step,
    )


def following_step(form: FollowingStepForm) -> ChosenStep:
    """Return what follows after a step about a report."""
    return ChosenStep(form.cleaned_data["next_step"], day=form.cleaned_data["next_day"])


def report_context(record: OpenRecord, finding: Finding, *, form: FollowingStepForm | None = None) -> dict[str, Any]:
    """Return what a report says about the person and about the reporter, and the `form` of the step that follows."""
    talk: Instrument = instrument(REPORT)
    contacts = record.get(NeedContacts)
    labels = {f"urgent-{code}": need.text for code, need in talk.needs.items()}
    return {
        "about": record.get(Reported),
        "following": form or FollowingStepForm(initial={"next_step": REACH}),
        "age_band": finding.age_band,
        "is_child": finding.age_band in UNDER_18,
        "reporter": record.get(Reporter),
        "codes": [
            (talk.questions[question].text, option.text)
            for question, code in (finding.report or {}).items()
            for option in talk.questions[question].options
            if option.code == code
        ],
        "needs": [talk.needs[need.need].text for need in finding.needs or () if need.need in talk.needs],
        "spoke_label": talk.who_answers,
        "spoke_to": [(labels.get(row.need, {}), row.whom) for row in contacts.entries] if contacts else [],
        "signs": [talk.signs[code] for codes in (finding.reported or {}).values() for code in codes],
    }
