"""`estimate`: estimate people on no list (mse), shares of recruited samples (rds), or by network scale-up (nsum)."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from suar_research.cli.options import (
    Run,
    choice,
    estimating,
    group,
    names,
    numbers,
    plan_of,
    runner_of,
    usage_error,
    whole,
)
from suar_research.files import FileError, check_output, name_for_group, reading, rows_of
from suar_research.mse import report as mse_report
from suar_research.mse.bootstrap import KINDS
from suar_research.mse.links import Pooled, estimate_links, pooled, read_draws, read_links, salt_notice
from suar_research.mse.panel import METHODS
from suar_research.mse.study import Study as MseStudy
from suar_research.mse.study import study
from suar_research.mse.tables import LIST, PERSON, CaptureTable, check, read_lists, salt_lost
from suar_research.nsum import known_groups, list_notices, read_sizes, read_survey, survey_report
from suar_research.nsum import panel as nsum_panel
from suar_research.rds import report as rds_report
from suar_research.rds.groups import Part, grouped, parted
from suar_research.rds.samples import Columns, read_grouped_sample, read_sample
from suar_research.rds.study import Study
from suar_research.rds.study import study as rds_study
from suar_research.report import Report, html

Plot = Annotated[str | None, typer.Option(metavar="FILE.svg", help="draw the figure as SVG")]


def app() -> typer.Typer:
    """Return the commands."""
    return group(
        "estimate",
        ("mse", "multiple systems estimation from overlapping lists", mse),
        ("rds", "respondent-driven sampling: people who recruited others", rds),
        ("nsum", "network scale-up: whom people of a survey know", nsum),
        shared=estimating,
    )


def _finish(run: Run, report: Report, name: str) -> None:
    """Answer with a report about the file `name`, and write it as a page too."""
    report = run.answer(replace(report, data={**run.about(run.inputs.digest(name)), **report.data}))
    if run.options["report"]:
        Path(run.options["report"]).write_text(html(report), "utf-8")


def mse(
    run: Run,
    lists: Annotated[str, typer.Argument(metavar="LISTS", help="CSV: 0/1 a list and `count`; or `person`, `list`")],
    by: Annotated[str | None, typer.Option(metavar="COLUMN", help="estimate each value of a column")] = None,
    links: Annotated[str | None, typer.Option(metavar="PAIRS", help="CSV: first, second, probability")] = None,
    drawn: Annotated[str | None, typer.Option(metavar="DRAWS", help="counts of many draws, by `link`")] = None,
    methods: Annotated[str, typer.Option(help="names with commas between")] = ",".join(METHODS),
    interval: Annotated[str, choice(*KINDS)] = KINDS[0],
    plot: Plot = None,
) -> None:
    """Estimate how many people there are, seen or not."""
    chosen = names(methods)
    if not chosen or not set(chosen) <= set(METHODS):
        raise usage_error(f"--methods: there are {', '.join(METHODS)}")
    if sum(map(bool, (by, links, drawn))) > 1:
        raise usage_error("--by, --links and --drawn cannot be used together")
    check_output(run.options["report"], ".html")
    check_output(plot, ".svg")
    tables, pool = _tables(run, lists, links, by)
    for name in tables if by and plot else ():
        check_output(name_for_group(plot or "", name), ".svg")
    if drawn:
        counts = run.inputs.parse(drawn, lambda text: read_draws(text, tables["all"]))
        pool = partial(pooled, counts, run.options["seed"], f"stepwise, over {len(counts):,} draws of links")
    corrected = run.inputs.parse(lists, salt_lost)
    with runner_of(run) as runner:
        start = runner.cpu_s()
        of_links = pool() if pool else None
        more = [replace(of_links.answer, cpu_s=runner.cpu_s() - start)] if of_links else []
        plan = plan_of(run)
        studies = {name: study(table, plan, runner, chosen, more) for name, table in tables.items()}
    if of_links:
        studies = {name: replace(one, notices=[*one.notices, of_links.notice]) for name, one in studies.items()}
    if corrected is not None:
        studies = {name: _with_salt_notice(one, corrected) for name, one in studies.items()}
    _finish(run, mse_report.report_of(studies, by), lists)
    if plot:
        _draw_models(studies, plot, by)


def _with_salt_notice(one: MseStudy, corrected: float) -> MseStudy:
    return replace(one, notices=[salt_notice(one.table, corrected), *one.notices])


def _draw_models(studies: dict[str, MseStudy], plot: str, by: str | None) -> None:
    """Write one figure, or one for each group."""
    for name, one in studies.items():
        if one.compared is not None:
            place = name_for_group(plot, name) if by else plot
            Path(place).write_text(mse_report.model_figure(one.compared, one.table).svg, "utf-8")


def _tables(
    run: Run, name: str, links_file: str | None, by: str | None
) -> tuple[dict[str, CaptureTable], Callable[[], Pooled] | None]:
    """Read the capture tables, and return with likely links what pools over them."""
    if not links_file:
        return run.inputs.parse(name, lambda text: read_lists(text, by)), None
    text, _ = run.inputs.read(name)
    with reading(name):
        rows_of(text, [PERSON, LIST])
    linked = run.inputs.parse(links_file, lambda pairs: read_links(text, pairs))
    with reading(name):
        check(linked.likely)
    return {"all": linked.likely}, partial(estimate_links, linked, run.options["seed"])


def rds(
    run: Run,
    sample: Annotated[str, typer.Argument(metavar="SAMPLE", help="CSV: one row for each person")],
    outcome: Annotated[str, typer.Option(metavar="COLUMN", help="whose shares are asked")],
    by: Annotated[str | None, typer.Option(metavar="COLUMN", help="shares within each group, too")] = None,
    value: Annotated[str | None, typer.Option(help="one value only (default: every value)")] = None,
    population: Annotated[str, typer.Option(metavar="N[,N]", help="how many people there may be")] = "",
    id: Annotated[str, typer.Option(metavar="COLUMN", help="code of a person")] = "id",
    recruiter: Annotated[str, typer.Option(metavar="COLUMN", help="code, or empty")] = "recruiter",
    degree: Annotated[str, typer.Option(metavar="COLUMN", help="people known")] = "degree",
    coupons: Annotated[int | None, typer.Option(parser=whole(1), metavar="N", help="coupons of each person")] = None,
    plot: Plot = None,
) -> None:
    """Estimate the shares of a sample in which people recruited each other."""
    populations = numbers(population, "--population", 1)
    if by == outcome:
        raise usage_error("--by: groups need another column than --outcome")
    check_output(run.options["report"], ".html")
    check_output(plot, ".svg")
    columns = Columns(outcome, id, recruiter, degree, coupons)
    text, _ = run.inputs.read(sample)
    with reading(sample):
        people, named = read_grouped_sample(text, columns, by) if by else (read_sample(text, columns), [])
        groups = grouped(people, named, by) if by else None
    if value is not None and value not in people.values:
        raise FileError(sample, [f"column {outcome}: nobody has the value that was asked for"])
    values = people.values if value is None else (value,)
    with runner_of(run) as runner:
        plan = plan_of(run)
        whole_sample = rds_study(people, populations, plan, runner)
        parts = parted(groups, populations, plan, runner) if groups else None
    _finish(run, rds_report.report_of(outcome, whole_sample, parts, values), sample)
    drawn: dict[str, Study | Part] = {"": whole_sample, **(parts.parts if parts else {})}
    for group_name, part in drawn.items() if plot else ():
        for number, own in enumerate(values, 1):
            if own in part.panel.answers:
                file = Path(name_for_group(plot or "", group_name) if group_name else plot or "")
                file = file.with_stem(f"{file.stem}-{number}") if len(values) > 1 else file
                file.write_text(rds_report.settling_figure(part, own).svg, "utf-8")


def nsum(
    run: Run,
    survey: Annotated[str, typer.Argument(metavar="SURVEY", help="CSV: a row a respondent, a column a group")],
    sizes: Annotated[str, typer.Option(metavar="FILE", help="CSV: group, size")],
    target: Annotated[str, typer.Option(metavar="COLUMN", help="the group asked for")],
    population: Annotated[int, typer.Option(parser=whole(1), metavar="N", help="how many people in all")],
) -> None:
    """Estimate the size of a group from how many of it respondents know."""
    check_output(run.options["report"], ".html")
    text, _ = run.inputs.read(survey)
    size_text, _ = run.inputs.read(sizes)
    with reading(sizes):
        read_sizes(size_text, population)
    with reading(survey):
        answered = read_survey(text, size_text, target, population)
    with runner_of(run) as runner:
        answers = nsum_panel(answered, plan_of(run), runner)
    known = known_groups(answered)
    notices = list_notices(answered, answers, known)
    _finish(run, survey_report(answered, answers, known, notices), survey)
