"""The answer about a recruited sample: always the whole panel of methods, never one share alone."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from suar_research.coverage import texts
from suar_research.rds.groups import Part, Parted
from suar_research.rds.panel import Panel
from suar_research.rds.samples import SEED, Sample
from suar_research.rds.study import TEXTS as NOTICES
from suar_research.rds.study import Mixing, Study, by_wave
from suar_research.report import (
    Block,
    Cell,
    Figure,
    Heading,
    Lines,
    Report,
    Section,
    Table,
    answer_json,
    figure,
    finite,
    plain,
    svg_of,
)

# Of a share: more than anybody needs to read, and enough to compare two programs.
DIGITS = 8
# A tree of fewer people than this says too little to be drawn.
FEWEST = 5
GREEN = "#0f5c55"
TEXTS = texts("rds.report")
METHODS: dict[str, str] = TEXTS["methods"]
INTERVALS: dict[str, str] = TEXTS["intervals"]


def report_of(outcome: str, study: Study, groups: Parted | None, values: Sequence[str]) -> Report:
    """Make the report of a whole sample, and of its groups if there are any."""
    blocks = [*_blocks(study, values), *(_group_blocks(groups, values) if groups else [])]
    data = {"outcome": outcome, **as_json(study, values), **(groups_json(groups, values) if groups else {})}
    return Report(f"Shares of {outcome}", tuple(blocks), data)


def _blocks(study: Study, values: Sequence[str]) -> Iterator[Block]:
    sample = study.sample
    yield (
        f"{sample.people:,} people in {_plural(len(sample.seeds), 'tree')} of up to "
        f"{_plural(study.waves[-1].wave, 'wave')}; they know {sample.degree.min():,} to "
        f"{sample.degree.max():,} of this population, half of them {np.median(sample.degree):,.0f} or fewer."
    )
    yield from _panel(study.panel, values)
    yield from (settling_figure(study, value) for value in values)
    yield Section("Notices", study.notices)
    yield Section("What the methods take for true", NOTICES["assumptions"])
    yield Section("What each method does", [f"{name}: {text}" for name, text in METHODS.items()])
    intervals = [f"{name}: {text}." for name, text in INTERVALS.items()]
    yield Section("How the intervals are made, the widest first", intervals)
    yield from _diagnostics(study, values)


def _panel(result: Panel, values: Sequence[str]) -> Iterator[Block]:
    for value in values:
        rows = []
        for answer in result.answers[value]:
            first = (answer.name, f"{answer.estimate:.1%}", answer.model)
            for kind, limits in answer.intervals.items():
                rows.append((*first[:2], f"{limits[0].low:.1%} - {limits[0].high:.1%}", kind, first[2]))
                first = ("", "", "")
        yield Table(f"Share with {value}", ("method", "share", "95% between", "interval", "model"), tuple(rows), left=2)


def _diagnostics(study: Study, values: Sequence[str]) -> Iterator[Block]:
    places = [study.sample.values.index(value) for value in values]
    rows: list[tuple[Cell, ...]] = [
        (f"wave {wave.wave}", wave.people, *(_percent(wave.shares[at]) for at in places)) for wave in study.waves
    ]
    needed = study.waves_needed
    note = f"Recruitment forgets its seeds to within 2% after {_plural(needed or 0, 'wave')}."
    note = "Recruitment would never forget its seeds." if needed is None else note
    yield Table("RDS-II as waves are added", ("up to", "people", *values), tuple(rows), (note,))
    trees = []
    for tree in study.trees:
        shares = "; ".join(
            f"{value} {_percent(tree.shares[at])} ({_percent(tree.without[at])})"
            for value, at in zip(values, places, strict=True)
        )
        seed = "not known" if tree.seed_value is None else tree.seed_value
        trees.append(f"  seed said {seed}: {tree.people:,} people, {_plural(tree.waves, 'wave')}; {shares}")
    yield Lines("RDS-II by tree: alone (and without it)", trees)
    yield _mixing("Who recruits whom", study.mixing, study.homophily)


def _mixing(title: str, mixing: Sequence[Mixing], homophily: float) -> Section:
    items = []
    for group in mixing:
        into = ", ".join(f"{count:,} with {other.value}" for other, count in zip(mixing, group.recruited, strict=True))
        items.append(
            f"{group.value}: {group.people:,} people who know {group.contacts:.1f} (harmonic mean) "
            f"recruited {into}; homophily {group.homophily:+.2f}"
        )
    return Section(title, [*items, f"Within groups {homophily:.2f} times as many as if nobody looked at groups."])


def _group_blocks(parted: Parted, values: Sequence[str]) -> Iterator[Block]:
    """Yield how groups recruit each other, each group, and last the groups that were left out."""
    by = parted.groups.by
    yield _mixing(f"Groups of {by}: who recruits whom", parted.mixing, parted.homophily)
    yield "Shares are estimated within each group, from trees that hold everybody."
    yield Section("Notices", parted.notices)
    for name, part in parted.parts.items():
        own = [value for value in values if value in part.panel.answers]
        reached = sum(tree.people > 0 for tree in part.trees)
        unknown = f"; of {part.not_known:,} more the answer is not known" if part.not_known else ""
        yield Heading(f"{by}: {name}")
        yield f"{part.people:,} people in {reached} of {_plural(len(part.trees), 'tree')}{unknown}."
        yield from _panel(part.panel, own)
        yield from (settling_figure(part, value) for value in own)
        yield Section("Notices", part_notices(part, values))
    for name, why in parted.groups.left_out.items():
        yield Heading(f"{by}: {name}")
        yield f"Nothing is estimated of this group: {why}."


def part_notices(part: Part, values: Sequence[str]) -> list[str]:
    """Return the notices of a group, and which of the values nobody in it has."""
    absent = ", ".join(repr(value) for value in values if value not in part.panel.answers)
    note = f"Nobody interviewed in this group has {absent}: that does not make it a share of 0."
    return [*([note] if absent else []), *part.notices]


def settling_figure(study: Study | Part, value: str) -> Figure:
    """Draw the RDS-II share of a value: all people by wave (left), each tree by wave (right)."""
    sample, at = study.sample, study.sample.values.index(value)
    interval = next(answer for answer in study.panel.answers[value] if answer.name == "rds2").interval
    drawing, (left, right) = figure(4.2, columns=2)
    left.axhspan(interval.low, interval.high, color=GREEN, alpha=0.15, linewidth=0, label="95% of whole trees")
    left.plot([wave.shares[at] for wave in study.waves], color=GREEN, linewidth=3, label="all people")
    left.legend(frameon=False)
    for tree in range(len(sample.seeds)):
        people = np.flatnonzero(sample.tree == tree)
        if len(people) >= FEWEST:
            place = np.full(sample.people + 1, SEED)
            place[people] = np.arange(len(people))
            recruiter = place[sample.recruiter[people]]
            alone = Sample(sample.values, recruiter, sample.degree[people], sample.group[people])
            right.plot([wave.shares[at] for wave in by_wave(alone)], color=GREEN, alpha=0.8)
    right.set_title("each tree by itself", fontsize="small")
    for axes in (left, right):
        axes.set(ylim=(0, 1), xlim=(0, study.waves[-1].wave), xlabel="wave", ylabel=f"share with {value}")
        axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
        axes.grid(axis="y")
    title = f"Share with {value}, RDS-II, as waves are added"
    description = TEXTS["settling"].format(value=value, people=study.waves[-1].people)
    return Figure(svg_of(drawing, title, description), description)


def as_json(study: Study, values: Sequence[str]) -> dict[str, Any]:
    """Return a study for `--json`; with one value its methods stand at the top as well."""
    answers = _values_json(study.panel, values)
    return {
        "people": study.sample.people,
        "seeds": len(study.sample.seeds),
        "not_known": study.sample.not_known,
        **(answers[values[0]] if len(values) == 1 else {}),
        "values": answers,
        "notices": study.notices,
        "assumptions": NOTICES["assumptions"],
        "diagnostics": {
            "waves_needed": study.waves_needed,
            "homophily": finite(study.homophily),
            **_steps_json(study),
            "mixing": _mixing_json(study.mixing),
        },
    }


def _values_json(result: Panel, values: Sequence[str]) -> dict[str, dict[str, Any]]:
    return {value: {"methods": [answer_json(answer, DIGITS) for answer in result.answers[value]]} for value in values}


def groups_json(parted: Parted, values: Sequence[str]) -> dict[str, Any]:
    """Return the groups for `--json`, and how they recruit each other."""
    groups = {}
    for name, part in parted.parts.items():
        own = [value for value in values if value in part.panel.answers]
        answers = _values_json(part.panel, own)
        groups[name] = {
            "people": part.people,
            "not_known": part.not_known,
            **(answers[own[0]] if len(values) == len(own) == 1 else {}),
            "values": answers,
            "notices": part_notices(part, values),
            "diagnostics": _steps_json(part),
        }
    between = {"homophily": finite(parted.homophily), "mixing": _mixing_json(parted.mixing), "notices": parted.notices}
    return {
        "by": parted.groups.by,
        "groups": groups,
        "left_out": dict(parted.groups.left_out),
        "in_no_group": parted.groups.nowhere,
        "between": between,
    }


def _steps_json(study: Study | Part) -> dict[str, Any]:
    def by_value(shares: Sequence[float]) -> dict[str, float | None]:
        return {value: finite(share, DIGITS) for value, share in zip(study.sample.values, shares, strict=True)}

    return {
        "waves": [{"wave": wave.wave, "people": wave.people, "rds2": by_value(wave.shares)} for wave in study.waves],
        "trees": [
            {
                "seed_value": tree.seed_value,
                "people": tree.people,
                "waves": tree.waves,
                "rds2": by_value(tree.shares),
                "rds2_without": by_value(tree.without),
            }
            for tree in study.trees
        ],
    }


def _mixing_json(mixing: Sequence[Mixing]) -> list[dict[str, Any]]:
    names = [group.value for group in mixing]
    return [
        plain(group) | {"recruited": dict(zip(names, map(float, group.recruited), strict=True))} for group in mixing
    ]


def _plural(count: int, name: str) -> str:
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"


def _percent(share: float) -> str:
    return f"{share:.1%}" if np.isfinite(share) else "-"
