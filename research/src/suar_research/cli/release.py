"""`release`: make tables that are safe to publish, audit them, add noise, make synthetic people."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Annotated, Any

import typer

from suar_research import __version__
from suar_research.cli.options import AsJson, Run, choice, group, names, rho, usage_error, whole
from suar_research.files import FOR_ALL, FileError, OutputFile, csv_text, reading, write_new
from suar_research.releases import anonymity, cells, ctdc, ledger, making, noise, report
from suar_research.releases.auditing import Audit, audit, where
from suar_research.releases.cells import COUNT, HIDDEN, SHOWN, THRESHOLD, WIDTH, People, Rules, checked
from suar_research.releases.cells import as_json as release_json
from suar_research.releases.making import CELLS, PEOPLE
from suar_research.releases.noise import Noisy
from suar_research.report import Block, Heading, Report
from suar_research.report import html as html_page
from suar_research.running import show_progress

SMOOTHING = {"agreeing": noise.consistent, "not_negative": noise.without_negative}


def column_codes(word: str) -> dict[str, str]:
    """Parse COLUMN=CODE with commas between."""
    pairs = [each.partition("=") for each in names(word)]
    if not all(between for _, between, _ in pairs):
        raise usage_error("COLUMN=CODE is needed")
    return {name.strip(): code.strip() for name, _, code in pairs}


def smoothing_steps(word: str) -> tuple[str, ...]:
    """Parse names of smoothing steps, and order them."""
    if unknown := [each for each in names(word) if each not in SMOOTHING]:
        raise usage_error(f"unknown: {', '.join(unknown)}")
    return tuple(step for step in SMOOTHING if step in names(word))


DataFile = Annotated[str, typer.Argument(metavar="DATA.csv", help="codes, a person a row, or with `count`")]
By = Annotated[list[str], typer.Option(metavar="COLUMN,COLUMN", help="columns of a table, 1 to 4; repeatable")]
Columns = Annotated[str | None, typer.Option(metavar="COLUMN,COLUMN", help="columns (default: all)")]
Threshold = Annotated[int, typer.Option(parser=whole(1), metavar="N", help="the least that is shown")]
Width = Annotated[int, typer.Option(parser=whole(1), metavar="N", help="of the interval of a hidden cell")]
EmptyCells = Annotated[str, choice(SHOWN, HIDDEN)]
Ledger = Annotated[str | None, typer.Option("--ledger", metavar="FILE", help="protect together with what it holds")]
Series = Annotated[str | None, typer.Option(help="name of releases about these people in the ledger")]
Rho = Annotated[Fraction, typer.Option("--rho", parser=rho, metavar="RHO", help="what it may cost, such as 0.1")]
Budget = Annotated[Fraction | None, typer.Option(parser=rho, metavar="RHO", help="for a new series")]
NoiseSeed = Annotated[int | None, typer.Option(help="repeatable, and not private: for trying only")]
Out = Annotated[str, typer.Option(metavar="FILE", help="write it as CSV")]


def app() -> typer.Typer:
    """Return the commands."""
    return group(
        "release",
        ("tables", "make cross-tables in which nobody can be worked out", make_tables),
        ("audit", "work out hidden cells of tables, also of others'", audit_tables),
        ("ledger", "check a ledger, and audit all that it holds together", audit_ledger),
        ("anonymity", "how many people share all codes, and who stands alone", anonymous),
        ("noise", "counts with exact noise (differential privacy)", add_noise),
        ("synthetic", "synthetic people with nearly the same tables", make_synthetic),
        ("ctdc", "check a file of CTDC's 27 columns, or write one", shape_ctdc),
    )


def _answer(run: Run, report_: Report, digest: str | list[str]) -> None:
    data = {"version": __version__, "input_sha256": digest, **report_.data}
    run.answer(Report(report_.title, report_.blocks, data))


def _read(run: Run, name: str) -> tuple[People, str]:
    with reading(name):
        text, digest = run.inputs.read(name)
        return cells.read_people(text), digest


def _open_ledger(run: Run, name: str | None, series: str | None) -> list[ledger.Entry]:
    """Read a ledger; one that does not exist yet is empty."""
    if bool(name) != bool(series):
        raise usage_error("--ledger and --series go together")
    if name is None or not Path(name).exists():
        return []
    with reading(name):
        return ledger.read(run.inputs.read(name)[0])


def make_tables(
    run: Run,
    data: DataFile,
    by: By,
    where_: Annotated[
        str | None, typer.Option("--where", parser=column_codes, metavar="COLUMN=CODE,...", help="of whom")
    ] = None,
    spare: Annotated[str, choice(CELLS, PEOPLE)] = CELLS,
    threshold: Threshold = THRESHOLD,
    width: Width = WIDTH,
    zeros: EmptyCells = SHOWN,
    ledger_file: Ledger = None,
    series: Series = None,
    out: Annotated[str | None, typer.Option(metavar="FILE", help="write the tables as CSV")] = None,
    html: Annotated[str | None, typer.Option(metavar="FILE", help="write the tables as a page")] = None,
    as_json: AsJson = False,
) -> None:
    """Make tables, hide what must be hidden, audit them, and note them in the ledger."""
    rules, entries, whom = (
        Rules(threshold, width, zeros),
        _open_ledger(run, ledger_file, series),
        run.options["where_"] or {},
    )
    read, digest = _read(run, data)
    with reading(data):
        design = making.design_of(read, [names(table) for table in by], whom)
        before = ledger.times(entries, series or "", digest) if ledger_file else [[]]
        made = making.make(read.where(whom), design, rules, before=before, weigh=spare, progress=show_progress)
        found = audit([*before[:-1], [*before[-1], made.published]], rules, show_progress)
    if found.weak:
        raise FileError(data, [where(each, len(before)) for each in found.weak])
    files = []
    if out:
        files.append(OutputFile(out, cells.tables_csv(made.published), FOR_ALL))
    if html:
        page = report.public_report(made, found, spare, __version__)
        files.append(OutputFile(html, html_page(page), FOR_ALL))
    write_new(*files)
    if ledger_file:
        noted = {"kind": ledger.TABLES, "series": series, "people": digest, "version": __version__}
        try:
            ledger.add(ledger_file, entries, noted | {"release": release_json(made.published)})
        except FileError:
            # What is not in the ledger must not be published.
            for file in files:
                Path(file.name).unlink()
            raise
    _answer(run, report.release_report(made, found, rules, spare), digest)


def audit_tables(
    run: Run,
    tables: Annotated[list[str], typer.Argument(metavar="TABLES.csv", help="a row a cell, `(all)` for a sum")],
    same: Annotated[bool, typer.Option("--same", help="all files are of the same people")] = False,
    threshold: Threshold = THRESHOLD,
    width: Width = WIDTH,
    zeros: EmptyCells = SHOWN,
    as_json: AsJson = False,
) -> None:
    """Attack tables, and fail if a hidden cell can be worked out."""
    rules, read, digests = Rules(threshold, width, zeros), [], []
    for name in tables:
        with reading(name):
            text, digest = run.inputs.read(name)
            read.append(cells.read_tables(text, rules))
            digests.append(digest)
    times = [read] if same else [[each] for each in read]
    with reading("the files together" if len(read) > 1 else tables[0]):
        found = audit(times, rules, show_progress)
    data = {**report.audit_json(found, len(times), rules), "notices": [*found.notices, *report.CANNOT]}
    _answer(run, Report("Audit", report.audit_blocks(found, len(times)), data), digests)
    _fail_if_weak([found])


def audit_ledger(
    run: Run,
    ledger_file: Annotated[str, typer.Argument(metavar="LEDGER", help="a file that `--ledger` has written")],
    threshold: Threshold = THRESHOLD,
    width: Width = WIDTH,
    zeros: EmptyCells = SHOWN,
    as_json: AsJson = False,
) -> None:
    """Audit all releases of each series together, and say what is left of its budget."""
    rules = Rules(threshold, width, zeros)
    with reading(ledger_file):
        text, digest = run.inputs.read(ledger_file)
        entries = ledger.read(text)
        series = {name: _series(entries, name, rules) for name in sorted({each.series for each in entries})}
    blocks: list[Block] = [f"{len(entries)} entries follow each other."]
    for name, (_, lines, _) in series.items():
        blocks += [Heading(name), *lines]
    data = {"entries": len(entries), "series": {name: numbers for name, (numbers, _, _) in series.items()}}
    _answer(run, Report("Ledger", tuple(blocks), data), digest)
    _fail_if_weak([found for _, _, found in series.values() if found is not None])


def _series(
    entries: Sequence[ledger.Entry], name: str, rules: Rules
) -> tuple[dict[str, Any], list[Block], Audit | None]:
    times, left = ledger.times(entries, name, "")[:-1], ledger.left(entries, name)
    data: dict[str, Any] = {"times": len(times), "rho_left": None if left is None else float(left)}
    lines: list[Block] = [] if left is None else [f"rho {float(left):g} is left for noise."]
    if not times:
        return data, lines, None
    found = audit(times, rules, show_progress)
    lines += [f"Times at which people were counted: {len(times)}.", *report.audit_blocks(found, len(times))]
    return data | report.audit_json(found, len(times), rules), lines, found


def _fail_if_weak(audits: Sequence[Audit]) -> None:
    if any(each.weak for each in audits):
        raise FileError("what was audited", ["hidden cells can be worked out, as listed"])


def anonymous(
    run: Run,
    data: DataFile,
    by: Columns = None,
    k: Annotated[int, typer.Option(parser=whole(1), metavar="N", help="the smallest good group")] = THRESHOLD,
    secret: Annotated[str | None, typer.Option(metavar="COLUMN", help="counts its different answers")] = None,
    as_json: AsJson = False,
) -> None:
    """Count people who share all codes."""
    read, digest = _read(run, data)
    columns = names(by) or tuple(name for name in read.names if name != secret)
    with reading(data):
        for name in (*columns, *([secret] if secret else [])):
            checked([(name,)], read.names)
        found = anonymity.measure_anonymity(read, columns, k, secret)
    _answer(run, report.anonymity_report(found, k, read.number), digest)


def add_noise(
    run: Run,
    data: DataFile,
    by: By,
    rho_: Rho,
    out: Out,
    smooth: Annotated[
        str | None,
        typer.Option(parser=smoothing_steps, metavar="STEPS", help="agreeing, not_negative"),
    ] = None,
    budget: Budget = None,
    ledger_file: Ledger = None,
    series: Series = None,
    seed: NoiseSeed = None,
    as_json: AsJson = False,
) -> None:
    """Write tables with noise; the cost is noted before anything is drawn."""
    read, digest = _read(run, data)
    with reading(data):
        tables = checked([names(table) for table in by], read.names)
    _budget(run, digest, "noise")()
    made = noise.tables_of(read, tables, rho_, noise.random_source(seed))
    steps = run.options["smooth"] or ()
    for step in steps:
        made = SMOOTHING[step](made)
    write_new(OutputFile(out, _noisy_sheet(made), FOR_ALL))
    _answer(run, report.noise_report(made, float(rho_), steps, seed), digest)


def _budget(run: Run, digest: str, what: str) -> Callable[[], None]:
    """Refuse what the budget does not allow, and return what notes the cost in the ledger."""
    out, name, series = run.options["out"], run.options["ledger_file"], run.options["series"]
    cost, budget = run.options["rho_"], run.options["budget"]
    entries = _open_ledger(run, name, series)
    if Path(out).exists():
        raise FileError(out, ["it exists already; nothing was drawn"])
    if budget and not name:
        raise usage_error("--budget needs --ledger")
    if not name:
        return lambda: None
    left, new = ledger.left(entries, series), []
    if left is not None and budget:
        raise FileError(name, [f"{series} has a budget already; it is set once"])
    if left is None and not budget:
        raise FileError(name, [f"{series} has no budget yet: say --budget"])
    if left is None:
        left = budget
        new.append({"kind": ledger.BUDGET, "series": series, "rho": str(budget)})
    if cost > left:
        raise FileError(
            name, [f"{series}: rho {float(cost):g} was asked and {float(left):g} is left; nothing was drawn"]
        )
    noted = {"kind": ledger.NOISE, "series": series, "rho": str(cost), "people": digest}
    new.append(noted | {"version": __version__, "what": what})
    return lambda: ledger.add(name, entries, *new)


def _noisy_sheet(tables: list[Noisy]) -> str:
    every = list(dict.fromkeys(name for table in tables for name in table.names))
    rows: list[list[object]] = [["table", *every, COUNT, "off_at_most_95"]]
    for table in tables:
        for codes, count in zip(product(*table.codes), table.counts.reshape(-1).tolist(), strict=True):
            code = dict(zip(table.names, codes, strict=True))
            number = int(count) if float(count).is_integer() else round(float(count), 2)
            rows.append([" x ".join(table.names), *(code.get(name, cells.EVERY) for name in every), number, table.off])
    return csv_text(rows)


def make_synthetic(
    run: Run,
    data: DataFile,
    rho_: Rho,
    out: Out,
    by: Columns = None,
    budget: Budget = None,
    ledger_file: Ledger = None,
    series: Series = None,
    seed: NoiseSeed = None,
    as_json: AsJson = False,
) -> None:
    """Write synthetic people; the cost is noted before anything is drawn."""
    read, digest = _read(run, data)
    columns = names(by) or read.names
    with reading(data):
        for name in columns:
            checked([(name,)], read.names)
        noise.check(columns)
    _budget(run, digest, "synthetic")()
    made = noise.invent(read, columns, rho_, noise.random_source(seed))
    rows = [[codes[at] for codes, at in zip(made.codes, row, strict=True)] for row in made.at.tolist()]
    write_new(OutputFile(out, csv_text([made.names, *rows]), FOR_ALL))
    found = noise.compare(read, made)
    _answer(run, report.synthetic_report(found, made.number, float(rho_), seed), digest)


def shape_ctdc(
    run: Run,
    data: Annotated[str, typer.Argument(metavar="DATA", help="CSV or tabs, with columns of the shape")],
    out: Annotated[str | None, typer.Option(metavar="FILE", help="write it; columns may be missing")] = None,
    as_json: AsJson = False,
) -> None:
    """Check or write a file in the shape of CTDC."""
    with reading(data):
        text, digest = run.inputs.read(data)
        rows, missing = ctdc.shaped(text) if out else (ctdc.read(text), [])
    if out:
        write_new(OutputFile(out, ctdc.written(rows)))
    blocks: list[Block] = [f"{len(rows)} people in {len(ctdc.columns())} columns; every code is known."]
    if missing:
        blocks.append(f"Left empty, for they were not there: {', '.join(missing)}.")
    _answer(run, Report("CTDC", tuple(blocks), {"people": len(rows), "missing": missing}), digest)
