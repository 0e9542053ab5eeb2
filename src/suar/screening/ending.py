"""From the outcome form to how a talk ends."""

from collections.abc import Mapping
from typing import Any

from suar.consent.exclusions import NewExclusion, new_exclusions
from suar.law.terms import AgeBand, AgeFacts, Path
from suar.records.terms import ALL, Compartment
from suar.screening import policy, rules
from suar.screening.forms import YES, OutcomeForm
from suar.screening.forms_call import CallForm
from suar.screening.remains import Conclusion, Kept
from suar.screening.terms import Acted, Answers, Call, Outcome, Reason

BANDS = (
    (12, AgeBand.UNDER_12),
    (15, AgeBand.FROM_12_TO_14),
    (18, AgeBand.FROM_15_TO_17),
)
UNDER_18 = frozenset(band for _, band in BANDS)
FIELD_OF = {
    "REASON_MISSING": "reason",
    "REASON_UNKNOWN": "reason",
    "REASON_DOES_NOT_FIT": "reason",
    "WORDS_MISSING": "words",
}


def conclusion(form: OutcomeForm, answers: Answers, call: CallForm | None = None) -> Conclusion:
    """Read valid forms as a conclusion; `call` only where somebody has to be called."""
    data = form.cleaned_data
    return Conclusion(
        outcome=Outcome(data["outcome"]),
        reason=Reason(data["reason"], data["words"]),
        wished=frozenset(ALL) if data.get("keep") == YES else frozenset(),
        kept=kept_from(data, answers),
        never=never_from(data) if data.get("never") else None,
        call=call_from(call.cleaned_data) if call else None,
    )


def call_from(data: Mapping[str, str]) -> Call:
    """Read what was done: whom somebody spoke to counts only where somebody was reached."""
    acted = Acted(data["acted"])
    return Call(acted, data.get("whom", "") if acted is Acted.SPOKE else "")


def call_asked(answers: Answers) -> Call | None:
    """Give what was done so far about what this talk ends by; None where nobody must be called."""
    stopped_by = policy.ended_by(answers)
    stop = rules.instrument_of(answers).stops[stopped_by] if stopped_by else None
    if stop is None or not rules.asks_whom_at_the_end(stop):
        return None
    about = rules.called_about(rules.urgent_needs(answers), stop)
    return Call(about.acted, about.who_answers) if about else Call(Acted.NOT_YET)


def never_from(data: dict[str, Any]) -> tuple[NewExclusion, ...]:
    """Give who must never know, as tapped and written."""
    bodies, workers = data.get("never_bodies", ()), data.get("never_workers", ())
    return new_exclusions(bodies, workers, data.get("never_words", ""))


def signposted(answers: Answers) -> Conclusion:
    """Conclude a talk that only said where help is: nothing was asked, so no name can be kept."""
    stopped_by = policy.ended_by(answers)
    stops = rules.instrument_of(answers).stops
    suggested = Outcome.UNABLE if stopped_by is None else stops[stopped_by].ends_as
    return Conclusion(
        outcome=suggested,
        reason=Reason(policy.usual_reason(suggested)),
        wished=frozenset(),
        kept={},
    )


def kept_from(data: dict[str, Any], answers: Answers) -> Kept:
    """Sort what was typed into compartments; what was left empty is not written at all."""
    found = {
        (Compartment.IDENTITY, "person"): {"name": data.get("name")},
        (Compartment.WHEREABOUTS, "contact"): {
            "number": data.get("contact"),
            "hours": data.get("hours"),
        },
        (Compartment.CODED, "profile"): age_of(answers),
        (Compartment.NARRATIVE, "words"): {"text": data.get("story")},
        (Compartment.NARRATIVE, "do_not"): {"text": data.get("do_not")},
    }
    filled = {
        place: {name: told for name, told in value.items() if told not in ("", None)} for place, value in found.items()
    }
    return {place: value for place, value in filled.items() if value}


def age_of(answers: Answers) -> dict[str, Any]:
    """Give the age as other stages need it: years, band, and child, adult or maybe."""
    age, band = answers.age, band_of(answers.age)
    is_adult = rules.path(answers) is Path.ADULT
    status = "AB_U18" if band in UNDER_18 else "AB_18" if is_adult else "AB_MAYBE"
    known = "" if band is AgeBand.UNKNOWN else band.value
    return {"age": age.years, "age_band": known, "age_status": status}


def band_of(age: AgeFacts) -> AgeBand:
    """Give the band the years fall into, or the one that was said where no years were."""
    if age.years is None:
        return age.band
    return next((band for below, band in BANDS if age.years < below), AgeBand.ADULT)
