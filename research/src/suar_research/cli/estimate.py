"""`estimate`: estimate people on no list (mse), shares of recruited samples (rds), or by network scale-up (nsum)."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from suar_research import nsum as nsum_panel
from suar_research import nsum as nsum_report
from suar_research.cli.options import (
    CORES,
    AsJson,
    Keep,
    On,
    Page,
    Replicates,
    Run,
    Seed,
    Workers,
    choice,
    group,
    names,
    numbers,
    plan_of,
    runner_of,
    usage_error,
    whole,
)
from suar_research.files import FileError, check_output, name_for_group, reading, rows_of
from suar_research.mse import links
from suar_research.mse import report as mse_report
from suar_research.mse.bootstrap import KINDS
from suar_research.mse.panel import METHODS
from suar_research.mse.study import Study, study
from suar_research.mse.tables import LIST, PERSON, CaptureTable, check, read_lists
from suar_research.nsum import read_sizes, read_survey
from suar_research.rds import report as rds_report
from suar_research.rds.groups import Part, Parted, grouped, parted
from suar_research.rds.samples import Columns, read_grouped_sample, read_sample
from suar_research.rds.study import Study as RdsStudy
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
    )


def _finish(run: Run, report: Report, digest: str, page: str | None) -> None:
    report = replace(report, data={**run.about(digest), **report.data})
    report = run.answer(report)
    if page:
        Path(page).write_text(html(report), "utf-8")


def mse(
    run: Run,
    lists: Annotated[str, typer.Argument(metavar="LISTS", help="CSV: 0/1 a list and `count`; or `person`, `list`")],
    by: Annotated[str | None, typer.Option(metavar="COLUMN", help="estimate each value of a column")] = None,
    links: Annotated[str | None, typer.Option(metavar="PAIRS", help="CSV: first, second, probability")] = None,
    drawn: Annotated[str | None, typer.Option(metavar="DRAWS", help="counts of many draws, by `link`")] = None,
    methods: Annotated[str, typer.Option(help="names with commas between")] = ",".join(METHODS),
    interval: Annotated[str, choice(*KINDS)] = KINDS[0],
    plot: Plot = None,
    seed: Seed = 1,
    replicates: Replicates = None,
    workers: Workers = CORES,
    on: On = None,
    keep: Keep = None,
    report: Page = None,
    as_json: AsJson = False,
) -> None:
    """Estimate how many people there are, seen or not."""
    chosen = names(methods)
    if not chosen or not set(chosen) <= set(METHODS):
        raise usage_error(f"--methods: there are {', '.join(METHODS)}")
    if sum(map(bool, (by, links, drawn))) > 1:
        raise usage_error("--by, --links and --drawn cannot be used together")
    check_output(report, ".html")
    check_output(plot, ".svg")
    text, digest = run.inputs.read(lists)
    tables, linked = _tables(run, lists, text, links, by)
    if by and plot:
        for name in tables:
            check_output(name_for_group(plot, name), ".svg")
    counts = _draws(run, drawn, tables) if drawn else None
    with runner_of(workers, on, keep) as runner:
        start = runner.cpu_s()
        pool = _pool(linked, counts, seed)
        more = [replace(pool.answer, cpu_s=runner.cpu_s() - start)] if pool else []
        plan = plan_of(seed, replicates, interval)
        studies = {name: study(table, plan, runner, chosen, more) for name, table in tables.items()}
    if pool:
        studies = {name: replace(each, notices=[*each.notices, pool.notice]) for name, each in studies.items()}
    _finish(run, mse_report.report_of(studies, by), digest, report)
    if plot:
        _plot_models(plot, studies, grouped=by is not None)


def _tables(
    run: Run, name: str, text: str, links_file: str | None, by: str | None
) -> tuple[dict[str, CaptureTable], links.Linked | None]:
    """Read the capture tables, and the likely links if there are any."""
    linked = None
    if links_file:
        with reading(name):
            rows_of(text, [PERSON, LIST])
        with reading(links_file):
            linked = links.read_links(text, run.inputs.read(links_file)[0])
    with reading(name):
        tables = {"all": linked.likely} if linked else read_lists(text, by)
        for table in tables.values():
            check(table)
    return tables, linked


def _draws(run: Run, name: str, tables: dict[str, CaptureTable]) -> list[CaptureTable]:
    text, _ = run.inputs.read(name)
    with reading(name):
        return links.read_draws(text, tables["all"])


def _pool(linked: links.Linked | None, counts: list[CaptureTable] | None, seed: int) -> links.Pooled | None:
    if linked:
        return links.estimate(linked, seed)
    return links.pooled(counts, seed, f"stepwise, over {len(counts):,} draws of links") if counts else None


def _plot_models(name: str, studies: dict[str, Study], *, grouped: bool) -> None:
    for value, each in studies.items():
        if each.compared is not None:
            place = name_for_group(name, value) if grouped else name
            Path(place).write_text(mse_report.model_figure(each.compared, each.table).svg, "utf-8")


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
    seed: Seed = 1,
    replicates: Replicates = None,
    workers: Workers = CORES,
    on: On = None,
    keep: Keep = None,
    report: Page = None,
    as_json: AsJson = False,
) -> None:
    """Estimate the shares of a sample in which people recruited each other."""
    populations = numbers(population, "--population", 1)
    if by == outcome:
        raise usage_error("--by: groups need another column than --outcome")
    check_output(report, ".html")
    check_output(plot, ".svg")
    text, digest = run.inputs.read(sample)
    columns = Columns(outcome, id, recruiter, degree, coupons)
    with reading(sample):
        people, named = read_grouped_sample(text, columns, by) if by else (read_sample(text, columns), [])
        groups = grouped(people, named, by) if by else None
    if value is not None and value not in people.values:
        raise FileError(sample, [f"column {outcome}: nobody has the value that was asked for"])
    values = people.values if value is None else (value,)
    with runner_of(workers, on, keep) as runner:
        plan = plan_of(seed, replicates)
        found = rds_study(people, populations, plan, runner)
        parts = parted(groups, populations, plan, runner) if groups else None
    _finish(run, rds_report.report_of(outcome, found, parts, values), digest, report)
    if plot:
        _plot_shares(plot, found, parts, values)


def _plot_shares(name: str, whole_sample: RdsStudy, parts: Parted | None, values: tuple[str, ...]) -> None:
    """Write a figure for each value, numbered if there are several, and so for each group."""
    drawn: list[tuple[str, RdsStudy | Part]] = [("", whole_sample), *(parts.parts.items() if parts else [])]
    for group_name, each in drawn:
        for number, value in enumerate(values, 1):
            if value in each.found.answers:
                file = Path(name_for_group(name, group_name) if group_name else name)
                file = file.with_stem(f"{file.stem}-{number}") if len(values) > 1 else file
                file.write_text(rds_report.settling_figure(each, value).svg, "utf-8")


def nsum(
    run: Run,
    survey: Annotated[str, typer.Argument(metavar="SURVEY", help="CSV: a row a respondent, a column a group")],
    sizes: Annotated[str, typer.Option(metavar="FILE", help="CSV: group, size")],
    target: Annotated[str, typer.Option(metavar="COLUMN", help="the group asked for")],
    population: Annotated[int, typer.Option(parser=whole(1), metavar="N", help="how many people in all")],
    seed: Seed = 1,
    replicates: Replicates = None,
    workers: Workers = CORES,
    on: On = None,
    keep: Keep = None,
    report: Page = None,
    as_json: AsJson = False,
) -> None:
    """Estimate the size of a group from how many of it respondents know."""
    check_output(report, ".html")
    text, digest = run.inputs.read(survey)
    size_text, _ = run.inputs.read(sizes)
    with reading(sizes):
        read_sizes(size_text, population)
    with reading(survey):
        answered = read_survey(text, size_text, target, population)
    with runner_of(workers, on, keep) as runner:
        answers = nsum_panel.panel(answered, plan_of(seed, replicates), runner)
    known = nsum_panel.known_groups(answered)
    notices = nsum_panel.list_notices(answered, answers, known)
    _finish(run, nsum_report.survey_report(answered, answers, known, notices), digest, report)
