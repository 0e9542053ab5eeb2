"""The answer about one or more tables of lists: always the whole panel of methods, never one number."""

from collections.abc import Iterator
from typing import Any

from suar_research.answers import Answer
from suar_research.coverage import texts
from suar_research.mse.hierarchy import AllModels
from suar_research.mse.study import TEXTS as NOTICES
from suar_research.mse.study import Study
from suar_research.mse.tables import CaptureTable
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
    people,
    plain,
    svg_of,
)

# Models whose BIC is further from the best than this are not drawn.
FARTHEST = 30.0
TEXTS = texts("mse.report")
METHODS: dict[str, str] = TEXTS["methods"]


def report_of(studies: dict[str, Study], by: str | None) -> Report:
    """Make the report of all groups; without `by` there is one, named "all"."""
    data = {group: as_json(study) for group, study in studies.items()}
    blocks = [block for group, study in studies.items() for block in _blocks(study, f"{by}: {group}" if by else "")]
    return Report("Estimates of people on no list", tuple(blocks), {"by": by, "groups": data} if by else data["all"])


def _blocks(study: Study, heading: str) -> Iterator[Block]:
    table = study.table
    sizes = ", ".join(f"{name} {table.on(1 << at):,}" for at, name in enumerate(table.lists))
    singles = sum(int(table.counts[1 << at]) for at in range(table.places))
    if heading:
        yield Heading(heading)
    yield f"{table.seen:,} people were seen, on {table.places} lists: {sizes}."
    yield f"{table.seen - singles:,} of them are on more than one list."
    yield _panel(study.answers)
    if study.compared is not None:
        yield model_figure(study.compared, table)
    yield Section("Notices", study.notices)
    yield Section("What every method takes for true", NOTICES["assumptions"])
    yield Section("What each method does", [f"{item.name}: {METHODS[item.name]}" for item in study.answers])
    yield from _diagnostics(study)


def _panel(answers: list[Answer]) -> Table:
    smoothed = any(item.smoothed is not None for item in answers)
    rows: list[tuple[Cell, ...]] = []
    for item in answers:
        middle = ("" if item.smoothed is None else people(item.smoothed),) if smoothed else ()
        between = f"{people(item.interval.low)} - {people(item.interval.high)}"
        rows.append((item.name, people(item.estimate), *middle, between, item.model))
    heads = ("method", "people", *(["smoothed"] if smoothed else []), "95% between", "model")
    return Table("", heads, tuple(rows), (TEXTS["smoothed"],) if smoothed else (), left=1)


def _diagnostics(study: Study) -> Iterator[Block]:
    if study.known:
        lines = [f"  {item.name}: {item.known:,} people, estimated {people(item.estimate)}" for item in study.known]
        yield Lines("Lists that are known, estimated from the others", lines)
    if study.left_out:
        lines = [f"  {item.what}: {people(item.estimate)}" for item in (*study.left_out, *study.merged)]
        yield Lines("The stepwise answer without one list, or with two made one", lines)
    steps = [
        f"  {item.share:.0%}: {people(item.middle)} ({people(item.low)} - {people(item.high)})" for item in study.steps
    ]
    yield Lines("The stepwise answer if only a part of the people had been met (half of the draws between)", steps)


def model_figure(compared: AllModels, table: CaptureTable) -> Figure:
    """Draw every model whose BIC is near the best: estimates across (logarithmic), fit upwards."""
    best = compared.by_bic()
    apart = compared.bic[best] - compared.bic[best[0]]
    best, apart = best[apart <= FARTHEST], apart[apart <= FARTHEST]
    totals = compared.total[best]
    description = (
        f"{len(best):,} models of {table.seen:,} people on {table.places} lists: each dot is one "
        f"model, from {totals.min():,.0f} to {totals.max():,.0f} people. Higher fits better."
    )
    drawing, axes = figure(4.5)
    axes.scatter(totals, apart, s=16, color="#0f5c55", alpha=0.6, label="a model")
    axes.scatter(totals[:1], apart[:1], s=60, color="#d55e00", marker="D", label="the best model")
    axes.axvline(table.seen, color="#55606a", linestyle=":", label="people seen")
    axes.set_xscale("log")
    for formatter in (axes.xaxis.set_major_formatter, axes.xaxis.set_minor_formatter):
        formatter(lambda number, _: f"{number:,.0f}")
    axes.tick_params(axis="x", which="minor", labelsize="x-small", rotation=45)
    axes.legend(frameon=False)
    axes.invert_yaxis()
    axes.set(xlabel="people", ylabel="BIC above the best model")
    return Figure(svg_of(drawing, "All models near the best", description), description)


def as_json(study: Study) -> dict[str, Any]:
    """Return a study for `--json`; infinite values are null."""
    smoothed = {answer.name: None if answer.smoothed is None else finite(answer.smoothed) for answer in study.answers}
    return {
        "lists": list(study.table.lists),
        "seen": study.table.seen,
        "methods": [
            answer_json(answer) | {"smoothed": smoothed[answer.name], "unsettled": list(answer.unsettled)}
            for answer in study.answers
        ],
        "notices": study.notices,
        "assumptions": NOTICES["assumptions"],
        "diagnostics": {
            "changed": plain([*study.left_out, *study.merged]),
            "known_lists": plain(study.known),
            "trajectory": plain(study.steps),
        },
    }
