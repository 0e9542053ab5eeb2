"""`release`: make tables that are safe to publish, audit them, add noise, make synthetic people."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Annotated

import typer

from suar_research import __version__
from suar_research.cli.options import Run, answering, choice, group, names, rho, usage_error, whole
from suar_research.files import FOR_ALL, FileError, OutputFile, csv_text, reading, write_new
from suar_research.releases import anonymity, cells, ctdc, dependencies, ledger, making, noise, report
from suar_research.releases.auditing import Audit, audit, where
from suar_research.releases.cells import COUNT, HIDDEN, THRESHOLD, VISIBLE, WIDTH, Rules, checked
from suar_research.releases.making import CELLS, PEOPLE
from suar_research.releases.noise import Noisy
from suar_research.report import Block, Heading, Report
from suar_research.report import html as html_page
from suar_research.running import show_progress

SMOOTHING = {"agreeing": noise.consistent, "not_negative": noise.without_negative}


def column_codes(word: str) -> dict[str, str]:
    """Parse COLUMN=CODE with commas between."""
    pairs = [item.partition("=") for item in names(word)]
    if not all(between for _, between, _ in pairs):
        raise usage_error("COLUMN=CODE is needed")
    return {name.strip(): code.strip() for name, _, code in pairs}


def smoothing_steps(word: str) -> tuple[str, ...]:
    """Parse names of smoothing steps, and order them."""
    if unknown := [item for item in names(word) if item not in SMOOTHING]:
        raise usage_error(f"unknown: {', '.join(unknown)}")
    return tuple(step for step in SMOOTHING if step in names(word))


DataFile = Annotated[str, typer.Argument(metavar="DATA.csv", help="codes, a person a row, or with `count`")]
By = Annotated[list[str], typer.Option(metavar="COLUMN,COLUMN", help="columns of a table, 1 to 4; repeatable")]
Columns = Annotated[str | None, typer.Option(metavar="COLUMN,COLUMN", help="columns (default: all)")]
Threshold = Annotated[int, typer.Option(parser=whole(1), metavar="N", help="the least that is shown")]
Width = Annotated[int, typer.Option(parser=whole(1), metavar="N", help="of the interval of a hidden cell")]
EmptyCells = Annotated[str, choice(VISIBLE, HIDDEN)]
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
        shared=answering,
    )


def _answer(run: Run, result: Report, digest: str | list[str]) -> None:
    data = {"version": __version__, "input_sha256": digest, **result.data}
    run.answer(Report(result.title, result.blocks, data))


def _entries(run: Run, name: str | None, series: str | None) -> list[ledger.Entry]:
    """Read a ledger; one that does not exist yet is empty."""
    if bool(name) != bool(series):
        raise usage_error("--ledger and --series go together")
    return run.inputs.parse(name, ledger.read) if name and Path(name).exists() else []


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
    zeros: EmptyCells = VISIBLE,
    ledger_file: Ledger = None,
    series: Series = None,
    hierarchy: Annotated[
        str | None, typer.Option(metavar="FILE.csv", help="codes of nested columns that go together, a row each")
    ] = None,
    out: Annotated[str | None, typer.Option(metavar="FILE", help="write the tables as CSV")] = None,
    html: Annotated[str | None, typer.Option(metavar="FILE", help="write the tables as a page")] = None,
) -> None:
    """Make tables, hide what must be hidden, audit them, and note them in the ledger."""
    rules, whom, series = Rules(threshold, width, zeros), run.options["where_"] or {}, series or ""
    entries = _entries(run, ledger_file, series)
    people = run.inputs.parse(data, cells.read_people)
    digest, same = _same_people(run, entries, people)
    if hierarchy:
        people = run.inputs.parse(hierarchy, lambda text: dependencies.declared(text, people))
    with reading(data):
        design = making.design_of(people, [names(table) for table in by], whom)
        before = ledger.times(entries, series, same) if ledger_file else [[]]
        created = making.make(people.where(whom), design, rules, before=before, weigh=spare, progress=show_progress)
        result = audit([*before[:-1], [*before[-1], created.published]], rules, show_progress)
    if result.weak:
        raise FileError(data, [where(cell, len(before)) for cell in result.weak])
    files = [OutputFile(out, cells.tables_csv(created.published), FOR_ALL)] if out else []
    if html:
        page = html_page(report.public_report(created, result, __version__))
        files.append(OutputFile(html, page, FOR_ALL))
    write_new(*files)
    if ledger_file:
        entry = {"kind": ledger.TABLES, "series": series, "people": digest, "version": __version__}
        try:
            ledger.add(ledger_file, entries, entry | {"release": cells.as_json(created.published)})
        except FileError:
            # A release that is not in the ledger must not be published.
            for file in files:
                Path(file.name).unlink()
            raise
    _answer(run, report.release_report(created, result, rules, spare), run.inputs.digest(data))


def audit_tables(
    run: Run,
    tables: Annotated[list[str], typer.Argument(metavar="TABLES.csv", help="a row a cell, `(all)` for a sum")],
    same: Annotated[bool, typer.Option("--same", help="all files are of the same people")] = False,
    threshold: Threshold = THRESHOLD,
    width: Width = WIDTH,
    zeros: EmptyCells = VISIBLE,
) -> None:
    """Attack tables, and fail if a hidden cell can be worked out."""
    rules = Rules(threshold, width, zeros)
    read = [run.inputs.parse(name, lambda text: cells.read_tables(text, rules)) for name in tables]
    times = [read] if same else [[release] for release in read]
    with reading("the files together" if len(read) > 1 else tables[0]):
        result = audit(times, rules, show_progress)
    more = [report.TEXTS["nesting_unknown"]] if sum(len(release.design.tables) for release in read) > 1 else []
    notices = [*result.notices, *more, *report.TEXTS["cannot"]]
    data = {**report.audit_json(result, len(times), rules), "notices": notices}
    digests = [run.inputs.digest(name) for name in tables]
    _answer(run, Report("Audit", report.audit_blocks(result, len(times), more), data), digests)
    _fail_if_weak([result])


def _same_people(run: Run, entries: Sequence[ledger.Entry], people: cells.People) -> tuple[str, set[str]]:
    """Return the digest of people, and all that a ledger may have; raises FileError if another series has them."""
    digest, options = ledger.digest_of(people), run.options
    same = {digest, run.inputs.digest(options["data"])}  # Older ledgers have the digest of the file.
    if others := ledger.other_series(entries, options["series"] or "", same):
        raise FileError(
            options["ledger_file"] or "", [report.TEXTS["other_series"].format(series=" and ".join(others))]
        )
    return digest, same


def audit_ledger(
    run: Run,
    ledger_file: Annotated[str, typer.Argument(metavar="LEDGER", help="a file that `--ledger` has written")],
    threshold: Threshold = THRESHOLD,
    width: Width = WIDTH,
    zeros: EmptyCells = VISIBLE,
) -> None:
    """Audit all releases of each series together, and say what is left of its budget."""
    rules = Rules(threshold, width, zeros)
    entries = run.inputs.parse(ledger_file, ledger.read)
    blocks: list[Block] = [f"{len(entries)} entries follow each other."]
    series, audits = {}, []
    with reading(ledger_file):
        for name in sorted({entry.series for entry in entries}):
            times, left = ledger.times(entries, name, ())[:-1], ledger.left(entries, name)
            series[name] = {"times": len(times), "rho_left": None if left is None else float(left)}
            blocks += [Heading(name), *([] if left is None else [f"rho {float(left):g} is left for noise."])]
            if times:
                audits.append(audit(times, rules, show_progress))
                blocks.append(f"Times at which people were counted: {len(times)}.")
                blocks += report.audit_blocks(audits[-1], len(times))
                series[name] |= report.audit_json(audits[-1], len(times), rules)
    data = {"entries": len(entries), "series": series}
    _answer(run, Report("Ledger", tuple(blocks), data), run.inputs.digest(ledger_file))
    _fail_if_weak(audits)


def _fail_if_weak(audits: Sequence[Audit]) -> None:
    if any(result.weak for result in audits):
        raise FileError("what was audited", ["hidden cells can be worked out, as listed"])


def anonymous(
    run: Run,
    data: DataFile,
    by: Columns = None,
    k: Annotated[int, typer.Option(parser=whole(1), metavar="N", help="the smallest good group")] = THRESHOLD,
    secret: Annotated[str | None, typer.Option(metavar="COLUMN", help="counts its different answers")] = None,
) -> None:
    """Count people who share all codes."""
    people = run.inputs.parse(data, cells.read_people)
    columns = names(by) or tuple(name for name in people.names if name != secret)
    with reading(data):
        checked([(name,) for name in (*columns, *([secret] if secret else []))], people.names)
        result = anonymity.measure_anonymity(people, columns, k, secret)
    _answer(run, report.anonymity_report(result, people.number), run.inputs.digest(data))


def add_noise(
    run: Run,
    data: DataFile,
    by: By,
    rho_: Rho,
    out: Out,
    smooth: Annotated[
        str | None, typer.Option(parser=smoothing_steps, metavar="STEPS", help="agreeing, not_negative")
    ] = None,
    budget: Budget = None,
    ledger_file: Ledger = None,
    series: Series = None,
    seed: NoiseSeed = None,
) -> None:
    """Write tables with noise; the cost is noted before anything is drawn."""
    people = run.inputs.parse(data, cells.read_people)
    with reading(data):
        tables = checked([names(table) for table in by], people.names)
    has_tables = any(entry.kind == ledger.TABLES for entry in _spend(run, "noise", people) if entry.series == series)
    created = noise.tables_of(people, tables, rho_, noise.random_source(seed))
    steps = run.options["smooth"] or ()
    for step in steps:
        created = SMOOTHING[step](created)
    write_new(OutputFile(out, _noisy_csv(created), FOR_ALL))
    more = [report.TEXTS["noise_narrows"].format(off=created[0].off)] if has_tables else []
    _answer(run, report.noise_report(created, float(rho_), steps, seed, more), run.inputs.digest(data))


def _spend(run: Run, what: str, people: cells.People) -> list[ledger.Entry]:
    """Refuse what the budget does not allow, note the cost in the ledger, and return what stood there before."""
    out, name, series = run.options["out"], run.options["ledger_file"], run.options["series"]
    cost, budget = run.options["rho_"], run.options["budget"]
    entries = _entries(run, name, series)
    if Path(out).exists():
        raise FileError(out, ["it exists already; nothing was drawn"])
    if budget and not name:
        raise usage_error("--budget needs --ledger")
    if not name:
        return entries
    digest, _ = _same_people(run, entries, people)
    left = ledger.left(entries, series)
    if left is not None and budget:
        raise FileError(name, [f"{series} has a budget already; it is set once"])
    if left is None and not budget:
        raise FileError(name, [f"{series} has no budget yet: say --budget"])
    new = [] if left is not None else [{"kind": ledger.BUDGET, "series": series, "rho": str(budget)}]
    left = budget if left is None else left
    if cost > left:
        problem = f"{series}: rho {float(cost):g} was asked and {float(left):g} is left; nothing was drawn"
        raise FileError(name, [problem])
    spent = {"kind": ledger.NOISE, "series": series, "rho": str(cost), "people": digest}
    ledger.add(name, entries, *new, spent | {"version": __version__, "what": what})
    return entries


def _noisy_csv(tables: list[Noisy]) -> str:
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
) -> None:
    """Write synthetic people; the cost is noted before anything is drawn."""
    people = run.inputs.parse(data, cells.read_people)
    columns = names(by) or people.names
    with reading(data):
        checked([(name,) for name in columns], people.names)
        noise.check(columns)
    _spend(run, "synthetic", people)
    created = noise.invent(people, columns, rho_, noise.random_source(seed))
    rows = [[codes[at] for codes, at in zip(created.codes, row, strict=True)] for row in created.at.tolist()]
    write_new(OutputFile(out, csv_text([created.names, *rows]), FOR_ALL))
    compared = noise.compare(people, created)
    _answer(run, report.synthetic_report(compared, created.number, float(rho_), seed), run.inputs.digest(data))


def shape_ctdc(
    run: Run,
    data: Annotated[str, typer.Argument(metavar="DATA", help="CSV or tabs, with columns of the shape")],
    out: Annotated[str | None, typer.Option(metavar="FILE", help="write it; columns may be missing")] = None,
) -> None:
    """Check or write a file in the shape of CTDC."""
    rows, missing = run.inputs.parse(data, ctdc.shaped if out else lambda text: (ctdc.read(text), []))
    if out:
        write_new(OutputFile(out, ctdc.written(rows)))
    blocks = [f"{len(rows)} people in {len(ctdc.columns())} columns; every code is known."]
    if missing:
        blocks.append(f"Left empty, for they were not there: {', '.join(missing)}.")
    result = Report("CTDC", tuple(blocks), {"people": len(rows), "missing": missing})
    _answer(run, result, run.inputs.digest(data))
