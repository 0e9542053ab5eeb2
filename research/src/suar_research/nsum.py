"""Network scale-up: how many there are, from how many of them people of a general survey know.

Two ways to scale up, with intervals from respondents drawn again; groups of known size are estimated as a check.
Source: Killworth, Johnsen, McCarty, Shelley & Bernard 1998, Social Networks 20, 23-50 (contacts,
mean of ratios); Killworth, McCarty, Bernard, Shelley & Johnsen 1998, Evaluation Review 22, 289-308
(maximum likelihood, ratio of sums).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from suar_research.answers import LEVELS, Answer, Numbers, limits_95, percentile
from suar_research.coverage import texts
from suar_research.files import Unreadable, refuse, rows_of
from suar_research.report import Lines, Report, Section, Table, answer_json, people, plain
from suar_research.running import Plan, Runner, jackknife_error, until_settled, without_one_block

GROUP, SIZE = "group", "size"
FEWEST_GROUPS, FEWEST_PEOPLE = 2, 10
LARGEST = 10**10
METHODS = {"ratio": "all contacts together", "means": "each respondent alike"}
APART, FEW_KNOWN, FAR_OFF = 1.5, 20, 2.0
TEXTS = texts("nsum")
CRITICISM: str = TEXTS["criticism"]


@dataclass(frozen=True)
class Survey:
    """The answers of respondents to a survey.

    `groups` are names of groups of known size; `sizes`, shape (groups,), people in each; `known`,
    shape (respondents, groups), how many of each group a respondent knows; `target`, shape
    (respondents,), how many of those who are asked for; `population`, people in all.
    """

    groups: tuple[str, ...]
    sizes: Numbers
    known: Numbers
    target: Numbers
    population: int


def read_survey(survey: str, sizes: str, target: str, population: int) -> Survey:
    """Read the survey with the sizes of its groups; raises Unreadable."""
    named = read_sizes(sizes, population)
    header, body = rows_of(survey, [target, *named])
    if target in named:
        raise Unreadable([f"column {target}: its size cannot be known and asked for"])
    if len(body) < FEWEST_PEOPLE:
        raise Unreadable([f"{len(body)} respondents; at least {FEWEST_PEOPLE} are needed"])
    columns = [header.index(name) for name in (target, *named)]
    refuse(
        f"row {number}, column {header[at]}: not a whole number of people from 0"
        for number, row in body
        for at in columns
        if _number(row[at]) is None
    )
    cells = np.array([[float(row[at]) for at in columns] for _, row in body])
    unknown = [name for name, known in zip(named, cells[:, 1:].T, strict=True) if not known.any()]
    refuse(f"column {name}: nobody knows anybody of this group; leave it out" for name in unknown)
    return Survey(tuple(named), np.array(list(named.values())), cells[:, 1:], cells[:, 0], population)


def read_sizes(text: str, population: int) -> dict[str, float]:
    """Read `group,size`; raises Unreadable."""
    header, body = rows_of(text, [GROUP, SIZE])
    problems: list[str] = []
    sizes: dict[str, float] = {}
    for number, row in body:
        name, size = row[header.index(GROUP)].strip(), _number(row[header.index(SIZE)])
        if not size or size >= population:
            problems.append(f"row {number}, column {SIZE}: not a number of people from 1 and under all")
        if not name or name in sizes:
            problems.append(f"row {number}, column {GROUP}: a group needs a name of its own")
        sizes[name] = float(size or 0)
    if len(body) < FEWEST_GROUPS:
        problems.append(f"{len(body)} groups of known size; at least {FEWEST_GROUPS} are needed")
    refuse(problems)
    return sizes


def _number(cell: str) -> int | None:
    word = cell.strip()
    return int(word) if word.isascii() and word.isdigit() and int(word) <= LARGEST else None


@dataclass(frozen=True)
class Known:
    """A group whose size is known, and that size as estimated from the other groups."""

    name: str
    known: float
    estimate: float


@dataclass(frozen=True)
class Block:
    """Replicates of a survey: gives shape (replicates, 2), the two estimates in people."""

    survey: Survey
    seed: np.random.SeedSequence
    replicates: int

    def __call__(self) -> Numbers:
        """Draw respondents with replacement and estimate from each draw."""
        size = len(self.survey.target)
        draws = np.random.default_rng(self.seed).multinomial(size, np.full(size, 1 / size), size=self.replicates)
        return scale_up(self.survey, draws.astype(np.float64))


def contacts(survey: Survey) -> Numbers:
    """Return how many people each respondent knows, shape (respondents,).

    The part of the known groups that somebody knows is the part of the population.
    Raises nothing; known groups together must hold somebody.
    Source: Killworth, Johnsen and others 1998, Social Networks 20, 23-50 (contacts).
    """
    return np.asarray(survey.population * survey.known.sum(axis=1) / survey.sizes.sum())


def scale_up(survey: Survey, weights: Numbers) -> Numbers:
    """Estimate people by both ways, shape (rows, 2), for weights of shape (rows, respondents).

    First all whom respondents know in the group over all whom they know; then the mean of that
    ratio over respondents, without those who know nobody of the known groups. Infinite where
    nobody knows anybody.
    Raises nothing.
    Source: Killworth, McCarty and others 1998, Evaluation Review 22, 289-308 (ratio of sums);
    Killworth, Johnsen and others 1998 (mean of ratios).
    """
    knows = contacts(survey)
    some = knows > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        together = (weights @ survey.target) / (weights @ knows)
        item = (weights[:, some] @ (survey.target[some] / knows[some])) / weights[:, some].sum(axis=1)
    result = survey.population * np.column_stack([together, item])
    return np.where(np.isfinite(result), result, np.inf)


def panel(survey: Survey, plan: Plan, runner: Runner) -> list[Answer]:
    """Estimate both ways, and draw respondents until the limits settle."""
    estimates = scale_up(survey, np.ones((1, len(survey.target))))[0]
    began = runner.cpu_s()
    rows, far = until_settled(lambda seed, size: Block(survey, seed, size), _wander, plan, runner)
    spent = runner.cpu_s() - began
    answers = []
    for at, (name, model) in enumerate(METHODS.items()):
        limits = tuple(percentile(rows[:, at], level) for level in LEVELS)
        settled = far <= plan.wander
        answers.append(Answer(name, float(estimates[at]), {"percentile": limits}, model, len(rows), settled, spent))
    return answers


def _wander(rows: Numbers) -> float:
    """Return the largest standard error of a 95% limit as a part of the upper limit."""
    far = []
    for column in rows.T:
        sides = without_one_block(column, limits_95)
        if not np.isfinite(sides).all():
            return float("inf")
        far.append(max(jackknife_error(side) for side in sides.T) / max(float(sides[:, 1].mean()), 1e-9))
    return max(far)


def known_groups(survey: Survey) -> list[Known]:
    """Estimate each known group from the others, by the ratio: how far off the method is here."""
    result = []
    for at, name in enumerate(survey.groups):
        rest = np.arange(len(survey.groups)) != at
        names = tuple(np.array(survey.groups)[rest])
        other = Survey(names, survey.sizes[rest], survey.known[:, rest], survey.known[:, at], survey.population)
        estimate = scale_up(other, np.ones((1, len(survey.target))))[0, 0]
        result.append(Known(name, float(survey.sizes[at]), float(estimate)))
    return result


def list_notices(survey: Survey, answers: Sequence[Answer], known: Sequence[Known]) -> list[str]:
    """Return in plain sentences what a reader must know; the criticism is always the last."""
    low, high = sorted(answer.estimate for answer in answers)
    know, nobody = int((survey.target > 0).sum()), int((survey.known.sum(axis=1) == 0).sum())
    off = ", ".join(
        f"{group.name} ({group.known:,.0f}, estimated {group.estimate:,.0f})"
        for group in known
        if not 1 / FAR_OFF < group.estimate / group.known < FAR_OFF
    )
    notices = {
        TEXTS["unstable"].format(low=low, high=high): high > APART * low,
        f"Only {know} respondents know anybody of the group. Everything rests on them.": know < FEW_KNOWN,
        f"Known groups come out wrong by more than half or double: {off}.": off,
        f"{nobody:,} respondents know nobody of the known groups. `means` leaves them out.": nobody,
        "The limits had not settled.": not all(answer.settled for answer in answers),
    }
    return [*(text for text, holds in notices.items() if holds), CRITICISM]


def survey_report(survey: Survey, answers: Sequence[Answer], known: Sequence[Known], notices: Sequence[str]) -> Report:
    """Make the report of a survey."""
    rows = tuple(
        (
            answer.name,
            people(answer.estimate),
            f"{people(answer.interval.low)} - {people(answer.interval.high)}",
            answer.model,
        )
        for answer in answers
    )
    lines = [f"  {group.name}: {group.known:,.0f}, {people(group.estimate)}" for group in known]
    blocks = (
        f"{len(survey.target):,} respondents, {len(survey.groups)} groups of known size.",
        Table("", ("method", "people", "95% between", "model"), rows, left=1),
        Section("Notices", notices),
        Section("What the methods take for true", TEXTS["assumptions"]),
        Section("What each method does", [f"{name}: {text}" for name, text in TEXTS["methods"].items()]),
        Lines("Groups that are known, estimated from the others", lines),
    )
    data = {
        "respondents": len(survey.target),
        "methods": [answer_json(answer) for answer in answers],
        "notices": list(notices),
        "assumptions": TEXTS["assumptions"],
        "known_groups": plain(list(known)),
    }
    return Report("How many there may be", blocks, data)
