"""From the outcome form to how a talk ends."""

from django.http import HttpRequest

from suar.kernel.refusals import Refused
from suar.law.terms import Path
from suar.screening import rules
from suar.screening.actions import Conclusion
from suar.screening.forms import OutcomeForm
from suar.screening.terms import Answers, Outcome, Reason
from suar.vault.terms import ALL, Compartment

AGE_STATUS = {Path.CHILD: "AB_MAYBE", Path.ADULT: "AB_18"}
UNDER_18 = frozenset({"UNDER_12", "FROM_12_TO_14", "FROM_15_TO_17"})


def stop_from(request: HttpRequest) -> str | None:
    """Give the stop rule a talk ended by, when it is one the instrument has."""
    code = request.POST.get("stop") or request.GET.get("stop") or ""
    return code if code in rules.instrument().stops else None


def conclusion(form: OutcomeForm, answers: Answers, stopped_by: str | None) -> Conclusion:
    """Read a valid form as a conclusion; raises Refused for an outcome that does not exist."""
    data = form.cleaned_data
    if data["outcome"] not in set(Outcome):
        raise Refused("NOT_OFFERED")
    outcome = Outcome(data["outcome"])
    return Conclusion(
        outcome=outcome,
        reason=Reason(data["reason"], data["words"]),
        stopped_by=stopped_by,
        wished=frozenset(ALL) if data["keep"] else frozenset(),
        kept=kept_from(data, answers),
    )


def kept_from(data: dict, answers: Answers) -> dict[tuple[Compartment, str], dict]:
    """Sort what was typed into compartments; what was left empty is not written at all."""
    found = {
        (Compartment.IDENTITY, "person"): {"name": data["name"]},
        (Compartment.WHEREABOUTS, "contact"): {"number": data["contact"], "hours": data["hours"]},
        (Compartment.CODED, "profile"): age_of(answers),
        (Compartment.NARRATIVE, "words"): {"text": data["story"]},
        (Compartment.NARRATIVE, "do_not"): {"text": data["do_not"]},
    }  # fmt: skip
    filled = {place: {k: v for k, v in value.items() if v} for place, value in found.items()}
    return {place: value for place, value in filled.items() if value}


def age_of(answers: Answers) -> dict:
    """Give the age as other stages need it: years, band, and child, adult or maybe."""
    age, path = answers.age, rules.path(answers)
    surely_child = age.band.value in UNDER_18 or (age.years is not None and age.years < 18)
    band = age.band.value if age.band.value != "UNKNOWN" else ""
    if not band and age.years is not None:
        band = (
            "ADULT" if age.years >= 18 else "FROM_15_TO_17" if age.years >= 15 else "FROM_12_TO_14"
        )
    status = "AB_U18" if surely_child else AGE_STATUS[path]
    return {"age": age.years, "age_band": band, "age_status": status}
