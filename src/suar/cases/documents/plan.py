"""The plan of a case with its reviews, the safety plan, and the services, money and items the person got."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from suar.cases.codes import GOAL_STATES, SafetyCopy, StepState
from suar.cases.documents.parts import OptionalDate, Recorded, Versions
from suar.records.documents import Document, Part, Storage
from suar.records.terms import Compartment

OPEN = next(iter(GOAL_STATES))
PROGRESS_FIELDS: Mapping[str, Any] = dict.fromkeys(("state", "former", "changed_by", "changed_at"), True)
"""The fields of a step that record its progress."""


class PlanStep(Part):
    """One step of a plan: `owner` is a code, `who` a name in words, `former` the state before the last change."""

    id: str = ""
    what: str
    owner: str = ""
    who: str = ""
    by: OptionalDate = None
    state: StepState = StepState.PLANNED
    former: StepState | None = None
    changed_by: UUID | None = None
    changed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Return True while the step is still to be done."""
        return self.state is StepState.PLANNED


class PlanLine(Part):
    """A goal or a relative with steps. `revision` counts its changes, so that two workers notice each other."""

    id: str
    revision: int = 1
    steps: tuple[PlanStep, ...] = ()


class Goal(PlanLine):
    """One goal in the person's words; the starting point is the rating of its domain before the day `since`."""

    domain: str = ""
    text: str
    priority: int | None = None
    since: OptionalDate = None
    baseline: str = ""
    measure: str = ""
    state: str = OPEN


class Relative(PlanLine):
    """The needs of somebody close to the person, by their role; who they are is not stored."""

    group: str
    called: str = ""
    wished: bool = False
    needs: str


class Risk(Part):
    """A risk and the measure against it."""

    what: str
    measure: str = ""


class Plan(Document):
    """The plan as it stands now: goals in the person's words with steps, needs of relatives, risks, consents used, date
    of review and the end; so that everybody knows who does what by when.

    Version 1 had one goal and no agreement.
    """

    storage = Storage(Compartment.NARRATIVE, "plan", version=2)
    goals: tuple[Goal, ...] = ()
    relatives: tuple[Relative, ...] = ()
    risks: tuple[Risk, ...] = ()
    family: str = ""
    consents: tuple[UUID, ...] = ()
    exit: str = ""
    review_on: OptionalDate = None
    revision: int = 0

    @classmethod
    def upcast(cls, data: dict[str, Any], version: int) -> dict[str, Any]:
        """Return a plan of version 1 with its goal as the first one."""
        steps = [
            {
                "id": f"1-{number}",
                **{name: step[name] for name in ("what", "who", "by") if name in step},
                "state": StepState.DONE if step.get("done") else StepState.PLANNED,
            }
            for number, step in enumerate(data.get("steps") or (), start=1)
        ]
        goal = data.get("goal", "")
        return {
            "goals": [{"id": "1", "text": goal, "steps": steps}] if goal or steps else [],
            "review_on": data.get("review_on"),
        }

    @property
    def lines(self) -> tuple[PlanLine, ...]:
        """The goals and the relatives: everything that has steps."""
        return (*self.goals, *self.relatives)

    @property
    def steps(self) -> list[PlanStep]:
        """All steps of the plan."""
        return [step for line in self.lines for step in line.steps]

    @property
    def open_goals(self) -> list[Goal]:
        """The goals that are not reached or given up, in the order of the person's priority."""
        return sorted((goal for goal in self.goals if goal.state == OPEN), key=lambda goal: goal.priority or 99)

    @property
    def filled(self) -> set[str]:
        """The keys of codes/plan_fields.json that have content."""
        named = {"goal": "text", "priority": "priority", "measure": "measure", "steps": "steps"}
        filled = {key for goal in self.goals for key, name in named.items() if getattr(goal, name)}
        filled |= {"baseline" for goal in self.goals if goal.baseline or goal.since}
        filled |= {name for name in ("risks", "family", "consents", "exit", "review_on") if getattr(self, name)}
        return filled | ({"family"} if self.relatives else set())

    @property
    def content(self) -> dict[str, Any]:
        """The content that the person agrees to: all but the states of steps and the review date."""
        lines: Any = {"__all__": {"revision": True, "steps": {"__all__": PROGRESS_FIELDS}}}
        return self.model_dump(exclude={"goals": lines, "relatives": lines, "revision": True, "review_on": True})

    def with_line(self, line: PlanLine) -> "Plan":
        """Return the plan with a goal or a relative added, or replaced with its next revision."""
        name = "goals" if isinstance(line, Goal) else "relatives"
        lines: dict[str, PlanLine] = {known.id: known for known in getattr(self, name)}
        revision = lines[line.id].revision + 1 if line.id in lines else line.revision
        lines[line.id] = line.model_copy(update={"revision": revision})
        return self.model_copy(update={name: tuple(lines.values())})

    def with_step(self, changed: PlanStep) -> "Plan":
        """Return the plan with one of its steps replaced."""

        def replaced(line: PlanLine) -> PlanLine:
            steps = tuple(changed if step.id == changed.id else step for step in line.steps)
            return line.model_copy(update={"steps": steps})

        lines = {"goals": tuple(map(replaced, self.goals)), "relatives": tuple(map(replaced, self.relatives))}
        return self.model_copy(update=lines)


