"""Which results belong to the plan: what was planned before the data were opened, and what was not.

Source: Nosek, Ebersole, DeHaven & Mellor 2018, PNAS 115, 2600-2606 (why a plan is fixed first); own
design, docs/decisions/studies.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from suar_research.files import Unreadable
from suar_research.studies.protocol import PLAN, Planned, Protocol, as_plain_json, parse_planned
from suar_research.studies.record import Line, opened

PLANNED, DEVIATION, EXPLORATORY = "planned", "deviation", "exploratory"
NOT_OURS, ALTERED = "not of this study", "altered"
STATUSES = (PLANNED, DEVIATION, EXPLORATORY, NOT_OURS, ALTERED)
NEAR = 2
NEEDED = {"version": str, "input_sha256": str, "asked": dict}


@dataclass(frozen=True)
class Judged:
    """What is said of one result: its status, the analysis of the plan, and why."""

    name: str
    status: str
    analysis: str = ""
    because: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give it for `--json`."""
        return asdict(self)


@dataclass
class Plans:
    """Every plan a study has had, by the line that fixed it, and when each file was opened."""

    lines: Sequence[Line]
    plans: list[tuple[Line, dict[str, Planned]]] = field(init=False)

    def __post_init__(self) -> None:
        """Read each plan once."""
        self.plans = [(line, _commands(line.body["protocol"])) for line in self.lines if "protocol" in line.body]

    def found(self, words: Mapping[str, Any], upto: int) -> tuple[Line, str] | None:
        """Find the first plan of lines before `upto` that holds a command, with its name there."""
        for line, plan in self.plans:
            for name, each in plan.items():
                if line.number < upto and each.asked == words:
                    return line, name
        return None

    def fixed(self, upto: int) -> dict[str, Planned]:
        """Give the plan as it stood before a line."""
        return [plan for line, plan in self.plans if line.number < upto][-1]


def _commands(protocol: Protocol) -> dict[str, Planned]:
    """Read the commands of a plan; raises Unreadable where this version does not know one."""
    try:
        return {each["name"]: parse_planned(each["run"]) for each in protocol[PLAN]}
    except ValueError as error:
        said = "a command of the plan is not known to this version; use the one it was fixed with"
        raise Unreadable([said]) from error


def judge(lines: Sequence[Line], results: Mapping[str, Any], data: Mapping[str, str]) -> list[Judged]:
    """Say of each result, by its name, whether it was planned.

    `data` are texts of opened files by their digest: planned tables are made again from them, and
    a result that does not come out again is altered. Estimates by resampling are not made again.
    """
    plans, files = Plans(lines), opened(lines)
    return [_judged(name, result, plans, files, data) for name, result in results.items()]


def _judged(name: str, result: Any, plans: Plans, files: Mapping[str, Line], data: Mapping[str, str]) -> Judged:
    if not isinstance(result, dict) or not all(isinstance(result.get(each), kind) for each, kind in NEEDED.items()):
        why = "it does not say its version, its input and what was asked"
        return Judged(name, NOT_OURS, because=(why,))
    read = [result["input_sha256"], *_others(result)]
    if read[0] not in files:
        return Judged(name, NOT_OURS, because=("its file was not opened in this study",))
    if not all(isinstance(each, str) and each in files for each in read):
        why = "another file that it was made from was not opened in this study"
        return Judged(name, NOT_OURS, because=(why,))
    opening = min((files[each] for each in read), key=lambda line: line.number)
    before = plans.found(result["asked"], opening.number)
    if before is not None:
        return _checked(name, result, before, plans, data)
    after = plans.found(result["asked"], len(plans.lines) + 1)
    if after is not None:
        why = f"added to the plan by line {after[0].number}, when the data had been opened"
        return Judged(name, DEVIATION, after[1], (why,))
    return Judged(name, EXPLORATORY, because=_nearest(result["asked"], plans.fixed(opening.number)))


def _others(result: Mapping[str, Any]) -> list[Any]:
    """Give the digests of all files that a result says it was made from."""
    said = result.get("inputs", [])
    return [
        each.get("sha256") if isinstance(each, dict) else None for each in (said if isinstance(said, list) else [None])
    ]


def _checked(
    name: str,
    result: Mapping[str, Any],
    place: tuple[Line, str],
    plans: Plans,
    data: Mapping[str, str],
) -> Judged:
    """Say that a result was planned, with what differs: its version, or that it was altered."""
    line, analysis = place
    notes = []
    if result["version"] != line.version:
        notes.append(f"made with Suar {result['version']}; the plan was fixed with {line.version}")
    text = data.get(result["input_sha256"])
    plan = next(each for at, each in plans.plans if at is line)[analysis]
    if text is None or not plan.can_repeat:
        return Judged(name, PLANNED, analysis, (*notes, "not made again"))
    if _comes_out(plan, text, result):
        return Judged(name, PLANNED, analysis, (*notes, "made again from the data: the same"))
    return Judged(name, ALTERED, analysis, (*notes, "made again from the data: NOT the same"))


def _comes_out(plan: Planned, text: str, result: Mapping[str, Any]) -> bool:
    # The commands import this module.
    from suar_research.cli import tabulate

    request = tabulate.request_of(plan.run.options)
    try:
        again = as_plain_json(tabulate.make(plan.run, request, text, result["input_sha256"]).data)
    except Unreadable:
        return False
    drawn = {"title", "chart", "version", "inputs"}
    names = {*again, *result} - drawn
    return all(again.get(name) == result.get(name) for name in names)


def _nearest(asked: Mapping[str, Any], plan: Mapping[str, Planned]) -> tuple[str, ...]:
    """Name the planned analysis from which a result differs least, in one or two options only."""
    apart = {
        name: sorted(key for key in {*asked, *each.asked} if asked.get(key) != each.asked.get(key))
        for name, each in plan.items()
    }
    name = min(apart, key=lambda each: len(apart[each]), default=None)
    if name is None or len(apart[name]) > NEAR:
        return ("in no plan",)
    return (f"differs from {name} in: {', '.join(apart[name])}",)


def never_shown(lines: Sequence[Line], judged: Sequence[Judged]) -> list[str]:
    """Name analyses that were planned when data were opened, and of which nothing came."""
    opening = [line.number for line in lines if line.kind == "opened"]
    plan = Plans(lines).fixed(min(opening, default=len(lines) + 1))
    shown = {each.analysis for each in judged if each.status in (PLANNED, ALTERED)}
    return [name for name in plan if name not in shown]