class PlanAgreement(Recorded, Document):
    """The plan as it was read out, whether the person agreed, how and on which day, the guardian of a child, and
    whether the person has a copy; so that a plan is theirs and earlier ones stay readable.

    Refusing to sign is recorded like a signature.
    """

    storage = Storage(Compartment.NARRATIVE, "plan_agreement", keyed=True)
    plan: Plan
    answer: str
    on: date
    guardian: str = ""
    reason: str = ""
    copy_left: str = ""


class ServiceVersion(Recorded):
    """One service as a worker recorded it, from a referral or own; a later version corrects an earlier one."""

    service_type: str
    referral: UUID | None = None
    provider: str = ""
    began_on: date
    ended_on: OptionalDate = None
    note: str = ""


class ServiceReceived(Versions[ServiceVersion]):
    """A service that the person received: its type, by whom, from when to when; so that nothing is offered twice.

    Earlier versions of its line stay.
    """

    storage = Storage(Compartment.NARRATIVE, "service", keyed=True)


class GivenVersion(Recorded):
    """Money or an item as a worker recorded it; a later version corrects an earlier one."""

    kind: str
    amount: Decimal | None = None
    currency: str = ""
    what: str = ""
    purpose: str = ""
    rhythm: str
    given_on: date
    given_by: str = ""
    receiver: str
    received_by: str = ""


class GivenSupport(Versions[GivenVersion]):
    """Money or an item that was given: how much, what for, once or repeated, by whom and to whom; so that help is fair
    and can be accounted for.

    Earlier versions of its line stay.
    """

    storage = Storage(Compartment.NARRATIVE, "given", keyed=True)


Rater = Literal["person", "worker"]
RATERS: tuple[Rater, Rater] = ("person", "worker")


class Ratings(Recorded):
    """Ratings of the person and of the worker on one day, by domain; the two are never merged and never summed up."""

    on: date
    person: Mapping[str, str] = {}
    worker: Mapping[str, str] = {}
    full: bool = False
    on_paper: bool = False

    def of(self, rater: Rater) -> Mapping[str, str]:
        """Return the ratings of the person or of the worker."""
        return self.person if rater == "person" else self.worker

    @property
    def domains(self) -> set[str]:
        """The domains that somebody rated."""
        return {*self.person, *self.worker}


class DomainReview(Versions[Ratings]):
    """Ratings of domains of life by the person and by the worker on one day; so that both see what changes.

    Earlier versions of the review stay.
    """

    storage = Storage(Compartment.CODED, "ratings", keyed=True)


class SafetyPlanFacts(Part):
    """A safety plan in the words of the person; nothing of it is required. `pocket` is all that the small copy says."""

    warning_signs: str = ""
    what_to_do: str = ""
    safe_places: str = ""
    whom_to_call: str = ""
    code_word: str = ""
    to_carry: str = ""
    children: str = ""
    digital: str = ""
    digital_steps: tuple[str, ...] = ()
    copy_for_person: SafetyCopy = SafetyCopy.NONE
    pocket: str = ""


class SafetyPlanVersion(Recorded):
    """A safety plan as it was agreed: by whom it was written down, and when."""

    facts: SafetyPlanFacts


class SafetyPlan(Versions[SafetyPlanVersion]):
    """The safety plan: warning signs and what the person does then, safe places, whom to call, a code word, children,
    phone, and the copy they carry.

    Every version stays, the oldest first.
    """

    storage = Storage(Compartment.NARRATIVE, "safety_plan")
